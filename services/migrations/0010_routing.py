"""Acts of routing that can be undone; rules that change places."""

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_routing'),
        ('services', '0009_engine'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Routing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='waktu')),
                ('batch', models.CharField(blank=True, max_length=64)),
                ('step_given', models.BooleanField(default=False)),
                ('step_started_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='diurungkan')),
            ],
            options={
                'verbose_name': 'penerusan',
                'verbose_name_plural': 'penerusan',
                'ordering': ['request', 'id'],
            },
        ),
        migrations.AlterField(
            model_name='routingrule',
            name='order',
            field=models.PositiveSmallIntegerField(verbose_name='urutan'),
        ),
        migrations.AlterField(
            model_name='routingrule',
            name='service',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.service', verbose_name='layanan'),
        ),
        migrations.AlterField(
            model_name='routingrule',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.unit', verbose_name='unit'),
        ),
        migrations.AlterField(
            model_name='routingrule',
            name='position',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.position', verbose_name='kepada jabatan'),
        ),
        migrations.AlterField(
            model_name='routingrule',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kepada petugas'),
        ),
        migrations.AddConstraint(
            model_name='routingrule',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('order',), name='rule_order_once'),
        ),
        migrations.AddField(
            model_name='routing',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='petugas'),
        ),
        migrations.AddField(
            model_name='routing',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.timelineentry'),
        ),
        migrations.AddField(
            model_name='routing',
            name='from_user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='routing',
            name='note',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='services.message'),
        ),
        migrations.AddField(
            model_name='routing',
            name='notice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.notice'),
        ),
        migrations.AddField(
            model_name='routing',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='routings', to='services.request', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='routing',
            name='run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.steprun'),
        ),
        migrations.AddField(
            model_name='routing',
            name='step_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='routing',
            name='to_user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kepada petugas'),
        ),
        migrations.AddIndex(
            model_name='routing',
            index=models.Index(condition=models.Q(('undone_at__isnull', True)), fields=['by', 'at'], name='routing_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='routing',
            constraint=models.UniqueConstraint(condition=models.Q(('batch', ''), _negated=True), fields=('by', 'batch', 'request'), name='routing_once_per_form'),
        ),
        migrations.AddConstraint(
            model_name='routing',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__gte', models.F('at')), _connector='OR'), name='routing_undone_after'),
        ),
        migrations.AddConstraint(
            model_name='routing',
            constraint=models.CheckConstraint(condition=models.Q(('step_given', False), ('run__isnull', False), _connector='OR'), name='routing_gives_an_open_step'),
        ),
    ]
