"""Alarm steps, what rang, and the steps an office starts with (editable in the admin panel)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# kind, offset, unit, whom, text
STEPS = (
    ("step", -2, "hour", "assignee", "Langkah ini hampir mencapai batas waktunya."),
    ("step", 0, "hour", "assignee", "Langkah ini melewati batas waktunya. Selesaikan, atau mintalah bantuan atasan."),
    ("step", 1, "day", "superior", "Langkah ini belum selesai sehari setelah batas waktunya."),
    ("request", -1, "day", "assignee", "Besok hari kerja terakhir untuk menepati janji layanan."),
    ("request", 0, "hour", "assignee", "Janji layanan terlewati. Selesaikan permohonan ini lebih dahulu."),
    ("request", 0, "hour", "superior", "Janji layanan kepada pemohon terlewati."),
    ("request", 2, "day", "office_head", "Janji layanan terlewati dua hari kerja."),
)


def add_steps(apps, schema_editor):
    model = apps.get_model("services", "AlarmStep")
    if model.objects.exists():
        return
    model.objects.bulk_create(
        model(order=10 * number, kind=kind, offset=offset, offset_unit=unit, whom=whom, text=text)
        for number, (kind, offset, unit, whom, text) in enumerate(STEPS, 1)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_routing"),
        ("services", "0012_case_page"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(verbose_name='batas waktu')),
                ('rang_at', models.DateTimeField(verbose_name='berbunyi')),
            ],
            options={
                'verbose_name': 'peringatan',
                'verbose_name_plural': 'peringatan',
            },
        ),
        migrations.CreateModel(
            name='AlarmCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'penerima peringatan',
                'verbose_name_plural': 'penerima peringatan',
            },
        ),
        migrations.CreateModel(
            name='AlarmStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='urutan')),
                ('kind', models.CharField(choices=[('step', 'batas waktu langkah'), ('request', 'batas waktu permohonan')], max_length=8, verbose_name='menurut')),
                ('offset', models.SmallIntegerField(default=0, verbose_name='jarak')),
                ('offset_unit', models.CharField(choices=[('day', 'hari kerja'), ('hour', 'jam kerja'), ('minute', 'menit kerja')], default='day', max_length=8, verbose_name='satuan')),
                ('whom', models.CharField(choices=[('assignee', 'Petugas yang mengerjakan langkah'), ('holders', 'Semua pemegang jabatan langkah'), ('responsible', 'Penanggung jawab permohonan'), ('superior', 'Atasan jabatan langkah'), ('unit_head', 'Pimpinan unit layanan'), ('office_head', 'Kepala kantor')], max_length=12, verbose_name='kepada')),
                ('levels', models.PositiveSmallIntegerField(default=1, verbose_name='tingkat atasan')),
                ('text', models.CharField(max_length=300, verbose_name='isi pemberitahuan')),
                ('active', models.BooleanField(default=True, verbose_name='dipakai')),
            ],
            options={
                'verbose_name': 'tahap peringatan',
                'verbose_name_plural': 'tahap peringatan',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('finished_at__isnull', True)), fields=['due_at', 'id'], name='run_open_due'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('received_at__isnull', False)), fields=['received_at', 'id'], name='request_received'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('fulfilled_at__isnull', False)), fields=['fulfilled_at', 'id'], name='request_fulfilled'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alarms', to='services.request', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alarms', to='services.steprun'),
        ),
        migrations.AddField(
            model_name='alarmcall',
            name='alarm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='services.alarm'),
        ),
        migrations.AddField(
            model_name='alarmcall',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.notice'),
        ),
        migrations.AddField(
            model_name='alarmcall',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='alarmstep',
            constraint=models.CheckConstraint(condition=models.Q(('levels__gte', 1), ('levels__lte', 9)), name='alarm_levels_in_range'),
        ),
        migrations.AddConstraint(
            model_name='alarmstep',
            constraint=models.CheckConstraint(condition=models.Q(('offset__gte', -999), ('offset__lte', 999)), name='alarm_offset_in_range'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='step',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alarms', to='services.alarmstep', verbose_name='tahap'),
        ),
        migrations.AddConstraint(
            model_name='alarmcall',
            constraint=models.UniqueConstraint(fields=('alarm', 'user'), name='alarm_call_once'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(condition=models.Q(('run__isnull', False)), fields=('run', 'step'), name='alarm_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(condition=models.Q(('run__isnull', True)), fields=('request', 'step'), name='alarm_once_per_request'),
        ),
        migrations.RunPython(add_steps, migrations.RunPython.noop),
    ]
