"""A version that was in force before the portal: declared by its decree, once, as the first that is decided on."""

from django.db import migrations, models

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("sop", "0003_guards")]
    operations = [
        migrations.RemoveConstraint(model_name="sopversion", name="sop_on_paper_has_decree"),
        migrations.AddField(
            model_name="sopversion",
            name="is_opening",
            field=models.BooleanField(db_default=False, default=False, verbose_name="saldo awal"),
        ),
        migrations.AddConstraint(
            model_name="sopversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_paper", False),
                    models.Q(
                        ("approved_by__isnull", True),
                        ("decree_date__isnull", False),
                        models.Q(("decree_scan__isnull", False), ("is_opening", True), _connector="OR"),
                        models.Q(("decree", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sop_on_paper_has_decree",
            ),
        ),
        migrations.AddConstraint(
            model_name="sopversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_opening", False), ("on_paper", True), _connector="OR"),
                name="sop_opening_was_on_paper",
            ),
        ),
        SqlText("decided", "e637ce1dd8a3"),
    ]
