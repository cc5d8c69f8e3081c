-- The row of a request in the inbox. The database maintains it: whichever verb moves a case, the same statement updates
-- the lists (triggers in inbox_follows.sql).

-- The words by which people search: numbers, names, NISN, NPSN, NUPTK, NIP, schools. Never telephone, e-mail or NIK (the
-- answer with a NIK is an object, not a string). Every word has a space before it for searches with LIKE '% word%'.
CREATE OR REPLACE FUNCTION services_inbox_words(asked bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ' ' || left(trim(regexp_replace(lower(unaccent(concat_ws(' ',
        r.number, r.paper_number, r.applicant_name, r.behalf_name,
        (SELECT string_agg(DISTINCT CASE WHEN f.type = 'school'
                THEN concat_ws(' ', r.answers -> f.name ->> 'npsn', r.answers -> f.name ->> 'name')
                ELSE r.answers ->> f.name END, ' ')
            FROM services_field f WHERE f.version_id = r.form_version_id
            AND (f.type = 'school' OR jsonb_typeof(r.answers -> f.name) = 'string'
                AND (f.type IN ('nisn', 'npsn', 'nuptk', 'nip')
                OR f.type = 'text' AND f.name || ' ' || f.label ~* '(nama|sekolah|madrasah|lembaga|satuan)')))
    ))), '[^a-z0-9]+', ' ', 'g')), 2000) || ' '
    FROM services_request r WHERE r.id = asked
$$;

CREATE OR REPLACE FUNCTION services_inbox_follow(asked bigint[], with_words boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO services_inboxentry AS e (
        request_id, run_id, place, state, source, service_id, unit_id, pool_unit_id, position_id, step_no, assignee_id,
        responsible_id, handed_by_id, returned, due_at, promised_at, offered_at, closed_at, words
    )
    SELECT r.id, run.id,
        CASE WHEN r.closed_at IS NOT NULL THEN 'closed'
            WHEN r.fulfilled_at IS NOT NULL THEN 'ready'
            WHEN run.led_by = 'applicant' AND r.state = 'waiting_applicant' THEN 'applicant'
            WHEN run.led_by = 'applicant' THEN 'answered'
            WHEN r.state = 'waiting_applicant' THEN 'paused'
            WHEN run.led_by = 'external' THEN 'agency'
            ELSE 'office' END,
        r.state, r.source, r.service_id, coalesce(service.unit_id, sop.unit_id), run.unit_id, run.position_id, step.no,
        run.assignee_id, r.responsible_id, earlier.finished_by_id,
        coalesce(run.led_by <> 'applicant' AND earlier.led_by <> 'applicant' AND step.no < earlier.no
            AND (earlier.outcome IN ('yes', 'no') OR earlier.outcome = 'skipped' AND earlier.deviation = 'reordered'),
            false),
        coalesce(least(CASE WHEN run.led_by <> 'applicant' THEN run.due_at END, r.due_at), '3000-01-01 00:00+00'),
        r.due_at, coalesce(run.offered_at, r.received_at), r.closed_at,
        CASE WHEN with_words THEN services_inbox_words(r.id) ELSE '' END
    FROM services_request r
    JOIN services_service service ON service.id = r.service_id
    JOIN sop_sopversion version ON version.id = r.sop_version_id
    JOIN sop_sop sop ON sop.id = version.sop_id
    LEFT JOIN services_steprun run ON run.request_id = r.id AND run.finished_at IS NULL
    LEFT JOIN sop_step step ON step.id = run.step_id
    LEFT JOIN LATERAL (
        SELECT d.finished_by_id, d.led_by, d.outcome, d.deviation, s.no
        FROM services_steprun d JOIN sop_step s ON s.id = d.step_id
        WHERE d.request_id = r.id AND d.finished_at IS NOT NULL AND d.taken_back_at IS NULL
        ORDER BY d.ordinal DESC LIMIT 1
    ) earlier ON true
    WHERE r.id = ANY(asked) AND r.number IS NOT NULL
    ON CONFLICT (request_id) DO UPDATE SET
        run_id = excluded.run_id, place = excluded.place, state = excluded.state, source = excluded.source,
        service_id = excluded.service_id, unit_id = excluded.unit_id, pool_unit_id = excluded.pool_unit_id,
        position_id = excluded.position_id, step_no = excluded.step_no, assignee_id = excluded.assignee_id,
        responsible_id = excluded.responsible_id, handed_by_id = excluded.handed_by_id, returned = excluded.returned,
        due_at = excluded.due_at, promised_at = excluded.promised_at, offered_at = excluded.offered_at,
        closed_at = excluded.closed_at,
        words = CASE WHEN with_words THEN excluded.words ELSE e.words END,
        arrived_xid = CASE
            WHEN (e.run_id, e.place, e.pool_unit_id, e.position_id, e.assignee_id, e.responsible_id)
                IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.pool_unit_id, excluded.position_id,
                    excluded.assignee_id, excluded.responsible_id)
            THEN pg_current_xact_id() ELSE e.arrived_xid END
    WHERE (e.run_id, e.place, e.state, e.source, e.service_id, e.unit_id, e.pool_unit_id, e.position_id, e.step_no,
            e.assignee_id, e.responsible_id, e.handed_by_id, e.returned, e.due_at, e.promised_at, e.offered_at,
            e.closed_at, CASE WHEN with_words THEN e.words ELSE '' END)
        IS DISTINCT FROM (excluded.run_id, excluded.place, excluded.state, excluded.source, excluded.service_id,
            excluded.unit_id, excluded.pool_unit_id, excluded.position_id, excluded.step_no, excluded.assignee_id,
            excluded.responsible_id, excluded.handed_by_id, excluded.returned, excluded.due_at,
            excluded.promised_at, excluded.offered_at, excluded.closed_at, excluded.words)
$$;
