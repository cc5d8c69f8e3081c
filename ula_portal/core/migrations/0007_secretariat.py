import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_routing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Secretariat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('keeper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secretariat_of', to='core.position', verbose_name='jabatan yang mencatat')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secretariats', to='core.position', verbose_name='sekretariat dari')),
            ],
            options={
                'verbose_name': 'sekretariat',
                'verbose_name_plural': 'sekretariat',
                'constraints': [models.UniqueConstraint(fields=('keeper', 'position'), name='secretariat_once'), models.CheckConstraint(condition=models.Q(('keeper', models.F('position')), _negated=True), name='secretariat_of_another')],
            },
        ),
    ]
