"""Work on a version: who edits, what was removed, rounds of review, corrections; and the index of the public library."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records"), ("sop", "0001_documents")]
    operations = [
        migrations.CreateModel(
            name="VersionEditor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="editors", to="sop.sopversion", verbose_name="versi")),
                ("user", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="penyunting")),
                ("since", models.DateTimeField(verbose_name="sejak")),
            ],
            options={"verbose_name": "penyunting versi SOP", "verbose_name_plural": "penyunting versi SOP", "constraints": [models.UniqueConstraint(fields=("version", "user"), name="sop_editor_once")]},
        ),
        migrations.CreateModel(
            name="RemovedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="removed_steps", to="sop.sopversion", verbose_name="versi")),
                ("step_id", models.BigIntegerField(verbose_name="id langkah")),
                ("no", models.PositiveSmallIntegerField(verbose_name="nomor")),
                ("content", models.JSONField(verbose_name="isi")),
                ("arrows", models.JSONField(blank=True, default=list, verbose_name="panah ke langkah ini")),
                ("redirected_to", models.BigIntegerField(blank=True, null=True, verbose_name="dialihkan ke")),
                ("removed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dihapus oleh")),
                ("removed_at", models.DateTimeField(verbose_name="dihapus")),
            ],
            options={
                "verbose_name": "langkah yang dihapus",
                "verbose_name_plural": "langkah yang dihapus",
                "ordering": ["version", "-removed_at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("step_id", "version"), name="sop_removed_step_once")],
            },
        ),
        migrations.CreateModel(
            name="DraftCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="copies", to="sop.sopversion", verbose_name="versi")),
                ("content", models.JSONField(verbose_name="isi")),
                ("before", models.CharField(max_length=20, verbose_name="sebelum")),
                ("made_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="disimpan oleh")),
                ("made_at", models.DateTimeField(verbose_name="disimpan")),
            ],
            options={"verbose_name": "salinan draf", "verbose_name_plural": "salinan draf", "ordering": ["version", "-made_at", "-pk"]},
        ),
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="rounds", to="sop.sopversion", verbose_name="versi")),
                ("opened_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dibuka oleh")),
                ("opened_at", models.DateTimeField(verbose_name="dibuka")),
            ],
            options={"verbose_name": "putaran reviu", "verbose_name_plural": "putaran reviu"},
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.ForeignKey(on_delete=models.CASCADE, related_name="comments", to="sop.reviewround", verbose_name="putaran")),
                ("step", models.ForeignKey(blank=True, null=True, on_delete=models.CASCADE, related_name="+", to="sop.step", verbose_name="langkah")),
                ("author", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="penulis")),
                ("text", models.TextField(verbose_name="catatan")),
                ("written_at", models.DateTimeField(verbose_name="ditulis")),
                ("resolved", models.BooleanField(default=False, verbose_name="sudah ditindaklanjuti")),
            ],
            options={"verbose_name": "catatan reviu", "verbose_name_plural": "catatan reviu"},
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="corrections", to="sop.sopversion", verbose_name="versi")),
                ("step_id", models.BigIntegerField(blank=True, null=True, verbose_name="id langkah")),
                ("field", models.CharField(max_length=30, verbose_name="isian")),
                ("before", models.TextField(blank=True, verbose_name="tulisan sekarang")),
                ("text", models.TextField(blank=True, verbose_name="usulan")),
                ("state", models.CharField(choices=[("open", "Menunggu jawaban"), ("taken", "Dipakai"), ("declined", "Ditolak penyusun"), ("withdrawn", "Ditarik pengusul")], default="open", max_length=10, verbose_name="keadaan")),
                ("proposed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diusulkan oleh")),
                ("proposed_at", models.DateTimeField(verbose_name="diusulkan")),
                ("answered_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dijawab oleh")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="dijawab")),
                ("answer", models.TextField(blank=True, verbose_name="jawaban")),
            ],
            options={
                "verbose_name": "usulan perbaikan",
                "verbose_name_plural": "usulan perbaikan",
                "ordering": ["version", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=Q(answered_by__isnull=True, state="open") | Q(~Q(state="open"), ("answered_at__isnull", False), ("answered_by__isnull", False)), name="sop_correction_answered"),
                    models.CheckConstraint(condition=~Q(state__in=["taken", "declined"]) | ~Q(answered_by=F("proposed_by")), name="sop_correction_answered_by_another"),
                    models.UniqueConstraint(fields=("version", "proposed_by", "step_id", "field"), condition=Q(state="open"), nulls_distinct=False, name="sop_correction_open_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("version", models.OneToOneField(on_delete=models.CASCADE, primary_key=True, related_name="search_entry", serialize=False, to="sop.sopversion", verbose_name="versi")),
                ("words", SearchVectorField(verbose_name="kata")),
                ("vocabulary", ArrayField(base_field=models.TextField(), size=None, verbose_name="kosakata")),
            ],
            options={"verbose_name": "entri pencarian SOP", "verbose_name_plural": "entri pencarian SOP", "indexes": [GinIndex(fields=["words"], name="sop_entry_words")]},
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="passages", to="sop.sopversion", verbose_name="versi")),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("name", "Nama SOP"),
                            ("number", "Nomor SOP"),
                            ("unit", "Unit"),
                            ("actor", "Pelaksana"),
                            ("activity", "Uraian kegiatan"),
                            ("output", "Output"),
                            ("inputs", "Kelengkapan"),
                            ("note", "Keterangan"),
                            ("legal_basis", "Dasar hukum"),
                            ("qualifications", "Kualifikasi pelaksana"),
                            ("related", "Keterkaitan"),
                            ("equipment", "Peralatan/perlengkapan"),
                            ("warnings", "Peringatan"),
                            ("records", "Pencatatan dan pendataan"),
                        ],
                        max_length=20,
                        verbose_name="tempat",
                    ),
                ),
                ("step_no", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="nomor langkah")),
                ("text", models.TextField(verbose_name="teks")),
                ("words", SearchVectorField(verbose_name="kata")),
            ],
            options={"verbose_name": "kutipan SOP", "verbose_name_plural": "kutipan SOP"},
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[("word", models.TextField(primary_key=True, serialize=False, verbose_name="kata")), ("versions", models.IntegerField(verbose_name="jumlah versi"))],
            options={"verbose_name": "kata SOP", "verbose_name_plural": "kata SOP", "indexes": [GistIndex(OpClass("word", name="gist_trgm_ops"), name="sop_word_trigrams")]},
        ),
    ]
