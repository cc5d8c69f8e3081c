-- A form version that was published cannot be changed or deleted, nor can its pages and fields; only which version is in
-- use may change.

CREATE OR REPLACE FUNCTION services_form_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL
        AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - 'is_current' IS DISTINCT FROM to_jsonb(OLD) - 'is_current') THEN
        RAISE EXCEPTION 'a published form is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON services_formversion
    FOR EACH ROW EXECUTE FUNCTION services_form_frozen();

-- A page or field can neither leave a published version nor move into one, and a field's page is of its own version.
CREATE OR REPLACE FUNCTION services_form_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM services_formversion WHERE published_at IS NOT NULL AND id IN (
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)) THEN
        RAISE EXCEPTION 'a published form is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_TABLE_NAME = 'services_field' AND TG_OP <> 'DELETE' THEN
        IF NEW.page_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM services_formpage WHERE id = NEW.page_id AND version_id = NEW.version_id) THEN
            RAISE EXCEPTION 'a field stands on a page of its own form' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON services_formpage
    FOR EACH ROW EXECUTE FUNCTION services_form_part_frozen();
CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON services_field
    FOR EACH ROW EXECUTE FUNCTION services_form_part_frozen();
