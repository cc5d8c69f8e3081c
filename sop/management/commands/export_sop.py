"""The command that exports an SOP as a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from sop.document import pdf as document_pdf
from sop.exchange import formats
from sop.rules.queries import validity


class Command(BaseCommand):
    help = "Menyimpan SOP (versi yang berlaku, kalau tidak ada versi terbaru) sebagai PDF, Excel, BPMN, atau JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER", help="nomor SOP")
        parser.add_argument("--format", required=True, choices=["pdf", *formats.FORMATS])
        parser.add_argument("out", metavar="OUT", help="berkas tujuan")

    def handle(self, *, number: str, out: str, **options: Any) -> None:
        """Raises: CommandError if there is no such SOP or the file cannot be written."""
        sop = validity.sop_by_number(number)
        version = validity.version_to_export(sop) if sop else None
        if version is None:
            raise CommandError(_("SOP dengan nomor “%(number)s” tidak ada.") % {"number": number})
        if options["format"] == "pdf":
            content = document_pdf.pdf_of(version)
        else:
            content = formats.write_sop_file(version, options["format"])
        try:
            Path(out).write_bytes(content)
        except OSError as error:
            sentence = _("Berkas %(out)s tidak dapat ditulis: %(reason)s.")
            raise CommandError(sentence % {"out": out, "reason": error.strerror}) from error
        self.stdout.write(f"{out}\t{number}\t{len(content)} bytes")
