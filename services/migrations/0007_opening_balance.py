"""The number on paper of a request that was running before the portal; people search by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0006_form_drafts")]
    operations = [
        migrations.AddField(
            model_name="request",
            name="paper_number",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="nomor di kertas"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("paper_number", ""), _negated=True),
                fields=("service", "paper_number"),
                name="request_paper_number_once",
            ),
        ),
    ]
