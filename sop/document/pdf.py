"""An SOP as PDF for the archive: the same table as on screen, with drawings for the actual heights of its rows.

The table is laid out once with blanks for the drawings. Its row heights and page breaks determine the drawings and the
connectors where a line continues on another page. The PDF is cached on disk by a hash of its content and by LAYOUT.
"""

import contextlib
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop.flowchart import layout, svg
from sop.flowchart.drawing import DrawingScale, DrawnRow, draw, row_description
from sop.models import SopVersion
from sop.rules import durations
from sop.rules.flow import Flow
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock
from ula_portal.core.documents import archival, laid_out, pdf
from ula_portal.core.office.queries import office

from . import paper
from .content import identity_block

State = SopVersion.State
Places = Mapping[str, Sequence[laid_out.ElementPosition]]
TEMPLATE = "sop/document/document_pdf.html"
STYLESHEETS = ("css/paper.css", "css/sop/document-paper.css")
VARIANT = "pdf/a-2a"
# A4 landscape in px, and 1 mm of it.
WIDTH, HEIGHT, MM = 1122.52, 793.7, 96 / 25.4
# Height of a symbol, and the column width from which labels are larger.
SYMBOL_MM, ROOMY_MM = 7, 14
# If a row is taller than a page, the table is set in a smaller size (CSS class), then with narrower actors' columns.
SIZES = (("", False), ("flow--small", False), ("flow--smallest", True))
# The version of the document's look. Increase it with every change of template, stylesheets or drawing, so that no
# outdated PDF is served from the cache; a test with a sample, whose digest is SAMPLE, then fails and says so. Increase
# it also for changes that the sample does not show: ``core.documents``, another WeasyPrint or pikepdf.
LAYOUT = 4
SAMPLE = "cf359952fcd9a8fb"

logger = logging.getLogger(__name__)


@translation.override("id")
def pdf_of(version: SopVersion) -> bytes:
    """The PDF of a version in any state, from the cache if the same content was laid out before.

    It is always in Indonesian, regardless of the language of the pages.
    """
    path = _cache_path(version)
    with contextlib.suppress(OSError):
        return path.read_bytes()
    content = render(version)
    _keep(path, content)
    return content


def render(version: SopVersion) -> bytes:
    """Lay out the document and add the drawings.

    The flow's lines are artifacts beneath the pages. The symbols of a row are a figure in its cell, with the row's
    content in words as the alternative text.
    """
    flow = flow_of(version)
    document, columns, placed = _laid_out(version, flow)
    pictures, beneath = drawings(flow, columns, placed, len(document.pages), mark_of(version))
    laid_out.put_pictures(document, pictures)
    laid_out.put_underneath(document, beneath)
    return archival.finish_pdf(document.write_pdf(pdf_variant=VARIANT))


def drawings(
    flow: Flow, columns: paper.ColumnWidths, placed: Places, pages: int, mark: str
) -> tuple[dict[str, Element], list[Element]]:
    """The SVGs for the blanks by id, and the SVG beneath each page. ``placed``: places of the rows and blanks."""
    symbol, letters = min(SYMBOL_MM, columns.actor * 0.45), 9.6 if columns.actor >= ROOMY_MM else 8.6
    scale = DrawingScale(columns.actor * MM, symbol * MM, 1, letters, 6)
    places = [placed[f"langkah-{step.no}"][0] for step in flow.steps]
    starts = tuple(n for n in range(1, len(places)) if places[n].page != places[n - 1].page)
    pictures = {
        f"pelaksana-{actor.order}": svg.vertical_name(actor.name, scale.column - 2, columns.head, paper.HEAD_FONT)
        for actor in flow.actors
        if columns.head
    }
    on_page: list[list[tuple[DrawnRow, float, float, float]]] = [[] for _page in range(pages)]
    for step, place, row in zip(flow.steps, places, draw(layout(flow, starts), scale), strict=True):
        chart = placed[f"bagan-{step.no}"][0]
        on_page[place.page].append((row, chart.x, chart.y, place.height))
        if flow.actors:
            pictures[f"bagan-{step.no}"] = svg.row_symbols(row, place.height)
    return pictures, [svg.canvas(WIDTH, HEIGHT, [*_watermark(mark), *svg.page_lines(rows)]) for rows in on_page]


