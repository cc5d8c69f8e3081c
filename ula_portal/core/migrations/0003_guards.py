"""What the database itself refuses: rewriting the journal, a second address of an account."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [SqlText("append_only", "388cbc6c608a"), SqlText("one_address", "77456cbbe924"), SqlText("refuse_move", "91384fbe51d1"), SqlText("moves", "8df3b53a11ed")]
