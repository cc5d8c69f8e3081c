"""A step may be taken back for a minute: the finished run and what it opened stay, and count nowhere. The inbox marks what
the step before sent back.
"""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

STAYS = """
DROP TRIGGER finished_run_stays ON services_steprun;
CREATE TRIGGER finished_run_stays BEFORE UPDATE ON services_steprun FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL AND (
        (NEW.request_id, NEW.step_id, NEW.ordinal, NEW.offered_at, NEW.started_at, NEW.finished_at, NEW.outcome)
        IS DISTINCT FROM
        (OLD.request_id, OLD.step_id, OLD.ordinal, OLD.offered_at, OLD.started_at, OLD.finished_at, OLD.outcome)
        OR (NEW.finished_by_id, NEW.done_by_id, NEW.recorded_from_paper, NEW.happened_on, NEW.sent_on, NEW.deviation)
        IS DISTINCT FROM
        (OLD.finished_by_id, OLD.done_by_id, OLD.recorded_from_paper, OLD.happened_on, OLD.sent_on, OLD.deviation)
        {more}
    )) EXECUTE FUNCTION services_finished_run_stays();
"""
# What was taken back stays so.
ONCE = "OR (OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS DISTINCT FROM OLD.taken_back_at)"
FOLLOW = """
CREATE OR REPLACE FUNCTION services_inbox_follow(asked bigint[], with_words boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO services_inboxentry AS e (
        request_id, run_id, place, state, source, service_id, unit_id, pool_unit_id, position_id, step_no, assignee_id,
        responsible_id, handed_by_id, returned, due_at, offered_at, closed_at, words
    )
    SELECT r.id, run.id,
        CASE WHEN r.closed_at IS NOT NULL THEN 'closed' WHEN run.led_by = 'applicant' THEN 'applicant'
            WHEN r.state = 'waiting_applicant' THEN 'paused' WHEN run.led_by = 'external' THEN 'agency'
            ELSE 'office' END,
        r.state, r.source, r.service_id, coalesce(service.unit_id, sop.unit_id), run.unit_id, run.position_id, step.no,
        run.assignee_id, r.responsible_id, earlier.finished_by_id,
        coalesce(run.led_by <> 'applicant' AND earlier.led_by <> 'applicant' AND step.no < earlier.no
            AND (earlier.outcome IN ('yes', 'no') OR earlier.outcome = 'skipped' AND earlier.deviation = 'reordered'),
            false),
        coalesce(least(CASE WHEN run.led_by <> 'applicant' THEN run.due_at END, r.due_at), '3000-01-01 00:00+00'),
        coalesce(run.offered_at, r.received_at), r.closed_at,
        CASE WHEN with_words THEN services_inbox_words(r.id) ELSE '' END
    FROM services_request r
    JOIN services_service service ON service.id = r.service_id
    JOIN sop_sopversion version ON version.id = r.sop_version_id
    JOIN sop_sop sop ON sop.id = version.sop_id
    LEFT JOIN services_steprun run ON run.request_id = r.id AND run.finished_at IS NULL
    LEFT JOIN sop_step step ON step.id = run.step_id
    LEFT JOIN LATERAL (
        SELECT d.finished_by_id, d.led_by, d.outcome, d.deviation, s.no
        FROM services_steprun d JOIN sop_step s ON s.id = d.step_id
        WHERE d.request_id = r.id AND d.finished_at IS NOT NULL AND d.taken_back_at IS NULL
        ORDER BY d.ordinal DESC LIMIT 1
    ) earlier ON true
    WHERE r.id = ANY(asked) AND r.number IS NOT NULL
    ON CONFLICT (request_id) DO UPDATE SET
        run_id = excluded.run_id, place = excluded.place, state = excluded.state, source = excluded.source,
        service_id = excluded.service_id, unit_id = excluded.unit_id, pool_unit_id = excluded.pool_unit_id,
        position_id = excluded.position_id, step_no = excluded.step_no, assignee_id = excluded.assignee_id,
        responsible_id = excluded.responsible_id, handed_by_id = excluded.handed_by_id, returned = excluded.returned, due_at = excluded.due_at,
        offered_at = excluded.offered_at, closed_at = excluded.closed_at,
        words = CASE WHEN with_words THEN excluded.words ELSE e.words END,
        arrived_xid = CASE
            WHEN (e.run_id, e.place, e.pool_unit_id, e.position_id, e.assignee_id, e.responsible_id)
                IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.pool_unit_id, excluded.position_id,
                    excluded.assignee_id, excluded.responsible_id)
            THEN pg_current_xact_id() ELSE e.arrived_xid END
    WHERE (e.run_id, e.place, e.state, e.source, e.service_id, e.unit_id, e.pool_unit_id, e.position_id, e.step_no,
            e.assignee_id, e.responsible_id, e.handed_by_id, e.returned, e.due_at, e.offered_at, e.closed_at,
            CASE WHEN with_words THEN e.words ELSE '' END)
        IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.state, excluded.source, excluded.service_id,
            excluded.unit_id, excluded.pool_unit_id, excluded.position_id, excluded.step_no, excluded.assignee_id,
            excluded.responsible_id, excluded.handed_by_id, excluded.returned, excluded.due_at, excluded.offered_at, excluded.closed_at,
            excluded.words)
$$;
"""
EARLIER = """
CREATE OR REPLACE FUNCTION services_inbox_follow(asked bigint[], with_words boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO services_inboxentry AS e (
        request_id, run_id, place, state, source, service_id, unit_id, pool_unit_id, position_id, step_no, assignee_id,
        responsible_id, handed_by_id, due_at, offered_at, closed_at, words
    )
    SELECT r.id, run.id,
        CASE WHEN r.closed_at IS NOT NULL THEN 'closed' WHEN run.led_by = 'applicant' THEN 'applicant'
            WHEN r.state = 'waiting_applicant' THEN 'paused' WHEN run.led_by = 'external' THEN 'agency'
            ELSE 'office' END,
        r.state, r.source, r.service_id, coalesce(service.unit_id, sop.unit_id), run.unit_id, run.position_id, step.no,
        run.assignee_id, r.responsible_id, earlier.finished_by_id,
        coalesce(least(CASE WHEN run.led_by <> 'applicant' THEN run.due_at END, r.due_at), '3000-01-01 00:00+00'),
        coalesce(run.offered_at, r.received_at), r.closed_at,
        CASE WHEN with_words THEN services_inbox_words(r.id) ELSE '' END
    FROM services_request r
    JOIN services_service service ON service.id = r.service_id
    JOIN sop_sopversion version ON version.id = r.sop_version_id
    JOIN sop_sop sop ON sop.id = version.sop_id
    LEFT JOIN services_steprun run ON run.request_id = r.id AND run.finished_at IS NULL
    LEFT JOIN sop_step step ON step.id = run.step_id
    LEFT JOIN LATERAL (
        SELECT d.finished_by_id FROM services_steprun d
        WHERE d.request_id = r.id AND d.finished_at IS NOT NULL ORDER BY d.ordinal DESC LIMIT 1
    ) earlier ON true
    WHERE r.id = ANY(asked) AND r.number IS NOT NULL
    ON CONFLICT (request_id) DO UPDATE SET
        run_id = excluded.run_id, place = excluded.place, state = excluded.state, source = excluded.source,
        service_id = excluded.service_id, unit_id = excluded.unit_id, pool_unit_id = excluded.pool_unit_id,
        position_id = excluded.position_id, step_no = excluded.step_no, assignee_id = excluded.assignee_id,
        responsible_id = excluded.responsible_id, handed_by_id = excluded.handed_by_id, due_at = excluded.due_at,
        offered_at = excluded.offered_at, closed_at = excluded.closed_at,
        words = CASE WHEN with_words THEN excluded.words ELSE e.words END,
        arrived_xid = CASE
            WHEN (e.run_id, e.place, e.pool_unit_id, e.position_id, e.assignee_id, e.responsible_id)
                IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.pool_unit_id, excluded.position_id,
                    excluded.assignee_id, excluded.responsible_id)
            THEN pg_current_xact_id() ELSE e.arrived_xid END
    WHERE (e.run_id, e.place, e.state, e.source, e.service_id, e.unit_id, e.pool_unit_id, e.position_id, e.step_no,
            e.assignee_id, e.responsible_id, e.handed_by_id, e.due_at, e.offered_at, e.closed_at,
            CASE WHEN with_words THEN e.words ELSE '' END)
        IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.state, excluded.source, excluded.service_id,
            excluded.unit_id, excluded.pool_unit_id, excluded.position_id, excluded.step_no, excluded.assignee_id,
            excluded.responsible_id, excluded.handed_by_id, excluded.due_at, excluded.offered_at, excluded.closed_at,
            excluded.words)
$$;
"""
FILL = """
SELECT services_inbox_follow(array_agg(request_id), false) FROM services_inboxentry WHERE place = 'office';
"""


