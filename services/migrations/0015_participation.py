"""Who took part in a request also knows its service, so that closed requests of one service are one walk."""

from django.db import migrations, models

# As in 0011_inbox, with the columns that {…} name.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION services_inbox_new_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after WHERE number IS NOT NULL) THEN
        PERFORM services_inbox_follow(array_agg(id), true) FROM after WHERE number IS NOT NULL;
        INSERT INTO services_participation (entry_id, user_id, {columns})
            SELECT id, responsible_id, {columns} FROM after WHERE number IS NOT NULL AND responsible_id IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION services_inbox_changed_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said bigint[];
    moved bigint[];
BEGIN
    SELECT array_agg(a.id) FILTER (WHERE (a.number, a.applicant_name, a.behalf_name, a.answers)
            IS DISTINCT FROM (b.number, b.applicant_name, b.behalf_name, b.answers)),
        array_agg(a.id) FILTER (WHERE
            (a.state, a.source, a.service_id, a.sop_version_id, a.responsible_id, a.due_at, a.closed_at)
            IS DISTINCT FROM
            (b.state, b.source, b.service_id, b.sop_version_id, b.responsible_id, b.due_at, b.closed_at))
        INTO said, moved
        FROM after a JOIN before b ON b.id = a.id WHERE a.number IS NOT NULL;
    IF said IS NOT NULL THEN
        PERFORM services_inbox_follow(said, true);
    END IF;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM services_inbox_follow(moved, false);
    UPDATE services_participation p SET {copied} FROM after a
        WHERE p.entry_id = a.id AND a.id = ANY(moved) AND ({own}) IS DISTINCT FROM ({theirs});
    -- Who answered for it and did nothing has no part in it.
    DELETE FROM services_participation p USING before b JOIN after a ON a.id = b.id
        WHERE p.entry_id = b.id AND p.user_id = b.responsible_id AND a.responsible_id IS DISTINCT FROM b.responsible_id
        AND NOT EXISTS (
            SELECT FROM services_steprun r WHERE r.request_id = b.id AND r.finished_by_id = b.responsible_id
        );
    INSERT INTO services_participation (entry_id, user_id, {columns})
        SELECT id, responsible_id, {columns} FROM after WHERE id = ANY(moved) AND responsible_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION services_inbox_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after) THEN
        PERFORM services_inbox_follow(array_agg(DISTINCT request_id), false) FROM after;
        INSERT INTO services_participation (entry_id, user_id, {columns})
            SELECT DISTINCT done.request_id, done.finished_by_id, {theirs}
            FROM after done JOIN services_request a ON a.id = done.request_id
            WHERE done.finished_by_id IS NOT NULL AND a.number IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
"""
FILL = """
UPDATE services_participation p SET service_id = e.service_id FROM services_inboxentry e WHERE e.request_id = p.entry_id;
"""


def functions(*columns):
    """The trigger functions that copy these columns of a request."""
    return FUNCTIONS.format(
        columns=", ".join(columns),
        copied=", ".join(f"{name} = a.{name}" for name in columns),
        own=", ".join(f"p.{name}" for name in columns),
        theirs=", ".join(f"a.{name}" for name in columns),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0014_intake'),
    ]

    operations = [
        migrations.AddField(
            model_name='participation',
            name='service_id',
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['user_id', 'service_id', 'closed_at', 'entry'], name='participation_closed_service'),
        ),
        migrations.RunSQL(functions('closed_at', 'service_id'), functions('closed_at')),
    ]
