"""Check that nobody changed the journal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ula_portal.core.journal import actions as journal
from ula_portal.core.models import JournalEntry, JournalSeal


class Command(BaseCommand):
    help = "Check every hash chain of the journal and its daily seals; exit status 1 when one is broken."

    def handle(self, **options: Any) -> None:
        total = JournalEntry.objects.count()

        def progress(done: int) -> None:
            if done % 20_000 == 0:
                self.stderr.write(f"  {done:,} / {total:,}", ending="\r")

        faults = journal.verify(progress)
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {total:,} entries")
        self.stdout.write(f"Journal intact: {total:,} entries, {JournalSeal.objects.count()} seals.")
