"""The private parts of WeasyPrint are as ``core.documents.laid_out`` expects them."""

import inspect

import pytest
import weasyprint
from PIL import ImageFile
from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import Box, ParentBox, ReplacedBox
from weasyprint.images import SVGImage
from weasyprint.pdf.stream import Stream

from ula_portal.core.documents import laid_out, pdf

# WeasyPrint sets this for the whole process when it is imported; other tests upload truncated photos.
ImageFile.LOAD_TRUNCATED_IMAGES = False

SIGNATURES = [
    (Page, "paint", "(self, stream, scale=1)"),
    (Box, "border_box_x", "(self)"),
    (Box, "border_box_y", "(self)"),
    (Box, "border_width", "(self)"),
    (Box, "border_height", "(self)"),
    (ParentBox, "descendants", "(self, placeholders=False)"),
    (ReplacedBox, "__init__", "(self, element_tag, style, element, replacement)"),
    (SVGImage, "__init__", "(self, tree, base_url, url_fetcher, context)"),
    (SVGImage, "get_intrinsic_size", "(self, image_resolution, font_size)"),
    (SVGImage, "draw", "(self, stream, concrete_width, concrete_height, _style)"),
    (Stream, "artifact", "(self)"),
    (Stream, "stacked", "(self)"),
    (Stream, "transform", "(self, a=1, b=0, c=0, d=1, e=0, f=0)"),
]


def test_it_is_the_weasyprint_that_was_looked_into():
    assert weasyprint.__version__ == laid_out.WEASYPRINT, (
        f"WeasyPrint {weasyprint.__version__} instead of {laid_out.WEASYPRINT}: run this file and tests/sop/document, "
        "read what it changed in what core/documents/laid_out.py names and in the structure that archival.py mends, "
        "look at an SOP's PDF of several pages (symbols in their cells, lines under them, connectors, mark); "
        "then set WEASYPRINT, and raise LAYOUT in sop/document/pdf.py if anything looks different."
    )


@pytest.mark.parametrize(("owner", "name", "signature"), SIGNATURES, ids=str)
def test_what_is_called_takes_what_is_given(owner, name, signature):
    assert str(inspect.signature(getattr(owner, name))) == signature


@pytest.fixture(scope="module")
def document():
    return pdf.lay_out('<p id="p">a</p><svg id="s" width="30" height="20"><title>b</title></svg>')


def test_what_is_read_is_there(document):
    found = {box.element.get("id"): box for _page, box in laid_out.boxes(document) if box.element is not None}
    blank = found["s"]
    assert type(blank) is not ReplacedBox and isinstance(blank, ReplacedBox) and type(blank.replacement) is SVGImage
    assert blank.replacement._url_fetcher is document.url_fetcher
    assert blank.replacement._context.font_config is document.font_config
    assert (blank.width, blank.height) == blank.replacement.get_intrinsic_size(1, 0)[:2] == (30, 20)
    assert not hasattr(found["p"], "replacement")
    ((place,),) = laid_out.element_positions(document, "s").values()
    assert (place.page, place.width, place.height) == (0, 30, 20)
