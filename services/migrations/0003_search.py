"""Search by likeness (spelling mistakes)."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("services", "0002_guards")]
    operations = [TrigramExtension()]
