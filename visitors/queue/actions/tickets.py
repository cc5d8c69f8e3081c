"""Issuing tickets: gapless per location, day and letter."""

import datetime
import re
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.models import Location
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import states
from visitors.models import Counter, Ticket, Visit
from visitors.places.queries import closures, service_points

from . import events

# For visits without a service of their own: consulting, collecting, complaining.
GENERAL_LETTER = "U"
# For who comes to meet an official (service TAMU of the catalogue).
GUEST_LETTER = "T"
TOKEN_PURPOSE = "ticket"
# One letter that nobody mistakes for a digit or another letter.
LETTERS = re.compile("[A-HJ-NPR-Z]")


@transaction.atomic
def issue_ticket(visit: Visit, **what: Any) -> Ticket:
    """``issue_within`` in a transaction of its own."""
    return issue_within(visit, **what)


def issue_within(
    visit: Visit,
    *,
    service: Service | None = None,
    target: Counter | None = None,
    lane: str = "regular",
    ground: str = "",
    letter: str = "",
    promised: bool = False,
) -> Ticket:
    """Give a visit its number in the queue, inside one transaction with everything else the caller does.

    ``target`` is a counter or room that alone may call the ticket; without it every counter that serves ``service``
    may, and every counter when there is no service or no counter in use serves it. The number is the next of the
    location, the day (at the office) and the letter: the series' row stays locked until the commit, so a rollback
    gives the number back. Raises Refused for a visit that has ended or has a live ticket, and while service is stopped
    for a number that was not ``promised`` before.
    """
    letter = letter or letter_for(visit, service)
    if not LETTERS.fullmatch(letter):
        raise ValueError("a ticket's letter is A to Z without I, O and Q")
    place = service_points.place_for_number(visit, service)
    _may_have_number(visit, place, promised)
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


def _may_have_number(
    visit: Visit, place: "WithAnnotations[Location, service_points.ForNumber]", promised: bool
) -> None:
    if visit.left_at is not None:
        raise Refused(_("Kunjungan ini sudah selesai."))
    if place.holds_number:
        live = visit.tickets.get(state__in=Ticket.LIVE_STATES)
        raise Refused(_("Tamu ini masih memegang nomor %(label)s.") % {"label": live.label})
    if not promised and (closure := closures.closure_of(place)):
        raise Refused(closures.words_of_closure(closure, clock.local(clock.now())))


def new_secret() -> tuple[str, str]:
    """Nonce and stored hash of a ticket's own page."""
    nonce = codes.new_nonce()
    return nonce, codes.stored_hash(codes.token(TOKEN_PURPOSE, nonce))


def ticket_token(ticket: Ticket) -> str:
    """The secret of the ticket's own page, as printed in its QR code."""
    return codes.token(TOKEN_PURPOSE, ticket.nonce)


def letter_for(visit: Visit, service: Service | None = None) -> str:
    """The letter of the service, else that of guests or of everything else."""
    if service is not None and service.ticket_letter:
        return service.ticket_letter
    return GUEST_LETTER if visit.purpose == visit.Purpose.MEET else GENERAL_LETTER


def service_if_served(location_id: int, service: Service | None) -> Service | None:
    """The service when a counter in use there serves it, else None: any counter may call the ticket then."""
    if service is None:
        return None
    found = Counter.objects.filter(location_id=location_id, active=True, services=service.pk).exists()
    return service if found else None


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


def leave_queue(ticket_id: int) -> Ticket:
    """The visitor gives the number back on their own page (the token was checked by the view).

    Raises Outdated when the ticket is being service_if_served or has ended.
    """
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk=ticket_id).first()
        if ticket is None or not states.TICKET.applies("leave_queue", ticket.state):
            raise Outdated(_("Nomor antrean ini sudah tidak menunggu."))
        cancel_ticket(ticket)
        return ticket


def cancel_ticket(ticket: Ticket, *, forget: bool = True) -> None:
    """Cancel a live ticket whose row the caller has locked. ``forget``: nothing of it can be taken back any more."""
    states.TICKET.make(ticket, "leave_queue")
    ticket.finished_at = clock.now()
    if forget:
        ticket.undo = None
    ticket.save(update_fields=["state", "finished_at", "undo"])
    events.append("left", ticket.location_id, ticket=ticket, counter=ticket.counter)
