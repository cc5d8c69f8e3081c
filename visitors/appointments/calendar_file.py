"""An appointment as a calendar file (RFC 5545), for the calendar of whatever phone or programme."""

import datetime

from django.utils.translation import gettext as _

from ula_portal.core import clock

REMINDER_HOURS = 16


def calendar_file(booking, *, url: str, office: str, host: str) -> bytes:
    """One event with an alarm the afternoon before; cancelled ones say so. ``host``: of the portal, for the UID.

    Its UID stays and its SEQUENCE grows when the appointment is moved, so that a calendar replaces what it has.
    """
    slot = booking.slot
    gone = booking.state in (booking.State.CANCELLED, booking.State.DISPLACED)
    place = ", ".join(filter(None, (slot.location.name, slot.location.address)))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Portal ULA//Janji temu//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        # Of the row's hash, so that the file tells nobody how many appointments there are.
        f"UID:{booking.token_hash[:32]}@{host}",
        f"SEQUENCE:{booking.moves * 2 + gone}",
        f"DTSTAMP:{_utc(clock.now())}",
        f"DTSTART:{_utc(slot.starts_at)}",
        f"DTEND:{_utc(slot.ends_at)}",
        f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}",
        f"SUMMARY:{_text(_('Janji: %(service)s') % {'service': slot.service.name})}",
        f"LOCATION:{_text(place)}",
        f"DESCRIPTION:{_text(_('%(office)s. Pindah atau batal: %(url)s') % {'office': office, 'url': url})}",
        f"URL:{url}",
        "CLASS:PRIVATE",
    ]
    if not gone:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(slot.service.name)}",
            f"TRIGGER:-PT{REMINDER_HOURS}H",
            "END:VALARM",
        ]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _utc(moment):
    return moment.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value):
    """A value with what has a meaning in the format escaped (RFC 5545 §3.3.11)."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line):
    """No line longer than 75 octets (§3.1); a character is never torn."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 75:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece])
