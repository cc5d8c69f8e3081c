-- Triggers that maintain the rows of the inbox, and services_participation: who took part in a request. It repeats the
-- request's service and end, so that a person's closed requests of one service are found by a single index scan.

CREATE OR REPLACE FUNCTION services_inbox_new_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after WHERE number IS NOT NULL) THEN
        PERFORM services_inbox_follow(array_agg(id), true) FROM after WHERE number IS NOT NULL;
        INSERT INTO services_participation (entry_id, user_id, closed_at, service_id)
            SELECT id, responsible_id, closed_at, service_id FROM after
            WHERE number IS NOT NULL AND responsible_id IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION services_inbox_changed_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said bigint[];
    moved bigint[];
BEGIN
    SELECT array_agg(a.id) FILTER (WHERE (a.number, a.applicant_name, a.behalf_name, a.answers)
            IS DISTINCT FROM (b.number, b.applicant_name, b.behalf_name, b.answers)),
        array_agg(a.id) FILTER (WHERE
            (a.state, a.source, a.service_id, a.sop_version_id, a.responsible_id, a.due_at,
                a.fulfilled_at, a.closed_at)
            IS DISTINCT FROM
            (b.state, b.source, b.service_id, b.sop_version_id, b.responsible_id, b.due_at,
                b.fulfilled_at, b.closed_at))
        INTO said, moved
        FROM after a JOIN before b ON b.id = a.id WHERE a.number IS NOT NULL;
    IF said IS NOT NULL THEN
        PERFORM services_inbox_follow(said, true);
    END IF;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM services_inbox_follow(moved, false);
    UPDATE services_participation p SET closed_at = a.closed_at, service_id = a.service_id FROM after a
        WHERE p.entry_id = a.id AND a.id = ANY(moved)
        AND (p.closed_at, p.service_id) IS DISTINCT FROM (a.closed_at, a.service_id);
    -- Who answered for it and did nothing has no part in it.
    DELETE FROM services_participation p USING before b JOIN after a ON a.id = b.id
        WHERE p.entry_id = b.id AND p.user_id = b.responsible_id AND a.responsible_id IS DISTINCT FROM b.responsible_id
        AND NOT EXISTS (
            SELECT FROM services_steprun r WHERE r.request_id = b.id AND r.finished_by_id = b.responsible_id
        );
    INSERT INTO services_participation (entry_id, user_id, closed_at, service_id)
        SELECT id, responsible_id, closed_at, service_id FROM after WHERE id = ANY(moved) AND responsible_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION services_inbox_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM after) THEN
        PERFORM services_inbox_follow(array_agg(DISTINCT request_id), false) FROM after;
        INSERT INTO services_participation (entry_id, user_id, closed_at, service_id)
            SELECT DISTINCT done.request_id, done.finished_by_id, a.closed_at, a.service_id
            FROM after done JOIN services_request a ON a.id = done.request_id
            WHERE done.finished_by_id IS NOT NULL AND a.number IS NOT NULL
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION services_inbox_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM services_inbox_follow(array_agg(request_id), false) FROM services_inboxentry WHERE service_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER inbox_new AFTER INSERT ON services_request REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_new_requests();
CREATE OR REPLACE TRIGGER inbox_changed AFTER UPDATE ON services_request
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_changed_requests();
CREATE OR REPLACE TRIGGER inbox_new AFTER INSERT ON services_steprun REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_runs();
CREATE OR REPLACE TRIGGER inbox_changed AFTER UPDATE ON services_steprun REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION services_inbox_runs();
CREATE OR REPLACE TRIGGER inbox_unit AFTER UPDATE OF unit_id ON services_service FOR EACH ROW
    WHEN (OLD.unit_id IS DISTINCT FROM NEW.unit_id) EXECUTE FUNCTION services_inbox_service();
