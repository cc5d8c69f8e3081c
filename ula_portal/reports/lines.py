"""Statistics as table rows: a name, a sentence, a bar, and numbers that link to their cases."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.reports.queries.selection import Selection
from sop.rules.durations import duration_in_words
from ula_portal.core import clock
from ula_portal.core.web.charts import Bar, Chart, Kind, Part, bar_chart

from .addresses import selection_address

# Bars of a chart; the table beneath has every row.
BARS_SHOWN = 6


@dataclass(frozen=True)
class Figure:
    """A number with the address of its cases. ``tone``: a colour class, or ""."""

    value: object
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TableLine:
    name: str
    figures: tuple[Figure, ...]
    about: str = ""
    text: str = ""
    parts: tuple[Part, ...] = ()


def figure(value, selection: Selection, tone="") -> Figure:
    """A count with a link to its cases; zero has no link and no colour."""
    return Figure(value, selection_address(selection) if value else "", tone if value else "")


def load_lines(rows) -> list[TableLine]:
    """Table rows of ``LoadRow``."""
    return [
        TableLine(
            name=_name(row),
            about=_about(row),
            text=_asked(row.asked),
            parts=_parts(row.late, row.running - row.late - row.asked, row.asked),
            figures=(figure(row.running, row.selection), figure(row.late, row.late_selection, "bad")),
        )
        for row in rows
    ]


def _name(row):
    if row.kind == "step":
        return f"{row.subject.no}. {row.subject.activity}"
    if row.kind == "officer":
        return row.subject.full_name
    return row.subject.name


def _about(row):
    if row.kind == "step":
        return row.subject.version.sop.name
    if row.kind == "service":
        return row.subject.unit.name if row.subject.unit else ""
    if row.kind in ("position", "pool"):
        return _("belum diambil petugas")
    return ""


def _asked(n):
    if not n:
        return ""
    return ngettext("%(n)d di antaranya menunggu pemohon", "%(n)d di antaranya menunggu pemohon", n) % {"n": n}


def _parts(late, on_time, asked):
    found = (Part(Kind.LATE, late), Part(Kind.ON_TIME, on_time), Part(Kind.ASKED, asked))
    return tuple(part for part in found if part.value > 0)


def chart_of(title, lines, key) -> Chart:
    """The first lines as bars: late hatched, in time solid, the applicant's turn outlined.

    ``key``: unique on the page. The table beneath is the report's own, with links.
    """
    return bar_chart(
        title, [Bar(line.name, str(line.figures[0].value), line.parts) for line in lines[:BARS_SHOWN]], (), key
    )


PLACES = {
    "position": lambda wait: wait.name or _("Jabatan tanpa nama"),
    "pool": lambda wait: _("Tugas bersama %(unit)s") % {"unit": wait.name},
    "agency": lambda wait: wait.name or _("Instansi lain"),
    "asked": lambda wait: _("Pemohon, melengkapi berkas"),
    "ready": lambda wait: _("Pemohon, mengambil hasil"),
}


def place_name(wait) -> str:
    return PLACES[wait.kind](wait)


def wait_heads() -> tuple[str, str]:
    """The headings of the numbers of ``wait_lines``."""
    return _("Menunggu"), _("Lewat waktu")


def wait_lines(waits) -> list[TableLine]:
    """Table rows of ``Wait``."""
    about = {
        "pool": _("jabatannya sedang kosong"),
        "agency": _("instansi lain, waktunya tetap berjalan"),
        "asked": _("waktunya tidak dihitung"),
        "ready": _("pekerjaan kantor sudah selesai"),
    }
    return [
        TableLine(
            name=place_name(wait),
            about=about.get(wait.kind, ""),
            text=_waited(wait),
            parts=_wait_parts(wait),
            figures=(figure(wait.count, wait.selection), figure(wait.late, wait.late_selection, "bad")),
        )
        for wait in waits
    ]


def _wait_parts(wait):
    stopped = wait.count if wait.kind in ("asked", "ready") else 0
    return _parts(wait.late, wait.count - wait.late - stopped, stopped)


def _waited(wait):
    words = {"median": duration_in_words(wait.median), "longest": duration_in_words(wait.longest)}
    if wait.count == 1:
        return _("menunggu %(longest)s") % words
    return _("separuhnya menunggu %(median)s atau lebih, paling lama %(longest)s") % words


def figure_lines(comparison) -> list[TableLine]:
    """Table rows of a period's results by service."""
    return [
        TableLine(
            name=row.service.name,
            about=row.service.unit.name if row.service.unit else "",
            text=_kept(row),
            figures=(
                figure(row.now.received, row.selection("received")),
                figure(row.now.finished, row.selection("finished")),
                figure(row.now.judged - row.now.kept, row.selection("missed"), "bad"),
            ),
        )
        for row in comparison.services
    ]


