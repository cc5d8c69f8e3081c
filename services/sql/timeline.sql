-- The timeline of a request is append-only.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON services_timelineentry
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON services_timelineentry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
