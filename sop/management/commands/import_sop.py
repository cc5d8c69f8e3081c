"""The command that imports SOP files as drafts.

It prints a line for each file, separated by tabs: file, number of the SOP, state, "N errors", "N warnings"; below it
the findings, indented. Findings do not make it fail, files that cannot be imported do.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from sop.drafting.actions import importing
from sop.exchange import formats
from sop.exchange.json import MAX_BYTES, ImportRefused, TooLarge
from sop.rules import findings
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.verbs.errors import Refused


class Command(BaseCommand):
    help = "Memasukkan berkas SOP sebagai versi draf; satu baris per berkas, temuan di bawahnya."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="berkas .json, .xlsx, atau .bpmn")
        parser.add_argument("--unit", metavar="CODE", help="kode unit bila unit dalam berkas tidak dikenal")

    def handle(self, *, files: Sequence[str], unit: str | None = None, **options: Any) -> None:
        """Import each file independently of the others.

        ``unit``: code of the unit of SOPs whose file names no known unit; without it they belong to the office.
        Raises: CommandError at the end if a file was refused.
        """
        refused = 0
        for name in files:
            try:
                result = importing.import_sop(formats.read_sop_file(name, _content(name)), by=SYSTEM, unit_code=unit)
            except Refused as error:
                refused += 1
                # Only an ImportRefused lists its problems.
                self._print_problems(name, getattr(error, "problems", [str(error)]))
                continue
            self._print_result(name, result)
        if refused:
            sentence = _("%(refused)s dari %(all)s berkas tidak dapat dimasukkan. Tidak ada yang berubah karenanya.")
            raise CommandError(sentence % {"refused": refused, "all": len(files)})

    def _print_result(self, name: str, result: importing.ImportResult) -> None:
        # The state of the version and what this import did, as in "draft, created".
        state = f"{result.version.state}, {result.state}"
        errors, warnings = len(findings.errors(result.findings)), len(findings.warnings(result.findings))
        self.stdout.write("\t".join([name, result.sop.number, state, f"{errors} errors", f"{warnings} warnings"]))
        for finding in result.findings:
            self.stdout.write(f"    {finding.level}: {finding.message}")

    def _print_problems(self, name: str, problems: Iterable[str]) -> None:
        for problem in problems:
            self.stderr.write(f"{name}: {problem}")


def _content(name: str) -> bytes:
    """The bytes of a file. Raises ImportRefused if it cannot be read or its kind is unknown."""
    formats.check_name(name)
    path = Path(name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TooLarge
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImportRefused([_("Berkas tidak ditemukan.")]) from error
    except OSError as error:
        raise ImportRefused([_("Berkas tidak dapat dibaca.")]) from error
