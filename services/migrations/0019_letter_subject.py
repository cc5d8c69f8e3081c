"""What a letter is about stands with it, masked; a letter with an open place is not issued."""

from django.db import migrations, models

import services.models.letter

GUARD = """
CREATE FUNCTION services_letter_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'issued' AND (TG_OP = 'INSERT' OR OLD.state <> 'issued') AND NEW.body LIKE '%……%' THEN
        RAISE EXCEPTION 'letter % has an open place', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'reserved' AND NEW.subject IS DISTINCT FROM OLD.subject
        AND NEW.subject <> '[]'::jsonb THEN
        RAISE EXCEPTION 'letter % is issued: its subject stays or is erased', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_is_whole BEFORE INSERT OR UPDATE ON services_letter
    FOR EACH ROW EXECUTE FUNCTION services_letter_is_whole();
"""
FORGET = "DROP TRIGGER letter_is_whole ON services_letter; DROP FUNCTION services_letter_is_whole();"


class Migration(migrations.Migration):

    dependencies = [
        ("services", "0018_taken_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="lettertemplate",
            name="subject",
            field=models.JSONField(
                blank=True,
                default=services.models.letter.default_subject,
                verbose_name="pokok surat pada verifikasi",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="subject",
            field=models.JSONField(
                blank=True, db_default=[], default=list, verbose_name="pokok surat, disamarkan"
            ),
        ),
        migrations.RunSQL(GUARD, FORGET),
    ]
