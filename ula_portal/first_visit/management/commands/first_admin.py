"""Print an address at which an administrator is made, also while there are others."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ula_portal.first_visit.printed import new_address


class Command(BaseCommand):
    help = "Print an address to make an administrator, for an office whose administrators can no longer log in."

    def handle(self, **options: Any) -> None:
        self.stdout.write(new_address(settings.PORTAL_URL, despite_others=True))
