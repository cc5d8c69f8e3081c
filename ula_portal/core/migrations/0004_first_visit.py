"""The secret address at which an empty portal's first administrator is made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards")]
    operations = [
        migrations.CreateModel(
            name="SetupAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("despite_others", models.BooleanField(default=False)),
            ],
        ),
    ]
