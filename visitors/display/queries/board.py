"""What the waiting room may see: numbers and counters, never people."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ula_portal.core import clock, workdays
from ula_portal.core.models import Location
from visitors.models import Closure, Ticket
from visitors.places.queries import closures
from visitors.places.queries.closures import notice_at
from visitors.queue import waiting_time
from visitors.queue.queries.waiting import Queue, queue_at

from . import screen

NEXT_SHOWN = 5
COUNTERS_SHOWN = 5
CALLS_SHOWN = 2
# Characters of a counter's name that fit next to a number.
LONG_NAME = 14


@dataclass(frozen=True)
class TicketStatus:
    """What the holder of a ticket is told.

    ``ahead``: visitors before it, None unless it waits; ``counter``: where it was called; ``wait``: minutes it is
    likely to wait, from and to, None without an estimate; ``seated``: "open" while a counter that may call it is open,
    "paused" in a break, "" while nobody works there; ``room``: it waits for an official; ``notice``: why nobody calls,
    as pairs of language and sentence; ``back_after``: the number of tickets behind which a missed one returns.
    """

    state: str
    label: str
    ahead: int | None = None
    counter: str = ""
    wait: tuple[int, int] | None = None
    seated: str = "open"
    room: bool = False
    notice: tuple[tuple[str, str], ...] = ()
    back_after: int = 0


@dataclass(frozen=True)
class CounterNow:
    """A counter as the display shows it. ``state``: open, paused, called or serving; ``last``: it is the last call."""

    name: str
    number: int | None
    state: str
    label: str = ""
    since: datetime.datetime | None = None
    last: bool = False


@dataclass(frozen=True)
class DisplayBoard:
    """The queue of a location at one moment.

    ``calls``: what the panel shows: the counters with the newest calls, at most two, or else the one that was called
    last; ``next``: labels that can be called now, in the likely order;
    ``waiting``: the number of waiting tickets; ``wait``: minutes that a newcomer is likely to wait, from and to, None
    while service is stopped; ``all_day``: the counters do not close today.
    """

    at: datetime.datetime
    calls: list[CounterNow]
    counters: list[CounterNow]
    next: list[str]
    waiting: int
    notice: str
    all_day: bool
    wait: tuple[int, int] | None
    news: list[screen.News]
    statuses: dict[int, TicketStatus] = field(repr=False)

    @property
    def shares(self) -> bool:
        """Whether the panel is shared: by two calls, or by a call and a sentence. News then wait."""
        return len(self.calls) > 1 or bool(self.calls and self.notice)

    @property
    def layout(self) -> str:
        """How the panel makes room, as classes; "" for one call with its number as large as the type goes."""
        long = any(len(call.name) > LONG_NAME for call in self.calls)
        if len(self.calls) > 1:
            return " d-now--shared" + (" d-now--long" if long else "")
        if long:
            return " d-now--long"
        return " d-now--beside" if self.notice or self.news else ""


def _locations_now() -> QuerySet[Location]:
    """Locations with their ``queue_rule``, ``screen_rule`` and the closure in force."""
    return closures.with_closure(Location.objects.select_related("queue_rule", "screen_rule"), clock.now())


def location_by_code(code: str) -> Location | None:
    """A location by the code in its addresses, ready for ``board_at``; None for an unknown one. One query."""
    return _locations_now().filter(code=code).first()


def location_now(pk: int) -> Location:
    """An existing location by its id, ready for ``board_at``. One query."""
    return _locations_now().get(pk=pk)


def board_of(location_id: int, ticket_ids: Iterable[int] = ()) -> DisplayBoard:
    """``board_at`` for a location's id. Four queries."""
    return board_at(location_now(location_id), ticket_ids)


