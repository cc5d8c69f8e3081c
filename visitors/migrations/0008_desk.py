from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("visitors", "0007_queue")]

    operations = []
