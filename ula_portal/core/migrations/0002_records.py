"""What the floor keeps besides people: calendar, files, journal, notices, keys and counts; the table of the shared cache."""

import uuid

from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models
from django.db.models import F, Q

import ula_portal.core.models.files


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_people")]
    operations = [
        migrations.CreateModel(
            name="HoursRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("working", "Jam kerja"), ("service", "Jam pelayanan loket")], max_length=10, verbose_name="jenis")),
                ("name", models.CharField(max_length=80, verbose_name="nama aturan")),
                ("from_date", models.DateField(blank=True, null=True, verbose_name="berlaku mulai")),
                ("to_date", models.DateField(blank=True, null=True, verbose_name="berlaku sampai")),
                ("weekday", models.PositiveSmallIntegerField(choices=[(0, "Senin"), (1, "Selasa"), (2, "Rabu"), (3, "Kamis"), (4, "Jumat"), (5, "Sabtu"), (6, "Minggu")], verbose_name="hari")),
                ("opens", models.TimeField(verbose_name="buka")),
                ("closes", models.TimeField(verbose_name="tutup")),
                ("break_from", models.TimeField(blank=True, null=True, verbose_name="istirahat mulai")),
                ("break_to", models.TimeField(blank=True, null=True, verbose_name="istirahat sampai")),
                ("last_ticket", models.TimeField(blank=True, null=True, verbose_name="nomor antrean terakhir")),
            ],
            options={
                "verbose_name": "jam kerja dan pelayanan",
                "verbose_name_plural": "jam kerja dan pelayanan",
                "ordering": ["kind", "from_date", "weekday"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "from_date", "to_date", "weekday"), nulls_distinct=False, name="hours_rule_once"),
                    models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_in_order"),
                    models.CheckConstraint(
                        condition=Q(break_from__isnull=True, break_to__isnull=True)
                        | Q(("break_from__isnull", False), ("break_to__isnull", False), ("break_from__gte", F("opens")), ("break_to__gt", F("break_from")), ("break_to__lte", F("closes"))),
                        name="hours_break_inside",
                    ),
                    models.CheckConstraint(condition=~Q(break_from=F("opens"), break_to=F("closes")), name="hours_break_leaves_work"),
                    models.CheckConstraint(condition=Q(last_ticket__isnull=True) | Q(last_ticket__gte=F("opens"), last_ticket__lte=F("closes")), name="hours_last_ticket_inside"),
                    models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday_known"),
                    models.CheckConstraint(condition=Q(from_date__isnull=True, to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="hours_dates_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="tanggal")),
                ("kind", models.CharField(choices=[("holiday", "Libur"), ("joint_leave", "Cuti bersama"), ("working", "Hari kerja")], max_length=12, verbose_name="jenis")),
                ("name", models.CharField(max_length=120, verbose_name="nama")),
            ],
            options={"verbose_name": "hari khusus", "verbose_name_plural": "hari khusus", "ordering": ["date"]},
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("blob", models.FileField(max_length=80, upload_to=ula_portal.core.models.files.random_path, verbose_name="berkas")),
                ("viewing", models.FileField(blank=True, max_length=80, upload_to=ula_portal.core.models.files.random_path, verbose_name="bentuk lihat")),
                ("name", models.CharField(max_length=150, verbose_name="nama asli")),
                ("content_type", models.CharField(max_length=60, verbose_name="jenis isi")),
                ("size", models.PositiveIntegerField(verbose_name="ukuran (bita)")),
                ("sha256", models.CharField(max_length=64, verbose_name="sidik")),
                ("created_at", models.DateTimeField(verbose_name="disimpan")),
            ],
            options={"verbose_name": "berkas", "verbose_name_plural": "berkas"},
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=40, verbose_name="jenis pokok")),
                ("subject_id", models.CharField(max_length=40, verbose_name="id pokok")),
                ("sequence", models.PositiveIntegerField(verbose_name="urutan")),
                ("at", models.DateTimeField(verbose_name="waktu")),
                ("verb", models.CharField(max_length=60, verbose_name="tindakan")),
                ("actor_kind", models.CharField(max_length=20, verbose_name="jenis pelaku")),
                ("actor_id", models.CharField(blank=True, max_length=40, verbose_name="id pelaku")),
                ("data", models.JSONField(default=dict, verbose_name="keterangan")),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "catatan jejak audit",
                "verbose_name_plural": "jejak audit",
                "indexes": [models.Index(fields=["at"], name="core_journa_at_290bc4_idx")],
                "constraints": [models.UniqueConstraint(fields=("subject_kind", "subject_id", "sequence"), name="journal_chain_without_fork")],
            },
        ),
        migrations.CreateModel(
            name="JournalHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=40)),
                ("sequence", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("changed_at", models.DateTimeField(db_index=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("subject_kind", "subject_id"), name="journal_one_head")]},
        ),
        migrations.CreateModel(
            name="JournalSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("heads", models.PositiveIntegerField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"verbose_name": "segel jejak audit", "verbose_name_plural": "segel jejak audit", "ordering": ["day"]},
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="jenis")),
                ("subject_kind", models.CharField(max_length=40, verbose_name="jenis pokok")),
                ("subject_id", models.CharField(max_length=40, verbose_name="id pokok")),
                ("user", models.ForeignKey(blank=True, null=True, on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="petugas")),
                ("path", models.CharField(blank=True, max_length=200, verbose_name="alamat halaman")),
                ("state", models.CharField(choices=[("waiting", "Menunggu"), ("sent", "Terkirim"), ("failed", "Gagal"), ("suppressed", "Tidak dikirim")], default="waiting", max_length=12, verbose_name="keadaan")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="percobaan")),
                ("next_try_at", models.DateTimeField(verbose_name="dicoba lagi")),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=200, verbose_name="kesalahan terakhir")),
                ("created_at", models.DateTimeField(verbose_name="dibuat")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="terkirim")),
            ],
            options={
                "verbose_name": "pemberitahuan",
                "verbose_name_plural": "pemberitahuan",
                "indexes": [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="notice_due"), models.Index(fields=["subject_kind", "subject_id"], name="core_notice_subject_13b9de_idx")],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=64)),
                ("result_kind", models.CharField(blank=True, max_length=40)),
                ("result_id", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="core_idempo_created_bb3e28_idx")],
                "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="idempotency_once"), models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{64}$"), name="idempotency_key_is_hashed")],
            },
        ),
        migrations.CreateModel(
            name="KeptInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("content", models.TextField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="NumberSequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("key", "year"), name="number_sequence_once")]},
        ),
        migrations.CreateModel(
            name="ThrottleCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
                ("who", models.CharField(max_length=64)),
                ("until", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveIntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("name", "who"), name="throttle_count_once")]},
        ),
        # Counts of minutes: not worth a flush to disk each.
        migrations.RunSQL("ALTER TABLE core_throttlecount SET UNLOGGED", migrations.RunSQL.noop),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
