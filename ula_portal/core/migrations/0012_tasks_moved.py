"""Tasks that wait to be run are found where they are now: a notice or a recomputation must not be lost by an upgrade."""

from django.db import migrations

MOVED = {
    "ula_portal.core.tasks.deliver_notice": "ula_portal.core.notices.tasks.deliver_notice",
    "ula_portal.core.tasks.sweep": "ula_portal.core.notices.tasks.sweep",
    "services.tasks.follow_the_calendar": "services.engine.tasks.follow_the_calendar",
    "visitors.tasks.slots_follow_the_calendar": "visitors.appointments.tasks.slots_follow_the_calendar",
}


def rename(moved):
    pairs = ", ".join(f"('{was}', '{now}')" for was, now in moved.items())
    return (
        "UPDATE django_tasks_database_dbtaskresult AS task SET task_path = moved.now "
        f"FROM (VALUES {pairs}) AS moved (was, now) WHERE task.task_path = moved.was"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0011_whole_breaks"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunSQL(rename(MOVED), rename({now: was for was, now in MOVED.items()}))]
