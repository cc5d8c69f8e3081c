import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, NullIf

UNKNOWN = "tidak tercatat"


def end_acting_without_order(apps, schema_editor):
    """Acting tenures were recorded without the order's date and giver: what is over stays as history that says so.

    What still runs ends with yesterday, and what has not begun goes: it is recorded anew with its order, since nobody
    may sign by one that is not known.
    """
    tenures = apps.get_model("core", "Tenure").objects.exclude(kind="definitive")
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    tenures.filter(from_date__gt=yesterday).delete()
    tenures.filter(Q(to_date__isnull=True) | Q(to_date__gt=yesterday)).update(to_date=yesterday)
    tenures.update(
        mandate=Coalesce(NullIf(F("mandate"), models.Value("")), models.Value(UNKNOWN)),
        mandate_date=F("from_date"),
        mandate_by=UNKNOWN,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0009_kept_input"),
    ]

    operations = [
        migrations.AddField(
            model_name="position",
            name="deputy_decides",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="pengganti boleh mengambil keputusan"
            ),
        ),
        migrations.AddField(
            model_name="tenure",
            name="mandate_by",
            field=models.CharField(blank=True, max_length=150, verbose_name="pejabat pemberi perintah"),
        ),
        migrations.AddField(
            model_name="tenure",
            name="mandate_date",
            field=models.DateField(blank=True, null=True, verbose_name="tanggal surat perintah"),
        ),
        migrations.AddField(
            model_name="absence",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="dicatat oleh",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dibaca"),
        ),
        # The rows' own pending checks would bar the constraint in the same transaction.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunPython(end_acting_without_order, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="tenure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "definitive"),
                    models.Q(
                        ("mandate_date__isnull", False),
                        ("mandate_date__lte", models.F("from_date")),
                        ("to_date__isnull", False),
                        models.Q(("mandate", ""), _negated=True),
                        models.Q(("mandate_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="acting_tenure_has_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deputy__isnull", True),
                    ("recorded_by__isnull", True),
                    ("recorded_by", models.F("user")),
                    models.Q(("recorded_by", models.F("deputy")), _negated=True),
                    _connector="OR",
                ),
                name="absence_recorder_is_not_deputy",
            ),
        ),
    ]
