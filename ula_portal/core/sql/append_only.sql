-- The journal and its seals are append-only. Timelines and the queue's events use the same function.

CREATE OR REPLACE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; nothing else may be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_journalentry
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_journalseal
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_journalseal
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
