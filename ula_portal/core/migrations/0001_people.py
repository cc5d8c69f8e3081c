"""Units, positions and people, with what each may. Django's own tables of accounts follow this migration."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="surel")),
                ("full_name", models.CharField(max_length=150, verbose_name="nama lengkap")),
                ("front_title", models.CharField(blank=True, max_length=40, verbose_name="gelar depan")),
                ("back_title", models.CharField(blank=True, max_length=80, verbose_name="gelar belakang")),
                ("nip", models.CharField(blank=True, max_length=18, verbose_name="NIP")),
                ("rank", models.CharField(blank=True, max_length=80, verbose_name="pangkat/golongan")),
                ("is_active", models.BooleanField(default=True, verbose_name="aktif")),
                ("date_joined", models.DateTimeField(auto_now_add=True, verbose_name="terdaftar sejak")),
            ],
            options={"verbose_name": "petugas", "verbose_name_plural": "petugas", "ordering": ["full_name"], "constraints": [models.CheckConstraint(condition=Q(email=models.Func(F("email"), function="lower")), name="user_email_lower")]},
        ),
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=models.CASCADE, related_name="email_changes", to=settings.AUTH_USER_MODEL)),
                ("old_email", models.EmailField(max_length=254)),
                ("new_email", models.EmailField(max_length=254)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"constraints": [models.CheckConstraint(condition=~Q(old_email=F("new_email")), name="email_change_changes")]},
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=200, verbose_name="nama")),
                ("short_name", models.CharField(blank=True, max_length=30, verbose_name="singkatan pada nomor surat")),
                ("parent", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="children", to="core.unit", verbose_name="induk")),
            ],
            options={"verbose_name": "unit", "verbose_name_plural": "unit", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="StaffRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=models.CASCADE, related_name="staff_roles", to=settings.AUTH_USER_MODEL, verbose_name="petugas")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("frontdesk", "Petugas meja depan"),
                            ("counter", "Petugas loket"),
                            ("official", "Pejabat"),
                            ("section_head", "Kepala bidang/bagian"),
                            ("drafter", "Penyusun SOP"),
                            ("head", "Kepala dinas"),
                            ("admin", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="peran",
                    ),
                ),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.unit", verbose_name="unit")),
            ],
            options={
                "verbose_name": "peran petugas",
                "verbose_name_plural": "peran petugas",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "role", "unit"), nulls_distinct=False, name="staff_role_once"),
                    models.CheckConstraint(condition=~Q(role__in=["section_head", "drafter"]) | Q(unit__isnull=False), name="section_head_has_unit"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=120, verbose_name="nama")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="alamat")),
            ],
            options={"verbose_name": "lokasi", "verbose_name_plural": "lokasi", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="nama kantor")),
                ("regency", models.CharField(max_length=150, verbose_name="kabupaten/kota")),
                ("letterhead", models.JSONField(blank=True, default=list, verbose_name="baris kop surat")),
                ("address", models.TextField(blank=True, verbose_name="alamat")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telepon")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="surel")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="tempat penandatanganan")),
                ("specimen_mark", models.CharField(blank=True, max_length=30, verbose_name="tanda contoh")),
                ("default_unit", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="core.unit", verbose_name="unit penerima bila tidak ada yang cocok")),
            ],
            options={"verbose_name": "kantor", "verbose_name_plural": "kantor"},
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=200, verbose_name="nama jabatan")),
                ("unit", models.ForeignKey(on_delete=models.PROTECT, related_name="positions", to="core.unit", verbose_name="unit")),
                ("superior", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="subordinates", to="core.position", verbose_name="atasan")),
                ("heads_unit", models.BooleanField(default=False, verbose_name="memimpin unit")),
                ("deputy_decides", models.BooleanField(db_default=True, default=True, verbose_name="pengganti boleh mengambil keputusan")),
            ],
            options={"verbose_name": "jabatan", "verbose_name_plural": "jabatan", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Secretariat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keeper", models.ForeignKey(on_delete=models.CASCADE, related_name="secretariat_of", to="core.position", verbose_name="jabatan yang mencatat")),
                ("position", models.ForeignKey(on_delete=models.CASCADE, related_name="secretariats", to="core.position", verbose_name="sekretariat dari")),
            ],
            options={
                "verbose_name": "sekretariat",
                "verbose_name_plural": "sekretariat",
                "constraints": [models.UniqueConstraint(fields=("keeper", "position"), name="secretariat_once"), models.CheckConstraint(condition=~Q(keeper=F("position")), name="secretariat_of_another")],
            },
        ),
        migrations.CreateModel(
            name="Tenure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=models.PROTECT, related_name="tenures", to=settings.AUTH_USER_MODEL, verbose_name="petugas")),
                ("position", models.ForeignKey(on_delete=models.PROTECT, related_name="tenures", to="core.position", verbose_name="jabatan")),
                ("kind", models.CharField(choices=[("definitive", "Definitif"), ("plt", "Pelaksana tugas (Plt.)"), ("plh", "Pelaksana harian (Plh.)")], default="definitive", max_length=12, verbose_name="jenis")),
                ("from_date", models.DateField(verbose_name="mulai")),
                ("to_date", models.DateField(blank=True, null=True, verbose_name="sampai")),
                ("mandate", models.CharField(blank=True, max_length=120, verbose_name="nomor surat perintah")),
                ("mandate_date", models.DateField(blank=True, null=True, verbose_name="tanggal surat perintah")),
                ("mandate_by", models.CharField(blank=True, max_length=150, verbose_name="pejabat pemberi perintah")),
            ],
            options={
                "verbose_name": "masa jabatan",
                "verbose_name_plural": "masa jabatan",
                "indexes": [models.Index(fields=["position", "from_date"], name="core_tenure_positio_36b4d0_idx")],
                "constraints": [
                    models.CheckConstraint(condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="tenure_dates_in_order"),
                    models.CheckConstraint(
                        condition=Q(kind="definitive") | Q(("mandate_date__isnull", False), ("mandate_date__lte", F("from_date")), ("to_date__isnull", False), ~Q(mandate=""), ~Q(mandate_by="")), name="acting_tenure_has_order"
                    ),
                    ExclusionConstraint(
                        expressions=[("user", "="), ("position", "="), (models.Func(F("from_date"), F("to_date"), RangeBoundary(inclusive_upper=True), function="daterange", output_field=DateRangeField()), "&&")],
                        name="tenure_same_person_no_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=models.CASCADE, related_name="absences", to=settings.AUTH_USER_MODEL, verbose_name="petugas")),
                ("kind", models.CharField(choices=[("travel", "Dinas luar"), ("leave", "Cuti"), ("sick", "Sakit"), ("meeting", "Rapat")], max_length=10, verbose_name="alasan")),
                ("from_date", models.DateField(verbose_name="mulai")),
                ("to_date", models.DateField(verbose_name="sampai")),
                ("deputy", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="deputising", to=settings.AUTH_USER_MODEL, verbose_name="pengganti")),
                ("recorded_by", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dicatat oleh")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="dibaca")),
            ],
            options={
                "verbose_name": "ketidakhadiran",
                "verbose_name_plural": "ketidakhadiran",
                "indexes": [models.Index(fields=["user", "from_date", "to_date"], name="core_absenc_user_id_8b000e_idx")],
                "constraints": [
                    models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="absence_dates_in_order"),
                    models.CheckConstraint(condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="absence_deputy_is_another"),
                    models.CheckConstraint(condition=Q(deputy__isnull=True) | Q(recorded_by__isnull=True) | Q(recorded_by=F("user")) | ~Q(recorded_by=F("deputy")), name="absence_recorder_is_not_deputy"),
                ],
            },
        ),
    ]
