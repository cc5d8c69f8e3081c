"""An approved version is frozen: its content, actors and steps refuse change and deletion."""

from django.db import migrations

SQL = """
CREATE FUNCTION sop_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life text[] := ARRAY['state', 'effective_from', 'effective_to', 'published_by_id', 'published_at', 'withdrawn_at'];
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
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON sop_sopversion FOR EACH ROW EXECUTE FUNCTION sop_version_frozen();

CREATE FUNCTION sop_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version_ids bigint[];
BEGIN
    IF TG_TABLE_NAME = 'sop_stepactor' THEN
        SELECT array_agg(version_id) INTO version_ids FROM sop_step
            WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.step_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.step_id END);
    ELSE
        version_ids := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END];
    END IF;
    IF EXISTS (SELECT 1 FROM sop_sopversion WHERE id = ANY(version_ids) AND state IN ('approved', 'published', 'withdrawn')) THEN
        RAISE EXCEPTION 'an approved SOP version is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_actor FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_step FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_stepactor FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
"""
REVERSE = """
DROP TRIGGER frozen ON sop_stepactor; DROP TRIGGER frozen ON sop_step; DROP TRIGGER frozen ON sop_actor;
DROP FUNCTION sop_part_frozen(); DROP TRIGGER frozen ON sop_sopversion; DROP FUNCTION sop_version_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("sop", "0001_initial")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
