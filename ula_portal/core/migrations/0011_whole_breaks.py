"""A break of the working hours has both its ends: the calendar cannot be read with half of one."""

from django.db import migrations, models
from django.db.models import F, Q

MEND = """
UPDATE core_hoursrule SET break_from = NULL, break_to = NULL WHERE (break_from IS NULL) <> (break_to IS NULL)
"""


class Migration(migrations.Migration):

    dependencies = [("core", "0010_acting_tenures")]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="hoursrule", name="hours_break_inside"),
        migrations.AddConstraint(
            model_name="hoursrule",
            constraint=models.CheckConstraint(
                condition=Q(break_from__isnull=True, break_to__isnull=True)
                | Q(break_from__isnull=False, break_to__isnull=False)
                & Q(break_from__gte=F("opens"), break_to__gt=F("break_from"), break_to__lte=F("closes")),
                name="hours_break_inside",
            ),
        ),
    ]
