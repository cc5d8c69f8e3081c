-- A booking needs a free seat in an open slot. One exception: in a slot that no plan contains any longer ("dropped"), a
-- booking that a closure displaced gets its seat back.

CREATE OR REPLACE FUNCTION visitors_booking_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted visitors_slot;
BEGIN
    SELECT s.* INTO wanted FROM visitors_slot s WHERE s.id = NEW.slot_id;
    IF NEW.seat NOT BETWEEN 1 AND wanted.capacity THEN
        RAISE EXCEPTION 'slot % has no seat %', wanted.id, NEW.seat USING ERRCODE = 'check_violation';
    END IF;
    -- What was booked before a slot was closed may stay; nothing new comes in.
    IF wanted.state <> 'open' AND (TG_OP = 'INSERT' OR OLD.slot_id <> NEW.slot_id OR OLD.seat IS NULL)
        AND NOT (TG_OP = 'UPDATE' AND OLD.state = 'displaced' AND NEW.state = 'booked' AND OLD.slot_id = NEW.slot_id
            AND wanted.state = 'dropped')
    THEN
        RAISE EXCEPTION 'slot % is not open', wanted.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER booking_fits BEFORE INSERT OR UPDATE OF slot_id, seat ON visitors_booking
    FOR EACH ROW WHEN (NEW.seat IS NOT NULL) EXECUTE FUNCTION visitors_booking_fits();

CREATE OR REPLACE FUNCTION visitors_slot_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM visitors_booking b WHERE b.slot_id = NEW.id AND b.seat > NEW.capacity) THEN
        RAISE EXCEPTION 'slot % has more seats taken', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER slot_holds BEFORE UPDATE OF capacity ON visitors_slot
    FOR EACH ROW WHEN (NEW.capacity < OLD.capacity) EXECUTE FUNCTION visitors_slot_holds();
