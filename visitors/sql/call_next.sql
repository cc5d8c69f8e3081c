-- Calls the next visitor inside the database: one round trip whose statements are planned once per connection. Each of
-- them sees what was committed before it began, so a second tap waits for the first at the session's row and then finds
-- the counter busy. The function follows the location's rule, which visitors.counter.actions.calling.call_next describes
-- (tests/visitors/queue/test_fairness.py tests both). While nobody in the lane has waited long, it prefers the services
-- that the counter prefers. It stores what the call changed, so that the call can be taken back.

-- Inserts the event of a call. ticket: as it is after the call; turn: the verb, 'next' if the rule chose the visitor.
CREATE OR REPLACE FUNCTION visitors_called(ticket visitors_ticket, at_counter bigint, counter_name text, turn text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO visitors_queueevent (location_id, at, kind, ticket_id, counter_id, data)
    VALUES (ticket.location_id, ticket.called_at, 'called', ticket.id, at_counter, jsonb_build_object(
        'lane', ticket.lane, 'counter', counter_name, 'turn', turn, 'call', ticket.calls));
END $$;

CREATE OR REPLACE FUNCTION visitors_call_next(
    called_by bigint, from_session bigint, moment timestamptz, today date, midnight timestamptz,
    usual_in_a_row int, usual_minutes int,
    OUT outcome text, OUT ticket visitors_ticket
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    desk record;
    served bigint[];
    preferred bigint[];
    recent text[];
    turn text := 'priority';
BEGIN
    -- The lock keeps the session from being closed meanwhile, and lets one call after the other through.
    SELECT s.id, s.counter_id, c.location_id, c.kind, c.name, coalesce(r.priority_in_a_row, usual_in_a_row) AS in_a_row,
        moment - make_interval(mins => coalesce(r.ages_after_minutes, usual_minutes)::int) AS aged INTO desk
    FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
    LEFT JOIN visitors_queuerule r ON r.location_id = c.location_id
    WHERE s.id = from_session AND s.user_id = called_by AND s.closed_at IS NULL AND s.paused_at IS NULL
    FOR NO KEY UPDATE OF s;
    IF NOT FOUND THEN
        outcome := 'no session';
        RETURN;
    END IF;
    SELECT t.* INTO ticket FROM visitors_ticket t WHERE t.session_id = desk.id AND t.state IN ('called', 'serving');
    IF FOUND THEN
        outcome := 'busy';
        RETURN;
    END IF;
    served := ARRAY(SELECT cs.service_id FROM visitors_counter_services cs WHERE cs.counter_id = desk.counter_id);
    preferred := ARRAY(SELECT cp.service_id FROM visitors_counter_preferred cp WHERE cp.counter_id = desk.counter_id);
    -- A call that was taken back took nobody's turn.
    recent := ARRAY(
        SELECT e.data->>'lane' FROM visitors_queueevent e
        WHERE e.counter_id = desk.counter_id AND e.kind = 'called' AND e.at >= midnight AND e.data->>'turn' = 'next'
            AND NOT EXISTS (
                SELECT FROM visitors_queueevent u
                WHERE u.ticket_id = e.ticket_id AND u.kind = 'undone' AND u.id > e.id
                    AND u.data->>'of' = 'called' AND (u.data->>'at')::timestamptz = e.at)
        ORDER BY e.at DESC, e.id DESC LIMIT desk.in_a_row);
    IF recent[1] = 'priority' AND (
        (cardinality(recent) = desk.in_a_row AND 'priority' = ALL (recent)) OR EXISTS (
            SELECT FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = 'regular'
                AND t.waiting_since <= desk.aged
                AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                    t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter')))))
    ) THEN
        turn := 'regular';
    END IF;
    FOR attempt IN 1..2 LOOP
        IF cardinality(preferred) > 0 AND NOT EXISTS (
            SELECT FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
                AND t.waiting_since <= desk.aged
                AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                    t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter'))))
        ) THEN
            SELECT t.* INTO ticket FROM visitors_ticket t
            WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
                AND (t.target_id = desk.counter_id OR (
                    t.target_id IS NULL AND t.service_id = ANY (served) AND t.service_id = ANY (preferred)))
            ORDER BY t.waiting_since, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;
            EXIT WHEN FOUND;
        END IF;
        -- Transferred here, or free for every counter that serves the service; without service any counter, no room.
        SELECT t.* INTO ticket FROM visitors_ticket t
        WHERE t.state = 'waiting' AND t.day = today AND t.location_id = desk.location_id AND t.lane = turn
            AND (t.target_id = desk.counter_id OR (t.target_id IS NULL AND (
                t.service_id = ANY (served) OR (t.service_id IS NULL AND desk.kind = 'counter'))))
        ORDER BY t.waiting_since, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;
        EXIT WHEN FOUND;
        -- The lane whose turn it is has nobody left: the other one's.
        turn := CASE turn WHEN 'priority' THEN 'regular' ELSE 'priority' END;
    END LOOP;
    IF ticket.id IS NULL THEN
        outcome := 'nobody';
        RETURN;
    END IF;
    UPDATE visitors_ticket t SET state = 'called', session_id = desk.id, called_at = moment, calls = t.calls + 1,
        undo = jsonb_build_object('of', 'called', 'by', called_by, 'at', moment, 'before', jsonb_build_object(
            'state', t.state, 'session_id', t.session_id, 'called_at', t.called_at, 'calls', t.calls))
    WHERE t.id = ticket.id RETURNING t.* INTO ticket;
    PERFORM visitors_called(ticket, desk.counter_id, desk.name, 'next');
    outcome := 'called';
END $$;
