"""Run background tasks: notices now, whatever is registered later. Any number of workers may run."""

from django_tasks_db.management.commands import db_worker

from ula_portal.core.actions import notices


class Command(db_worker.Command):
    help = "Deliver notices and run other background tasks until stopped."

    def handle(self, **options):
        notices.schedule_sweep()
        super().handle(**options)
