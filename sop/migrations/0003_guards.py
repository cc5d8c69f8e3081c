"""Approved versions are frozen, who wrote one does not decide on it; the index of the library follows."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("sop", "0002_work")]
    operations = [SqlText("frozen", "1cf863bb958f"), SqlText("editors", "3c32cc497271"), SqlText("search", "cf405a0366ce"), SqlText("moves", "37b43aa76ae6")]
