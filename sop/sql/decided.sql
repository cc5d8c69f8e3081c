-- Nobody who wrote or edited a version verifies or approves it. It takes effect on the day of its approval or later.
-- Declared in force by its decree at the opening: only the first version of an SOP that is decided on at all.

CREATE OR REPLACE FUNCTION sop_version_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
BEGIN
    IF NEW.state NOT IN ('verified', 'approved', 'published') OR before IN ('approved', 'published', 'withdrawn') THEN
        RETURN NEW;
    END IF;
    IF NEW.is_opening AND EXISTS (
        SELECT 1 FROM sop_sopversion WHERE sop_id = NEW.sop_id AND id <> NEW.id
            AND state IN ('approved', 'published', 'withdrawn')) THEN
        RAISE EXCEPTION 'only the first version of an SOP is declared in force at the opening'
            USING ERRCODE = 'integrity_constraint_violation';
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
CREATE OR REPLACE TRIGGER decided BEFORE INSERT OR UPDATE ON sop_sopversion
    FOR EACH ROW EXECUTE FUNCTION sop_version_decided();
