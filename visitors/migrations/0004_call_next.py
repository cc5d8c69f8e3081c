"""Calling the next visitor inside the database, and only the indexes that the queue's questions use.

``visitors_call_next`` is one round trip whose statements are planned once per connection. Each of its statements sees
what was committed before it began, so a second tap waits for the first at the session's row and then finds the counter
busy. ``visitors.counter.actions.calling.call_next`` says what the rule is; ``tests/visitors/queue/test_fairness.py`` holds both to it.
"""

import django.db.models.deletion
from django.db import migrations, models


CALL_NEXT = """
CREATE FUNCTION visitors_call_next(
    called_by bigint, from_session bigint, moment timestamptz, today date, midnight timestamptz, aged timestamptz,
    OUT outcome text, OUT ticket visitors_ticket
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    desk record;
    served bigint[];
    recent text[];
    turn text := 'priority';
BEGIN
    -- The lock keeps the session from being closed meanwhile, and lets one call after the other through.
    SELECT s.id, s.counter_id, c.location_id, c.kind, c.name INTO desk
    FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
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
    recent := ARRAY(
        SELECT e.data->>'lane' FROM visitors_queueevent e
        WHERE e.counter_id = desk.counter_id AND e.kind = 'called' AND e.at >= midnight AND e.data->>'turn' = 'next'
        ORDER BY e.at DESC, e.id DESC LIMIT 2);
    IF recent[1] = 'priority' AND (recent[2] = 'priority' OR EXISTS (
        SELECT FROM visitors_ticket t
        WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = 'regular'
            AND t.waiting_since <= aged
            AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter')))))
    ) THEN
        turn := 'regular';
    END IF;
    FOR attempt IN 1..2 LOOP
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
    UPDATE visitors_ticket t SET state = 'called', session_id = desk.id, called_at = moment, calls = t.calls + 1
    WHERE t.id = ticket.id RETURNING t.* INTO ticket;
    INSERT INTO visitors_queueevent (location_id, at, kind, ticket_id, counter_id, data)
    VALUES (desk.location_id, moment, 'called', ticket.id, desk.counter_id, jsonb_build_object(
        'label', ticket.letter || '-' || lpad(ticket.number::text, greatest(3, length(ticket.number::text)), '0'),
        'lane', ticket.lane, 'counter', desk.name, 'turn', 'next', 'call', ticket.calls));
    outcome := 'called';
END $$;
"""
DROP = "DROP FUNCTION visitors_call_next(bigint, bigint, timestamptz, date, timestamptz, timestamptz)"


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('services', '0001_initial'),
        ('visitors', '0003_desk_and_cursor'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='queueevent',
            name='event_calls_of_counter',
        ),
        migrations.RemoveIndex(
            model_name='ticket',
            name='visitors_ti_locatio_a82799_idx',
        ),
        migrations.AlterField(
            model_name='queueevent',
            name='counter',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visitors.counter'),
        ),
        migrations.AlterField(
            model_name='queueevent',
            name='location',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.location'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='location',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.location', verbose_name='lokasi'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='service',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.service', verbose_name='layanan'),
        ),
        # Django drops every index of the one column, the unique one of this constraint with it.
        migrations.RemoveConstraint(model_name='ticket', name='one_called_ticket_per_session'),
        migrations.AlterField(
            model_name='ticket',
            name='session',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='visitors.countersession', verbose_name='sesi loket'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(
                condition=models.Q(('state__in', ['called', 'serving'])),
                fields=('session',),
                name='one_called_ticket_per_session',
            ),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='target',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visitors.counter', verbose_name='dialihkan ke'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='token_hash',
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name='queueevent',
            index=models.Index(condition=models.Q(('kind', 'called')), fields=['counter', '-at', '-id'], name='event_calls_of_counter'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='ticket_token_once'),
        ),
        migrations.RunSQL(CALL_NEXT, DROP),
    ]
