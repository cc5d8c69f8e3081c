"""Events of the queue are append-only and know their transaction.

``xid`` lets a reader take only rows of finished transactions (below ``pg_snapshot_xmin``): a bare id as cursor would
lose a row with a lower id that is committed later.
"""

from django.db import migrations

GUARD = """
ALTER TABLE visitors_queueevent ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visitors_queueevent
    FOR EACH ROW EXECUTE FUNCTION portal_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON visitors_queueevent
    FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only();
"""
UNGUARD = """
DROP TRIGGER append_only ON visitors_queueevent; DROP TRIGGER append_only_truncate ON visitors_queueevent;
ALTER TABLE visitors_queueevent DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [("visitors", "0001_initial"), ("core", "0002_guards")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
