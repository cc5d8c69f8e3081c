-- An earlier stay of an original cannot be changed.

CREATE OR REPLACE FUNCTION services_past_holding_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'past holding % is over: what happened stays', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER past_holding_stays BEFORE UPDATE ON services_pastholding FOR EACH ROW
    WHEN ((NEW.shelf, NEW.kept_at, NEW.returned_at, NEW.returned_by_id)
        IS DISTINCT FROM (OLD.shelf, OLD.kept_at, OLD.returned_at, OLD.returned_by_id))
    EXECUTE FUNCTION services_past_holding_stays();
