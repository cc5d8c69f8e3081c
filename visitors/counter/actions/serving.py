"""What happens to a ticket after it was called: served, held, transferred, finished or missed."""

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.data import locked_relations
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions, states
from visitors.models import Counter, Ticket
from visitors.places.queries import service_points
from visitors.queue.actions import events
from visitors.queue.actions.undoing import lock_visit_of, record_undo
from visitors.queue.queries.waiting import queue_at

from .calling import outdated, own_ticket

# How many times visitors may report back by phone before somebody at the desk has to see them.
OWN_REPORTS = 2


@verb
def start_serving(ticket: Ticket, *, by: Actor) -> Ticket:
    """Record that the called visitor is at the counter.

    Allowed: the user whose session called the ticket.
    Effects: an event "serving".
    Raises: NotAllowed, Outdated.
    """
    user = by.staff_member
    locked = own_ticket(ticket, user, "start_serving")
    record_undo(locked, "serving", user)
    states.TICKET.make(locked, "start_serving")
    locked.served_at = clock.now()
    locked.save(update_fields=["state", "served_at", "undo"])
    events.append("serving", locked.location_id, ticket=locked, counter=locked.counter)
    return locked


@verb
def no_show(ticket: Ticket, *, by: Actor) -> Ticket:
    """Record that the visitor did not come. If they report back later, ``report_back`` puts them into the queue again.

    Allowed: the user whose session called the ticket.
    Effects: an event "no_show".
    Raises: NotAllowed, Outdated; Refused before the ticket was called as often as the location's rule asks.
    Source: three calls, unless the rule says otherwise (standards §7).
    """
    user = by.staff_member
    locked = own_ticket(ticket, user, "no_show")
    missing = service_points.rule_of(locked.location_id).calls_before_no_show - locked.calls
    if missing > 0:
        raise Refused(_("Panggil %(n)s kali lagi sebelum menandai tidak hadir.") % {"n": missing})
    record_undo(locked, "no_show", user)
    states.TICKET.make(locked, "no_show")
    locked.finished_at = clock.now()
    locked.save(update_fields=["state", "finished_at", "undo"])
    events.append("no_show", locked.location_id, ticket=locked, counter=locked.counter)
    return locked


@verb
def report_back(ticket: Ticket, *, by: Actor) -> Ticket:
    """Return a visitor who missed the call to the queue.

    They come behind the next tickets of their lane that wait for the same counters; how many is in the location's rule
    (three by default).

    Allowed: front desk and counters, officials for their own room, and the visitor on the ticket's own page (whose
    token the view has checked).
    Effects: an event "reported_back".
    Raises: NotAllowed; Outdated when the ticket is not a no-show of today; Refused when the visit has ended or has
    another ticket, or when the visitor has already reported back twice by phone.
    """
    lock_visit_of(ticket)
    locked = (
        Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("visit").filter(pk=ticket.pk).first()
    )
    return _wait_again(_checked_for_visitor(locked) if by.user is None else _checked_for_staff(locked, by.user))


def _checked_for_staff(ticket: Ticket | None, user: User) -> Ticket:
    own_room = ticket is not None and ticket.target_id in permissions.room_ids_of(user)
    if ticket is None or not (permissions.may_check_in(user) or own_room):
        raise NotAllowed(_("Anda tidak berwenang atas nomor antrean ini."))
    if not states.TICKET.applies("report_back", ticket.state):
        raise outdated(ticket)
    return ticket


def _checked_for_visitor(ticket: Ticket | None) -> Ticket:
    if ticket is None or not states.TICKET.applies("report_back", ticket.state):
        raise Outdated(_("Keadaan nomor Anda sudah berubah. Muat ulang halaman ini."))
    if ticket.events.filter(kind="reported_back").count() >= OWN_REPORTS:
        raise Refused(_("Nomor Anda tetap tercatat. Silakan lapor kepada petugas di meja depan."))
    return ticket


def _wait_again(ticket: Ticket) -> Ticket:
    if ticket.day != clock.today():
        raise Outdated(_("Nomor antrean ini bukan nomor hari ini. Nomor baru diberikan di meja depan."))
    if ticket.visit.left_at is not None:
        raise Refused(_("Kunjungan ini sudah selesai. Nomor baru diberikan di meja depan."))
    if ticket.visit.tickets.filter(state__in=Ticket.LIVE_STATES).exists():
        raise Refused(_("Sudah ada nomor lain yang berlaku."))
    rule = service_points.rule_of(ticket.location_id)
    rivals = queue_at(ticket.location).rivals_of(ticket)
    same_lane = [other for other in rivals if other.lane == ticket.lane]
    ticket.waiting_since = _time_behind(same_lane, rule.numbers_before_return)
    states.TICKET.make(ticket, "report_back")
    ticket.session, ticket.finished_at, ticket.calls = None, None, 0
    ticket.undo = None
    ticket.save(update_fields=["waiting_since", "state", "session", "finished_at", "calls", "undo"])
    events.append("reported_back", ticket.location_id, ticket=ticket)
    return ticket


