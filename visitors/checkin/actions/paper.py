"""Numbers printed on paper for power or network failures, and entering their visitors afterwards."""

import datetime
from dataclasses import dataclass, replace

from django.db import connection
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions
from visitors.models import PaperSheet, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import GENERAL_LETTER, LETTERS, new_secret, service_if_served

from .checkin import Arrival, CheckIn, Errand, check_in

# What fits on two printed pages; for more, another sheet is printed.
MAX_SHEET_NUMBERS = 60


@verb
def reserve_numbers(
    location: Location, *, by: Actor, count: int, letter: str = GENERAL_LETTER, key: str = ""
) -> PaperSheet:
    """Reserve today's next ``count`` numbers of a letter, to be printed and given out on paper.

    The sheet's row accounts for these numbers, so the series has neither gaps nor duplicates. Calling it again with the
    same key returns the same sheet.

    Allowed: front desk and counters.
    Effects: a journal entry.
    Raises: NotAllowed; Refused with the field.
    """
    user = by.staff_member
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencetak nomor cadangan."))
    if not 1 <= count <= MAX_SHEET_NUMBERS:
        raise Refused(_("Jumlah nomor antara 1 dan %(n)s.") % {"n": MAX_SHEET_NUMBERS}, field="count")
    if not LETTERS.fullmatch(letter):
        raise Refused(_("Huruf A sampai Z tanpa I, O, dan Q."), field="letter")
    claim = idempotency.claim(by.key, key)
    if earlier := claim.earlier(PaperSheet.objects):
        return earlier
    now = clock.now()
    day = clock.local(now).date()
    last = _take_numbers(location.pk, day, letter, count)
    sheet = PaperSheet.objects.create(
        location=location,
        day=day,
        letter=letter,
        first=last - count + 1,
        last=last,
        printed_at=now,
        printed_by=user,
    )
    journal.record("reserve_numbers", "paper_sheet", sheet.pk, by)
    claim.record("paper_sheet", sheet.pk)
    return sheet


def _take_numbers(location_id: int, day: datetime.date, letter: str, count: int) -> int:
    """Advance the series by ``count`` and return its new last number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visitors_ticketseries (location_id, day, letter, last) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (location_id, day, letter) DO UPDATE SET last = visitors_ticketseries.last + excluded.last"
            " RETURNING last",
            [location_id, day, letter, count],
        )
        last: int = cursor.fetchone()[0]
        return last


@dataclass(frozen=True)
class PaperLine:
    """A line of a paper sheet: the number, the written times, and the result.

    ``finished_at``: when the visitor was served; None while they still wait.
    """

    number: int
    came_at: datetime.datetime
    finished_at: datetime.datetime | None = None
    result: str = ""


@verb
def enter_from_paper(
    sheet: PaperSheet, *, by: Actor, line: PaperLine, arrival: Arrival, errand: Errand, key: str = ""
) -> CheckIn:
    """Enter a visitor who got a number on paper, with the times written there; the visit is marked as entered late.

    Only today's visitors can still be waiting; their place in the line is that of ``line.came_at``. No official is
    called to a visitor who was served.

    Allowed: front desk and counters.
    Effects: as ``check_in``, with the ticket of that number; an event "finished" for a visitor who was served.
    Raises: NotAllowed; Refused with the field, also for a number that is not on the sheet or was entered already, and
    for times of another day, in the future, or in the wrong order.
    """
    locked = PaperSheet.objects.select_for_update().select_related("location").filter(pk=sheet.pk).first()
    if locked is None or line.number not in locked.numbers:
        raise Refused(_("Nomor ini tidak ada di lembar cadangan."), field="number")
    _check_times(locked, line)
    served = line.finished_at is not None
    as_written = replace(arrival, came_at=line.came_at, takes_number=False, is_over=served)
    made = check_in(locked.location, by=by, arrival=as_written, errand=errand, key=key)
    # The same key again: the visitor was entered before, with the ticket.
    if made.ticket is not None or Ticket.objects.filter(visit=made.visit).exists():
        return made
    same_number = Ticket.objects.filter(
        location=locked.location, day=locked.day, letter=locked.letter, number=line.number
    )
    if same_number.exists():
        raise Refused(_("Nomor ini sudah dicatat."), field="number")
    ticket = _issue_written_ticket(locked, line, made.visit, as_written)
    if served and locked.day != clock.today():
        # A visitor of today may still be in the house.
        Visit.objects.filter(pk=made.visit.pk).update(left_at=line.finished_at, left_assumed=True)
    return CheckIn(made.visit, ticket, made.request)


def _check_times(sheet: PaperSheet, line: PaperLine) -> None:
    if clock.local(line.came_at).date() != sheet.day or line.came_at > clock.now():
        raise Refused(_("Waktu datang harus pada hari nomor itu dicetak dan tidak di masa depan."), field="came_at")
    if line.finished_at is None and sheet.day != clock.today():
        raise Refused(_("Tamu hari lain tidak menunggu lagi. Isi waktu selesainya."), field="finished_at")
    if line.finished_at is not None and not line.came_at <= line.finished_at <= clock.now():
        raise Refused(_("Waktu selesai harus setelah waktu datang dan tidak di masa depan."), field="finished_at")


def _issue_written_ticket(sheet: PaperSheet, line: PaperLine, visit: Visit, arrival: Arrival) -> Ticket:
    nonce, token_hash = new_secret()
    ticket = Ticket.objects.create(
        visit=visit,
        location=sheet.location,
        day=sheet.day,
        letter=sheet.letter,
        number=line.number,
        lane=arrival.lane,
        priority_ground=arrival.ground,
        state=Ticket.State.FINISHED if line.finished_at else Ticket.State.WAITING,
        service=service_if_served(sheet.location_id, visit.service),
        issued_at=line.came_at,
        waiting_since=line.came_at,
        finished_at=line.finished_at,
        result=line.result.strip()[:200] if line.finished_at else "",
        nonce=nonce,
        token_hash=token_hash,
    )
    events.append("issued", sheet.location_id, ticket=ticket, late=True)
    if line.finished_at:
        events.append("finished", sheet.location_id, ticket=ticket, late=True)
    return ticket
