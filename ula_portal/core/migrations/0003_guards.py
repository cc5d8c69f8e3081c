"""What the database itself refuses: rewriting the journal, a second address of an account."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [SqlText("append_only", "388cbc6c608a"), SqlText("one_address", "77456cbbe924")]
