"""What the database refuses about a case, whoever writes, and the rows of the inbox that it keeps."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("sop", "0003_guards"), ("services", "0003_worklist")]
    operations = [
        SqlText("timeline", "7279b7a357f4"),
        SqlText("finished_run", "21b0d8a6eac7"),
        SqlText("one_place", "699bd8f90057"),
        SqlText("past_holding", "9009b6f52fb5"),
        SqlText("letter", "ee779cae37ba"),
        SqlText("inbox_row", "399190eaea42"),
        SqlText("inbox_follows", "f1fd764db0ed"),
        SqlText("moves", "ff79c48e4d3c"),
    ]
