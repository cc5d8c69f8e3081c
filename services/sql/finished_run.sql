-- Once a step run is finished, the columns that say when, how and by whom cannot be changed. If it is taken back, that
-- is final, too.

CREATE OR REPLACE FUNCTION services_finished_run_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'run % is finished: what happened stays', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE TRIGGER finished_run_stays BEFORE UPDATE ON services_steprun FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL AND (
        (NEW.request_id, NEW.step_id, NEW.ordinal, NEW.offered_at, NEW.started_at, NEW.finished_at, NEW.outcome)
        IS DISTINCT FROM
        (OLD.request_id, OLD.step_id, OLD.ordinal, OLD.offered_at, OLD.started_at, OLD.finished_at, OLD.outcome)
        OR (NEW.finished_by_id, NEW.done_by_id, NEW.recorded_from_paper, NEW.happened_on, NEW.sent_on, NEW.deviation)
        IS DISTINCT FROM
        (OLD.finished_by_id, OLD.done_by_id, OLD.recorded_from_paper, OLD.happened_on, OLD.sent_on, OLD.deviation)
        OR (OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS DISTINCT FROM OLD.taken_back_at)
    )) EXECUTE FUNCTION services_finished_run_stays();