def mark_of(version: SopVersion) -> str:
    """The watermark of every page: draft, no longer in force, example; "" for a version that is or will be in force."""
    state, until = version.state, version.effective_to
    superseded = state == State.PUBLISHED and until is not None and until <= clock.today()
    over = superseded or state == State.WITHDRAWN
    marks = [
        _("DRAF") if state in (State.DRAFT, State.VERIFIED) else "",
        pgettext("tanda SOP", "TIDAK BERLAKU") if over else "",
        _("CONTOH") if version.is_example else "",
    ]
    return " · ".join(filter(None, marks))


def html_of(version: SopVersion, flow: Flow, columns: paper.ColumnWidths, size: str = "") -> str:
    """The HTML of the document with blanks for the drawings. ``size``: CSS class of the table, see SIZES."""
    shown = identity_block(version)
    context = {
        "office": office(),
        "identity": shown,
        "numbered": shown["number"] if shown["number"].upper().startswith("SOP") else f"SOP {shown['number']}",
        "size": size,
        "actors": flow.actors,
        "rows": [(step, durations.step_time(step), row_description(step, flow)) for step in flow.steps],
        "columns": columns,
        "chart_width": round(columns.actor * MM * len(flow.actors), 2),
        "heading_width": round(columns.actor * MM - 2, 2),
    }
    return render_to_string(TEMPLATE, context)


def _laid_out(version: SopVersion, flow: Flow) -> tuple[laid_out.Document, paper.ColumnWidths, Places]:
    for size, tight in SIZES:
        columns = paper.column_widths(flow, tight=tight)
        document = pdf.lay_out(html_of(version, flow, columns, size), css=columns.css(), variant=VARIANT)
        placed = laid_out.element_positions(document, "langkah-", "bagan-")
        if all(len({place.page for place in placed[f"langkah-{step.no}"]}) == 1 for step in flow.steps):
            break
    return document, columns, placed


def _watermark(words: str) -> Iterator[Element]:
    if words:
        # Light grey instead of transparent black, so that old viewers and copiers keep it light.
        look = {"font-family": "Liberation Sans", "font-weight": "bold", "text-anchor": "middle", "fill": "#e6e6e6"}
        place = f"translate({WIDTH / 2:g} {HEIGHT / 2:g}) rotate(-30)"
        mark = Element("text", look, transform=place, **{"font-size": f"{min(110, 1250 / len(words)):g}"})
        mark.text = words
        yield mark


# The cache on disk, which holds the latest PDF of each version


def _cache_path(version: SopVersion) -> Path:
    flow = flow_of(version)
    shown = [
        identity_block(version),
        mark_of(version),
        repr(flow.actors),
        repr(flow.steps),
        _office_lines(),
        LAYOUT,
        SAMPLE,
    ]
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
    return Path(settings.VAR_DIR) / "cache" / "sop" / f"{version.pk}-{digest}.pdf"


def _office_lines() -> list[str]:
    here = office()
    return [here.name, here.regency, here.letterhead, getattr(here, "emblem_url", "")]


def _keep(path: Path, content: bytes) -> None:
    """Write a PDF to the cache atomically and delete older ones of the same version.

    A PDF that another process is just writing may get lost, which does no harm, because the cache is optional.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.stem}.", delete=False) as temporary:
            temporary.write(content)
        os.replace(temporary.name, path)
        version = path.name.split("-")[0]
        for other in path.parent.glob(f"{version}-*"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("copy of an SOP not kept: %s", error)
