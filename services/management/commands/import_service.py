"""The command that brings in a service from a file, as a draft.

It prints a line, separated by tabs: file, code, state; below it what is still to be looked at, indented.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from services.exchange.actions.importing import ServiceExists, import_service
from services.exchange.content import MAX_BYTES, read_file
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Unit
from ula_portal.core.verbs.errors import Refused


class Command(BaseCommand):
    help = "Memasukkan satu layanan dari berkas JSON sebagai draf."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="berkas .json dari export_service")
        parser.add_argument("--unit", metavar="CODE", help="kode unit bila unit dalam berkas tidak dikenal")
        parser.add_argument("--replace", action="store_true", help="ganti layanan yang kodenya sama")

    def handle(self, *, file: str, unit: str | None = None, replace: bool = False, **options: Any) -> None:
        """Raises: CommandError if the file cannot be read or was refused."""
        chosen = Unit.objects.filter(code__iexact=unit).first() if unit else None
        if unit and chosen is None:
            raise CommandError(_("Unit dengan kode “%(code)s” tidak ada.") % {"code": unit})
        try:
            with Path(file).open("rb") as source:
                content = source.read(MAX_BYTES + 1)
            result = import_service(read_file(content), by=SYSTEM, unit=chosen, replace=replace)
        except OSError as error:
            raise CommandError(_("Berkas %(file)s tidak dapat dibaca.") % {"file": file}) from error
        except ServiceExists as error:
            raise CommandError(f"{error} {_('Pakai --replace untuk menggantinya.')}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}\t{result.service.code}\t{result.service.state}, {result.state}")
        for note in result.notes:
            self.stdout.write(f"    {note}")
