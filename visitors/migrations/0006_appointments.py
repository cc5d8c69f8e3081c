from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("visitors", "0005_event_location")]

    operations = []
