"""The office's emblem: drawn anew from PNG or SVG, judged on its grounds, shown everywhere, changed back."""

import base64
import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.factories.services import picture
from ula_portal.core.documents import pdf, svg
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import StoredFile
from ula_portal.core.office import emblem as emblems
from ula_portal.core.office.actions.emblem import remove_emblem, restore_emblem, set_emblem
from ula_portal.core.office.actions.office import set_up_office
from ula_portal.core.office.queries import office
from ula_portal.core.verbs.errors import Refused

SHIELD = '<path d="M0 0h100v80L50 120 0 80z" fill="{}"/>'
NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawing(inside, start=""):
    return f'{start}<svg {NS} viewBox="0 0 100 120">{inside}</svg>'.encode()


def upload(content, name="logo.svg"):
    return SimpleUploadedFile(name, content)


def opened(emblem):
    return Image.open(io.BytesIO(emblem.png)).convert("RGBA")


@pytest.mark.parametrize(
    ("color", "on_light", "faint"), [("#0A3640", True, False), ("white", False, True), ("#8A1C1C", True, False)]
)
def test_contrast_with_the_head_of_pages_and_with_paper_is_judged(color, on_light, faint):
    drawn = emblems.drawn(picture("logo.png", color, size=(300, 300)))
    assert (drawn.on_light, drawn.faint_on_paper) == (on_light, faint)
    assert opened(drawn).size == (emblems.SIDE, emblems.SIDE)


def test_the_judged_ground_is_the_one_of_the_style_sheet():
    deep = re.search(r"--deep: #(\w{6})", Path("static/css/tokens.css").read_text())[1]
    assert bytes.fromhex(deep) == bytes(emblems.DEEP)
    assert emblems.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


