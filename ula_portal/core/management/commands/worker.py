"""Run background tasks. Any number of workers may run."""

import logging
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django_tasks_db.management.commands import db_worker

from ula_portal.core.data import outage
from ula_portal.core.notices import tasks as notices

logger = logging.getLogger(__name__)
_LONGEST_PAUSE_SECONDS = 30
# After working this long, the pauses start with the shortest one again.
_WELL_SECONDS = 60


class Command(db_worker.Command):
    help = "Deliver notices and run other background tasks until stopped."

    def handle(self, **options: Any) -> None:
        outage.mark_as_worker()
        failures = 0
        while True:
            begun = time.monotonic()
            try:
                notices.schedule_sweep()
                super().handle(**options)
                return
            except (DatabaseError, InterfaceError) as error:
                if not outage.is_cause_of(error):
                    raise
            failures = 0 if time.monotonic() - begun > _WELL_SECONDS else failures + 1
            pause = min(2**failures, _LONGEST_PAUSE_SECONDS)
            logger.warning("the database does not answer; trying again in %s s", pause)
            connections.close_all()
            time.sleep(pause)
