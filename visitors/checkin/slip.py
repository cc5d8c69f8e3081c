"""The slip of a ticket as an ESC/POS stream, and sending it to a printer in the office's network."""

import socket

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from escpos.printer import Dummy

from ula_portal.core import clock
from visitors.models import Ticket

# Characters per line in the printer's default font, by paper width in mm.
COLUMNS = {58: 32, 80: 48}
_SECONDS_TO_TAKE = 4
_QR_SIZE = {58: 5, 80: 7}


class PrinterSilent(Exception):
    """The printer did not accept the slip in time."""


def slip_stream(ticket: Ticket, office: str, url: str, width: int) -> bytes:
    """The bytes that print a ticket on a thermal printer of ``width`` mm (58 or 80), with ``url`` as QR code.

    Always Indonesian, with the same words as the slip printed by the browser. ``ticket``: with location, service,
    target and visit.
    """
    printer = Dummy()
    printer.hw("INIT")
    with translation.override("id"):
        printer.set(align="center", bold=True, double_width=False, double_height=False)
        for line in _folded(office, COLUMNS[width]):
            printer.textln(line)
        printer.set(align="center", bold=False)
        printer.textln(_("Nomor antrean"))
        printer.set(align="center", bold=True, custom_size=True, width=4, height=4)
        printer.textln(ticket.label)
        printer.set(align="center", bold=True, normal_textsize=True)
        for line in _folded(_about(ticket), COLUMNS[width]):
            printer.textln(line)
        printer.set(align="center", bold=False, normal_textsize=True)
        if ticket.lane == ticket.Lane.PRIORITY:
            printer.textln(_("Layanan prioritas"))
        issued = clock.local(ticket.issued_at)
        for line in _folded(f"{ticket.location.name}, {date_format(issued, 'j F Y H.i')} WIB", COLUMNS[width]):
            printer.textln(line)
        printer.qr(url, size=_QR_SIZE[width], native=True, center=False)
        free = ticket.service.free_of_charge_notice if ticket.service else ""
        for line in _folded(f"{_('Terlewat? Lapor petugas.')} {free}", COLUMNS[width]):
            printer.textln(line)
    printer.cut()
    stream: bytes = printer.output
    return stream


def _about(ticket: Ticket) -> str:
    if ticket.target:
        return ticket.target.name
    return ticket.service.name if ticket.service else ticket.visit.get_purpose_display()


def _folded(text: str, columns: int) -> list[str]:
    """The text in lines of whole words, at most ``columns`` characters wide; longer words are broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while len(word) > columns:
            lines, line, word = [*lines, *([line] if line else []), word[:columns]], "", word[columns:]
        if line and len(line) + 1 + len(word) > columns:
            lines, line = [*lines, line], word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def send(stream: bytes, address: str, port: int) -> None:
    """Send a stream to a printer.

    Raises: PrinterSilent when it does not accept all of it within four seconds.
    """
    try:
        with socket.create_connection((address, port), timeout=_SECONDS_TO_TAKE) as connection:
            connection.sendall(stream)
    except OSError as error:
        raise PrinterSilent(str(error)) from error