def board_at(location: Location, ticket_ids: Iterable[int] = ()) -> DisplayBoard:
    """The board of a location now, with the status of all live tickets and of ``ticket_ids``. Three queries.

    ``location``: from ``location_by_code`` or ``location_now``.
    """
    queue = queue_at(location, extra_tickets=Q(pk__in=ticket_ids))
    shown, served = _counters_now(queue), screen.served_seconds(location.pk)
    counters = sum(point.is_counter for point in queue.at_work)
    closure, hours = closures.closure_of(location), workdays.service_hours(clock.local(queue.at).date())
    return DisplayBoard(
        at=queue.at,
        calls=_newest_calls(shown),
        counters=_fitting(shown),
        next=[ticket.label for ticket in queue.callable[:NEXT_SHOWN]],
        waiting=len(queue.waiting),
        notice=notice_at(queue.at, queue.is_open, closure),
        all_day=closure is None and hours is not None and hours.all_day,
        wait=None if closure else waiting_time.band(len(queue.callable), counters, served),
        news=screen.news_of(location.pk),
        statuses=_statuses(queue, served, closure),
    )


def _counters_now(queue: Queue) -> list[CounterNow]:
    """Open counters, and rooms only while somebody is called there, since an official's day is not public."""
    current = {t.session.counter_id: t for t in queue.tickets if t.state in ("called", "serving") and t.session}
    found = []
    for point in queue.points:
        ticket = current.get(point.id)
        if ticket:
            last = queue.rule.is_last(ticket.calls)
            found.append(CounterNow(point.name, point.number, ticket.state, ticket.label, ticket.called_at, last))
        elif point.session and point.is_counter:
            found.append(CounterNow(point.name, point.number, point.session))
    return found


def _newest_calls(shown: Iterable[CounterNow]) -> list[CounterNow]:
    """Up to two counters that are calling now, the newest call first; else the one that called last."""
    with_ticket = sorted((d for d in shown if d.since), key=lambda d: (d.state == "called", d.since), reverse=True)
    calling = [point for point in with_ticket if point.state == "called"]
    return calling[:CALLS_SHOWN] or with_ticket[:1]


def _fitting(shown: list[CounterNow]) -> list[CounterNow]:
    """All counters in their order if there is room; otherwise those with the newest calls."""
    if len(shown) <= COUNTERS_SHOWN:
        return shown
    newest = sorted(shown, key=lambda d: d.since.timestamp() if d.since else 0, reverse=True)[:COUNTERS_SHOWN]
    return [point for point in shown if point in newest]


def _statuses(queue: Queue, served: Sequence[float], closure: Closure | None) -> dict[int, TicketStatus]:
    names = {point.id: point.name for point in queue.points}
    closed = _in_all_languages(lambda: notice_at(queue.at, False, closure))
    # After the end of service, a ticket issued since then is told only that no counter is open.
    why = closed if closure or not is_over(queue.at) else ()

    def status(ticket: Ticket) -> TicketStatus:
        position = queue.position_of(ticket)
        if position is None:
            counter = names.get(ticket.session.counter_id, "") if ticket.session else ""
            notice = closed if ticket.state == Ticket.State.WAITING else ()
            back_after = queue.rule.numbers_before_return
            return TicketStatus(
                ticket.state, ticket.label, None, counter, seated="", notice=notice, back_after=back_after
            )
        wait = None if closure else waiting_time.band(position.ahead, position.calling, served)
        notice = () if position.calling else why
        return TicketStatus(
            ticket.state, ticket.label, position.ahead, "", wait, position.seated, position.room, notice
        )

    return {ticket.pk: status(ticket) for ticket in queue.tickets}


def _in_all_languages(sentence: Callable[[], str]) -> tuple[tuple[str, str], ...]:
    """A sentence in every language of the portal, as pairs of language code and sentence."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append((code, sentence()))
    return tuple(found)


def is_over(moment: datetime.datetime) -> bool:
    """Whether the day's service hours have ended, or there are none today."""
    local = clock.local(moment)
    hours = workdays.service_hours(local.date())
    return hours is None or local >= hours.closes


