"""What the inbox reads, kept by the database (``services/sql``), and filters that people saved."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("services", "0002_cases")]
    operations = [
        migrations.CreateModel(
            name="InboxEntry",
            fields=[
                ("request", models.OneToOneField(on_delete=models.CASCADE, primary_key=True, related_name="entry", serialize=False, to="services.request")),
                ("run", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=models.DO_NOTHING, related_name="+", to="services.steprun")),
                ("place", models.CharField(choices=[("office", "Kantor"), ("agency", "Instansi lain"), ("applicant", "Pemohon"), ("paused", "Menunggu kelengkapan"), ("answered", "Jawaban pemohon belum dicatat"), ("ready", "Siap diambil"), ("closed", "Ditutup")], max_length=10)),
                ("state", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=10)),
                ("service_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField(null=True)),
                ("pool_unit_id", models.BigIntegerField(null=True)),
                ("position_id", models.BigIntegerField(null=True)),
                ("step_no", models.PositiveSmallIntegerField(null=True)),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("responsible_id", models.BigIntegerField(null=True)),
                ("handed_by_id", models.BigIntegerField(null=True)),
                ("returned", models.BooleanField(db_default=False, default=False)),
                ("due_at", models.DateTimeField()),
                ("promised_at", models.DateTimeField(null=True)),
                ("offered_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("words", models.TextField()),
            ],
            options={
                "verbose_name": "entri daftar pekerjaan",
                "verbose_name_plural": "entri daftar pekerjaan",
                "indexes": [
                    models.Index(fields=["assignee_id", "due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_mine"),
                    models.Index(fields=["position_id", "due_at", "request"], condition=Q(assignee_id__isnull=True, place="office"), name="entry_free_position"),
                    models.Index(fields=["pool_unit_id", "due_at", "request"], condition=Q(assignee_id__isnull=True, place="office"), name="entry_free_unit"),
                    models.Index(fields=["unit_id", "due_at", "request"], condition=Q(assignee_id__isnull=True, place="office"), name="entry_free_case_unit"),
                    models.Index(fields=["due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_due"),
                    models.Index(fields=["service_id", "due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_due_service"),
                    models.Index(fields=["unit_id", "due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_due_unit"),
                    models.Index(fields=["position_id", "due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_due_position"),
                    models.Index(fields=["responsible_id", "due_at", "request"], condition=Q(place__in=["office", "agency", "answered"]), name="entry_due_responsible"),
                    models.Index(fields=["assignee_id", "offered_at", "request"], condition=Q(place__in=["agency", "applicant", "paused", "answered", "ready"]), name="entry_waits_assignee"),
                    models.Index(fields=["pool_unit_id", "offered_at", "request"], condition=Q(place__in=["agency", "applicant", "paused", "answered", "ready"]), name="entry_waits_unit"),
                    models.Index(fields=["handed_by_id", "offered_at", "request"], condition=Q(place__in=["agency", "applicant", "paused", "answered", "ready"]), name="entry_waits_handed"),
                    models.Index(fields=["responsible_id", "offered_at", "request"], condition=~Q(place="closed"), name="entry_waits_responsible"),
                    models.Index(fields=["offered_at", "request"], condition=Q(place__in=["applicant", "answered", "ready"]), name="entry_waits_applicant"),
                    models.Index(fields=["closed_at", "request"], condition=Q(place="closed"), name="entry_closed"),
                    models.Index(fields=["service_id", "closed_at", "request"], condition=Q(place="closed"), name="entry_closed_service"),
                    models.Index(fields=["unit_id", "closed_at", "request"], condition=Q(place="closed"), name="entry_closed_unit"),
                    GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="entry_words"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.ForeignKey(db_index=False, on_delete=models.CASCADE, related_name="participations", to="services.inboxentry")),
                ("user_id", models.BigIntegerField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("service_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "keikutsertaan",
                "verbose_name_plural": "keikutsertaan",
                "indexes": [
                    models.Index(fields=["user_id", "closed_at", "entry"], condition=Q(closed_at__isnull=False), name="participation_closed"),
                    models.Index(fields=["user_id", "service_id", "closed_at", "entry"], condition=Q(closed_at__isnull=False), name="participation_closed_service"),
                ],
                "constraints": [models.UniqueConstraint(fields=("entry", "user_id"), name="participation_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.ForeignKey(on_delete=models.CASCADE, related_name="saved_filters", to=settings.AUTH_USER_MODEL, verbose_name="pemilik")),
                ("name", models.CharField(max_length=60, verbose_name="nama")),
                ("unit", models.ForeignKey(blank=True, null=True, on_delete=models.CASCADE, related_name="+", to="core.unit", verbose_name="dibagikan kepada unit")),
                ("choice", models.JSONField(default=dict, verbose_name="pilihan")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="kata pencarian")),
                ("created_at", models.DateTimeField(verbose_name="dibuat")),
            ],
            options={
                "verbose_name": "saringan",
                "verbose_name_plural": "saringan",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(F("owner"), Lower("name"), name="saved_filter_name_once"),
                    models.CheckConstraint(condition=Q(unit__isnull=True) | Q(words=""), name="shared_filter_holds_no_words"),
                    models.CheckConstraint(condition=~Q(name=""), name="saved_filter_is_named"),
                ],
            },
        ),
        # A reader takes only rows of transactions that are over; a model cannot name the type.
        migrations.RunSQL("ALTER TABLE services_inboxentry ADD COLUMN arrived_xid xid8 NOT NULL DEFAULT pg_current_xact_id();CREATE INDEX entry_arrived ON services_inboxentry (arrived_xid)", migrations.RunSQL.noop),
    ]
