-- A letter with an unfilled placeholder (……) cannot be issued. After the issue its subject can only be erased.

CREATE OR REPLACE FUNCTION services_letter_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'issued' AND (TG_OP = 'INSERT' OR OLD.state <> 'issued') AND NEW.body LIKE '%……%' THEN
        RAISE EXCEPTION 'letter % has an open place', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'reserved' AND NEW.subject IS DISTINCT FROM OLD.subject
        AND NEW.subject <> '[]'::jsonb THEN
        RAISE EXCEPTION 'letter % is issued: its subject stays or is erased', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER letter_is_whole BEFORE INSERT OR UPDATE ON services_letter
    FOR EACH ROW EXECUTE FUNCTION services_letter_is_whole();
