"""The command that loads the register of schools."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from services.schools.actions.importing import import_schools
from services.schools.rules import read_schools
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.verbs.errors import Refused


class Command(BaseCommand):
    help = "Memuat daftar sekolah dari berkas data referensi; baris yang tidak benar dilewati dan disebutkan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="berkas .csv atau .xlsx dengan NPSN dan nama sekolah")

    def handle(self, *, file: str, **options: Any) -> None:
        """Load the good rows and print a line for each row left out.

        Raises: CommandError if the file cannot be read.
        """
        try:
            found = read_schools(file, Path(file).read_bytes())
            result = import_schools(found.schools, by=SYSTEM)
        except OSError as error:
            raise CommandError(_("Berkas %(file)s tidak dapat dibaca.") % {"file": file}) from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for problem in found.problems:
            self.stderr.write(problem)
        words = {"new": result.created, "changed": result.changed, "same": result.unchanged, "bad": len(found.problems)}
        self.stdout.write(_("%(new)s baru, %(changed)s diubah, %(same)s tetap, %(bad)s dilewati.") % words)
