"""What the database itself refuses: rewriting the journal. And the table of the shared cache."""

from django.core.management import call_command
from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; nothing else may be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
"""
UNGUARD = "DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};"


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION portal_append_only()"),
        *(
            migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table))
            for table in ("core_journalentry", "core_journalseal")
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
