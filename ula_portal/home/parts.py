"""The regions of the start page: what waits for the user, the day at the office, and where cases wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from services.reports.queries.period import compare_periods
from services.reports.queries.scope import report_scope_of
from services.reports.queries.waiting import Wait, waits
from ula_portal.core.models import Location
from ula_portal.core.web.navigation import MOST_COUNTED
from ula_portal.reports.periods import LATELY, USUAL, usual
from ula_portal.reports.results import PeriodResult, results_of
from visitors.appointments.queries.bookings import next_of_day, tally_of_day
from visitors.counter import queries as counters
from visitors.desk.queries import desk
from visitors.models import Booking, Counter, Ticket
from visitors.places.queries.closures import locations

from .rights import HomeRights

ROWS_SHOWN = 4
PLACES_SHOWN = 5
Counts = Mapping[str, int]


@dataclass(frozen=True)
class StatCard:
    """A count of the day. ``url``: the page of its rows, or "" for users who may not open it."""

    label: StrOrPromise
    value: str
    url: str


@dataclass(frozen=True)
class Task:
    """What waits for the user on another page: a sentence, the page, and the name of its button."""

    words: str
    url: str
    button: str


@dataclass(frozen=True)
class CounterNow:
    """The user's counter: the ticket there, and the one that is next. Without a session only ``choices``."""

    name: str = ""
    current: Ticket | None = None
    next: Ticket | None = None
    waiting: int = 0
    choices: tuple[Counter, ...] = ()


@dataclass(frozen=True)
class DeskNow:
    """The queue of the desk's location: the next of the ``waiting`` tickets, and of the ``coming`` bookings."""

    next: list[Ticket]
    waiting: int
    bookings: list[Booking]
    coming: int


@dataclass(frozen=True)
class Overview:
    """Waits and recent results in the units that the user oversees. ``late`` of ``running`` cases are overdue."""

    running: int
    late: int
    places: list[Wait]
    results: list[PeriodResult]
    period: StrOrPromise = USUAL[LATELY]


def counter_now(rights: HomeRights) -> CounterNow | None:
    """The counter where the user works, or for counter staff those they may open; else None. At most five queries."""
    session = counters.session_of(rights.user) if rights.may_call else None
    if session is not None:
        work = counters.workplace_of(session, rights.user)
        return CounterNow(session.counter.name, work.current, next(iter(work.waiting), None), len(work.waiting))
    return CounterNow(choices=tuple(counters.counters_for(rights.user))) if rights.works_at_counter else None


def desk_now(rights: HomeRights, choose: Callable[[list[Location]], Location]) -> DeskNow | None:
    """The queue and bookings at the user's location, which ``choose`` picks; None for others. Five queries."""
    if not rights.at_desk or not (places := locations()):
        return None
    user, place, today = rights.user, choose(places), rights.today
    tickets = [ticket for ticket, _position in desk.numbers_today(user, place).waiting]
    coming = tally_of_day(user, place, today).get(Booking.State.BOOKED, 0)
    bookings = next_of_day(user, place, today, ROWS_SHOWN) if coming else []
    return DeskNow(tickets[:ROWS_SHOWN], len(tickets), bookings, coming)


def overview(rights: HomeRights) -> Overview | None:
    """Where cases of the user's units wait, and the results of the last 30 days; None for others. Eight queries."""
    scope = report_scope_of(rights.user) if rights.oversees else None
    if scope is None:
        return None
    places = [wait for wait in waits(scope, rights.scope.at) if wait.kind != "ready"]
    period = usual(LATELY)
    results = results_of(compare_periods(scope, period), period)
    late, running = sum(wait.late for wait in places), sum(wait.count for wait in places)
    return Overview(running, late, places[:PLACES_SHOWN], results[:3])


def stat_cards(rights: HomeRights, counts: Counts, queue: DeskNow | None) -> list[StatCard]:
    """The day in a few counts: that of the office for the desk and its heads, that of their own work for officials."""
    inbox, at_desk = reverse("case_list"), rights.at_desk
    possible = {
        "today": (_("jatuh tempo hari ini"), f"{inbox}?tab=mine&due=today"),
        "returned": (_("dikembalikan kepada Anda"), f"{inbox}?tab=mine&returned=yes"),
        "pool": (_("belum ada yang mengambil"), f"{inbox}?tab=pool"),
        "queue": (_("nomor menunggu dipanggil"), reverse("checkin" if at_desk else "queue_public")),
        "visits": (_("tamu dicatat hari ini"), reverse("checkin") if at_desk else ""),
        "bookings": (_("janji kedatangan berikutnya"), reverse("bookings")),
        "counters": (_("loket buka"), reverse("counter" if at_desk else "queue_public")),
        "received": (_("tamu Anda hari ini"), reverse("guests")),
        "away": (_("tidak hadir hari ini"), reverse("absences")),
    }
    known = {**counts, **({"queue": queue.waiting, "bookings": queue.coming} if queue else {})}
    chosen = [name for name in rights.cards if name in known]
    return [StatCard(possible[name][0], shown(known[name]), possible[name][1]) for name in chosen]


def tasks(counts: Counts) -> list[Task]:
    """What waits for the user on other pages, the most urgent first."""

    def n(name: str) -> int:
        return counts.get(name, 0)

    possible = [
        (
            "room",
            ngettext("%(n)s nomor menunggu di ruang Anda.", "%(n)s nomor menunggu di ruang Anda.", n("room")),
            reverse("counter"),
            _("Buka ruang"),
        ),
        (
            "to_route",
            ngettext("%(n)s permohonan perlu diteruskan.", "%(n)s permohonan perlu diteruskan.", n("to_route")),
            reverse("admin:routing"),
            _("Teruskan permohonan"),
        ),
        (
            "sops",
            ngettext("%(n)s SOP menunggu keputusan Anda.", "%(n)s SOP menunggu keputusan Anda.", n("sops")),
            f"{reverse('sop_drafts')}?bagian=menunggu",
            _("Periksa SOP"),
        ),
        (
            "paper",
            ngettext("%(n)s lembar disposisi perlu dicatat.", "%(n)s lembar disposisi perlu dicatat.", n("paper")),
            f"{reverse('case_list')}?tab=paper",
            _("Catat lembar"),
        ),
        (
            "mentions",
            ngettext("%(n)s catatan menyebut Anda.", "%(n)s catatan menyebut Anda.", n("mentions")),
            reverse("mention_list"),
            _("Baca catatan"),
        ),
        (
            "drafts",
            ngettext("%(n)s draf SOP belum selesai.", "%(n)s draf SOP belum selesai.", n("drafts")),
            f"{reverse('sop_drafts')}?bagian=draf",
            _("Lanjutkan draf"),
        ),
        (
            "hidden",
            ngettext("%(n)s layanan belum tampil di katalog.", "%(n)s layanan belum tampil di katalog.", n("hidden")),
            reverse("studio"),
            _("Lihat layanan"),
        ),
        (
            "vacant",
            ngettext("%(n)s jabatan tanpa pejabat hari ini.", "%(n)s jabatan tanpa pejabat hari ini.", n("vacant")),
            reverse("admin:core_position_changelist"),
            _("Lihat jabatan"),
        ),
    ]
    return [Task(words % {"n": shown(n(name))}, url, button) for name, words, url, button in possible if n(name)]


def shown(count: int) -> str:
    """A count as the page shows it."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
