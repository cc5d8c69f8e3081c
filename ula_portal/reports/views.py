"""The report page for heads: the current load and a period's results; every number links to its cases."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from services.deadlines.urgency import urgency_of
from services.engine.badges import promise_badge
from services.reports.queries import lacking as reports_lacking
from services.reports.queries import load as reports_load
from services.reports.queries import period as reports_period
from services.reports.queries import waiting
from services.reports.queries.scope import report_scope_of
from services.reports.queries.selection import Selection, selection_page, selection_rows
from ula_portal.core import clock
from ula_portal.core.models import Unit
from ula_portal.core.security.access import allowed

from . import columns, files, lines, names
from .addresses import WORDS, selection_address, selection_of
from .periods import USUAL, asked_for
from .results import PeriodResult, of_period, results_of

# Rows of a table that are visible without expanding it.
SHOWN = 6


def may_read_reports(user) -> bool:
    return report_scope_of(user) is not None


@allowed(may_read_reports)
@never_cache
@require_safe
def report(request):
    """The report: what is open now, where and with whom it waits, and the results of a period."""
    scope, at = report_scope_of(request.user), clock.now()
    period, key, form = asked_for(request.GET)
    load, waits, comparison = (
        reports_load.load(scope, at),
        waiting.waits(scope, at),
        reports_period.compare_periods(scope, period),
    )
    lacking, results = reports_lacking.lacking(scope, period), results_of(comparison, period)
    context = {
        "scope": _scope(scope),
        "moment": lines.moment_words(at),
        "summary": lines.summary(load, waits),
        "load": load,
        "now": _now(load, results),
        "waits": _charted("chart-waits", _("Di mana permohonan menunggu"), lines.wait_lines(waits)),
        "tables": [
            {"id": name, "first": first, **_charted(f"chart-{name}", title, lines.load_lines(getattr(load, name)))}
            for name, title, first in LOAD_TABLES
        ],
        "period": lines.span(period),
        "before": lines.span(period.before()),
        "usual": [{"key": each, "label": label, "chosen": each == key} for each, label in USUAL.items()],
        "form": form,
        "results": results,
        "services": _table(lines.figure_lines(comparison)),
        "lacking": _lacking(lacking, period),
        "heads": (_("Berjalan"), _("Lewat waktu")),
        "state_heads": (_("Permohonan"),),
        "wait_heads": lines.wait_heads(),
        "result_heads": (_("Diterima"), _("Selesai"), _("Melewati janji")),
        "files": [
            (_("Permohonan yang sedang berjalan"), *_files(Selection("running"))),
            (_("Permohonan yang diterima dalam masa ini"), *_files(of_period(period, "received"))),
            (_("Permohonan yang selesai dalam masa ini"), *_files(of_period(period, "finished"))),
            (_("Permohonan yang diberi lembar kekurangan dalam masa ini"), *_files(of_period(period, "lacking"))),
        ],
    }
    return render(request, "reports/report.html", context)


LOAD_TABLES = (
    ("units", gettext_lazy("Menurut unit"), gettext_lazy("Unit tempat pekerjaan berada")),
    ("officers", gettext_lazy("Menurut petugas"), gettext_lazy("Petugas")),
    ("services", gettext_lazy("Menurut layanan"), gettext_lazy("Layanan")),
    ("steps", gettext_lazy("Menurut langkah SOP"), gettext_lazy("Langkah")),
)


def _scope(scope):
    if scope.unit_ids is None:
        return _("Seluruh kantor")
    return ", ".join(Unit.objects.filter(pk__in=scope.unit_ids).values_list("name", flat=True))


def _table(found):
    return {"rows": found[:SHOWN], "more": found[SHOWN:]}


def _charted(key, title, rows):
    return {"title": title, "rows": rows, "chart": lines.chart_of(str(title), rows, key)}


def _now(load, results):
    """Three large figures (running, late, and the promises kept in the period), and the others as rows."""
    large = [
        _card(_("sedang berjalan"), load.running, lines.figure(load.running, Selection("running")).url),
        _card(
            _("lewat waktu"), load.late, lines.figure(load.late, Selection("late")).url, "alarm" if load.late else ""
        ),
        _card(results[2].label, results[2].value, results[2].figure.url, note=results[2].note),
    ]
    rows = [
        (_("melewati janji kepada pemohon"), load.broken, "broken", "bad"),
        (_("belum diambil petugas"), load.free, "free", "warn"),
        (_("menunggu instansi lain"), load.agency, "agency", ""),
        (_("menunggu pemohon melengkapi"), load.asked, "asked", ""),
        (_("siap diambil pemohon"), load.ready, "ready", ""),
    ]
    return {
        "large": large,
        "rows": [lines.TableLine(label, (lines.figure(n, Selection(kind), tone),)) for label, n, kind, tone in rows],
    }


def _card(label, value, url, state="", note=""):
    """The values of a ``components/_stat_card.html``."""
    return {"label": label, "value": value, "url": url, "state": state, "note": note}


def _lacking(lacking, period):
    """The part about missing documents. It counts cases, since one case may get several sheets."""
    return {
        "cards": [
            PeriodResult(
                _("permohonan diberi lembar kekurangan"),
                lines.compared(lacking.cases, lacking.cases_before),
                lines.figure(lacking.cases, of_period(period, "lacking")),
            ),
            PeriodResult(_("lembar kekurangan dicetak"), "", lines.Figure(lacking.sheets)),
        ],
        "sheets": lacking.sheets,
        "papers": _charted("chart-papers", _("Yang paling sering kurang"), lines.paper_lines(lacking.papers)),
        "services": _charted("chart-lacking", _("Kekurangan menurut layanan"), lines.lack_lines(lacking.services)),
        "heads": (_("Permohonan"),),
    }


def _files(selection):
    return [selection_address(selection, "report_file", format=each) for each in ("csv", "xlsx")]


def _urgency(selection, line, at):
    """The urgency of a row; in the list of broken promises that of the promise, not of the step."""
    return urgency_of(None if selection.kind == "broken" else line.run, line.request, at)


@allowed(may_read_reports)
@never_cache
@require_safe
def cases(request):
    """The cases behind a number, page by page."""
    scope, at, selection = report_scope_of(request.user), clock.now(), selection_of(request.GET)
    page = selection_page(scope, selection, at, request.GET.get("hal"))
    csv, xlsx = _files(selection)
    context = {
        "title": names.title_of(selection),
        "narrowed": names.narrowed(selection),
        "scope": _scope(scope),
        "selection": selection,
        "rows": [
            {"line": line, "urgency": _urgency(selection, line, at), "badge": promise_badge(line.request)}
            for line in page.rows
        ],
        "prev_url": selection_address(selection, hal=page.previous) if page.previous else "",
        "next_url": selection_address(selection, hal=page.next) if page.next else "",
        "csv": csv,
        "xlsx": xlsx,
    }
    return render(request, "reports/cases.html", context)


@allowed(may_read_reports)
@never_cache
@require_safe
def case_file(request):
    """The cases behind a number as a streamed CSV or XLSX file."""
    scope, at, selection = report_scope_of(request.user), clock.now(), selection_of(request.GET)
    form = request.GET.get("format", "csv")
    cells = columns.CaseColumns(at)
    rows = (cells.cells(line) for line in selection_rows(scope, selection, at))
    if form == "csv":
        content, kind = files.csv_of(columns.headings(), rows), "text/csv; charset=utf-8"
    elif form == "xlsx":
        title = names.title_of(selection)
        content = files.xlsx_of(columns.headings(), rows, title=title, widths=columns.WIDTHS)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        raise Http404
    response = StreamingHttpResponse(content, content_type=kind)
    name = f"laporan-{WORDS[selection.kind]}-{clock.local(at):%Y%m%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
