"""What happens to a ticket at the counter: served, put on hold, passed on, finished, absent."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.data import locked_relations
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions, states
from visitors.models import Counter, Ticket
from visitors.places.queries import service_points
from visitors.queue.actions import events
from visitors.queue.actions.undoing import lock_visit_of, record_undo
from visitors.queue.queries.waiting import queue_at

from .calling import outdated, own_ticket

# So often somebody can report back by phone without being seen at the desk.
OWN_REPORTS = 2


def start_serving(ticket_id: int, user: User) -> Ticket:
    """The visitor called is at the counter. May: whose session called the ticket. Raises Outdated, NotAllowed."""
    with transaction.atomic():
        ticket = own_ticket(ticket_id, user, "start_serving")
        record_undo(ticket, "serving", user)
        states.TICKET.make(ticket, "start_serving")
        ticket.served_at = clock.now()
        ticket.save(update_fields=["state", "served_at", "undo"])
        events.append("serving", ticket.location_id, ticket=ticket, counter=ticket.counter)
        return ticket


def no_show(ticket_id: int, user: User) -> Ticket:
    """Nobody came to the counter, however often called; who reports back later goes to ``report_back``.

    May: whose session called the ticket. Raises Outdated, NotAllowed, and Refused before the number of calls that the
    location's rule wants (three, unless edited: standards §7).
    """
    with transaction.atomic():
        ticket = own_ticket(ticket_id, user, "no_show")
        missing = service_points.rule_of(ticket.location_id).calls_before_no_show - ticket.calls
        if missing > 0:
            raise Refused(_("Panggil %(n)s kali lagi sebelum menandai tidak hadir.") % {"n": missing})
        record_undo(ticket, "no_show", user)
        states.TICKET.make(ticket, "no_show")
        ticket.finished_at = clock.now()
        ticket.save(update_fields=["state", "finished_at", "undo"])
        events.append("no_show", ticket.location_id, ticket=ticket, counter=ticket.counter)
        return ticket


def report_back(ticket_id: int, user: User) -> Ticket:
    """Let somebody who missed the call wait again: behind the next of their lane who wait for the same counters.

    Behind how many (three, unless edited) is in the location's rule.

    May: front desk and counters, officials for their own room. Raises Outdated when the ticket is not a no-show of
    today, Refused when the visit has ended or has another ticket.
    """
    with transaction.atomic():
        lock_visit_of(ticket_id)
        return _wait_again(_ticket_of_desk(ticket_id, user, "report_back"))


def report_back_oneself(ticket_id: int) -> Ticket:
    """Who missed the call says on their own page that they are here (the token was checked by the view).

    As ``report_back``; after the second time Refused: then somebody at the desk has to see them.
    """
    with transaction.atomic():
        lock_visit_of(ticket_id)
        ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk=ticket_id).first()
        if ticket is None or not states.TICKET.applies("report_back", ticket.state):
            raise Outdated(_("Nomor antrean ini tidak menunggu laporan Anda."))
        if ticket.events.filter(kind="reported_back").count() >= OWN_REPORTS:
            raise Refused(_("Silakan lapor kepada petugas di meja depan."))
        return _wait_again(ticket)


def _wait_again(ticket: Ticket) -> Ticket:
    if ticket.day != clock.today():
        raise Outdated(_("Nomor antrean ini bukan nomor hari ini."))
    if ticket.visit.left_at is not None:
        raise Refused(_("Kunjungan ini sudah selesai."))
    if ticket.visit.tickets.filter(state__in=Ticket.LIVE_STATES).exists():
        raise Refused(_("Tamu ini sudah memegang nomor lain."))
    rule = service_points.rule_of(ticket.location_id)
    rivals = queue_at(ticket.location).rivals_of(ticket)
    same_lane = [other for other in rivals if other.lane == ticket.lane]
    ticket.waiting_since = _behind(same_lane, rule.numbers_before_return)
    states.TICKET.make(ticket, "report_back")
    ticket.session, ticket.finished_at, ticket.calls = None, None, 0
    ticket.undo = None
    ticket.save(update_fields=["waiting_since", "state", "session", "finished_at", "calls", "undo"])
    events.append("reported_back", ticket.location_id, ticket=ticket)
    return ticket


def _behind(waiting: Sequence[Ticket], numbers: int) -> datetime.datetime:
    """A place just behind that many of the line, or at its end; a tie is decided by the older ticket."""
    if len(waiting) < numbers:
        return clock.now()
    last = waiting[numbers - 1].waiting_since
    return min(last + datetime.timedelta(microseconds=1), clock.now())


def hold(ticket_id: int, user: User) -> Ticket:
    """Put the visitor on hold (something has to be fetched): the counter is free for others, see ``resume``."""
    with transaction.atomic():
        ticket = own_ticket(ticket_id, user, "hold")
        record_undo(ticket, "held", user)
        states.TICKET.make(ticket, "hold")
        ticket.save(update_fields=["state", "undo"])
        events.append("held", ticket.location_id, ticket=ticket, counter=ticket.counter)
        return ticket


def transfer(ticket_id: int, user: User, *, counter_id: int | None = None, service_id: int | None = None) -> Ticket:
    """Pass the visitor on to a counter or room (``counter_id``), or to the counters of a service (``service_id``).

    The ticket keeps its number and the time it waits since, so it comes next there. May: whose session called it;
    waiting and held tickets also front desk and counters. Raises Refused for a target that is out of use, elsewhere,
    or a service that no counter serves.
    """
    if (counter_id is None) == (service_id is None):
        raise Refused(_("Pilih loket, ruang, atau layanan tujuan."), field="target")
    with transaction.atomic():
        ticket = _transferable(ticket_id, user)
        left = ticket.counter
        record_undo(ticket, "transferred", user)
        if counter_id is not None:
            ticket.target = _target(ticket, counter_id)
        elif service_id is not None:
            ticket.target, ticket.service = None, _served_service(ticket, service_id)
        states.TICKET.make(ticket, "transfer")
        ticket.session, ticket.calls = None, 0
        ticket.save(update_fields=["target", "service", "state", "session", "calls", "undo"])
        told = [ticket.target.position_id] if ticket.target and ticket.target.position_id else []
        events.append(
            "transferred", ticket.location_id, ticket=ticket, counter=left, to=ticket.target_id, positions=told
        )
        return ticket


def _transferable(ticket_id: int, user: User) -> Ticket:
    ticket = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session__counter", "visit")
        .filter(pk=ticket_id)
        .first()
    )
    if ticket is None:
        raise NotAllowed(_("Nomor antrean ini tidak ditemukan."))
    locked_relations.drop_stale_relations(ticket, "session")
    own = ticket.session is not None and ticket.session.user_id == user.pk and permissions.may_call(user)
    at_counter = ticket.state in states.AT_COUNTER
    if not own and (at_counter or not permissions.may_check_in(user)):
        raise NotAllowed(_("Hanya petugas yang memanggil nomor ini yang dapat mengalihkannya."))
    if not states.TICKET.applies("transfer", ticket.state):
        raise outdated(ticket)
    return ticket


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


def finish(ticket_id: int, user: User, result: str = "") -> Ticket:
    """The visitor has been served. May: whose session called the ticket.

    The visit goes on: nobody has seen them leave (``check_out``, else the end of the day). ``result``: a few words for
    the office (at most 200 characters, the rest is cut).
    """
    with transaction.atomic():
        ticket = own_ticket(ticket_id, user, "finish")
        record_undo(ticket, "finished", user)
        states.TICKET.make(ticket, "finish")
        ticket.finished_at, ticket.result = clock.now(), result.strip()[:200]
        ticket.save(update_fields=["state", "finished_at", "result", "undo"])
        events.append("finished", ticket.location_id, ticket=ticket, counter=ticket.counter)
        return ticket


def _ticket_of_desk(ticket_id: int, user: User, verb: str) -> Ticket:
    ticket = (
        Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("visit").filter(pk=ticket_id).first()
    )
    own_room = ticket is not None and ticket.target_id in permissions.room_ids_of(user)
    if ticket is None or not (permissions.may_check_in(user) or own_room):
        raise NotAllowed(_("Anda tidak berwenang atas nomor antrean ini."))
    if not states.TICKET.applies(verb, ticket.state):
        raise outdated(ticket)
    return ticket