_PICTURE = base64.b64encode(picture(size=(9, 9)).read()).decode()
HOSTILE = {
    "script": drawing("<script>alert(1)</script>"),
    "handler": drawing('<rect width="9" height="9" onload="alert(1)"/>'),
    "foreign object": drawing("<foreignObject><b/></foreignObject>"),
    "picture elsewhere": drawing('<image href="http://example.id/a.png" width="9" height="9"/>'),
    "file": drawing('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
    "drawing inside": drawing('<image href="data:image/svg+xml;base64,AAAA" width="9" height="9"/>'),
    "use elsewhere": drawing('<use href="other.svg#a"/>'),
    "link": drawing('<a href="javascript:alert(1)"><path d="M0 0h9v9"/></a>'),
    "style import": drawing("<style>@import 'http://example.id/a.css';</style>"),
    "style address": drawing("<style>path { fill: url(http://example.id/a#b) }</style>"),
    "escaped style": drawing(r"<style>path { fill: \75rl(http://example.id/a) }</style>"),
    "attribute address": drawing('<path style="fill:url( http://example.id/a)" d="M0 0h9v9"/>'),
    "animation": drawing('<animate attributeName="href" to="javascript:alert(1)"/>'),
    "entities": drawing("<text>&b;</text>", '<!DOCTYPE svg [<!ENTITY a "haha"><!ENTITY b "&a;&a;">]>'),
    "outer entity": drawing("<text>&a;</text>", '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "style sheet": drawing(SHIELD.format("red"), '<?xml-stylesheet href="http://example.id/a.css"?>'),
    "too many": drawing("<g/>" * (svg.MAX_ELEMENTS + 1)),
    "too large": drawing("<g/>" + " " * svg.MAX_BYTES),
    "broken": drawing("<g>"),
    "another language": b'<html><svg xmlns="http://www.w3.org/2000/svg"/></html>',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_drawing_is_refused_before_it_is_drawn(content, monkeypatch):
    monkeypatch.setattr(svg.subprocess, "run", lambda *a, **k: pytest.fail("was drawn"))
    with pytest.raises(Refused):
        emblems.drawn(upload(content))


def test_an_ordinary_drawing_is_drawn_and_trimmed_and_only_the_picture_stays():
    inside = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#C08000"/></linearGradient></defs>'
        f'<style>.b {{ fill: url(#a) }}</style>{SHIELD.format("#C08000")}<path class="b" d="M0 0h100v9H0z"/>'
        f'<image href="data:image/png;base64,{_PICTURE}" x="45" y="50" width="9" height="9"/><use xlink:href="#a"/>'
    )
    start = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    drawn = emblems.drawn(upload(drawing(inside, start)))
    image = opened(drawn)
    assert image.height == emblems.SIDE and image.width == pytest.approx(220, abs=2)
    assert image.getpixel((110, 50))[:3] == (192, 128, 0) and image.getpixel((2, 262))[3] == 0
    assert min(image.getpixel((109, 120))[:3]) > 250
    assert (drawn.on_light, drawn.faint_on_paper) == (False, False)


def test_a_drawing_that_unfolds_without_end_is_given_up(monkeypatch):
    layers = "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 30 + "</g>" for n in range(1, 12))
    monkeypatch.setattr(svg, "PATIENCE", 1)
    with pytest.raises(Refused, match="tidak dapat digambar"):
        emblems.drawn(upload(drawing(f'<path id="l0" d="M0 0h9v9"/>{layers}')))


@pytest.mark.parametrize(
    "bad",
    [
        upload(b""),
        upload(b"%PDF-1.4"),
        upload(b"\x89PNG\r\n\x1a\n broken", "logo.png"),
        picture("logo.jpg", kind="JPEG", size=(200, 200)),
        picture("logo.png", size=(95, 40)),
        picture("logo.png", size=(900, 200)),
        picture("logo.png", (0, 0, 0, 0), size=(200, 200)),
        upload(b"\x89PNG" + b"x" * emblems.MAX_BYTES),
    ],
    ids=["empty", "pdf", "broken", "jpeg", "small", "long", "nothing drawn", "large"],
)
def test_what_is_no_emblem_is_refused(bad):
    with pytest.raises(Refused):
        emblems.drawn(bad)


def green(size=120):
    return emblems.drawn(picture("logo.png", "green", size=(size, size)))


@pytest.mark.django_db
def test_it_is_shown_on_pages_and_paper_removed_and_taken_back():
    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh")
    set_emblem(green(), by=SYSTEM)
    first = office().emblem_url
    with CaptureQueriesContext(connection) as with_emblem:
        page = Client().get("/privasi/").content.decode()
    assert f'src="{first}"' in page
    answer = Client().get(first)
    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert "immutable" in answer["Cache-Control"]
    assert b"/Subtype /Image" in pdf.render_pdf(f'<img src="{first}">')

    set_emblem(green(200), by=SYSTEM)
    second = office().emblem_url
    # Pages in a browser's cache still show the one before.
    assert second != first and Client().get(first).status_code == 200
    remove_emblem(by=SYSTEM)
    assert office().emblem_url == "" and Client().get(first).status_code == 404
    with CaptureQueriesContext(connection) as without:
        assert "brand__emblem" in Client().get("/privasi/").content.decode()
    assert len(with_emblem) == len(without)
    restore_emblem(by=SYSTEM)
    assert office().emblem_url == second and StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_the_same_picture_again_changes_nothing_and_without_an_office_it_is_refused():
    with pytest.raises(Refused):
        set_emblem(green(), by=SYSTEM)
    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh")
    set_emblem(green(), by=SYSTEM)
    before = office().emblem_url
    set_emblem(green(), by=SYSTEM)
    assert office().emblem_url == before and StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_other_stored_files_have_no_address_there():
    from ula_portal.core.files import uploads

    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh")
    secret = uploads.keep(b"%PDF", "rahasia.pdf", "application/pdf")
    assert Client().get(f"/logo/{secret.pk}.png").status_code == 404
