"""The inbox's own rows, kept by the database: whatever verb moves a case, the lists follow in the same statement."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# Words people look for: the number; names; NISN, NPSN, NUPTK, NIP; schools. Never phone, mail or NIK (an object here).
# The column is read with LIKE '% word%', so every word stands between spaces.
WORDS = """
CREATE FUNCTION services_inbox_words(asked bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ' ' || left(trim(regexp_replace(lower(unaccent(concat_ws(' ',
        r.number, r.applicant_name, r.behalf_name,
        (SELECT string_agg(DISTINCT r.answers ->> f.name, ' ')
            FROM services_field f WHERE f.version_id = r.form_version_id
            AND jsonb_typeof(r.answers -> f.name) = 'string'
            AND (f.type IN ('nisn', 'npsn', 'nuptk', 'nip')
                OR f.type = 'text' AND f.name || ' ' || f.label ~* '(nama|sekolah|madrasah|lembaga|satuan)'))
    ))), '[^a-z0-9]+', ' ', 'g')), 2000) || ' '
    FROM services_request r WHERE r.id = asked
$$;
"""
ENTRY = """
CREATE FUNCTION services_inbox_follow(asked bigint[], with_words boolean) RETURNS void LANGUAGE sql AS $$
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
# Triggers by statement: rows that come by the thousand (COPY) are followed in one go.
TRIGGERS = """
CREATE FUNCTION services_inbox_new_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after WHERE number IS NOT NULL) THEN
        PERFORM services_inbox_follow(array_agg(id), true) FROM after WHERE number IS NOT NULL;
        INSERT INTO services_participation (entry_id, user_id, closed_at)
            SELECT id, responsible_id, closed_at FROM after WHERE number IS NOT NULL AND responsible_id IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_new AFTER INSERT ON services_request REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_new_requests();

CREATE FUNCTION services_inbox_changed_requests() RETURNS trigger LANGUAGE plpgsql AS $$
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
    UPDATE services_participation p SET closed_at = a.closed_at FROM after a
        WHERE p.entry_id = a.id AND a.id = ANY(moved) AND p.closed_at IS DISTINCT FROM a.closed_at;
    -- Who answered for it and did nothing has no part in it.
    DELETE FROM services_participation p USING before b JOIN after a ON a.id = b.id
        WHERE p.entry_id = b.id AND p.user_id = b.responsible_id AND a.responsible_id IS DISTINCT FROM b.responsible_id
        AND NOT EXISTS (
            SELECT FROM services_steprun r WHERE r.request_id = b.id AND r.finished_by_id = b.responsible_id
        );
    INSERT INTO services_participation (entry_id, user_id, closed_at)
        SELECT id, responsible_id, closed_at FROM after WHERE id = ANY(moved) AND responsible_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_changed AFTER UPDATE ON services_request REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_changed_requests();

CREATE FUNCTION services_inbox_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after) THEN
        PERFORM services_inbox_follow(array_agg(DISTINCT request_id), false) FROM after;
        INSERT INTO services_participation (entry_id, user_id, closed_at)
            SELECT DISTINCT a.request_id, a.finished_by_id, r.closed_at
            FROM after a JOIN services_request r ON r.id = a.request_id
            WHERE a.finished_by_id IS NOT NULL AND r.number IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_new AFTER INSERT ON services_steprun REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_runs();
CREATE TRIGGER inbox_changed AFTER UPDATE ON services_steprun REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_runs();

CREATE FUNCTION services_inbox_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM services_inbox_follow(array_agg(request_id), false) FROM services_inboxentry WHERE service_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_unit AFTER UPDATE OF unit_id ON services_service FOR EACH ROW
    WHEN (OLD.unit_id IS DISTINCT FROM NEW.unit_id) EXECUTE FUNCTION services_inbox_service();
"""
XID = """
ALTER TABLE services_inboxentry ADD COLUMN arrived_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX entry_arrived ON services_inboxentry (arrived_xid);
"""
FILL = """
SELECT services_inbox_follow(array_agg(id), true) FROM services_request WHERE number IS NOT NULL;
INSERT INTO services_participation (entry_id, user_id, closed_at)
    SELECT id, responsible_id, closed_at FROM services_request WHERE number IS NOT NULL AND responsible_id IS NOT NULL
    UNION SELECT r.id, run.finished_by_id, r.closed_at
    FROM services_steprun run JOIN services_request r ON r.id = run.request_id
    WHERE run.finished_by_id IS NOT NULL AND r.number IS NOT NULL
    ON CONFLICT DO NOTHING;
"""
UNDO = """
DROP TRIGGER inbox_new ON services_request;
DROP TRIGGER inbox_changed ON services_request;
DROP TRIGGER inbox_new ON services_steprun;
DROP TRIGGER inbox_changed ON services_steprun;
DROP TRIGGER inbox_unit ON services_service;
DROP FUNCTION services_inbox_new_requests();
DROP FUNCTION services_inbox_changed_requests();
DROP FUNCTION services_inbox_runs();
DROP FUNCTION services_inbox_service();
DROP FUNCTION services_inbox_follow(bigint[], boolean);
DROP FUNCTION services_inbox_words(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("services", "0010_routing"),
        ("sop", "0006_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InboxEntry',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='entry', serialize=False, to='services.request')),
                ('place', models.CharField(choices=[('office', 'Kantor'), ('agency', 'Instansi lain'), ('applicant', 'Pemohon'), ('paused', 'Menunggu kelengkapan'), ('closed', 'Ditutup')], max_length=10)),
                ('state', models.CharField(max_length=20)),
                ('source', models.CharField(max_length=10)),
                ('service_id', models.BigIntegerField()),
                ('unit_id', models.BigIntegerField(null=True)),
                ('pool_unit_id', models.BigIntegerField(null=True)),
                ('position_id', models.BigIntegerField(null=True)),
                ('step_no', models.PositiveSmallIntegerField(null=True)),
                ('assignee_id', models.BigIntegerField(null=True)),
                ('responsible_id', models.BigIntegerField(null=True)),
                ('handed_by_id', models.BigIntegerField(null=True)),
                ('due_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('words', models.TextField()),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='services.steprun')),
            ],
            options={
                'verbose_name': 'entri daftar pekerjaan',
                'verbose_name_plural': 'entri daftar pekerjaan',
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='services.inboxentry')),
            ],
            options={
                'verbose_name': 'keikutsertaan',
                'verbose_name_plural': 'keikutsertaan',
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='nama')),
                ('choice', models.JSONField(default=dict, verbose_name='pilihan')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='kata pencarian')),
                ('created_at', models.DateTimeField(verbose_name='dibuat')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL, verbose_name='pemilik')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.unit', verbose_name='dibagikan kepada unit')),
            ],
            options={
                'verbose_name': 'saringan',
                'verbose_name_plural': 'saringan',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['assignee_id', 'due_at', 'request'], name='entry_mine'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('assignee_id__isnull', True), ('place', 'office')), fields=['position_id', 'due_at', 'request'], name='entry_free_position'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('assignee_id__isnull', True), ('place', 'office')), fields=['pool_unit_id', 'due_at', 'request'], name='entry_free_unit'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('assignee_id__isnull', True), ('place', 'office')), fields=['unit_id', 'due_at', 'request'], name='entry_free_case_unit'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['due_at', 'request'], name='entry_due'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['service_id', 'due_at', 'request'], name='entry_due_service'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['unit_id', 'due_at', 'request'], name='entry_due_unit'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['position_id', 'due_at', 'request'], name='entry_due_position'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['office', 'agency'])), fields=['responsible_id', 'due_at', 'request'], name='entry_due_responsible'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['agency', 'applicant', 'paused'])), fields=['assignee_id', 'offered_at', 'request'], name='entry_waits_assignee'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['agency', 'applicant', 'paused'])), fields=['pool_unit_id', 'offered_at', 'request'], name='entry_waits_unit'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place__in', ['agency', 'applicant', 'paused'])), fields=['handed_by_id', 'offered_at', 'request'], name='entry_waits_handed'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place', 'closed'), _negated=True), fields=['responsible_id', 'offered_at', 'request'], name='entry_waits_responsible'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place', 'applicant')), fields=['offered_at', 'request'], name='entry_waits_applicant'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place', 'closed')), fields=['closed_at', 'request'], name='entry_closed'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place', 'closed')), fields=['service_id', 'closed_at', 'request'], name='entry_closed_service'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=models.Index(condition=models.Q(('place', 'closed')), fields=['unit_id', 'closed_at', 'request'], name='entry_closed_unit'),
        ),
        migrations.AddIndex(
            model_name='inboxentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='entry_words', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['user_id', 'closed_at', 'entry'], name='participation_closed'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(fields=('entry', 'user_id'), name='participation_once'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(models.F('owner'), django.db.models.functions.text.Lower('name'), name='saved_filter_name_once'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', True), ('words', ''), _connector='OR'), name='shared_filter_holds_no_words'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_filter_is_named'),
        ),
        migrations.RunSQL(XID, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS + ENTRY + TRIGGERS, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