def _time_behind(waiting: Sequence[Ticket], count: int) -> datetime.datetime:
    """The ``waiting_since`` of a place just behind the first ``count`` tickets, or at the end of a shorter line."""
    if len(waiting) < count:
        return clock.now()
    last = waiting[count - 1].waiting_since
    return min(last + datetime.timedelta(microseconds=1), clock.now())


@verb
def hold(ticket: Ticket, *, by: Actor) -> Ticket:
    """Put a visitor on hold, for example while they fetch something; the counter is free until ``resume``.

    Allowed: the user whose session called the ticket.
    Effects: an event "held".
    Raises: NotAllowed, Outdated.
    """
    user = by.staff_member
    locked = own_ticket(ticket, user, "hold")
    record_undo(locked, "held", user)
    states.TICKET.make(locked, "hold")
    locked.save(update_fields=["state", "undo"])
    events.append("held", locked.location_id, ticket=locked, counter=locked.counter)
    return locked


@verb
def transfer(ticket: Ticket, *, by: Actor, counter_id: int | None = None, service_id: int | None = None) -> Ticket:
    """Transfer a visitor to a counter or room (``counter_id``), or to the counters of a service (``service_id``).

    The ticket keeps its number and the time since when it waits, so it comes early in the new line.

    Allowed: the user whose session called it; for waiting and held tickets also front desk and counters.
    Effects: an event "transferred", which updates the open pages of the official whose room is the target.
    Raises: NotAllowed, Outdated; Refused for a target that is out of use or elsewhere, or a service that no counter
    serves.
    """
    user = by.staff_member
    if (counter_id is None) == (service_id is None):
        raise Refused(_("Pilih loket, ruang, atau layanan tujuan."), field="target")
    locked = _transferable(ticket, user)
    former_counter = locked.counter
    record_undo(locked, "transferred", user)
    if counter_id is not None:
        locked.target = _target(locked, counter_id)
    elif service_id is not None:
        locked.target, locked.service = None, _served_service(locked, service_id)
    states.TICKET.make(locked, "transfer")
    locked.session, locked.calls = None, 0
    locked.save(update_fields=["target", "service", "state", "session", "calls", "undo"])
    positions = [locked.target.position_id] if locked.target and locked.target.position_id else []
    events.append(
        "transferred",
        locked.location_id,
        ticket=locked,
        counter=former_counter,
        to=locked.target_id,
        positions=positions,
    )
    return locked


def _transferable(ticket: Ticket, user: User) -> Ticket:
    locked = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session__counter", "visit")
        .filter(pk=ticket.pk)
        .first()
    )
    if locked is None:
        raise NotAllowed(_("Nomor antrean ini tidak ditemukan."))
    locked_relations.drop_stale_relations(locked, "session")
    own = locked.session is not None and locked.session.user_id == user.pk and permissions.may_call(user)
    at_counter = locked.state in states.AT_COUNTER
    if not own and (at_counter or not permissions.may_check_in(user)):
        raise NotAllowed(_("Hanya petugas yang memanggil nomor ini yang dapat mengalihkannya."))
    if not states.TICKET.applies("transfer", locked.state):
        raise outdated(locked)
    return locked


def _target(ticket: Ticket, counter_id: int) -> Counter:
    counter = Counter.objects.filter(pk=counter_id, location_id=ticket.location_id, active=True).first()
    if counter is None:
        raise Refused(_("Loket atau ruang tujuan tidak dipakai."), field="target")
    if ticket.session and ticket.session.counter_id == counter.pk and ticket.state in states.AT_COUNTER:
        raise Refused(_("Nomor ini sudah berada di %(counter)s.") % {"counter": counter}, field="target")
    return counter


def _served_service(ticket: Ticket, service_id: int) -> Service:
    counters = Counter.objects.filter(location_id=ticket.location_id, active=True, services=service_id)
    service = Service.objects.filter(pk=service_id).first()
    if service is None or not counters.exists():
        raise Refused(_("Belum ada loket yang melayani layanan ini."), field="target")
    return service


@verb
def finish_serving(ticket: Ticket, *, by: Actor, result: str = "") -> Ticket:
    """Record that the visitor has been served. The visit goes on until they check out, or until the end of the day.

    ``result``: a few words for the office, cut after 200 characters.

    Allowed: the user whose session called the ticket.
    Effects: an event "finished".
    Raises: NotAllowed, Outdated.
    """
    user = by.staff_member
    locked = own_ticket(ticket, user, "finish")
    record_undo(locked, "finished", user)
    states.TICKET.make(locked, "finish")
    locked.finished_at, locked.result = clock.now(), result.strip()[:200]
    locked.save(update_fields=["state", "finished_at", "result", "undo"])
    events.append("finished", locked.location_id, ticket=locked, counter=locked.counter)
    return locked
