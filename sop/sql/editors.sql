-- The record of a version's editors is permanent. Editors can be added only while it is a draft.

CREATE OR REPLACE FUNCTION sop_editor_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sop_sopversion WHERE id = NEW.version_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'only a draft is edited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER of_draft BEFORE INSERT ON sop_versioneditor
    FOR EACH ROW EXECUTE FUNCTION sop_editor_of_draft();

CREATE OR REPLACE FUNCTION sop_editor_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM sop_sopversion WHERE id = OLD.version_id) THEN
        RAISE EXCEPTION 'whoever edited an SOP version stays its editor'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- Checked at the commit, because deleting a version deletes its editors first.
DROP TRIGGER IF EXISTS stays ON sop_versioneditor;
CREATE CONSTRAINT TRIGGER stays AFTER UPDATE OR DELETE ON sop_versioneditor DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sop_editor_stays();
