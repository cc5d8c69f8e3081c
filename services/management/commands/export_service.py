"""The command that writes a service to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from services.exchange.content import as_file, content_of
from services.models import Service


class Command(BaseCommand):
    help = "Menyimpan satu layanan dengan formulir, persyaratan, dan templat suratnya sebagai berkas JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="kode layanan")
        parser.add_argument("out", metavar="OUT", help="berkas tujuan")

    def handle(self, *, code: str, out: str, **options: Any) -> None:
        """Raises: CommandError if there is no such service or the file cannot be written."""
        service = Service.objects.filter(code__iexact=code).first()
        if service is None:
            raise CommandError(_("Layanan dengan kode “%(code)s” tidak ada.") % {"code": code})
        content = as_file(content_of(service))
        try:
            Path(out).write_bytes(content)
        except OSError as error:
            sentence = _("Berkas %(out)s tidak dapat ditulis: %(reason)s.")
            raise CommandError(sentence % {"out": out, "reason": error.strerror}) from error
        self.stdout.write(f"{out}\t{service.code}\t{len(content)} bytes")
