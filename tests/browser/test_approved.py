"""Twelve key pages look like the pictures in ``approved/``, within a tolerance.

``make approve`` takes them anew, after a change that was meant. The clock stands still and the fonts are those that
``setup/system-libraries`` installs, so that only the page and the browser's way of drawing letters can differ.
"""

import io
import os
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image, ImageChops, ImageFilter

from tests import snapshots
from tests.conftest import OPEN_AT
from tests.factories.world import make_world
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from visitors.counter.actions import calling, sessions

from .conftest import People, serve

APPROVED = Path(__file__).parent / "approved"
FONTS = ':root { --sans: "Liberation Sans"; --serif: "P052"; --mono: "DejaVu Sans Mono"; }'
LONGEST = 3000
COLOURS = 48
# Pictures are kept at half size and compared by the brightness of squares of eight pixels of the page. Another
# way of drawing letters changes it by up to NOISE of 255 levels; a line of text that moved by four pixels by more.
# Chromium 138, 147, 153 and 156 differ in at most a thousandth of the squares of a page, most in none.
SQUARE, NOISE = 4, 20
# Squares that may differ: other digits in a number.
SHARE = 0.004
# A page may become longer by this many pixels at half size.
LONGER = 4


def pages(world):
    """Name, person, size of the window, colour scheme, address."""
    cast, phone, desk = world.cast, (360, 740), (1440, 900)
    return [
        ("beranda", None, phone, "light", "/"),
        ("layanan", None, desk, "light", "/layanan/"),
        ("keterangan-layanan", None, desk, "dark", reverse("service_detail", args=[world.service.slug])),
        ("formulir", None, phone, "light", world.draft_address("apply_part", 2)),
        ("lacak", None, phone, "light", reverse("track_detail", args=[world.token(world.asked)])),
        ("nomor", None, phone, "dark", reverse("ticket_own", args=[world.ticket_token])),
        ("layar", None, (1920, 1080), "light", "/layar/ula/"),
        ("beranda-kepala", cast.head, desk, "light", "/petugas/"),
        ("pekerjaan", cast.official, desk, "light", "/petugas/kasus/"),
        ("permohonan", cast.official, desk, "dark", reverse("case_detail", args=[world.case.number])),
        ("tamu", cast.frontdesk, (1366, 768), "light", "/petugas/tamu/"),
        ("panel", cast.admin, desk, "light", "/admin/core/user/"),
    ]


def _take(page, size, address):
    width, height = size
    page.goto(address)
    # On a wide screen the first case of the list opens beside it.
    if page.locator("#rincian").count():
        page.locator("#rincian h2").first.wait_for()
    page.add_style_tag(content=FONTS)
    page.evaluate(
        "document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"
    )
    page.evaluate("document.activeElement?.blur()")
    height = max(height, min(page.evaluate("document.documentElement.scrollHeight"), LONGEST))
    page.set_viewport_size({"width": width, "height": height})
    # What is drawn by a script or from a code differs each time.
    changing = [page.locator(place) for place in (".qr", "[data-age]")]
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", mask=changing)))
    return picture.convert("RGB").reduce(2)


def _squares(picture):
    return picture.convert("L").reduce(SQUARE).filter(ImageFilter.GaussianBlur(0.6))


def difference(first, second):
    """The share of squares that differ, where the pictures are both; 1 for pages of different size."""
    if first.width != second.width or abs(first.height - second.height) > LONGER:
        return 1.0
    height = min(first.height, second.height)
    both = [_squares(each.convert("RGB").crop((0, 0, each.width, height))) for each in (first, second)]
    levels = ImageChops.difference(*both).histogram()
    return sum(levels[NOISE:]) / sum(levels)


@pytest.fixture
def still(transactional_db, chromium, database_url):
    """The tests' office at ten o'clock, with somebody called to a counter."""
    with clock.at(OPEN_AT):
        world = snapshots.built(("world",), make_world)
        calling.call_next(sessions.open_session(world.desk, by=staff(world.cast.counter)), by=staff(world.cast.counter))
    application = "tests.browser.still_server:application"
    with serve(database_url, application=application, STILL_AT=OPEN_AT.isoformat()) as base:
        windows = People(chromium, base)
        yield world, windows
        windows.leave()


def test_key_pages_look_as_approved(still, tmp_path):
    world, windows = still
    found = []
    if os.environ.get("APPROVE"):
        APPROVED.mkdir(exist_ok=True)
    for name, person, size, scheme, address in pages(world):
        options = {"bypass_csp": True, "width": size[0], "height": size[1]}
        page = windows.known(person, **options) if person else windows.stranger(**options)
        page.clock.set_fixed_time(OPEN_AT)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        taken, approved = _take(page, size, address), APPROVED / f"{name}.png"
        if os.environ.get("APPROVE"):
            taken.quantize(COLOURS, dither=Image.Dither.NONE).save(approved, optimize=True)
        elif (share := difference(taken, Image.open(approved))) > SHARE:
            taken.save(tmp_path / approved.name)
            found.append(f"{share:.1%} of {name} differs: {tmp_path / approved.name}")
    assert found == []


@pytest.mark.parametrize("file", sorted(APPROVED.glob("*.png")), ids=lambda file: file.stem)
def test_what_moves_is_found(file):
    """The lower two thirds of a page move by eight pixels; its letters are drawn anew; it becomes longer."""
    approved = Image.open(file).convert("RGB")
    moved, top, down = approved.copy(), approved.height // 3, 4
    moved.paste(approved.crop((0, top, approved.width, approved.height - down)), (0, top + down))
    assert difference(moved, approved) > 2 * SHARE
    assert difference(approved.filter(ImageFilter.GaussianBlur(0.7)), approved) <= SHARE / 2
    assert difference(approved.crop((0, 0, approved.width, approved.height - 2 * LONGER)), approved) == 1
