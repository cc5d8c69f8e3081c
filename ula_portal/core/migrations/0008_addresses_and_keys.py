from django.db import migrations, models

class Migration(migrations.Migration):
    """Keys of forms are hashed; plain ones end here."""

    dependencies = [
        ('core', '0007_secretariat'),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM core_idempotencykey", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='idempotencykey',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[0-9a-f]{64}$')), name='idempotency_key_is_hashed'),
        ),
    ]
