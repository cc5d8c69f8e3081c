"""What the database itself refuses: rewriting the journal, a second address of an account."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [SqlText("append_only", "2a4d8f727213"), SqlText("one_address", "f443463cc14d"), SqlText("refuse_move", "44457d790379"), SqlText("moves", "8df3b53a11ed")]
