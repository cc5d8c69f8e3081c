from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("services", "0012_case_page")]

    operations = []
