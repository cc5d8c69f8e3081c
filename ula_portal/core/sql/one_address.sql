-- An account has one e-mail address, the one in core_user; django-allauth's table of additional addresses stays empty.

CREATE OR REPLACE FUNCTION core_one_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an account has one address, that of core_user' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER one_address BEFORE INSERT OR UPDATE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION core_one_address();
