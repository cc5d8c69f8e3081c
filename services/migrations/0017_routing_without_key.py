from django.db import migrations


class Migration(migrations.Migration):
    """Keys of forms stand in one table, hashed and for a day: routings no longer keep theirs."""

    dependencies = [
        ('services', '0016_intake_again'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='routing', name='routing_once_per_form'),
        migrations.RemoveField(model_name='routing', name='batch'),
    ]
