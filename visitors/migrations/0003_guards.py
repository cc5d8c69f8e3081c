"""The events of the queue stay, seats are not taken twice; and the next visitor is called."""

from django.db import migrations

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guards"), ("services", "0004_guards"), ("visitors", "0002_guests")]
    operations = [SqlText("queue_events", "356a116320f4"), SqlText("seats", "ad05d2c9a148"), SqlText("call_next", "d5da402fd0a5"), SqlText("moves", "f41678bea3c2")]
