"""An SOP as PDF for the archive: the same table as on screen, with the drawings at the rows' true heights.

The table is laid out once with blanks for the drawings; its row heights and page breaks then give the drawings, and the
connectors where a line passes from page to page. The PDF is kept on disk under a hash of all that it shows.
"""

import contextlib
import functools
import hashlib
import json
import logging
import os
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop.flowchart import layout
from sop.flowchart.drawing import RowDrawings, Scale, spoken, upright
from sop.models import SopVersion
from sop.rules import durations
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock
from ula_portal.core.documents import archival, pdf
from ula_portal.core.office.queries import office

from . import paper
from .content import identity

State = SopVersion.State
TEMPLATE = "sop/document/document_pdf.html"
STYLESHEETS = ("css/paper.css", "css/sop/document-paper.css")
VARIANT = "pdf/a-2a"
# A4 landscape in px, and 1 mm of it.
WIDTH, HEIGHT, MM = 1122.52, 793.7, 96 / 25.4
# A symbol's height, and the width of a column from which on words are larger.
SYMBOL_MM, ROOMY_MM = 7, 14
# Where a row is higher than a page, the table is set smaller (classes of the stylesheet), then tighter, not torn.
SIZES = (("", False), ("flow--small", False), ("flow--smallest", True))
LINE = "{http://www.w3.org/2000/svg}line"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{:g}" height="{:g}">{}</svg>'

logger = logging.getLogger(__name__)


@translation.override("id")
def pdf_of(version) -> bytes:
    """The PDF of a version in any state; laid out only when nothing of what it shows was laid out before.

    An SOP is an Indonesian document, whatever the language of the pages.
    """
    path = _cache_path(version)
    with contextlib.suppress(OSError):
        return path.read_bytes()
    content = render(version)
    _keep(path, content)
    return content


def render(version) -> bytes:
    """Lay the document out and draw into it. The flow's lines lie under the pages as artifacts; a row's symbols are a
    figure of its cell, with the row's way in words.
    """
    flow = flow_of(version)
    document, columns, placed = _laid_out(version, flow)
    symbol, letters = min(SYMBOL_MM, columns.actor * 0.45), 9.6 if columns.actor >= ROOMY_MM else 8.6
    scale = Scale(columns.actor * MM, symbol * MM, 1, letters, 6)
    rows = [placed[f"langkah-{step.no}"][0] for step in flow.steps]
    charts = [placed[f"bagan-{step.no}"][0] for step in flow.steps]
    starts = tuple(n for n in range(1, len(rows)) if rows[n].page != rows[n - 1].page)
    drawings = RowDrawings(layout(flow, starts), scale)
    pictures = {f"pelaksana-{a.order}": _upright(a.name, scale, columns) for a in flow.actors if columns.head}
    beneath = [defaultdict(list) for _page in document.pages]
    for n, (step, row, chart) in enumerate(zip(flow.steps, rows, charts, strict=True)):
        symbols = _apart(drawings.row(n, "", row.height), beneath[row.page], chart)
        pictures[f"bagan-{step.no}"] = SVG.format(scale.column * len(flow.actors), row.height, symbols)
    pdf.put_pictures(document, pictures)
    mark = _watermark(mark_of(version))
    pdf.put_underneath(document, [SVG.format(WIDTH, HEIGHT, mark + _paths(lines)) for lines in beneath])
    return archival.finish(document.write_pdf(pdf_variant=VARIANT))


def mark_of(version) -> str:
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


def html_of(version, flow, columns, size="") -> str:
    """The page that is laid out, with blanks for the drawings. ``size``: a class of the table, see SIZES."""
    shown = identity(version)
    context = {
        "office": office(),
        "identity": shown,
        "numbered": shown["number"] if shown["number"].upper().startswith("SOP") else f"SOP {shown['number']}",
        "size": size,
        "actors": flow.actors,
        "rows": [(step, durations.of_step(step), spoken(step, flow)) for step in flow.steps],
        "columns": columns,
        "chart_width": round(columns.actor * MM * len(flow.actors), 2),
        "heading_width": round(columns.actor * MM - 2, 2),
    }
    return render_to_string(TEMPLATE, context)


def _laid_out(version, flow):
    for size, tight in SIZES:
        columns = paper.columns(flow, tight=tight)
        document = pdf.layout(html_of(version, flow, columns, size), css=columns.css(), variant=VARIANT)
        placed = pdf.places(document, "langkah-", "bagan-")
        if not any(_is_torn(placed[f"langkah-{step.no}"]) for step in flow.steps):
            break
    return document, columns, placed


def _is_torn(places):
    return len({place.page for place in places}) > 1


def _upright(name, scale, columns):
    return upright(name, scale.column - 2, columns.head, paper.HEAD_FONT)


def _apart(drawing, lines, place):
    """The symbols with their words, as SVG, of a row's drawing; its lines are added to those of the page by their look,
    as pieces of a path: a page has hundreds, and each drawn for itself takes its time.
    """
    symbols = []
    for child in ElementTree.fromstring(drawing):
        if child.tag == LINE:
            x1, y1, x2, y2 = (float(child.attrib.pop(name)) for name in ("x1", "y1", "x2", "y2"))
            way = f"M{place.x + x1:.2f} {place.y + y1:.2f}L{place.x + x2:.2f} {place.y + y2:.2f}"
            lines[tuple(sorted(child.attrib.items()))].append(way)
        else:
            symbols.append(ElementTree.tostring(child, encoding="unicode"))
    return "".join(symbols)


def _paths(lines):
    looks = ((" ".join(f'{name}="{value}"' for name, value in look), ways) for look, ways in lines.items())
    return "".join(f'<path fill="none" {look} d="{"".join(ways)}"/>' for look, ways in looks)


def _watermark(words):
    if not words:
        return ""
    # Light grey, not black made transparent: old viewers and copiers keep it light.
    size = min(110, 1250 / len(words))
    look = f'font-size="{size:g}" font-family="Liberation Sans" font-weight="bold" text-anchor="middle" fill="#e6e6e6"'
    place = f"translate({WIDTH / 2:g} {HEIGHT / 2:g}) rotate(-30)"
    return f'<text transform="{place}" {look}>{escape(words)}</text>'


# The copies on disk: one for each version, the latest


def _cache_path(version):
    flow = flow_of(version)
    shown = [identity(version), mark_of(version), repr(flow.actors), repr(flow.steps), _office_lines(), _look()]
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
    return Path(settings.VAR_DIR) / "cache" / "sop" / f"{version.pk}-{digest}.pdf"


def _office_lines():
    here = office()
    return [here.name, here.regency, here.letterhead, getattr(here, "emblem_url", "")]


@functools.cache
def _look():
    """Hash of the templates, stylesheets and code that make the picture."""
    here, core = Path(__file__).parent, Path(pdf.__file__).parent
    files = [path for room in ("rules", "flowchart", "document") for path in (here.parent / room).glob("*.py")]
    files += [core / "pdf.py", core / "archival.py"]
    files += [Path(finders.find(name)) for name in STYLESHEETS]
    files.append(Path(get_template(TEMPLATE).origin.name))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def _keep(path, content):
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
