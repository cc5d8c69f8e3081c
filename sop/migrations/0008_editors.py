"""Who wrote a version is kept and bars them from deciding on it; dates of force; corrections; SOPs from paper."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The day on which an approved version takes effect is frozen with it; only its end still moves.
FROZEN = """
CREATE OR REPLACE FUNCTION sop_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life text[] := ARRAY['state', {dates}, 'published_by_id', 'published_at', 'withdrawn_at'];
BEGIN
    IF OLD.state NOT IN ('approved', 'published', 'withdrawn') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state IN ('draft', 'verified')
        OR (to_jsonb(NEW) - life) IS DISTINCT FROM (to_jsonb(OLD) - life) THEN
        RAISE EXCEPTION 'an approved SOP version is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

SQL = """
-- Who is known to have written the versions that are there.
INSERT INTO sop_versioneditor (version_id, user_id, since)
    SELECT version_id, user_id, min(at) FROM (
        SELECT id AS version_id, author_id AS user_id, coalesce(edited_at, verified_at, now()) AS at
            FROM sop_sopversion WHERE author_id IS NOT NULL
        UNION ALL SELECT id, edited_by_id, coalesce(edited_at, now()) FROM sop_sopversion WHERE edited_by_id IS NOT NULL
        UNION ALL SELECT version_id, removed_by_id, removed_at FROM sop_removedstep
        UNION ALL SELECT version.id, person.id, entry.at
            FROM core_journalentry entry
            JOIN sop_sopversion version ON entry.subject_kind = 'sop_version' AND entry.subject_id = version.id::text
            JOIN core_user person ON entry.actor_kind = 'staff' AND entry.actor_id = person.id::text
            WHERE entry.verb IN ('sop_created', 'sop_replaced', 'sop_new_draft', 'sop_started', 'sop_revision_started',
                'sop_copy_restored', 'sop_identity_saved', 'sop_steps_pasted')
                OR entry.verb ~ '^sop_(actor|step)_(added|saved|moved|removed|split|restored)$'
    ) AS wrote GROUP BY version_id, user_id;
SET CONSTRAINTS ALL IMMEDIATE;

CREATE FUNCTION sop_version_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
BEGIN
    IF NEW.state NOT IN ('verified', 'approved', 'published') OR before IN ('approved', 'published', 'withdrawn') THEN
        RETURN NEW;
    END IF;
    IF NOT NEW.on_paper AND (NEW.author_id IN (NEW.verified_by_id, NEW.approved_by_id) OR EXISTS (
        SELECT 1 FROM sop_versioneditor
            WHERE version_id = NEW.id AND user_id IN (NEW.verified_by_id, NEW.approved_by_id))) THEN
        RAISE EXCEPTION 'whoever wrote an SOP version neither verifies nor approves it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> 'verified' AND NOT NEW.on_paper
        AND NOT coalesce(NEW.effective_from >= (NEW.approved_at AT TIME ZONE 'Asia/Jakarta')::date, false) THEN
        RAISE EXCEPTION 'an SOP version takes effect on the day of its approval or later'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided BEFORE INSERT OR UPDATE ON sop_sopversion FOR EACH ROW EXECUTE FUNCTION sop_version_decided();

CREATE FUNCTION sop_editor_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sop_sopversion WHERE id = NEW.version_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'only a draft is edited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_draft BEFORE INSERT ON sop_versioneditor FOR EACH ROW EXECUTE FUNCTION sop_editor_of_draft();

CREATE FUNCTION sop_editor_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM sop_sopversion WHERE id = OLD.version_id) THEN
        RAISE EXCEPTION 'whoever edited an SOP version stays its editor' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- Judged at the commit, since a version that is deleted takes its editors along first.
CREATE CONSTRAINT TRIGGER stays AFTER UPDATE OR DELETE ON sop_versioneditor DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sop_editor_stays();
""" + FROZEN.format(dates="'effective_to'")
FROZEN_AGAIN = FROZEN.format(dates="'effective_from', 'effective_to'")
REVERSE = FROZEN_AGAIN + """
DROP TRIGGER stays ON sop_versioneditor; DROP TRIGGER of_draft ON sop_versioneditor;
DROP FUNCTION sop_editor_stays(); DROP FUNCTION sop_editor_of_draft();
DROP TRIGGER decided ON sop_sopversion; DROP FUNCTION sop_version_decided();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_secretariat'),
        ('sop', '0007_waiting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_id', models.BigIntegerField(blank=True, null=True, verbose_name='id langkah')),
                ('field', models.CharField(max_length=30, verbose_name='isian')),
                ('before', models.TextField(blank=True, verbose_name='tulisan sekarang')),
                ('text', models.TextField(blank=True, verbose_name='usulan')),
                ('state', models.CharField(choices=[('open', 'Menunggu jawaban'), ('taken', 'Dipakai'), ('declined', 'Ditolak penyusun'), ('withdrawn', 'Ditarik pengusul')], default='open', max_length=10, verbose_name='keadaan')),
                ('proposed_at', models.DateTimeField(verbose_name='diusulkan')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='dijawab')),
                ('answer', models.TextField(blank=True, verbose_name='jawaban')),
            ],
            options={
                'verbose_name': 'usulan perbaikan',
                'verbose_name_plural': 'usulan perbaikan',
                'ordering': ['version', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='VersionEditor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='sejak')),
            ],
            options={
                'verbose_name': 'penyunting versi SOP',
                'verbose_name_plural': 'penyunting versi SOP',
            },
        ),
        migrations.RemoveConstraint(
            model_name='sopversion',
            name='sop_approved_by_somebody',
        ),
        migrations.AddField(
            model_name='sopversion',
            name='decree_date',
            field=models.DateField(blank=True, null=True, verbose_name='tanggal keputusan'),
        ),
        migrations.AddField(
            model_name='sopversion',
            name='decree_scan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='pindaian keputusan'),
        ),
        migrations.AddField(
            model_name='sopversion',
            name='on_paper',
            field=models.BooleanField(default=False, verbose_name='disahkan di kertas'),
        ),
        migrations.AddField(
            model_name='sopversion',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dicatat'),
        ),
        migrations.AddField(
            model_name='sopversion',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh'),
        ),
        migrations.AddConstraint(
            model_name='sopversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'published']), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), models.Q(('on_paper', True), ('recorded_at__isnull', False), ('recorded_by__isnull', False)), _connector='OR'), name='sop_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='sopversion',
            constraint=models.CheckConstraint(condition=models.Q(('on_paper', False), models.Q(('approved_by__isnull', True), ('decree_date__isnull', False), ('decree_scan__isnull', False), models.Q(('decree', ''), _negated=True)), _connector='OR'), name='sop_on_paper_has_decree'),
        ),
        migrations.AddConstraint(
            model_name='sopversion',
            constraint=models.CheckConstraint(condition=models.Q(('decree_date__isnull', True), ('effective_from__isnull', True), ('effective_from__gte', models.F('decree_date')), _connector='OR'), name='sop_in_force_after_its_decree'),
        ),
        migrations.AddField(
            model_name='correction',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dijawab oleh'),
        ),
        migrations.AddField(
            model_name='correction',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diusulkan oleh'),
        ),
        migrations.AddField(
            model_name='correction',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='sop.sopversion', verbose_name='versi'),
        ),
        migrations.AddField(
            model_name='versioneditor',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='penyunting'),
        ),
        migrations.AddField(
            model_name='versioneditor',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editors', to='sop.sopversion', verbose_name='versi'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='sop_correction_answered'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['taken', 'declined']), _negated=True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='sop_correction_answered_by_another'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('version', 'proposed_by', 'step_id', 'field'), name='sop_correction_open_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='versioneditor',
            constraint=models.UniqueConstraint(fields=('version', 'user'), name='sop_editor_once'),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
