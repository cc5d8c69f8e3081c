"""Retake every picture of the guides: ``.venv/bin/python -m docs.screenshots [http://127.0.0.1:8000]``.

Needs a running demo (``make demo``), preferably a fresh one, and the ``VAR_DIR`` of that demo, because the passwords
are in its ``demo-logins.json``. The script clicks through one request and one visit, which changes the demo. Pictures
are stored in ``docs/img``: a phone of 360 px or a window of 1200 px, at most 120 kB each.
"""

import contextlib

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from .browsing import DESK, FLAGS, IMAGES, PHONE, SCREEN, BrowserUser, save_picture
from .citizen import apply
from .office import ask_and_answer, keep_paper, work
from .panel import panel
from .sop import approve, draft_sop, flowchart
from .visit import desk, serve_at_counter


def overview():
    """The README's picture: start page on a phone, display, an official's case."""
    canvas = Image.new("RGB", (1500, 930), "#EFE7DA")
    for name, width, corner in (
        ("layar", 900, (30, 30)),
        ("pejabat-kasus", 880, (330, 310)),
        ("warga-beranda", 330, (1140, 60)),
    ):
        picture = Image.open(IMAGES / f"{name}.png").convert("RGB")
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        ImageDraw.Draw(canvas).rectangle(
            (corner[0] - 3, corner[1] - 3, corner[0] + width + 2, corner[1] + picture.height + 2), fill="#16282D"
        )
        canvas.paste(picture, corner)
    save_picture(canvas, "overview", colors=128)


def main():
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        stack.callback(browser.close)
        known = {"": BrowserUser(browser, PHONE)}

        def people(who):
            if who not in known:
                known[who] = BrowserUser(browser, DESK, f"{who}@example.id")
            return known[who]

        citizen = people("")
        number, own = apply(citizen)
        ask_and_answer(people("layanan.dikdas"), citizen, number, own)
        code = work(people, number, own)
        citizen.go(f"/verifikasi/{code.replace('-', '')}/")
        citizen.shoot("warga-verifikasi")
        keep_paper(people("persuratan"))
        desk(people("frontoffice"))
        serve_at_counter(people("loket"), BrowserUser(browser, SCREEN))
        draft_sop(people("kabid.dikdas"))
        draft = panel(people("data"))
        approve(people("kabid.dikdas"), people("kepala.dinas"), draft)
        flowchart(citizen)
        overview()


if __name__ == "__main__":
    main()
