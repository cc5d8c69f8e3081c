"""Counters and rooms, and what an office sets for a place: rules, closures, screens, printers, times of appointments."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

import visitors.models.rules


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_records"), ("services", "0002_cases")]
    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="counters", to="core.location", verbose_name="lokasi")),
                ("name", models.CharField(max_length=120, verbose_name="nama")),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="nomor loket")),
                ("kind", models.CharField(choices=[("counter", "Loket"), ("room", "Ruang pejabat")], default="counter", max_length=8, verbose_name="jenis")),
                ("position", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.position", verbose_name="pejabat di ruang ini")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
                ("services", models.ManyToManyField(blank=True, related_name="+", to="services.service", verbose_name="layanan")),
                ("preferred", models.ManyToManyField(blank=True, related_name="+", to="services.service", verbose_name="layanan yang didahulukan")),
            ],
            options={"verbose_name": "loket", "verbose_name_plural": "loket", "ordering": ["kind", "number", "name"], "constraints": [models.UniqueConstraint(fields=("location", "name"), name="counter_name_once")]},
        ),
        migrations.CreateModel(
            name="CounterSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counter", models.ForeignKey(on_delete=models.PROTECT, related_name="sessions", to="visitors.counter", verbose_name="loket")),
                ("user", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="petugas")),
                ("opened_at", models.DateTimeField(verbose_name="dibuka")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="jeda sejak")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="ditutup")),
            ],
            options={
                "verbose_name": "sesi loket",
                "verbose_name_plural": "sesi loket",
                "constraints": [
                    models.UniqueConstraint(fields=("counter",), condition=Q(closed_at__isnull=True), name="one_open_session_per_counter"),
                    models.UniqueConstraint(fields=("user",), condition=Q(closed_at__isnull=True), name="one_open_session_per_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.OneToOneField(on_delete=models.CASCADE, related_name="queue_rule", to="core.location", verbose_name="lokasi")),
                (
                    "priority_in_a_row",
                    models.PositiveSmallIntegerField(
                        default=2, help_text="Banyaknya nomor prioritas yang dipanggil sebelum satu nomor umum.", validators=[MinValueValidator(1), MaxValueValidator(5)], verbose_name="prioritas berturut-turut"
                    ),
                ),
                (
                    "ages_after_minutes",
                    models.PositiveSmallIntegerField(
                        default=20, help_text="Sejak lama tunggu ini nomor umum bergantian satu-satu dengan nomor prioritas.", validators=[MinValueValidator(5), MaxValueValidator(240)], verbose_name="menunggu lama sejak (menit)"
                    ),
                ),
                ("calls_before_no_show", models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(5)], verbose_name="panggilan sebelum dinyatakan tidak hadir")),
                ("recall_after_seconds", models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(5), MaxValueValidator(120)], verbose_name="jeda antarpanggilan (detik)")),
                (
                    "numbers_before_return",
                    models.PositiveSmallIntegerField(
                        default=3, help_text="Tamu yang terlewat lalu melapor dipanggil setelah sekian nomor berikutnya.", validators=[MinValueValidator(1), MaxValueValidator(20)], verbose_name="nomor sebelum dipanggil kembali"
                    ),
                ),
            ],
            options={
                "verbose_name": "aturan antrean",
                "verbose_name_plural": "aturan antrean",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ages_after_minutes__range=(5, 240), calls_before_no_show__range=(1, 5), numbers_before_return__range=(1, 20), priority_in_a_row__range=(1, 5), recall_after_seconds__range=(5, 120)),
                        name="queue_rule_in_bounds",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="closures", to="core.location", verbose_name="lokasi")),
                ("closed_at", models.DateTimeField(verbose_name="ditutup")),
                ("until", models.DateTimeField(verbose_name="sampai")),
                ("reason", models.CharField(max_length=120, verbose_name="alasan")),
                ("closed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="ditutup oleh")),
                ("reopened_at", models.DateTimeField(blank=True, null=True, verbose_name="dibuka kembali")),
                ("reopened_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dibuka oleh")),
            ],
            options={
                "verbose_name": "penutupan mendadak",
                "verbose_name_plural": "penutupan mendadak",
                "ordering": ["-closed_at"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("closed_at")), name="closure_ends_after_it_began"),
                    models.CheckConstraint(condition=Q(reopened_at__isnull=True) | Q(reopened_at__gte=F("closed_at")), name="closure_reopened_after_it_began"),
                    ExclusionConstraint(expressions=[("location", "="), (visitors.models.rules._Period(F("closed_at"), Coalesce("reopened_at", "until")), "&&")], name="one_closure_at_a_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="core.location", verbose_name="lokasi")),
                ("day", models.DateField(verbose_name="hari")),
                ("letter", models.CharField(max_length=1, verbose_name="huruf")),
                ("first", models.PositiveIntegerField(verbose_name="nomor pertama")),
                ("last", models.PositiveIntegerField(verbose_name="nomor terakhir")),
                ("printed_at", models.DateTimeField(verbose_name="dicetak")),
                ("printed_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dicetak oleh")),
            ],
            options={
                "verbose_name": "lembar nomor cadangan",
                "verbose_name_plural": "lembar nomor cadangan",
                "ordering": ["-day", "letter", "first"],
                "constraints": [models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="paper_sheet_has_numbers"), models.UniqueConstraint(fields=("location", "day", "letter", "first"), name="paper_sheet_once")],
            },
        ),
        migrations.CreateModel(
            name="TicketPrinter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(on_delete=models.CASCADE, related_name="printers", to="core.location", verbose_name="lokasi")),
                ("name", models.CharField(max_length=80, verbose_name="nama")),
                ("address", models.GenericIPAddressField(help_text="Alamat printer di jaringan kantor.", verbose_name="alamat IP")),
                ("port", models.PositiveIntegerField(default=9100, validators=[MinValueValidator(1), MaxValueValidator(65535)], verbose_name="porta")),
                ("width", models.PositiveSmallIntegerField(choices=[(58, "58 mm"), (80, "80 mm")], default=80, verbose_name="lebar kertas")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "printer nomor",
                "verbose_name_plural": "printer nomor",
                "constraints": [
                    models.UniqueConstraint(fields=("location",), condition=Q(active=True), name="one_printer_in_use_per_location"),
                    models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="printer_port"),
                    models.CheckConstraint(condition=Q(width__in=(58, 80)), name="printer_width"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreenRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.OneToOneField(on_delete=models.CASCADE, related_name="screen_rule", to="core.location", verbose_name="lokasi")),
                ("voice", models.BooleanField(default=True, verbose_name="panggilan dibacakan")),
                ("silent_from", models.TimeField(blank=True, null=True, verbose_name="jam tenang dari")),
                ("silent_to", models.TimeField(blank=True, help_text="Di antara kedua jam ini layar tidak bersuara, misalnya saat salat. Kosongkan bila tidak ada.", null=True, verbose_name="jam tenang sampai")),
            ],
            options={
                "verbose_name": "suara layar",
                "verbose_name_plural": "suara layar",
                "constraints": [
                    models.CheckConstraint(condition=Q(silent_from__isnull=True, silent_to__isnull=True) | Q(("silent_from__isnull", False), ("silent_to__isnull", False), ~Q(silent_from=F("silent_to"))), name="silent_hours_whole")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreenNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(blank=True, help_text="Kosongkan untuk semua layar.", null=True, on_delete=models.CASCADE, related_name="+", to="core.location", verbose_name="lokasi")),
                ("text", models.CharField(help_text="Dibaca dari jauh: satu kalimat pendek.", max_length=160, verbose_name="kalimat")),
                ("picture", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.storedfile", verbose_name="gambar")),
                ("from_date", models.DateField(verbose_name="dari tanggal")),
                ("to_date", models.DateField(blank=True, null=True, verbose_name="sampai tanggal")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="urutan")),
            ],
            options={
                "verbose_name": "pengumuman layar",
                "verbose_name_plural": "pengumuman layar",
                "ordering": ["order", "pk"],
                "constraints": [models.CheckConstraint(condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="screen_notice_dates")],
            },
        ),
        migrations.CreateModel(
            name="SlotPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="services.service", verbose_name="layanan")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="core.location", verbose_name="lokasi")),
                (
                    "weekdays",
                    ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(0, "Senin"), (1, "Selasa"), (2, "Rabu"), (3, "Kamis"), (4, "Jumat"), (5, "Sabtu"), (6, "Minggu")]), default=list, size=None, verbose_name="hari"),
                ),
                ("from_time", models.TimeField(verbose_name="dari pukul")),
                ("to_time", models.TimeField(verbose_name="sampai pukul")),
                ("minutes", models.PositiveSmallIntegerField(default=30, verbose_name="lama satu janji (menit)")),
                ("capacity", models.PositiveSmallIntegerField(default=2, verbose_name="tempat tiap waktu")),
                ("from_date", models.DateField(blank=True, null=True, verbose_name="berlaku mulai")),
                ("to_date", models.DateField(blank=True, null=True, verbose_name="berlaku sampai")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
                ("opened_until", models.DateField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "jadwal janji kedatangan",
                "verbose_name_plural": "jadwal janji kedatangan",
                "ordering": ["service__name", "location__name", "from_time", "id"],
                "constraints": [
                    models.CheckConstraint(condition=Q(to_time__gt=F("from_time")), name="slot_plan_times_in_order"),
                    models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="slot_plan_minutes"),
                    models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="slot_plan_capacity"),
                    models.CheckConstraint(condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6], weekdays__len__gte=1), name="slot_plan_weekdays"),
                    models.CheckConstraint(condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="slot_plan_dates_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.ForeignKey(db_index=False, on_delete=models.PROTECT, related_name="+", to="services.service", verbose_name="layanan")),
                ("location", models.ForeignKey(db_index=False, on_delete=models.PROTECT, related_name="+", to="core.location", verbose_name="lokasi")),
                ("starts_at", models.DateTimeField(verbose_name="mulai")),
                ("ends_at", models.DateTimeField(verbose_name="selesai")),
                ("capacity", models.PositiveSmallIntegerField(verbose_name="tempat")),
                ("state", models.CharField(choices=[("open", "Dibuka"), ("closed", "Ditutup"), ("off", "Di luar jam pelayanan"), ("dropped", "Tidak lagi dijadwalkan")], default="open", max_length=8, verbose_name="keadaan")),
                ("closed_reason", models.CharField(blank=True, max_length=200, verbose_name="alasan ditutup")),
                ("closed_by", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="ditutup oleh")),
                ("closure", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="slots", to="visitors.closure", verbose_name="penutupan mendadak")),
            ],
            options={
                "verbose_name": "waktu janji kedatangan",
                "verbose_name_plural": "waktu janji kedatangan",
                "indexes": [models.Index(fields=["location", "starts_at"], name="slot_day_of_location")],
                "constraints": [
                    models.UniqueConstraint(fields=("service", "location", "starts_at"), name="slot_once"),
                    models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_times_in_order"),
                    models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="slot_capacity"),
                    models.CheckConstraint(condition=Q(closure__isnull=True) | Q(state="closed"), name="slot_of_a_closure_is_closed"),
                ],
            },
        ),
    ]
