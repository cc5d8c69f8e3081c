"""What the database refuses about a case, whoever writes, and the rows of the inbox that it keeps."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("sop", "0003_guards"), ("services", "0003_worklist")]
    operations = [
        SqlText("timeline", "68cfe52445d5"),
        SqlText("finished_run", "fa1fe1dd4e2d"),
        SqlText("one_place", "8d9a3a0a94fb"),
        SqlText("past_holding", "6208a5741e82"),
        SqlText("letter", "e350ebcd42ee"),
        SqlText("inbox_follows", "36918c387aba"),
        SqlText("moves", "ff79c48e4d3c"),
    ]