def status_of(ticket: Ticket) -> TicketStatus:
    """The status of one ticket from ``ticket_by_token``. Two queries."""
    if ticket.day != clock.today():
        finished = ticket.state == Ticket.State.FINISHED
        return TicketStatus(Ticket.State.FINISHED if finished else Ticket.State.CANCELLED, ticket.label)
    queue, served = queue_at(ticket.location, extra_tickets=Q(pk=ticket.pk)), screen.served_seconds(ticket.location_id)
    statuses = _statuses(queue, served, closures.closure_of(ticket))
    return statuses.get(ticket.pk) or TicketStatus(ticket.state, ticket.label)


def ticket_by_token(token_hash: str) -> Ticket | None:
    """The ticket whose secret has this hash, in any state, ready for ``status_of``. One query."""
    return tickets_with_location().filter(token_hash=token_hash).first()


def tickets_with_location() -> QuerySet[Ticket]:
    """Tickets with what ``status_of`` reads: service, location and its rule, the closure in force there."""
    with_all = Ticket.objects.select_related("service", "location__queue_rule", "visit")
    return closures.with_closure_of_location(with_all, clock.now())


def status_words(status: TicketStatus, language: str | None = None) -> dict[str, str | bool]:
    """What the holder of a ticket reads: ``state``, ``heading``, ``text``, ``called``, ``ended``."""
    with translation.override(language or translation.get_language()):
        heading, text = _sentences(status)
        return {
            "state": status.state,
            "heading": str(heading),
            "text": str(text),
            "called": status.state == Ticket.State.CALLED,
            "ended": status.state in ("finished", "cancelled"),
        }


def _wait_words(wait: tuple[int, int] | None) -> str:
    if wait is None:
        return _("Terlewat? Lapor petugas.")
    return _("Sekitar %(low)s–%(high)s menit. Terlewat? Lapor petugas.") % {"low": wait[0], "high": wait[1]}


def _waiting_sentences(status: TicketStatus) -> tuple[str, str]:
    reason = dict(status.notice).get(translation.get_language(), "")
    if status.ahead is None:
        return _("Loket sudah tutup"), reason
    if status.seated == "open" and not status.ahead:
        return _("Anda berikutnya"), _("Bersiaplah di depan ruang.") if status.room else _("Bersiaplah di dekat loket.")
    heading = _("Di depan Anda %(n)s orang") % {"n": status.ahead} if status.ahead else _("Mohon menunggu")
    if status.seated == "open":
        return heading, _wait_words(status.wait)
    if status.room:
        state = _("Anda dipanggil begitu pejabat siap menerima.")
    elif status.seated == "paused":
        state = _("Loket untuk nomor Anda sedang jeda.")
    else:
        state = _("Loket untuk nomor Anda belum dibuka.")
    return heading, f"{state} {reason}".strip()


def _sentences(status: TicketStatus) -> tuple[str, str]:
    counter = {"counter": status.counter}
    state = Ticket.State
    if status.state == state.WAITING:
        return _waiting_sentences(status)
    if status.state == state.CALLED:
        return _("Giliran Anda"), _("Silakan menuju %(counter)s.") % counter
    if status.state == state.SERVING:
        return _("Sedang dilayani"), _("Anda dilayani di %(counter)s.") % counter
    if status.state == state.HELD:
        return _("Ditunda sementara"), _("Petugas akan memanggil Anda kembali. Nomor Anda tetap berlaku.")
    if status.state == state.NO_SHOW:
        back = ngettext(
            "Lapor kepada petugas. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
            "Lapor kepada petugas. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
            status.back_after,
        )
        return _("Nomor Anda terlewat"), back % {"n": status.back_after}
    if status.state == state.FINISHED:
        return _("Selesai"), _("Terima kasih atas kunjungan Anda.")
    return _("Nomor ini tidak berlaku lagi"), _("Bila masih memerlukan pelayanan, ambil nomor baru di meja depan.")
