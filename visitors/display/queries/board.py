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
from visitors.places.queries import closures as closing
from visitors.places.queries.closures import notice_at
from visitors.queue import waiting_time
from visitors.queue.queries.waiting import Queue, queue_at

from . import screen

NEXT_SHOWN = 5
COUNTERS_SHOWN = 5


@dataclass(frozen=True)
class Place:
    """Where a ticket stands: ``ahead`` people in front (None unless waiting), ``counter`` it was called to.

    ``wait``: minutes it is likely to wait, from and to; None when it cannot be said. ``seated``: "open" while somebody
    calls at a counter that may call it, "paused" in a pause, "" while nobody sits at one. ``room``: it waits for an
    official. ``notice``: why nobody calls, pairs of language and words. ``back_after``: behind how many
    numbers who missed the call comes back in.
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
class DeskNow:
    """A counter as the display shows it; ``state``: open, paused, called, serving; ``last``: the last call."""

    name: str
    number: int | None
    state: str
    label: str = ""
    since: datetime.datetime | None = None
    last: bool = False


@dataclass(frozen=True)
class Board:
    """The queue of a location at one moment. ``now``: the counter whose call is the newest, or None.

    ``next``: who can be called now, in the likely order; ``waiting``: all who wait; ``wait``: minutes that who comes
    now is likely to wait, from and to, unless service is stopped; ``all_day``: the counters never close today, and are
    not stopped.
    """

    at: datetime.datetime
    now: DeskNow | None
    desks: list[DeskNow]
    next: list[str]
    waiting: int
    notice: str
    all_day: bool
    wait: tuple[int, int] | None
    news: list[screen.News]
    places: dict[int, Place] = field(repr=False)


def _places_now() -> QuerySet[Location]:
    """Locations with what runs their queue: ``queue_rule``, ``screen_rule``, a closure in force."""
    return closing.with_closure(Location.objects.select_related("queue_rule", "screen_rule"), clock.now())


def location_by_code(code: str) -> Location | None:
    """A place where visitors are received, by the code in its addresses, ready for ``board_at``. One query."""
    return _places_now().filter(code=code).first()


def location_now(pk: int) -> Location:
    """The same by its id, which there is. One query."""
    return _places_now().get(pk=pk)


def board_of(location_id: int, ticket_ids: Iterable[int] = ()) -> Board:
    """``board_at`` for a location that is not read yet. Four queries."""
    return board_at(location_now(location_id), ticket_ids)


def board_at(location: Location, ticket_ids: Iterable[int] = ()) -> Board:
    """The queue of a location now, with the places of all live tickets and of ``ticket_ids``. Three queries.

    ``location``: from ``location_by_code`` or ``location_now``.
    """
    queue = queue_at(location, also=Q(pk__in=ticket_ids))
    shown, served = _desks_now(queue), screen.served_seconds(location.pk)
    called = [desk for desk in shown if desk.label]
    counters = sum(desk.is_counter for desk in queue.at_work)
    closure, hours = closing.closure_of(location), workdays.service_hours(clock.local(queue.at).date())
    return Board(
        at=queue.at,
        now=max(called, key=lambda d: (d.state == "called", d.since)) if called else None,
        desks=_fitting(shown),
        next=[ticket.label for ticket in queue.callable[:NEXT_SHOWN]],
        waiting=len(queue.waiting),
        notice=notice_at(queue.at, queue.is_open, closure),
        all_day=closure is None and hours is not None and hours.all_day,
        wait=None if closure else waiting_time.band(len(queue.callable), counters, served),
        news=screen.news_of(location.pk),
        places=_places(queue, served, closure),
    )


def _desks_now(queue: Queue) -> list[DeskNow]:
    """Open counters, and rooms only while somebody is called there: an official's day is not the public's."""
    current = {t.session.counter_id: t for t in queue.tickets if t.state in ("called", "serving") and t.session}
    found = []
    for desk in queue.desks:
        ticket = current.get(desk.id)
        if ticket:
            last = queue.rule.is_last(ticket.calls)
            found.append(DeskNow(desk.name, desk.number, ticket.state, ticket.label, ticket.called_at, last))
        elif desk.session and desk.is_counter:
            found.append(DeskNow(desk.name, desk.number, desk.session))
    return found


def _fitting(shown: list[DeskNow]) -> list[DeskNow]:
    """In their order while there is room for all; else those with the newest calls."""
    if len(shown) <= COUNTERS_SHOWN:
        return shown
    newest = sorted(shown, key=lambda d: d.since.timestamp() if d.since else 0, reverse=True)[:COUNTERS_SHOWN]
    return [desk for desk in shown if desk in newest]


def _places(queue: Queue, served: Sequence[float], closure: Closure | None) -> dict[int, Place]:
    names = {desk.id: desk.name for desk in queue.desks}
    closed = _in_all_languages(lambda: notice_at(queue.at, False, closure))
    # While service is over, that no counter is open is all there is to say to who has come since.
    why = closed if closure or not is_over(queue.at) else ()

    def place(ticket: Ticket) -> Place:
        standing = queue.standing_of(ticket)
        if standing is None:
            counter = names.get(ticket.session.counter_id, "") if ticket.session else ""
            notice = closed if ticket.state == Ticket.State.WAITING else ()
            back_after = queue.rule.numbers_before_return
            return Place(ticket.state, ticket.label, None, counter, seated="", notice=notice, back_after=back_after)
        wait = None if closure else waiting_time.band(standing.ahead, standing.calling, served)
        notice = () if standing.calling else why
        return Place(ticket.state, ticket.label, standing.ahead, "", wait, standing.seated, standing.room, notice)

    return {ticket.pk: place(ticket) for ticket in queue.tickets}


def _in_all_languages(sentence: Callable[[], str]) -> tuple[tuple[str, str], ...]:
    """A sentence for holders of tickets, each of whom reads in a language of their own: pairs of language and words."""
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


def place_of(ticket: Ticket) -> Place:
    """Where one ticket from ``ticket_by_token`` stands now. Two queries."""
    if ticket.day != clock.today():
        finished = ticket.state == Ticket.State.FINISHED
        return Place(Ticket.State.FINISHED if finished else Ticket.State.CANCELLED, ticket.label)
    queue, served = queue_at(ticket.location, also=Q(pk=ticket.pk)), screen.served_seconds(ticket.location_id)
    return _places(queue, served, closing.closure_of(ticket)).get(ticket.pk) or Place(ticket.state, ticket.label)


def ticket_by_token(token_hash: str) -> Ticket | None:
    """The ticket whose secret has this hash, whatever its state, ready for ``place_of``. One query."""
    return tickets_to_place().filter(token_hash=token_hash).first()


def tickets_to_place() -> QuerySet[Ticket]:
    """Tickets with what ``place_of`` reads: service, location and its rule, the closure in force there."""
    with_all = Ticket.objects.select_related("service", "location__queue_rule", "visit")
    return closing.with_closure_of_location(with_all, clock.now())


def words_of(place: Place, language: str | None = None) -> dict[str, str | bool]:
    """What the holder of a ticket reads: ``state``, ``heading``, ``text``, ``called``, ``ended``."""
    with translation.override(language or translation.get_language()):
        heading, text = _sentences(place)
        return {
            "state": place.state,
            "heading": str(heading),
            "text": str(text),
            "called": place.state == Ticket.State.CALLED,
            "ended": place.state in ("finished", "cancelled"),
        }


def _wait_words(wait: tuple[int, int] | None) -> str:
    if wait is None:
        return _("Terlewat? Lapor petugas.")
    return _("Sekitar %(low)s–%(high)s menit. Terlewat? Lapor petugas.") % {"low": wait[0], "high": wait[1]}


def _waiting_sentences(place: Place) -> tuple[str, str]:
    reason = dict(place.notice).get(translation.get_language(), "")
    if place.ahead is None:
        return _("Loket sudah tutup"), reason
    if place.seated == "open" and not place.ahead:
        return _("Anda berikutnya"), _("Bersiaplah di depan ruang.") if place.room else _("Bersiaplah di dekat loket.")
    heading = _("Di depan Anda %(n)s orang") % {"n": place.ahead} if place.ahead else _("Mohon menunggu")
    if place.seated == "open":
        return heading, _wait_words(place.wait)
    if place.room:
        state = _("Anda dipanggil begitu pejabat siap menerima.")
    elif place.seated == "paused":
        state = _("Loket untuk nomor Anda sedang jeda.")
    else:
        state = _("Loket untuk nomor Anda belum dibuka.")
    return heading, f"{state} {reason}".strip()


def _sentences(place: Place) -> tuple[str, str]:
    counter = {"counter": place.counter}
    state = Ticket.State
    if place.state == state.WAITING:
        return _waiting_sentences(place)
    if place.state == state.CALLED:
        return _("Giliran Anda"), _("Silakan menuju %(counter)s.") % counter
    if place.state == state.SERVING:
        return _("Sedang dilayani"), _("Anda dilayani di %(counter)s.") % counter
    if place.state == state.HELD:
        return _("Ditunda sementara"), _("Petugas akan memanggil Anda kembali. Nomor Anda tetap berlaku.")
    if place.state == state.NO_SHOW:
        back = ngettext(
            "Lapor kepada petugas. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
            "Lapor kepada petugas. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
            place.back_after,
        )
        return _("Nomor Anda terlewat"), back % {"n": place.back_after}
    if place.state == state.FINISHED:
        return _("Selesai"), _("Terima kasih atas kunjungan Anda.")
    return _("Nomor ini tidak berlaku lagi"), _("Bila masih memerlukan pelayanan, ambil nomor baru di meja depan.")
