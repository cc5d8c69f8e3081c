"""Django's command, which first refuses a database of another version."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate

from ula_portal.core.data import schema


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if problem := schema.version_problem():
            raise CommandError(problem)
        super().handle(*args, **options)
