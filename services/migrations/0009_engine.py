"""Paper, agencies and deviations on runs; and what the database refuses about a case, whoever writes.

A case is at exactly one place: an open request has one open run, a closed one none, and a pause is open exactly while
the request waits for its applicant. Judged at the commit, since a verb writes several rows. What was closed on loading
(rows by the million) is not looked at.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Clocks of old rows that a server's clock set back would have left crosswise.
MEND = """
UPDATE services_steprun SET started_at = offered_at WHERE started_at < offered_at;
UPDATE services_steprun SET started_at = LEAST(COALESCE(started_at, offered_at), finished_at)
    WHERE finished_at IS NOT NULL AND (started_at IS NULL OR started_at > finished_at);
UPDATE services_steprun SET offered_at = started_at WHERE started_at < offered_at;
"""
EARLIER_DEVIATIONS = """
INSERT INTO services_deviation (kind, reason, at, by_id, request_id, run_id)
    SELECT deviation, deviation_reason, finished_at, finished_by_id, request_id, id FROM services_steprun
    WHERE deviation <> '' AND finished_at IS NOT NULL AND finished_by_id IS NOT NULL ORDER BY finished_at, id;
"""
FINISHED_STAYS = """
CREATE FUNCTION services_finished_run_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'run % is finished: what happened stays', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER finished_run_stays BEFORE UPDATE ON services_steprun FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL AND (
        (NEW.request_id, NEW.step_id, NEW.ordinal, NEW.offered_at, NEW.started_at, NEW.finished_at, NEW.outcome)
        IS DISTINCT FROM
        (OLD.request_id, OLD.step_id, OLD.ordinal, OLD.offered_at, OLD.started_at, OLD.finished_at, OLD.outcome)
        OR (NEW.finished_by_id, NEW.done_by_id, NEW.recorded_from_paper, NEW.happened_on, NEW.sent_on, NEW.deviation)
        IS DISTINCT FROM
        (OLD.finished_by_id, OLD.done_by_id, OLD.recorded_from_paper, OLD.happened_on, OLD.sent_on, OLD.deviation)
    )) EXECUTE FUNCTION services_finished_run_stays();
"""
ONE_PLACE = """
CREATE FUNCTION services_case_is_at_one_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint;
    now_state text;
    runs integer;
    pauses integer;
BEGIN
    IF TG_TABLE_NAME = 'services_request' THEN
        asked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        asked := OLD.request_id;
    ELSE
        asked := NEW.request_id;
    END IF;
    SELECT state INTO now_state FROM services_request WHERE id = asked;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO runs FROM services_steprun WHERE request_id = asked AND finished_at IS NULL;
    SELECT count(*) INTO pauses FROM services_pause WHERE request_id = asked AND to_at IS NULL;
    IF runs <> (now_state IN ('submitted', 'in_progress', 'waiting_applicant'))::integer THEN
        RAISE EXCEPTION 'request % is % and has % open runs', asked, now_state, runs
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF pauses <> (now_state = 'waiting_applicant')::integer THEN
        RAISE EXCEPTION 'request % is % and has % open pauses', asked, now_state, pauses
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER one_place_new AFTER INSERT ON services_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state IN ('submitted', 'in_progress', 'waiting_applicant'))
    EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_moved AFTER UPDATE OF state ON services_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_offered AFTER INSERT ON services_steprun DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.finished_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_finished AFTER UPDATE OF finished_at ON services_steprun
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.finished_at IS DISTINCT FROM NEW.finished_at)
    EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_lost AFTER DELETE ON services_steprun DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.finished_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_paused AFTER INSERT ON services_pause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.to_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
CREATE CONSTRAINT TRIGGER one_place_resumed AFTER UPDATE OF to_at ON services_pause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.to_at IS DISTINCT FROM NEW.to_at) EXECUTE FUNCTION services_case_is_at_one_place();
"""
UNGUARD = """
DROP TRIGGER finished_run_stays ON services_steprun;
DROP FUNCTION services_finished_run_stays();
DROP TRIGGER one_place_new ON services_request;
DROP TRIGGER one_place_moved ON services_request;
DROP TRIGGER one_place_offered ON services_steprun;
DROP TRIGGER one_place_finished ON services_steprun;
DROP TRIGGER one_place_lost ON services_steprun;
DROP TRIGGER one_place_paused ON services_pause;
DROP TRIGGER one_place_resumed ON services_pause;
DROP FUNCTION services_case_is_at_one_place();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_guards"),
        ("services", "0008_catalogue_guidance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Deviation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('skipped', 'Langkah dilewati'), ('reordered', 'Urutan langkah diubah'), ('overrun', 'Melewati waktu baku'), ('reassigned', 'Dialihkan di luar pemegang jabatan')], max_length=20, verbose_name='jenis pengecualian')),
                ('reason', models.TextField(verbose_name='alasan pengecualian dari SOP')),
                ('at', models.DateTimeField(verbose_name='waktu')),
            ],
            options={
                'verbose_name': 'pengecualian dari SOP',
                'verbose_name_plural': 'pengecualian dari SOP',
                'ordering': ['request', 'id'],
            },
        ),
        migrations.AddField(
            model_name='steprun',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dikerjakan oleh'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='paper',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='foto lembar'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='recorded_from_paper',
            field=models.BooleanField(db_default=False, default=False, verbose_name='dicatat dari lembar kertas'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='sent_on',
            field=models.DateField(blank=True, null=True, verbose_name='tanggal dikirim'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'skipped'), _negated=True), ('deviation__in', ['skipped', 'reordered']), _connector='OR'), name='skipped_run_is_deviation'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('started_at__isnull', True), ('started_at__gte', models.F('offered_at')), _connector='OR'), name='run_starts_after_offer'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('finished_at__gte', models.F('started_at')), ('started_at__isnull', False)), _connector='OR'), name='run_finishes_after_start'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('sent_on__isnull', True), ('happened_on__isnull', True), ('happened_on__gte', models.F('sent_on')), _connector='OR'), name='run_done_after_sent'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_from_paper', False), models.Q(('finished_at__isnull', False), ('finished_by__isnull', False), ('happened_on__isnull', False)), _connector='OR'), name='paper_run_names_recorder'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('done_by__isnull', True), ('recorded_from_paper', True), _connector='OR'), name='done_by_is_from_paper'),
        ),
        migrations.AddField(
            model_name='deviation',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='petugas'),
        ),
        migrations.AddField(
            model_name='deviation',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deviations', to='services.request', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='deviation',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deviations', to='services.steprun', verbose_name='langkah pekerjaan'),
        ),
        migrations.AddIndex(
            model_name='deviation',
            index=models.Index(fields=['at', 'id'], name='deviation_at'),
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='deviation_reason_given'),
        ),
        migrations.RunSQL(EARLIER_DEVIATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FINISHED_STAYS + ONE_PLACE, UNGUARD),
    ]
