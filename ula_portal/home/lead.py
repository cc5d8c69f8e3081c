"""The head of the start page: what matters now in one or two sentences, and the page of the next thing to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.inbox.queries.rows import InboxRow
from ula_portal.opening.overview import Overview as SetUp

from .parts import CounterNow, Counts, DeskNow, Overview, Task, shown

SENTENCES = 2


@dataclass(frozen=True)
class Point:
    """A sentence, and the button for it; "" if there is nothing to press."""

    words: str
    button: str = ""
    url: str = ""


@dataclass(frozen=True)
class Lead:
    """The title of the page, and its one filled button, of the first point that has one."""

    words: str
    button: str = ""
    url: str = ""


@dataclass(frozen=True)
class Today:
    """What the start page shows, as the lead reads it. ``guests``: how many visitors wait for the user."""

    counts: Counts
    guests: int
    rows: Sequence[InboxRow]
    counter: CounterNow | None
    queue: DeskNow | None
    overview: Overview | None
    tasks: Sequence[Task]
    setup: SetUp | None


def lead_of(today: Today) -> Lead:
    """The first sentences of all that matter, visitors before cases, and the button of the most urgent one."""
    points = list(_points(today))
    words = " ".join(point.words for point in points[:SENTENCES]) or _("Tidak ada pekerjaan yang menunggu Anda.")
    first = next((point for point in points if point.button), Point(""))
    return Lead(words, first.button, first.url)


def _points(today: Today) -> Iterator[Point]:
    if today.guests:
        words = ngettext("%(n)s tamu menunggu Anda.", "%(n)s tamu menunggu Anda.", today.guests)
        yield Point(words % {"n": shown(today.guests)}, _("Jawab tamu"), reverse("guests"))
    if today.counter:
        yield from _at_counter(today.counter)
    if today.queue:
        n = today.queue.waiting
        words = ngettext("%(n)s nomor menunggu dipanggil.", "%(n)s nomor menunggu dipanggil.", n) % {"n": n}
        yield Point(words if n else _("Tidak ada yang mengantre."), _("Catat tamu"), reverse("checkin"))
    yield from _cases(today)
    for task in today.tasks:
        yield Point(task.words, task.button, task.url)
    if today.setup and not today.setup.is_ready:
        yield Point(_("Persiapan kantor belum selesai."), _("Lanjutkan persiapan"), reverse("opening"))


def _at_counter(counter: CounterNow) -> Iterator[Point]:
    page, where = reverse("counter"), {"counter": counter.name}
    if counter.current:
        words = _("Nomor %(label)s sedang Anda layani di %(counter)s.") % {"label": counter.current.label, **where}
        yield Point(words, _("Lanjutkan di loket"), page)
    elif counter.next:
        words = _("Nomor %(label)s berikutnya di %(counter)s.") % {"label": counter.next.label, **where}
        yield Point(words, _("Ke loket"), page)
    elif counter.choices:
        yield Point(_("Anda belum membuka loket."), _("Buka loket"), page)


def _cases(today: Today) -> Iterator[Point]:
    mine, late = today.counts["mine"], today.counts["late"]
    seen = today.overview.running if today.overview else 0
    if seen:
        words = _("%(late)s dari %(all)s permohonan lewat waktu.") % {"late": today.overview.late, "all": seen}
        yield Point(words if today.overview.late else _("Tidak ada permohonan yang lewat waktu."))
    if not mine:
        return
    if seen:
        words = ngettext("%(n)s menunggu Anda.", "%(n)s menunggu Anda.", mine)
    elif late:
        words = ngettext(
            "%(n)s permohonan menunggu Anda, %(late)s lewat waktu.",
            "%(n)s permohonan menunggu Anda, %(late)s lewat waktu.",
            mine,
        )
    else:
        words = ngettext("%(n)s permohonan menunggu Anda.", "%(n)s permohonan menunggu Anda.", mine)
    first = today.rows[0].request.number if today.rows else ""
    url = reverse("case_detail", args=[first]) if first else reverse("case_list")
    yield Point(words % {"n": shown(mine), "late": shown(late)}, _("Kerjakan berikutnya"), url)
