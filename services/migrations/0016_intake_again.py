"""Originals that come again: every earlier stay in the office has a row, whose days nobody changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


STAYS_AS_IT_WAS = """
CREATE FUNCTION services_past_holding_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'past holding % is over: what happened stays', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER past_holding_stays BEFORE UPDATE ON services_pastholding FOR EACH ROW
    WHEN ((NEW.shelf, NEW.kept_at, NEW.returned_at, NEW.returned_by_id)
        IS DISTINCT FROM (OLD.shelf, OLD.kept_at, OLD.returned_at, OLD.returned_by_id))
    EXECUTE FUNCTION services_past_holding_stays();
"""
FORGET = "DROP TRIGGER past_holding_stays ON services_pastholding; DROP FUNCTION services_past_holding_stays();"


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0015_participation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PastHolding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shelf', models.CharField(blank=True, max_length=40, verbose_name='rak')),
                ('kept_at', models.DateTimeField(verbose_name='asli disimpan sejak')),
                ('returned_at', models.DateTimeField(verbose_name='asli dikembalikan')),
                ('returned_to', models.CharField(blank=True, max_length=150, verbose_name='diterima kembali oleh')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_holdings', to='services.document', verbose_name='berkas permohonan')),
                ('returned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dikembalikan oleh')),
            ],
            options={
                'verbose_name': 'penyimpanan asli terdahulu',
                'verbose_name_plural': 'penyimpanan asli terdahulu',
                'ordering': ['document', 'returned_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('returned_at__gte', models.F('kept_at'))), name='past_holding_ended_after_it_began')],
            },
        ),
        migrations.AddIndex(
            model_name='timelineentry',
            index=models.Index(condition=models.Q(('verb', 'shortage_printed')), fields=['at', 'id'], name='timeline_shortages'),
        ),
        migrations.RunSQL(STAYS_AS_IT_WAS, FORGET),
    ]
