-- The events of the queue are append-only.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON visitors_queueevent
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON visitors_queueevent
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
