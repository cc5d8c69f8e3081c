"""An SOP as PDF: the same table as on screen, with the drawings at the rows' true heights.

The table is laid out once without drawings; the heights and page breaks found then give the drawings, and the
connectors where a line passes from page to page. The result is kept on disk under a hash of all that it shows.
"""

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.utils import translation

from ula_portal.core import pdf
from ula_portal.core.queries import office

from .document import Table, identity, table
from .drawing import Scale, upright
from .queries import flow_of

TEMPLATE = "sop/document_pdf.html"
STYLESHEETS = ("css/paper.css", "css/sop-paper.css")
# px on A4 landscape (1 mm = 96/25.4 px): all columns together, and what the others need besides the actors'.
PX_PER_MM = 96 / 25.4
ACTORS_MM, WIDEST_ACTOR_MM = 126, 24
SYMBOL_MM = 7
# Narrower than this, the actors' names stand upright.
NARROW_MM, HEADING_PX = 11, 120
# 0.6pt, as the stylesheet has it.
BORDER = 0.8


@translation.override("id")
def pdf_of(version) -> bytes:
    """The PDF of a version; laid out only when nothing of what it shows was laid out before.

    An SOP is an Indonesian document, whatever the language of the pages.
    """
    path = _cache_path(version)
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    content = render(version)
    _keep(path, content)
    return content


def render(version) -> bytes:
    """Lay the document out twice (see above) and give the PDF."""
    flow = flow_of(version)
    column = column_mm(len(flow.actors))
    scale = Scale(column * PX_PER_MM, min(SYMBOL_MM, column * 0.45) * PX_PER_MM, 1, 8.5, 6)
    headings = [(actor.name, _upright(actor.name, scale) if column < NARROW_MM else "") for actor in flow.actors]
    context = {
        "office": office(),
        "identity": identity(version),
        "headings": headings,
    }
    blank = table(version, scale=scale, heights=[0.0] * len(flow.steps))
    placed = pdf.places(pdf.layout(render_to_string(TEMPLATE, context | {"table": blank, "blank": True})), "langkah-")
    places = [placed[f"langkah-{step.no}"] for step in flow.steps]
    starts = tuple(n for n in range(1, len(places)) if places[n].page != places[n - 1].page)
    # The cell has a border below; a hair lower still, so that rounding never makes a row grow.
    heights = [place.height - BORDER - 0.05 for place in places]
    drawn: Table = table(version, scale=scale, heights=heights, page_starts=starts)
    return pdf.render_pdf(render_to_string(TEMPLATE, context | {"table": drawn, "blank": False}))


def column_mm(actors: int) -> float:
    """Width of an actor's column in mm; the stylesheet says the same for each number of actors."""
    return round(min(ACTORS_MM / max(actors, 1), WIDEST_ACTOR_MM), 2)


def _upright(name, scale):
    return upright(name, scale.column - 2, HEADING_PX, 8)


def _cache_path(version):
    shown = [identity(version), version.pk, version.content_hash, version.state, _office_lines(), _look()]
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
    return Path(settings.VAR_DIR) / "cache" / "sop" / f"{digest}.pdf"


def _office_lines():
    here = office()
    return [here.name, here.regency, here.letterhead, here.specimen_mark]


@functools.cache
def _look():
    """Hash of the templates, stylesheets and code that make the picture."""
    here = Path(__file__).parent
    files = [here / name for name in ("drawing.py", "flowchart.py", "document.py", "document_pdf.py")]
    files += [Path(finders.find(name)) for name in STYLESHEETS]
    files.append(Path(get_template(TEMPLATE).origin.name))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _keep(path, content):
    """Write whole or not at all, whoever else writes the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
        temporary.write(content)
    os.replace(temporary.name, path)
