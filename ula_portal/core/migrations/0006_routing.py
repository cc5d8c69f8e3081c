import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_viewing'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='default_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.unit', verbose_name='unit penerima bila tidak ada yang cocok'),
        ),
    ]
