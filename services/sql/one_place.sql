-- A case is in exactly one place: an open request has one open run, a closed one has none, and a pause is open exactly
-- while the request waits for its applicant. This is checked at the commit, since a verb writes several rows. Requests
-- that are inserted as closed (millions of them for measurements) are not checked.

CREATE OR REPLACE FUNCTION services_case_is_at_one_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint;
    now_state text;
    runs integer;
    pauses integer;
BEGIN
    IF TG_TABLE_NAME = 'services_request' THEN
        asked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        asked := OLD.request_id;
    ELSE
        asked := NEW.request_id;
    END IF;
    SELECT state INTO now_state FROM services_request WHERE id = asked;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO runs FROM services_steprun WHERE request_id = asked AND finished_at IS NULL;
    SELECT count(*) INTO pauses FROM services_pause WHERE request_id = asked AND to_at IS NULL;
    IF runs <> (now_state IN ('submitted', 'in_progress', 'waiting_applicant'))::integer THEN
        RAISE EXCEPTION 'request % is % and has % open runs', asked, now_state, runs
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF pauses <> (now_state = 'waiting_applicant')::integer THEN
        RAISE EXCEPTION 'request % is % and has % open pauses', asked, now_state, pauses
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS one_place_new ON services_request;
CREATE CONSTRAINT TRIGGER one_place_new AFTER INSERT ON services_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state IN ('submitted', 'in_progress', 'waiting_applicant'))
    EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_moved ON services_request;
CREATE CONSTRAINT TRIGGER one_place_moved AFTER UPDATE OF state ON services_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_offered ON services_steprun;
CREATE CONSTRAINT TRIGGER one_place_offered AFTER INSERT ON services_steprun DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.finished_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_finished ON services_steprun;
CREATE CONSTRAINT TRIGGER one_place_finished AFTER UPDATE OF finished_at ON services_steprun
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.finished_at IS DISTINCT FROM NEW.finished_at)
    EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_lost ON services_steprun;
CREATE CONSTRAINT TRIGGER one_place_lost AFTER DELETE ON services_steprun DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.finished_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_paused ON services_pause;
CREATE CONSTRAINT TRIGGER one_place_paused AFTER INSERT ON services_pause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.to_at IS NULL) EXECUTE FUNCTION services_case_is_at_one_place();
DROP TRIGGER IF EXISTS one_place_resumed ON services_pause;
CREATE CONSTRAINT TRIGGER one_place_resumed AFTER UPDATE OF to_at ON services_pause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.to_at IS DISTINCT FROM NEW.to_at) EXECUTE FUNCTION services_case_is_at_one_place();
