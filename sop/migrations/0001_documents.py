"""SOPs, their versions, and the flow of a version: actors, steps, who does what in a step."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_records")]
    operations = [
        migrations.CreateModel(
            name="Sop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=80, unique=True, verbose_name="nomor SOP")),
                ("name", models.CharField(max_length=300, verbose_name="nama SOP")),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="alamat")),
                ("unit", models.ForeignKey(on_delete=models.PROTECT, related_name="sops", to="core.unit", verbose_name="unit")),
                ("number_is_generated", models.BooleanField(default=False, verbose_name="nomor dari portal")),
                ("source_unit", models.CharField(blank=True, max_length=300, verbose_name="unit pada sumber")),
            ],
            options={
                "verbose_name": "SOP",
                "verbose_name_plural": "SOP",
                "ordering": ["name"],
                "indexes": [models.Index(fields=["unit", "name"], name="sop_sop_unit_id_f19b3b_idx"), GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="sop_name_trigrams")],
            },
        ),
        migrations.CreateModel(
            name="SopVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sop", models.ForeignKey(on_delete=models.PROTECT, related_name="versions", to="sop.sop", verbose_name="SOP")),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="versi")),
                ("name", models.CharField(blank=True, max_length=300, verbose_name="nama pada dokumen")),
                (
                    "state",
                    models.CharField(choices=[("draft", "Draf"), ("verified", "Diverifikasi"), ("approved", "Disahkan"), ("published", "Diterbitkan"), ("withdrawn", "Dicabut")], default="draft", max_length=12, verbose_name="keadaan"),
                ),
                ("created_on", models.DateField(blank=True, null=True, verbose_name="tanggal pembuatan")),
                ("revised_on", models.DateField(blank=True, null=True, verbose_name="tanggal revisi")),
                ("effective_from", models.DateField(blank=True, null=True, verbose_name="tanggal efektif")),
                ("effective_to", models.DateField(blank=True, null=True, verbose_name="berlaku sampai sebelum")),
                ("decree", models.CharField(blank=True, max_length=120, verbose_name="nomor keputusan pengesahan")),
                ("decree_date", models.DateField(blank=True, null=True, verbose_name="tanggal keputusan")),
                ("on_paper", models.BooleanField(default=False, verbose_name="disahkan di kertas")),
                ("decree_scan", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.storedfile", verbose_name="pindaian keputusan")),
                ("recorded_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dicatat oleh")),
                ("recorded_at", models.DateTimeField(blank=True, null=True, verbose_name="dicatat")),
                ("legal_basis", models.JSONField(blank=True, default=list, verbose_name="dasar hukum")),
                ("qualifications", models.JSONField(blank=True, default=list, verbose_name="kualifikasi pelaksana")),
                ("related", models.JSONField(blank=True, default=list, verbose_name="keterkaitan")),
                ("equipment", models.JSONField(blank=True, default=list, verbose_name="peralatan/perlengkapan")),
                ("warnings", models.JSONField(blank=True, default=list, verbose_name="peringatan")),
                ("records", models.JSONField(blank=True, default=list, verbose_name="pencatatan dan pendataan")),
                ("is_example", models.BooleanField(default=False, verbose_name="contoh")),
                ("source_confidence", models.CharField(blank=True, max_length=200, verbose_name="keyakinan sumber")),
                ("content_hash", models.CharField(blank=True, max_length=64, verbose_name="sidik isi")),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="perubahan")),
                ("edited_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="terakhir diubah oleh")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="terakhir diubah")),
                ("proposed_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diajukan oleh")),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="diajukan")),
                ("author", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="penyusun")),
                ("verified_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diverifikasi oleh")),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="diverifikasi")),
                ("approved_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="disahkan oleh")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="disahkan")),
                ("approved_as", models.JSONField(blank=True, default=dict, verbose_name="pengesah pada dokumen")),
                ("published_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diterbitkan oleh")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="diterbitkan")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="dicabut")),
            ],
            options={
                "verbose_name": "versi SOP",
                "verbose_name_plural": "versi SOP",
                "ordering": ["sop", "-ordinal"],
                "indexes": [models.Index(fields=["state", "proposed_at"], condition=Q(state__in=["draft", "verified", "approved"]), name="sop_version_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("sop", "ordinal"), name="sop_version_ordinal_once"),
                    models.UniqueConstraint(fields=("sop",), condition=Q(state__in=["draft", "verified"]), name="sop_one_open_draft"),
                    models.CheckConstraint(
                        condition=~Q(state__in=["approved", "published"]) | Q(approved_at__isnull=False, approved_by__isnull=False) | Q(on_paper=True, recorded_at__isnull=False, recorded_by__isnull=False), name="sop_approved_by_somebody"
                    ),
                    models.CheckConstraint(condition=Q(on_paper=False) | Q(("approved_by__isnull", True), ("decree_date__isnull", False), ("decree_scan__isnull", False), ~Q(decree="")), name="sop_on_paper_has_decree"),
                    models.CheckConstraint(condition=Q(decree_date__isnull=True) | Q(effective_from__isnull=True) | Q(effective_from__gte=F("decree_date")), name="sop_in_force_after_its_decree"),
                    models.CheckConstraint(condition=~Q(state="published") | Q(effective_from__isnull=False), name="sop_published_has_date"),
                    models.CheckConstraint(condition=Q(author__isnull=True) | Q(approved_by__isnull=True) | ~Q(author=F("approved_by")), name="sop_author_is_not_approver"),
                    models.CheckConstraint(condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")), name="sop_version_dates_in_order"),
                    ExclusionConstraint(
                        expressions=[("sop", "="), (models.Func(F("effective_from"), F("effective_to"), function="daterange", output_field=DateRangeField()), "&&")],
                        condition=Q(("state__in", ["approved", "published"]), ("effective_from__isnull", False)),
                        name="sop_versions_in_force_apart",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SopActor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="actors", to="sop.sopversion", verbose_name="versi")),
                ("order", models.PositiveSmallIntegerField(verbose_name="urutan kolom")),
                ("name", models.CharField(max_length=200, verbose_name="nama pelaksana")),
                ("kind", models.CharField(choices=[("position", "Jabatan di kantor ini"), ("applicant", "Pemohon"), ("external", "Instansi atau pihak lain")], max_length=10, verbose_name="jenis")),
                ("position", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.position", verbose_name="jabatan")),
                ("confirmed", models.BooleanField(default=False, verbose_name="sudah dipastikan")),
            ],
            options={
                "db_table": "sop_actor",
                "verbose_name": "pelaksana",
                "verbose_name_plural": "pelaksana",
                "ordering": ["version", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "order"), deferrable=models.Deferrable.IMMEDIATE, name="sop_actor_order_once"),
                    models.UniqueConstraint(fields=("version", "name"), name="sop_actor_name_once"),
                    models.CheckConstraint(condition=Q(kind="position") | Q(position__isnull=True), name="sop_actor_position_fits_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="steps", to="sop.sopversion", verbose_name="versi")),
                ("no", models.PositiveSmallIntegerField(verbose_name="nomor")),
                ("activity", models.TextField(blank=True, verbose_name="uraian kegiatan")),
                ("shape", models.CharField(choices=[("start", "Mulai"), ("process", "Proses"), ("decision", "Keputusan"), ("end", "Selesai")], max_length=10, verbose_name="bentuk")),
                ("inputs", models.TextField(blank=True, verbose_name="kelengkapan")),
                ("seconds", models.PositiveIntegerField(blank=True, null=True, verbose_name="waktu baku (detik)")),
                ("time_text", models.CharField(blank=True, max_length=80, verbose_name="waktu seperti tertulis")),
                ("per_item", models.BooleanField(default=False, verbose_name="waktu per berkas")),
                ("output", models.TextField(blank=True, verbose_name="output")),
                ("note", models.TextField(blank=True, verbose_name="keterangan")),
                ("next", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="sop.step", verbose_name="berikutnya")),
                ("if_yes", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="sop.step", verbose_name="bila ya")),
                ("if_no", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="sop.step", verbose_name="bila tidak")),
                ("yes_label", models.CharField(blank=True, max_length=40, verbose_name="sebutan ya")),
                ("no_label", models.CharField(blank=True, max_length=40, verbose_name="sebutan tidak")),
                ("end_kind", models.CharField(blank=True, choices=[("completed", "Selesai"), ("rejected", "Ditolak"), ("passed_on", "Diteruskan ke pihak lain")], max_length=10, verbose_name="cara berakhir")),
                ("issues_letter", models.BooleanField(default=False, verbose_name="menerbitkan surat")),
            ],
            options={
                "verbose_name": "langkah",
                "verbose_name_plural": "langkah",
                "ordering": ["version", "no"],
                "constraints": [models.UniqueConstraint(fields=("version", "no"), deferrable=models.Deferrable.IMMEDIATE, name="sop_step_no_once")],
            },
        ),
        migrations.CreateModel(
            name="StepActor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.ForeignKey(on_delete=models.CASCADE, related_name="step_actors", to="sop.step")),
                ("actor", models.ForeignKey(on_delete=models.CASCADE, related_name="step_actors", to="sop.sopactor")),
                ("order", models.PositiveSmallIntegerField()),
            ],
            options={"ordering": ["step", "order"], "constraints": [models.UniqueConstraint(fields=("step", "actor"), name="sop_step_actor_once"), models.UniqueConstraint(fields=("step", "order"), name="sop_step_actor_order_once")]},
        ),
        migrations.AddField(model_name="step", name="actors", field=models.ManyToManyField(related_name="steps", through="sop.StepActor", to="sop.sopactor", verbose_name="pelaksana")),
    ]
