from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("services", "0013_alarms")]

    operations = []
