"""The timeline of a request is append-only."""

from django.db import migrations

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON services_timelineentry
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON services_timelineentry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
"""
UNGUARD = """
DROP TRIGGER append_only ON services_timelineentry; DROP TRIGGER append_only_truncate ON services_timelineentry;
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial"), ("core", "0002_guards")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
