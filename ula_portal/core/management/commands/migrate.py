"""Django's command, which first refuses a database of another version; as the owner of the tables, one at a time."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate

from ula_portal.core.data import migrating, schema


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with migrating.as_owner(), migrating.alone():
            if problem := schema.version_problem():
                raise CommandError(problem)
            super().handle(*args, **options)
