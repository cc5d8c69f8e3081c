import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_routing'),
        ('services', '0013_alarms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='kept_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='asli disimpan sejak'),
        ),
        migrations.AddField(
            model_name='document',
            name='returned_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='asli dikembalikan'),
        ),
        migrations.AddField(
            model_name='document',
            name='returned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dikembalikan oleh'),
        ),
        migrations.AddField(
            model_name='document',
            name='returned_to',
            field=models.CharField(blank=True, max_length=150, verbose_name='diterima kembali oleh'),
        ),
        migrations.AddField(
            model_name='document',
            name='shelf',
            field=models.CharField(blank=True, max_length=40, verbose_name='rak'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='issued_by',
            field=models.CharField(blank=True, max_length=150, verbose_name='diterbitkan oleh'),
        ),
        # What was kept before lies somewhere since it came.
        migrations.RunSQL(
            "UPDATE services_document SET kept_at = added_at WHERE original = 'kept'", migrations.RunSQL.noop
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('original', 'kept'), ('removed_at__isnull', True), ('returned_at__isnull', True)), fields=['kept_at', 'id'], name='document_original_held'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kept_at__isnull', False), ('original', 'kept')), models.Q(models.Q(('original', 'kept'), _negated=True), ('kept_at__isnull', True), ('shelf', '')), _connector='OR'), name='shelf_of_kept_original'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('returned_at__isnull', True), ('returned_by__isnull', True), ('returned_to', '')), models.Q(('original', 'kept'), ('returned_at__isnull', False), ('returned_by__isnull', False)), _connector='OR'), name='returned_original_was_kept'),
        ),
    ]
