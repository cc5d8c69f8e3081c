"""Guests, their visits, numbers and appointments, and the events of the queue."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records"), ("services", "0002_cases"), ("visitors", "0001_places")]
    operations = [
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="nama")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="nomor HP")),
                ("institution", models.CharField(blank=True, max_length=150, verbose_name="instansi")),
            ],
            options={
                "verbose_name": "tamu",
                "verbose_name_plural": "tamu",
                "indexes": [models.Index(fields=["phone"], condition=~Q(phone=""), name="visitor_phone"), GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="visitor_name_trigram")],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor", models.ForeignKey(on_delete=models.PROTECT, related_name="visits", to="visitors.visitor", verbose_name="tamu")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="core.location", verbose_name="lokasi")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("service", "Mengurus layanan"), ("follow_up", "Melanjutkan permohonan"), ("meet", "Bertemu pejabat"), ("collect", "Mengambil surat"), ("consult", "Konsultasi"), ("complaint", "Pengaduan")],
                        max_length=10,
                        verbose_name="keperluan",
                    ),
                ),
                ("service", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="services.service", verbose_name="layanan")),
                ("request", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="visits", to="services.request", verbose_name="permohonan")),
                ("host", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="core.position", verbose_name="pejabat yang dituju")),
                ("head_count", models.PositiveSmallIntegerField(default=1, verbose_name="jumlah tamu")),
                ("companion", models.CharField(blank=True, max_length=150, verbose_name="pendamping")),
                ("represents", models.CharField(blank=True, max_length=300, verbose_name="mewakili")),
                ("proxy_seen", models.BooleanField(default=False, verbose_name="surat kuasa diperlihatkan")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="catatan")),
                ("checked_in_at", models.DateTimeField(verbose_name="datang")),
                ("checked_in_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dicatat oleh")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="pulang")),
                ("left_assumed", models.BooleanField(default=False, verbose_name="pulang tidak dicatat")),
                ("recorded_late_at", models.DateTimeField(blank=True, null=True, verbose_name="dicatat kemudian")),
            ],
            options={
                "verbose_name": "kunjungan",
                "verbose_name_plural": "kunjungan",
                "indexes": [models.Index(fields=["checked_in_at", "id"], name="visitors_vi_checked_2e8c2d_idx"), models.Index(fields=["location"], condition=Q(left_at__isnull=True), name="visit_inside")],
                "constraints": [models.CheckConstraint(condition=Q(head_count__gte=1, head_count__lte=100), name="visit_head_count"), models.CheckConstraint(condition=Q(represents="") | Q(proxy_seen=True), name="visit_proxy_was_seen")],
            },
        ),
        migrations.CreateModel(
            name="HostCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visit", models.OneToOneField(on_delete=models.CASCADE, related_name="host_call", to="visitors.visit", verbose_name="kunjungan")),
                ("position", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="core.position", verbose_name="pejabat")),
                ("asked_at", models.DateTimeField(verbose_name="diberi tahu")),
                ("answer", models.CharField(blank=True, choices=[("coming", "Silakan masuk"), ("five_minutes", "Mohon tunggu 5 menit"), ("delegated", "Diwakilkan")], max_length=12, verbose_name="jawaban")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="dijawab")),
                ("answered_by", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dijawab oleh")),
                ("delegate", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diwakilkan kepada")),
            ],
            options={
                "verbose_name": "pemberitahuan tamu",
                "verbose_name_plural": "pemberitahuan tamu",
                "indexes": [models.Index(fields=["position", "asked_at"], name="host_call_of_position")],
                "constraints": [
                    models.CheckConstraint(condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True) | Q(~Q(answer=""), ("answered_at__isnull", False), ("answered_by__isnull", False)), name="host_answer_whole"),
                    models.CheckConstraint(condition=Q(answer="delegated", delegate__isnull=False) | Q(~Q(answer="delegated"), ("delegate__isnull", True)), name="host_delegate_when_delegated"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="core.location")),
                ("day", models.DateField()),
                ("letter", models.CharField(max_length=1)),
                ("last", models.PositiveIntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("location", "day", "letter"), name="ticket_series_once")]},
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visit", models.ForeignKey(on_delete=models.PROTECT, related_name="tickets", to="visitors.visit", verbose_name="kunjungan")),
                ("location", models.ForeignKey(db_index=False, on_delete=models.PROTECT, related_name="+", to="core.location", verbose_name="lokasi")),
                ("day", models.DateField(verbose_name="hari")),
                ("letter", models.CharField(max_length=1, verbose_name="huruf")),
                ("number", models.PositiveIntegerField(verbose_name="nomor")),
                ("lane", models.CharField(choices=[("regular", "Umum"), ("priority", "Prioritas")], default="regular", max_length=8, verbose_name="jalur")),
                ("priority_ground", models.CharField(blank=True, max_length=40, verbose_name="alasan prioritas")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Menunggu"), ("called", "Dipanggil"), ("serving", "Dilayani"), ("held", "Ditunda"), ("finished", "Selesai"), ("no_show", "Tidak hadir"), ("cancelled", "Batal")],
                        default="waiting",
                        max_length=10,
                        verbose_name="keadaan",
                    ),
                ),
                ("service", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="+", to="services.service", verbose_name="layanan")),
                ("target", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="+", to="visitors.counter", verbose_name="dialihkan ke")),
                ("session", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="tickets", to="visitors.countersession", verbose_name="sesi loket")),
                ("issued_at", models.DateTimeField(verbose_name="diambil")),
                ("waiting_since", models.DateTimeField(verbose_name="menunggu sejak")),
                ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="dipanggil")),
                ("calls", models.PositiveSmallIntegerField(default=0, verbose_name="kali dipanggil")),
                ("served_at", models.DateTimeField(blank=True, null=True, verbose_name="mulai dilayani")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="selesai")),
                ("result", models.CharField(blank=True, max_length=200, verbose_name="hasil")),
                ("undo", models.JSONField(blank=True, editable=False, null=True)),
                ("nonce", models.CharField(max_length=32)),
                ("token_hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "nomor antrean",
                "verbose_name_plural": "nomor antrean",
                "indexes": [models.Index(fields=["location", "day", "lane", "waiting_since", "id"], condition=Q(state="waiting"), name="ticket_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("location", "day", "letter", "number"), name="ticket_number_once"),
                    models.UniqueConstraint(fields=("token_hash",), name="ticket_token_once"),
                    models.UniqueConstraint(fields=("visit",), condition=Q(state__in=["waiting", "called", "serving", "held"]), name="one_live_ticket_per_visit"),
                    models.UniqueConstraint(fields=("session",), condition=Q(state__in=["called", "serving"]), name="one_called_ticket_per_session"),
                    models.CheckConstraint(condition=Q(letter__regex="^[A-HJ-NPR-Z]$"), name="ticket_letter_readable"),
                    models.CheckConstraint(condition=~Q(state__in=["called", "serving"]) | Q(session__isnull=False), name="called_ticket_has_session"),
                    models.CheckConstraint(condition=~Q(state="waiting") | Q(session__isnull=True), name="waiting_ticket_has_no_session"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("location", models.ForeignKey(db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="+", to="core.location")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("ticket", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="events", to="visitors.ticket")),
                ("counter", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="+", to="visitors.counter")),
                ("data", models.JSONField(default=dict)),
            ],
            options={"verbose_name": "kejadian antrean", "verbose_name_plural": "kejadian antrean", "indexes": [models.Index(fields=["counter", "-at", "-id"], condition=Q(kind="called"), name="event_calls_of_counter")]},
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.ForeignKey(on_delete=models.PROTECT, related_name="bookings", to="visitors.slot", verbose_name="waktu")),
                ("seat", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tempat")),
                ("lost_seat", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tempat semula")),
                ("displaced_notice", models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="core.notice")),
                ("visitor", models.ForeignKey(on_delete=models.PROTECT, related_name="bookings", to="visitors.visitor", verbose_name="tamu")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="surel")),
                ("wants_reminder", models.BooleanField(default=False, verbose_name="minta diingatkan")),
                ("request", models.ForeignKey(blank=True, null=True, on_delete=models.PROTECT, related_name="bookings", to="services.request", verbose_name="permohonan")),
                (
                    "state",
                    models.CharField(
                        choices=[("booked", "Terjadwal"), ("arrived", "Sudah datang"), ("missed", "Tidak datang"), ("cancelled", "Dibatalkan"), ("displaced", "Perlu waktu lain")], default="booked", max_length=10, verbose_name="keadaan"
                    ),
                ),
                ("booked_at", models.DateTimeField(verbose_name="dibuat")),
                ("moves", models.PositiveSmallIntegerField(default=0, verbose_name="kali dipindah")),
                ("reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="diingatkan")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="berakhir")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="alasan")),
                ("visit", models.OneToOneField(blank=True, null=True, on_delete=models.PROTECT, related_name="booking", to="visitors.visit", verbose_name="kunjungan")),
                ("nonce", models.CharField(max_length=32)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("code_hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "verbose_name": "janji kedatangan",
                "verbose_name_plural": "janji kedatangan",
                "indexes": [models.Index(fields=["slot"], condition=Q(state="booked"), name="booking_coming"), models.Index(fields=["email"], condition=Q(("state", "booked"), ~Q(email="")), name="booking_coming_email")],
                "constraints": [
                    models.UniqueConstraint(fields=("slot", "seat"), name="booking_seat_once"),
                    models.CheckConstraint(
                        condition=Q(lost_seat__isnull=True, seat__isnull=False, state__in=["booked", "arrived", "missed"])
                        | Q(lost_seat__isnull=True, seat__isnull=True, state="cancelled")
                        | Q(lost_seat__isnull=False, seat__isnull=True, state__in=["displaced", "arrived"]),
                        name="booking_holds_a_seat",
                    ),
                    models.CheckConstraint(condition=Q(state="arrived", visit__isnull=False) | Q(("visit__isnull", True), ~Q(state="arrived")), name="booking_arrived_with_visit"),
                    models.UniqueConstraint(fields=("request",), condition=Q(state="booked"), name="one_coming_booking_per_request"),
                ],
            },
        ),
        # A reader takes only rows of transactions that are over; a model cannot name the type.
        migrations.RunSQL("ALTER TABLE visitors_queueevent ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();CREATE INDEX event_cursor ON visitors_queueevent (xid, id)", migrations.RunSQL.noop),
    ]