class Migration(migrations.Migration):

    dependencies = [
        ("services", "0017_routing_without_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxentry", name="returned", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name="steprun",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="diurungkan"),
        ),
        migrations.AddField(model_name="steprun", name="undo", field=models.JSONField(blank=True, null=True)),
        migrations.AlterField(
            model_name="deviation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("skipped", "Langkah dilewati"),
                    ("reordered", "Urutan langkah diubah"),
                    ("overrun", "Melewati waktu baku"),
                    ("reassigned", "Dialihkan di luar pemegang jabatan"),
                    ("papers", "Dinyatakan lengkap dengan berkas yang belum sesuai"),
                ],
                max_length=20,
                verbose_name="jenis pengecualian",
            ),
        ),
        migrations.AlterField(
            model_name="steprun",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "Selesai"),
                    ("yes", "Ya"),
                    ("no", "Tidak"),
                    ("skipped", "Dilewati"),
                    ("cancelled", "Dihentikan"),
                    ("undone", "Diurungkan"),
                ],
                max_length=10,
                verbose_name="hasil",
            ),
        ),
        migrations.AddConstraint(
            model_name="steprun",
            constraint=models.CheckConstraint(
                condition=~Q(outcome="undone") | Q(taken_back_at__isnull=False), name="undone_run_is_taken_back"
            ),
        ),
        migrations.AddConstraint(
            model_name="steprun",
            constraint=models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True)
                | Q(
                    finished_at__isnull=False,
                    taken_back_at__gte=F("finished_at"),
                    taken_back_at__lte=F("finished_at") + timedelta(minutes=1),
                ),
                name="run_taken_back_in_its_minute",
            ),
        ),
        migrations.RunSQL(STAYS.format(more=ONCE), STAYS.format(more="")),
        migrations.RunSQL(FOLLOW, EARLIER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
