"""What an office offers, its forms and templates, and what it decides beforehand: rules of routing, alarms, ready words."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import migrations, models
from django.db.models import Q

import services.models.letter


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_records"), ("sop", "0001_documents")]
    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="alamat")),
                ("name", models.CharField(max_length=100, verbose_name="nama")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
            ],
            options={"verbose_name": "kelompok layanan", "verbose_name_plural": "kelompok layanan", "ordering": ["order", "name"]},
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=150, verbose_name="nama")),
                ("title", models.CharField(max_length=200, verbose_name="judul surat")),
                ("classification", models.CharField(max_length=20, verbose_name="kode klasifikasi")),
                ("number_pattern", models.CharField(default="{code}/{sequence}-{unit}/{year}", max_length=100, verbose_name="pola nomor")),
                ("body", models.TextField(verbose_name="isi")),
                ("is_refusal", models.BooleanField(default=False, verbose_name="surat penolakan")),
                ("subject", models.JSONField(blank=True, default=services.models.letter.default_subject, verbose_name="pokok surat pada halaman Periksa keaslian surat")),
            ],
            options={"verbose_name": "templat surat", "verbose_name_plural": "templat surat", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="kode")),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="alamat")),
                ("name", models.CharField(max_length=200, verbose_name="nama")),
                ("official_name", models.CharField(blank=True, max_length=300, verbose_name="nama resmi")),
                ("kind", models.CharField(choices=[("request", "Permohonan (berjalan menurut SOP)"), ("visit", "Kunjungan (tanpa permohonan)"), ("elsewhere", "Bukan di sini")], max_length=10, verbose_name="jenis")),
                ("state", models.CharField(choices=[("draft", "Draf"), ("published", "Diterbitkan"), ("withdrawn", "Ditarik")], default="draft", max_length=10, verbose_name="keadaan")),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="services", to="core.unit", verbose_name="unit penanggung jawab")),
                ("category", models.ForeignKey(on_delete=models.PROTECT, related_name="services", to="services.category", verbose_name="kelompok")),
                ("audiences", ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name="untuk siapa")),
                ("summary", models.TextField(blank=True, verbose_name="ringkasan")),
                ("channels", ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name="cara mengurus")),
                ("ticket_letter", models.CharField(blank=True, max_length=1, verbose_name="huruf antrean")),
                ("sop", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="services", to="sop.sop", verbose_name="SOP")),
                ("working_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="jangka waktu (hari kerja)")),
                ("fee_idr", models.PositiveIntegerField(default=0, verbose_name="biaya (rupiah)")),
                ("product", models.CharField(blank=True, max_length=250, verbose_name="hasil layanan")),
                ("complaint_handling", models.TextField(blank=True, verbose_name="penanganan pengaduan, saran, dan masukan")),
                ("internal_components", models.JSONField(blank=True, default=dict, verbose_name="komponen 7 sampai 14")),
                ("legal_basis", models.JSONField(blank=True, default=list, verbose_name="dasar hukum")),
                ("decree", models.CharField(blank=True, max_length=120, verbose_name="nomor keputusan standar pelayanan")),
                ("decree_date", models.DateField(blank=True, null=True, verbose_name="tanggal keputusan")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="terakhir ditinjau")),
                ("synonyms", ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name="kata lain")),
                ("when_not", models.TextField(blank=True, verbose_name="kapan tidak perlu diurus")),
                ("after", models.TextField(blank=True, verbose_name="setelah selesai")),
                ("where", models.TextField(blank=True, verbose_name="ke mana")),
                ("letter_template", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="services", to="services.lettertemplate", verbose_name="templat surat")),
                ("editor_note", models.TextField(blank=True, verbose_name="catatan penyunting")),
                ("confidence", models.CharField(blank=True, max_length=40, verbose_name="keyakinan data")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
            ],
            options={
                "verbose_name": "layanan",
                "verbose_name_plural": "layanan",
                "ordering": ["order", "name"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(kind="request", state="published") | Q(sop__isnull=False, working_days__isnull=False), name="published_request_service_has_sop"),
                    models.CheckConstraint(condition=Q(ticket_letter="") | Q(ticket_letter__regex="^[A-HJ-NPR-Z]$"), name="service_ticket_letter"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.ForeignKey(on_delete=models.CASCADE, related_name="requirements", to="services.service", verbose_name="layanan")),
                ("order", models.PositiveSmallIntegerField(verbose_name="urutan")),
                ("text", models.CharField(max_length=300, verbose_name="persyaratan")),
                ("kind", models.CharField(choices=[("upload", "Diunggah"), ("original", "Dibawa dan diperlihatkan"), ("condition", "Ketentuan")], max_length=10, verbose_name="jenis")),
                ("required", models.BooleanField(default=True, verbose_name="wajib")),
                ("show_if", models.JSONField(blank=True, default=dict, verbose_name="berlaku bila")),
                ("active", models.BooleanField(default=True, verbose_name="berlaku")),
                ("issued_by", models.CharField(blank=True, max_length=150, verbose_name="diterbitkan oleh")),
            ],
            options={"verbose_name": "persyaratan", "verbose_name_plural": "persyaratan", "ordering": ["service", "order"]},
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.ForeignKey(on_delete=models.CASCADE, related_name="form_versions", to="services.service", verbose_name="layanan")),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="versi")),
                ("created_at", models.DateTimeField(verbose_name="dibuat")),
                ("is_current", models.BooleanField(default=False, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "versi formulir",
                "verbose_name_plural": "versi formulir",
                "constraints": [models.UniqueConstraint(fields=("service", "ordinal"), name="form_version_ordinal_once"), models.UniqueConstraint(fields=("service",), condition=Q(is_current=True), name="form_one_current_version")],
            },
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.ForeignKey(on_delete=models.CASCADE, related_name="fields", to="services.formversion", verbose_name="versi")),
                ("order", models.PositiveSmallIntegerField(verbose_name="urutan")),
                ("name", models.SlugField(max_length=60, verbose_name="nama")),
                ("label", models.CharField(max_length=200, verbose_name="label")),
                ("type", models.CharField(max_length=12, verbose_name="jenis")),
                ("required", models.BooleanField(default=False, verbose_name="wajib")),
                ("help", models.CharField(blank=True, max_length=300, verbose_name="keterangan")),
                ("rules", models.JSONField(blank=True, default=dict, verbose_name="aturan")),
                ("show_if", models.JSONField(blank=True, default=dict, verbose_name="tampil bila")),
                ("is_common", models.BooleanField(default=False, verbose_name="umum")),
            ],
            options={"verbose_name": "isian", "verbose_name_plural": "isian", "ordering": ["version", "order"], "constraints": [models.UniqueConstraint(fields=("version", "name"), name="form_field_name_once")]},
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(verbose_name="urutan")),
                ("service", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="services.service", verbose_name="layanan")),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.unit", verbose_name="unit")),
                ("source", models.CharField(blank=True, choices=[("online", "Daring"), ("walk-in", "Datang langsung"), ("kiosk", "Anjungan mandiri")], max_length=10, verbose_name="asal")),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="jawaban")),
                ("position", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.position", verbose_name="kepada jabatan")),
                ("user", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="kepada petugas")),
                ("automatic", models.BooleanField(default=False, verbose_name="langsung diteruskan")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "aturan penerusan",
                "verbose_name_plural": "aturan penerusan",
                "ordering": ["order"],
                "constraints": [
                    models.CheckConstraint(condition=Q(position__isnull=False, user__isnull=True) | Q(position__isnull=True, user__isnull=False), name="rule_names_one_target"),
                    models.UniqueConstraint(fields=("order",), deferrable=models.Deferrable.DEFERRED, name="rule_order_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlarmStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="urutan")),
                ("kind", models.CharField(choices=[("step", "batas langkah"), ("request", "jatuh tempo permohonan")], max_length=8, verbose_name="menurut")),
                ("offset", models.SmallIntegerField(default=0, verbose_name="jarak")),
                ("offset_unit", models.CharField(choices=[("day", "hari kerja"), ("hour", "jam kerja"), ("minute", "menit kerja")], default="day", max_length=8, verbose_name="satuan")),
                (
                    "whom",
                    models.CharField(
                        choices=[
                            ("assignee", "Petugas yang mengerjakan langkah"),
                            ("holders", "Semua pemegang jabatan langkah"),
                            ("responsible", "Penanggung jawab permohonan"),
                            ("superior", "Atasan jabatan langkah"),
                            ("unit_head", "Pimpinan unit layanan"),
                            ("office_head", "Kepala dinas"),
                        ],
                        max_length=12,
                        verbose_name="kepada",
                    ),
                ),
                ("levels", models.PositiveSmallIntegerField(default=1, verbose_name="tingkat atasan")),
                ("text", models.CharField(max_length=300, verbose_name="isi pemberitahuan")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "tahap peringatan",
                "verbose_name_plural": "tahap peringatan",
                "ordering": ["order", "id"],
                "constraints": [models.CheckConstraint(condition=Q(levels__gte=1, levels__lte=9), name="alarm_levels_in_range"), models.CheckConstraint(condition=Q(offset__gte=-999, offset__lte=999), name="alarm_offset_in_range")],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, verbose_name="judul")),
                ("text", models.TextField(validators=[MaxLengthValidator(2000)], verbose_name="isi")),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=models.CASCADE, related_name="+", to="core.unit", verbose_name="hanya untuk unit")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "templat pesan",
                "verbose_name_plural": "templat pesan",
                "ordering": ["title", "pk"],
                "constraints": [models.UniqueConstraint(fields=("title", "unit"), nulls_distinct=False, name="message_template_title_once_per_unit")],
            },
        ),
        migrations.CreateModel(
            name="ReadyReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, unique=True, verbose_name="alasan")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={"verbose_name": "alasan perbaikan berkas", "verbose_name_plural": "alasan perbaikan berkas", "ordering": ["order", "text"]},
        ),
    ]
