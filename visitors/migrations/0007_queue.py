"""Rules of the queue that an office may edit, counters' preferences, sudden closures, numbers on paper, undo.

``visitors_call_next`` follows the location's rule, lets services that a counter prefers go first while nobody of the
lane has waited long, and keeps what the call changed, so that it can be taken back. It stays one round trip (see 0004).
"""

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import visitors.models.rules
from django.conf import settings
from django.db import migrations, models


CALL_NEXT = """
DROP FUNCTION visitors_call_next(bigint, bigint, timestamptz, date, timestamptz, timestamptz);
CREATE FUNCTION visitors_call_next(
    called_by bigint, from_session bigint, moment timestamptz, today date, midnight timestamptz,
    OUT outcome text, OUT ticket visitors_ticket
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    desk record;
    served bigint[];
    preferred bigint[];
    recent text[];
    turn text := 'priority';
BEGIN
    -- The lock keeps the session from being closed meanwhile, and lets one call after the other through.
    SELECT s.id, s.counter_id, c.location_id, c.kind, c.name, coalesce(r.priority_in_a_row, 2) AS in_a_row,
        moment - make_interval(mins => coalesce(r.ages_after_minutes, 20)::int) AS aged INTO desk
    FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
    LEFT JOIN visitors_queuerule r ON r.location_id = c.location_id
    WHERE s.id = from_session AND s.user_id = called_by AND s.closed_at IS NULL AND s.paused_at IS NULL
    FOR NO KEY UPDATE OF s;
    IF NOT FOUND THEN
        outcome := 'no session';
        RETURN;
    END IF;
    SELECT t.* INTO ticket FROM visitors_ticket t WHERE t.session_id = desk.id AND t.state IN ('called', 'serving');
    IF FOUND THEN
        outcome := 'busy';
        RETURN;
    END IF;
    served := ARRAY(SELECT cs.service_id FROM visitors_counter_services cs WHERE cs.counter_id = desk.counter_id);
    preferred := ARRAY(SELECT cp.service_id FROM visitors_counter_preferred cp WHERE cp.counter_id = desk.counter_id);
    -- A call that was taken back took nobody's turn.
    recent := ARRAY(
        SELECT e.data->>'lane' FROM visitors_queueevent e
        WHERE e.counter_id = desk.counter_id AND e.kind = 'called' AND e.at >= midnight AND e.data->>'turn' = 'next'
            AND NOT EXISTS (
                SELECT FROM visitors_queueevent u
                WHERE u.ticket_id = e.ticket_id AND u.kind = 'undone' AND u.id > e.id
                    AND u.data->>'of' = 'called' AND (u.data->>'at')::timestamptz = e.at)
        ORDER BY e.at DESC, e.id DESC LIMIT desk.in_a_row);
    IF recent[1] = 'priority' AND (
        (cardinality(recent) = desk.in_a_row AND 'priority' = ALL (recent)) OR EXISTS (
            SELECT FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = 'regular'
                AND t.waiting_since <= desk.aged
                AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                    t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter')))))
    ) THEN
        turn := 'regular';
    END IF;
    FOR attempt IN 1..2 LOOP
        IF cardinality(preferred) > 0 AND NOT EXISTS (
            SELECT FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
                AND t.waiting_since <= desk.aged
                AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                    t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter'))))
        ) THEN
            SELECT t.* INTO ticket FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
                AND (t.target_id = desk.counter_id OR (
                    t.target_id IS NULL AND t.service_id = ANY (served) AND t.service_id = ANY (preferred)))
            ORDER BY t.waiting_since, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;
            EXIT WHEN FOUND;
        END IF;
        -- Transferred here, or free for every counter that serves the service; without service any counter, no room.
        SELECT t.* INTO ticket FROM visitors_ticket t
        WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
            AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter'))))
        ORDER BY t.waiting_since, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;
        EXIT WHEN FOUND;
        -- The lane whose turn it is has nobody left: the other one's.
        turn := CASE turn WHEN 'priority' THEN 'regular' ELSE 'priority' END;
    END LOOP;
    IF ticket.id IS NULL THEN
        outcome := 'nobody';
        RETURN;
    END IF;
    UPDATE visitors_ticket t SET state = 'called', session_id = desk.id, called_at = moment, calls = t.calls + 1,
        undo = jsonb_build_object('of', 'called', 'by', called_by, 'at', moment, 'before', jsonb_build_object(
            'state', t.state, 'session_id', t.session_id, 'called_at', t.called_at, 'calls', t.calls))
    WHERE t.id = ticket.id RETURNING t.* INTO ticket;
    INSERT INTO visitors_queueevent (location_id, at, kind, ticket_id, counter_id, data)
    VALUES (desk.location_id, moment, 'called', ticket.id, desk.counter_id, jsonb_build_object(
        'label', ticket.letter || '-' || lpad(ticket.number::text, greatest(3, length(ticket.number::text)), '0'),
        'lane', ticket.lane, 'counter', desk.name, 'turn', 'next', 'call', ticket.calls));
    outcome := 'called';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_routing'),
        ('services', '0014_intake'),
        ('visitors', '0006_appointments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='counter',
            name='preferred',
            field=models.ManyToManyField(blank=True, related_name='+', to='services.service', verbose_name='layanan yang didahulukan'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='undo',
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='left_assumed',
            field=models.BooleanField(default=False, verbose_name='pulang tidak dicatat'),
        ),
        migrations.AddField(
            model_name='visit',
            name='recorded_late_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dicatat kemudian'),
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_at', models.DateTimeField(verbose_name='ditutup')),
                ('until', models.DateTimeField(verbose_name='sampai')),
                ('reason', models.CharField(max_length=120, verbose_name='alasan')),
                ('reopened_at', models.DateTimeField(blank=True, null=True, verbose_name='dibuka kembali')),
                ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ditutup oleh')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='core.location', verbose_name='lokasi')),
                ('reopened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dibuka oleh')),
            ],
            options={
                'verbose_name': 'penutupan mendadak',
                'verbose_name_plural': 'penutupan mendadak',
                'ordering': ['-closed_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('closed_at'))), name='closure_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('reopened_at__isnull', True), ('reopened_at__gte', models.F('closed_at')), _connector='OR'), name='closure_reopened_after_it_began'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('location', '='), (visitors.models.rules._Period(models.F('closed_at'), django.db.models.functions.comparison.Coalesce('reopened_at', 'until')), '&&')], name='one_closure_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='PaperSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='hari')),
                ('letter', models.CharField(max_length=1, verbose_name='huruf')),
                ('first', models.PositiveIntegerField(verbose_name='nomor pertama')),
                ('last', models.PositiveIntegerField(verbose_name='nomor terakhir')),
                ('printed_at', models.DateTimeField(verbose_name='dicetak')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.location', verbose_name='lokasi')),
                ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicetak oleh')),
            ],
            options={
                'verbose_name': 'lembar nomor cadangan',
                'verbose_name_plural': 'lembar nomor cadangan',
                'ordering': ['-day', 'letter', 'first'],
                'constraints': [models.CheckConstraint(condition=models.Q(('first__gte', 1), ('last__gte', models.F('first'))), name='paper_sheet_has_numbers'), models.UniqueConstraint(fields=('location', 'day', 'letter', 'first'), name='paper_sheet_once')],
            },
        ),
        migrations.CreateModel(
            name='QueueRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority_in_a_row', models.PositiveSmallIntegerField(default=2, help_text='Banyaknya nomor prioritas yang dipanggil sebelum satu nomor umum.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='prioritas berturut-turut')),
                ('ages_after_minutes', models.PositiveSmallIntegerField(default=20, help_text='Sejak lama tunggu ini nomor umum bergantian satu-satu dengan nomor prioritas.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(240)], verbose_name='menunggu lama sejak (menit)')),
                ('calls_before_no_show', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='panggilan sebelum dinyatakan tidak hadir')),
                ('recall_after_seconds', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(120)], verbose_name='jeda antarpanggilan (detik)')),
                ('numbers_before_return', models.PositiveSmallIntegerField(default=3, help_text='Tamu yang terlewat lalu melapor dipanggil setelah sekian nomor berikutnya.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='nomor sebelum dipanggil kembali')),
                ('location', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='queue_rule', to='core.location', verbose_name='lokasi')),
            ],
            options={
                'verbose_name': 'aturan antrean',
                'verbose_name_plural': 'aturan antrean',
                'constraints': [models.CheckConstraint(condition=models.Q(('ages_after_minutes__range', (5, 240)), ('calls_before_no_show__range', (1, 5)), ('numbers_before_return__range', (1, 20)), ('priority_in_a_row__range', (1, 5)), ('recall_after_seconds__range', (5, 120))), name='queue_rule_in_bounds')],
            },
        ),
        migrations.RunSQL(CALL_NEXT, migrations.RunSQL.noop),
    ]
