"""The events of the queue stay, seats are not taken twice; and the next visitor is called."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("services", "0004_guards"), ("visitors", "0002_guests")]
    operations = [SqlText("queue_events", "9f9dd2898ec1"), SqlText("seats", "b681724f7065"), SqlText("call_next", "1d5a6b3e3611"), SqlText("moves", "f41678bea3c2")]
