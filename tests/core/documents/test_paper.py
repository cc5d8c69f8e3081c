"""What papers share: one embedded serif, a signature block in which no name is broken, a band as wide as the text."""

import io

import pikepdf
import pytest
from django.template.loader import render_to_string

from ula_portal.core.documents import pdf

pytestmark = pytest.mark.django_db
MM = 96 / 25.4
# Wide letters, as in a name with titles before and behind it.
NAME = "Drs. H. Muhammad Syafruddin Abdurrahman Hasibuan Siregar, S.Pd., M.Pd., M.Hum."


def page_of(body):
    sheet = '<link rel="stylesheet" href="/static/css/paper.css">'
    return f'<html lang="id"><head>{sheet}</head><body class="paper">{body}</body></html>'


def name_box(html):
    """The laid-out block of the name."""
    (name,) = [
        box
        for box in pdf.lay_out(html).pages[0]._page_box.descendants()
        if box.__class__.__name__ == "BlockBox" and "signature__name" in (box.element.get("class") or "")
    ]
    return name


@pytest.mark.parametrize("length", [12, 40, 41, 50, 51, 66, 67, len(NAME)])
def test_a_name_stays_on_one_line_within_the_signature_block(length):
    block = render_to_string("components/_signature.html", {"position": "Kepala Dinas", "name": NAME[:length]})
    name = name_box(page_of(block))
    (line,) = name.children
    (text,) = line.children
    assert text.width <= name.width and abs(name.width - 95 * MM) < 0.01


def test_papers_embed_one_serif_whatever_is_hyphenated():
    text = "Pertanggungjawaban penyelenggaraan " * 40
    html = page_of(f'<h1>Surat</h1><div class="letter-body"><p>{text}</p></div>')
    with pikepdf.open(io.BytesIO(pdf.render_pdf(html))) as document:
        fonts = [font for page in document.pages for font in page.Resources.Font.values()]
        names = {str(font.BaseFont).partition("+")[2] for font in fonts}
        kinds = {font.DescendantFonts[0].FontDescriptor.get("/FontFile3") is not None for font in fonts}
    assert names == {"URW-Bookman-Light", "URW-Bookman-Semi-Bold"} and kinds == {True}


def test_the_band_at_the_foot_is_as_wide_as_the_text():
    page = pdf.lay_out(page_of("<p>Isi</p>")).pages[0]._page_box
    (band,) = [box for box in page.descendants() if box.__class__.__name__ == "InlineReplacedBox"]
    assert abs(band.width - 165 * MM) < 0.01 and abs(band.position_x - 25 * MM) < 0.01
