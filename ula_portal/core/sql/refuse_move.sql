-- Called by every trigger <model>_moves, which fires only for changes that are missing in the table of legal moves.

CREATE OR REPLACE FUNCTION core_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: no move leads from % to %', TG_TABLE_NAME,
        to_jsonb(OLD) ->> TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[0]
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END;
$$;
