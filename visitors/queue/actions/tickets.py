"""Issuing tickets without gaps in the numbers of a location, day and letter, and giving them back."""

import datetime
import re

from django.db import connection
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import states
from visitors.models import Counter, Ticket, Visit
from visitors.places.queries import closures, service_points

from . import events

# For visits without a service: consultations, letters to collect, complaints.
GENERAL_LETTER = "U"
# For visitors who meet an official (service TAMU of the catalogue).
GUEST_LETTER = "T"
TOKEN_PURPOSE = "ticket"
# Without the letters that look like a digit or like another letter.
LETTERS = re.compile("[A-HJ-NPR-Z]")


@part
def issue_ticket(
    visit: Visit,
    *,
    service: Service | None = None,
    target: Counter | None = None,
    lane: str = "regular",
    ground: str = "",
    letter: str = "",
    promised: bool = False,
) -> Ticket:
    """Give a visit its number in the queue, within the transaction that records or corrects the visit.

    Without ``target``, every counter that serves ``service`` may call the ticket; without a service, or when no counter
    in use serves it, any counter may. With ``target``, only that counter or room may. The number is the next one of the
    location, day (at the office) and letter. The row of the series stays locked until the commit, so a rollback returns
    the number. ``promised``: the visitor has an appointment and gets a number even while service is stopped.

    Effects: an event "issued".
    Raises: Refused when the visit has ended, when it already has a live ticket, or while service is stopped.
    """
    letter = letter or letter_for(visit, service)
    if not LETTERS.fullmatch(letter):
        raise ValueError("a ticket's letter is A to Z without I, O and Q")
    place = service_points.place_for_number(visit, service)
    _require_no_ticket(visit, place, promised)
    if target is None and not place.serves:
        service = None
    now = clock.now()
    nonce, token_hash = new_secret()
    day = clock.local(now).date()
    ticket = Ticket.objects.create(
        visit=visit,
        location_id=visit.location_id,
        day=day,
        letter=letter,
        number=_next_number(visit.location_id, day, letter),
        lane=lane,
        priority_ground=ground,
        service=service,
        target=target,
        issued_at=now,
        waiting_since=now,
        nonce=nonce,
        token_hash=token_hash,
    )
    events.append("issued", visit.location_id, ticket=ticket)
    return ticket


def _require_no_ticket(
    visit: Visit, place: "WithAnnotations[Location, service_points.ForNumber]", promised: bool
) -> None:
    if visit.left_at is not None:
        raise Refused(_("Kunjungan ini sudah selesai. Nomor baru diberikan di meja depan."))
    if place.holds_number:
        live = visit.tickets.get(state__in=Ticket.LIVE_STATES)
        raise Refused(_("Nomor %(label)s masih berlaku.") % {"label": live.label})
    if not promised and (closure := closures.closure_of(place)):
        raise Refused(closures.words_of_closure(closure, clock.local(clock.now())))


def new_secret() -> tuple[str, str]:
    """A nonce for the address of a ticket's page, and the hash of the token derived from it, to be stored."""
    nonce = codes.new_nonce()
    return nonce, codes.stored_hash(codes.token(TOKEN_PURPOSE, nonce))


def ticket_token(ticket: Ticket) -> str:
    """The secret part of the address of the ticket's page, as printed in its QR code."""
    return codes.token(TOKEN_PURPOSE, ticket.nonce)


def letter_for(visit: Visit, service: Service | None = None) -> str:
    """The letter of the service, or else the one for guests of officials or for everything else."""
    if service is not None and service.ticket_letter:
        return service.ticket_letter
    return GUEST_LETTER if visit.purpose == visit.Purpose.MEET else GENERAL_LETTER


def service_if_served(location_id: int, service: Service | None) -> Service | None:
    """The service if a counter in use at the location serves it; otherwise None, so that any counter may call."""
    if service is None:
        return None
    served = Counter.objects.filter(location_id=location_id, active=True, services=service.pk).exists()
    return service if served else None


def _next_number(location_id: int, day: datetime.date, letter: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visitors_ticketseries (location_id, day, letter, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (location_id, day, letter) DO UPDATE SET last = visitors_ticketseries.last + 1"
            " RETURNING last",
            [location_id, day, letter],
        )
        number: int = cursor.fetchone()[0]
        return number


@verb
def leave_queue(ticket: Ticket, *, by: Actor) -> Ticket:
    """Give a number back on the ticket's own page.

    Allowed: whoever holds the address of that page; the view has checked its token.
    Effects: an event "left".
    Raises: Outdated when the ticket is being served or has ended.
    """
    found = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk=ticket.pk).first()
    if found is None or not states.TICKET.applies("leave_queue", found.state):
        raise Outdated(_("Keadaan nomor Anda sudah berubah. Muat ulang halaman ini."))
    cancel_ticket(found)
    return found


@part
def cancel_ticket(ticket: Ticket, *, keep_undo: bool = False) -> None:
    """Cancel a live ticket whose row the caller has locked; with ``keep_undo`` this can still be taken back."""
    states.TICKET.make(ticket, "leave_queue")
    ticket.finished_at = clock.now()
    if not keep_undo:
        ticket.undo = None
    ticket.save(update_fields=["state", "finished_at", "undo"])
    events.append("left", ticket.location_id, ticket=ticket, counter=ticket.counter)
