"""Approved versions are frozen, who wrote one does not decide on it; the index of the library follows."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("sop", "0002_work")]
    operations = [SqlText("frozen", "1cf863bb958f"), SqlText("decided", "bd8998b0c8aa"), SqlText("editors", "40e6f5bc204e"), SqlText("search", "05f6d8609123"), SqlText("moves", "37b43aa76ae6")]
