"""An SOP as PDF for the archive: the same table as on screen, with the drawings at the rows' true heights.

The table is laid out once with blanks for the drawings; its row heights and page breaks then give the drawings, and the
connectors where a line passes from page to page. The PDF is kept on disk by a hash of all that it says and by LAYOUT.
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
from .content import identity

State = SopVersion.State
Places = Mapping[str, Sequence[laid_out.ElementPosition]]
TEMPLATE = "sop/document/document_pdf.html"
STYLESHEETS = ("css/paper.css", "css/sop/document-paper.css")
VARIANT = "pdf/a-2a"
# A4 landscape in px, and 1 mm of it.
WIDTH, HEIGHT, MM = 1122.52, 793.7, 96 / 25.4
# A symbol's height, and the width of a column from which on words are larger.
SYMBOL_MM, ROOMY_MM = 7, 14
# Where a row is higher than a page, the table is set smaller (classes of the stylesheet), then tighter, not torn.
SIZES = (("", False), ("flow--small", False), ("flow--smallest", True))
# How the document looks. Raised by one with each change of that, so that no stored PDF is served that looks as before:
# of template, stylesheets or drawing (a test of a sample, whose digest is SAMPLE, fails then and says so), and of what
# the sample does not show: ``core.documents``, another WeasyPrint or pikepdf.
LAYOUT = 1
SAMPLE = "5cf8313c1a2638ff"

logger = logging.getLogger(__name__)


@translation.override("id")
def pdf_of(version: SopVersion) -> bytes:
    """The PDF of a version in any state; laid out only when nothing of what it shows was laid out before.

    An SOP is an Indonesian document, whatever the language of the pages.
    """
    path = _cache_path(version)
    with contextlib.suppress(OSError):
        return path.read_bytes()
    content = render(version)
    _keep(path, content)
    return content


def render(version: SopVersion) -> bytes:
    """Lay the document out and draw into it. The flow's lines lie under the pages as artifacts; a row's symbols are a
    figure of its cell, with the row's way in words.
    """
    flow = flow_of(version)
    document, columns, placed = _laid_out(version, flow)
    pictures, beneath = drawings(flow, columns, placed, len(document.pages), mark_of(version))
    laid_out.put_pictures(document, pictures)
    laid_out.put_underneath(document, beneath)
    return archival.finish_pdf(document.write_pdf(pdf_variant=VARIANT))


def drawings(
    flow: Flow, columns: paper.Columns, placed: Places, pages: int, mark: str
) -> tuple[dict[str, Element], list[Element]]:
    """The SVGs for the blanks by their ids, and what lies under each page; ``placed``: where rows and blanks stand."""
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
    """What stands across every page: a draft, no longer in force, an example; "" for what holds or will hold."""
    state, until = version.state, version.effective_to
    superseded = state == State.PUBLISHED and until is not None and until <= clock.today()
    over = superseded or state == State.WITHDRAWN
    marks = [
        _("DRAF") if state in (State.DRAFT, State.VERIFIED) else "",
        pgettext("tanda SOP", "TIDAK BERLAKU") if over else "",
        _("CONTOH") if version.is_example else "",
    ]
    return " · ".join(filter(None, marks))


def html_of(version: SopVersion, flow: Flow, columns: paper.Columns, size: str = "") -> str:
    """The page that is laid out, with blanks for the drawings. ``size``: a class of the table, see SIZES."""
    shown = identity(version)
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


def _laid_out(version: SopVersion, flow: Flow) -> tuple[laid_out.Document, paper.Columns, Places]:
    for size, tight in SIZES:
        columns = paper.columns(flow, tight=tight)
        document = pdf.lay_out(html_of(version, flow, columns, size), css=columns.css(), variant=VARIANT)
        placed = laid_out.element_positions(document, "langkah-", "bagan-")
        if all(len({place.page for place in placed[f"langkah-{step.no}"]}) == 1 for step in flow.steps):
            break
    return document, columns, placed


def _watermark(words: str) -> Iterator[Element]:
    if words:
        # Light grey, not black made transparent: old viewers and copiers keep it light.
        look = {"font-family": "Liberation Sans", "font-weight": "bold", "text-anchor": "middle", "fill": "#e6e6e6"}
        place = f"translate({WIDTH / 2:g} {HEIGHT / 2:g}) rotate(-30)"
        mark = Element("text", look, transform=place, **{"font-size": f"{min(110, 1250 / len(words)):g}"})
        mark.text = words
        yield mark


# The copies on disk: one for each version, the latest


def _cache_path(version: SopVersion) -> Path:
    flow = flow_of(version)
    shown = [identity(version), mark_of(version), repr(flow.actors), repr(flow.steps), _office_lines(), LAYOUT, SAMPLE]
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
    return Path(settings.VAR_DIR) / "cache" / "sop" / f"{version.pk}-{digest}.pdf"


def _office_lines() -> list[str]:
    here = office()
    return [here.name, here.regency, here.letterhead, getattr(here, "emblem_url", "")]


def _keep(path: Path, content: bytes) -> None:
    """Write whole or not at all, whoever else writes the same, and drop what the version showed before.

    Whoever is just writing another copy of this version may lose it: a copy is only kept, never needed.
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
