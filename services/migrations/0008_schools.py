"""The register of schools, and schools chosen from it among the words of the inbox."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("services", "0007_opening_balance")]
    operations = [
        migrations.CreateModel(
            name="School",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("npsn", models.CharField(max_length=8, unique=True, verbose_name="NPSN")),
                ("name", models.CharField(max_length=150, verbose_name="nama")),
                ("level", models.CharField(blank=True, max_length=30, verbose_name="bentuk")),
                ("status", models.CharField(blank=True, max_length=20, verbose_name="status")),
                ("district", models.CharField(blank=True, max_length=80, verbose_name="kecamatan")),
                ("village", models.CharField(blank=True, max_length=80, verbose_name="desa/kelurahan")),
                ("words", models.TextField(editable=False, verbose_name="kata pencarian")),
            ],
            options={
                "verbose_name": "sekolah",
                "verbose_name_plural": "sekolah",
                "ordering": ["name", "npsn"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="school_words", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(fields=["district", "village"], name="school_places"),
                ],
            },
        ),
        SqlText("inbox_row", "0b139d7a7136"),
    ]
