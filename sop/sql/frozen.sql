-- An approved SOP version cannot be changed or deleted, nor can its actors and steps. Only the columns in which
-- publication and withdrawal are written may still change; the day on which it takes effect (effective_from) may not.

CREATE OR REPLACE FUNCTION sop_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mutable_columns text[] := ARRAY['state', 'effective_to', 'published_by_id', 'published_at', 'withdrawn_at'];
BEGIN
    IF OLD.state NOT IN ('approved', 'published', 'withdrawn') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state IN ('draft', 'verified')
        OR (to_jsonb(NEW) - mutable_columns) IS DISTINCT FROM (to_jsonb(OLD) - mutable_columns) THEN
        RAISE EXCEPTION 'an approved SOP version is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON sop_sopversion
    FOR EACH ROW EXECUTE FUNCTION sop_version_frozen();

-- For a row that belongs to a version, before and after the change: a row can neither leave an approved version nor
-- move into one. A trigger of sop_stepactor finds the version by the step.
CREATE OR REPLACE FUNCTION sop_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version_ids bigint[];
BEGIN
    IF TG_TABLE_NAME = 'sop_stepactor' THEN
        SELECT array_agg(version_id) INTO version_ids FROM sop_step
            WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.step_id END,
                CASE WHEN TG_OP <> 'DELETE' THEN NEW.step_id END);
    ELSE
        version_ids := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END];
    END IF;
    IF EXISTS (SELECT 1 FROM sop_sopversion
        WHERE id = ANY(version_ids) AND state IN ('approved', 'published', 'withdrawn')) THEN
        RAISE EXCEPTION 'an approved SOP version is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_actor
    FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_step
    FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON sop_stepactor
    FOR EACH ROW EXECUTE FUNCTION sop_part_frozen();