def lack_lines(rows) -> list[TableLine]:
    """Table rows of services by the number of cases with missing documents, with the document most often missing."""
    return [
        TableLine(
            name=row.service.name,
            about=row.service.unit.name if row.service.unit else "",
            text=_sheets(row),
            parts=_parts(0, row.cases, 0),
            figures=(figure(row.cases, row.selection),),
        )
        for row in rows
    ]


def _sheets(row):
    text = ngettext("%(n)d lembar", "%(n)d lembar", row.sheets) % {"n": row.sheets}
    if row.most_missed is None:
        return text
    most = {"paper": row.most_missed.name, "n": row.most_missed.cases}
    return f"{text}, {_('paling sering kurang: %(paper)s (%(n)d)') % most}"


def paper_lines(rows) -> list[TableLine]:
    """Table rows of missing documents, with the service that requires them."""
    return [
        TableLine(row.name, (figure(row.cases, row.selection),), about=row.service.name, parts=_parts(0, row.cases, 0))
        for row in rows
    ]


def _kept(row):
    parts = []
    if row.now.percent_kept is not None:
        parts.append(_("%(percent)d%% menepati janji") % {"percent": row.now.percent_kept})
    if row.now.median_days is not None:
        parts.append(_days(row.now.median_days))
    if parts and row.service.working_days:
        days = row.service.working_days
        parts.append(ngettext("janji %(n)d hari kerja", "janji %(n)d hari kerja", days) % {"n": days})
    return ", ".join(parts)


def _days(days):
    if not days:
        return _("separuhnya selesai pada hari yang sama")
    return ngettext("separuhnya selesai dalam %(n)d hari kerja", "separuhnya selesai dalam %(n)d hari kerja", days) % {
        "n": days
    }


def compared(now, before, unit="%s") -> str:
    """A comparison with the previous period such as ``naik dari 12``; "" if one of the values is None."""
    if now is None or before is None:
        return ""
    words = {"before": unit % before}
    if now == before:
        return _("sama dengan sebelumnya")
    return _("naik dari %(before)s") % words if now > before else _("turun dari %(before)s") % words


def span(period) -> str:
    """A period such as ``1–26 November 2026``."""
    first, last = period.first, period.last
    if first == last:
        return date_format(first, "j F Y")
    form = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return f"{date_format(first, form)}–{date_format(last, 'j F Y')}"


def summary(load, waits) -> str:
    """A summary in two sentences."""
    if not load.running:
        return _("Tidak ada permohonan yang sedang berjalan.")
    text = ngettext("%(n)d permohonan sedang berjalan.", "%(n)d permohonan sedang berjalan.", load.running) % {
        "n": load.running
    }
    if not load.late:
        return f"{text} {_('Tidak ada yang lewat waktu.')}"
    late = ngettext("%(n)d lewat waktu", "%(n)d lewat waktu", load.late) % {"n": load.late}
    if load.broken:
        late += ", " + ngettext(
            "%(n)d di antaranya melewati janji kepada pemohon",
            "%(n)d di antaranya melewati janji kepada pemohon",
            load.broken,
        ) % {"n": load.broken}
    worst = next((wait for wait in waits if wait.late), None)
    where = ""
    if worst:
        where = _("Paling banyak tertahan pada %(place)s (%(n)d).") % {"place": place_name(worst), "n": worst.late}
    return " ".join(filter(None, (text, f"{late}.", where)))


def moment_words(at) -> str:
    """A moment such as ``Kamis, 26 November 2026 pukul 09.15 WIB``."""
    local = clock.local(at)
    return _("%(day)s pukul %(time)s WIB") % {
        "day": date_format(local, "l, j F Y"),
        "time": date_format(local, "H.i"),
    }
