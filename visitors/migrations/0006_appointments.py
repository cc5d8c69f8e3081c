"""Appointments: plans, slots, bookings; the seats of a slot are guarded by the database."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SEATS = """
CREATE FUNCTION visitors_booking_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted visitors_slot;
BEGIN
    SELECT s.* INTO wanted FROM visitors_slot s WHERE s.id = NEW.slot_id;
    IF NEW.seat NOT BETWEEN 1 AND wanted.capacity THEN
        RAISE EXCEPTION 'slot % has no seat %', wanted.id, NEW.seat USING ERRCODE = 'check_violation';
    END IF;
    -- What was booked before a slot was closed may stay; nothing new comes in.
    IF wanted.state <> 'open' AND (TG_OP = 'INSERT' OR OLD.slot_id <> NEW.slot_id OR OLD.seat IS NULL) THEN
        RAISE EXCEPTION 'slot % is not open', wanted.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_fits BEFORE INSERT OR UPDATE OF slot_id, seat ON visitors_booking
    FOR EACH ROW WHEN (NEW.seat IS NOT NULL) EXECUTE FUNCTION visitors_booking_fits();
CREATE FUNCTION visitors_slot_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM visitors_booking b WHERE b.slot_id = NEW.id AND b.seat > NEW.capacity) THEN
        RAISE EXCEPTION 'slot % has more seats taken', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slot_holds BEFORE UPDATE OF capacity ON visitors_slot
    FOR EACH ROW WHEN (NEW.capacity < OLD.capacity) EXECUTE FUNCTION visitors_slot_holds();
"""
NO_SEATS = """
DROP TRIGGER booking_fits ON visitors_booking; DROP FUNCTION visitors_booking_fits();
DROP TRIGGER slot_holds ON visitors_slot; DROP FUNCTION visitors_slot_holds();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('services', '0001_initial'),
        ('visitors', '0005_event_location'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='mulai')),
                ('ends_at', models.DateTimeField(verbose_name='selesai')),
                ('capacity', models.PositiveSmallIntegerField(verbose_name='tempat')),
                ('state', models.CharField(choices=[('open', 'Dibuka'), ('closed', 'Ditutup'), ('off', 'Di luar jam pelayanan'), ('dropped', 'Tidak lagi dijadwalkan')], default='open', max_length=8, verbose_name='keadaan')),
                ('closed_reason', models.CharField(blank=True, max_length=200, verbose_name='alasan ditutup')),
                ('closed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ditutup oleh')),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.location', verbose_name='lokasi')),
                ('service', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.service', verbose_name='layanan')),
            ],
            options={
                'verbose_name': 'waktu janji temu',
                'verbose_name_plural': 'waktu janji temu',
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seat', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='tempat')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='surel')),
                ('wants_reminder', models.BooleanField(default=False, verbose_name='minta diingatkan')),
                ('state', models.CharField(choices=[('booked', 'Terjadwal'), ('arrived', 'Sudah datang'), ('missed', 'Tidak datang'), ('cancelled', 'Dibatalkan'), ('displaced', 'Perlu waktu lain')], default='booked', max_length=10, verbose_name='keadaan')),
                ('booked_at', models.DateTimeField(verbose_name='dibuat')),
                ('moves', models.PositiveSmallIntegerField(default=0, verbose_name='kali dipindah')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='diingatkan')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='berakhir')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='alasan')),
                ('nonce', models.CharField(max_length=32)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='services.request', verbose_name='permohonan')),
                ('visit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='booking', to='visitors.visit', verbose_name='kunjungan')),
                ('visitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='visitors.visitor', verbose_name='tamu')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='visitors.slot', verbose_name='waktu')),
            ],
            options={
                'verbose_name': 'janji temu',
                'verbose_name_plural': 'janji temu',
            },
        ),
        migrations.CreateModel(
            name='SlotPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(0, 'Senin'), (1, 'Selasa'), (2, 'Rabu'), (3, 'Kamis'), (4, 'Jumat'), (5, 'Sabtu'), (6, 'Minggu')]), default=list, size=None, verbose_name='hari')),
                ('from_time', models.TimeField(verbose_name='dari pukul')),
                ('to_time', models.TimeField(verbose_name='sampai pukul')),
                ('minutes', models.PositiveSmallIntegerField(default=30, verbose_name='lama satu janji (menit)')),
                ('capacity', models.PositiveSmallIntegerField(default=2, verbose_name='tempat tiap waktu')),
                ('from_date', models.DateField(blank=True, null=True, verbose_name='berlaku mulai')),
                ('to_date', models.DateField(blank=True, null=True, verbose_name='berlaku sampai')),
                ('active', models.BooleanField(default=True, verbose_name='dipakai')),
                ('opened_until', models.DateField(blank=True, editable=False, null=True)),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.location', verbose_name='lokasi')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.service', verbose_name='layanan')),
            ],
            options={
                'verbose_name': 'jadwal janji temu',
                'verbose_name_plural': 'jadwal janji temu',
                'ordering': ['service__name', 'location__name', 'from_time', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(fields=['location', 'starts_at'], name='slot_day_of_location'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('service', 'location', 'starts_at'), name='slot_once'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='slot_times_in_order'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 50)), name='slot_capacity'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('state', 'booked')), fields=['slot'], name='booking_coming'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('state', 'booked'), models.Q(('email', ''), _negated=True)), fields=['email'], name='booking_coming_email'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(fields=('slot', 'seat'), name='booking_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seat__isnull', False), ('state__in', ['booked', 'arrived', 'missed'])), models.Q(('seat__isnull', True), ('state__in', ['cancelled', 'displaced'])), _connector='OR'), name='booking_holds_a_seat'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'arrived'), ('visit__isnull', False)), models.Q(('visit__isnull', True), models.Q(('state', 'arrived'), _negated=True)), _connector='OR'), name='booking_arrived_with_visit'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'booked')), fields=('request',), name='one_coming_booking_per_request'),
        ),
        migrations.AddConstraint(
            model_name='slotplan',
            constraint=models.CheckConstraint(condition=models.Q(('to_time__gt', models.F('from_time'))), name='slot_plan_times_in_order'),
        ),
        migrations.AddConstraint(
            model_name='slotplan',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 480)), name='slot_plan_minutes'),
        ),
        migrations.AddConstraint(
            model_name='slotplan',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 50)), name='slot_plan_capacity'),
        ),
        migrations.AddConstraint(
            model_name='slotplan',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [0, 1, 2, 3, 4, 5, 6]), ('weekdays__len__gte', 1)), name='slot_plan_weekdays'),
        ),
        migrations.AddConstraint(
            model_name='slotplan',
            constraint=models.CheckConstraint(condition=models.Q(('from_date__isnull', True), ('to_date__isnull', True), ('to_date__gte', models.F('from_date')), _connector='OR'), name='slot_plan_dates_in_order'),
        ),
            migrations.RunSQL(SEATS, NO_SEATS),
    ]
