"""A browser for each person, and pictures of what it shows.

The address of the portal is the first argument of the script, the passwords stand in the ``VAR_DIR`` of its demo.
"""

import io
import json
import os
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "img"
BASE = "/".join((sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").split("/")[:3])
LOGINS = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "demo-logins.json"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--hide-scrollbars"]
PHONE, DESK, SCREEN = (360, 740), (1200, 800), (1280, 720)
SERVICE = "/layanan/surat-pengganti-ijazah-hilang-atau-rusak/"
SOP = "/sop/rekomendasi-mutasi-siswa-masuk/"
ROOM = "Ruang Kepala Bidang Pembinaan Pendidikan Dasar"
PASSWORDS = {login["email"]: login["password"] for login in json.loads(LOGINS.read_text())} if LOGINS.exists() else {}


class BrowserUser:
    """A user with a separate browser window."""

    def __init__(self, browser, size, email=""):
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(base_url=BASE, locale="id-ID", timezone_id="Asia/Jakarta", viewport=viewport)
        context.set_default_timeout(60_000)
        self.page = context.new_page()
        # Confirmations ("Terbitkan surat?") are accepted; the print dialog would wait for a person.
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.add_init_script("window.print = () => {}")
        if email:
            self.go("/akun/masuk/")
            self.page.fill("input[name=login]", email)
            self.page.fill("input[name=password]", PASSWORDS[email])
            self.page.keyboard.press("Enter")
            self.page.wait_for_url("**/petugas/")

    def go(self, path):
        self.page.goto(path)

    def press(self, name, within="main", exact=False):
        """Press a button or follow a link with this text, and wait for the next page."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=name, exact=exact).or_(
            place.get_by_role("link", name=name, exact=exact)
        )
        found.first.click()
        self.page.wait_for_load_state()

    def shoot(self, name, top="", colors=96):
        """Take a picture of the window, or first scroll until the element ``top`` is at its upper edge."""
        if top:
            self.page.locator(top).first.evaluate("e => { e.scrollIntoView(); scrollBy(0, -12); }")
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(400)
        save_picture(Image.open(io.BytesIO(self.page.screenshot())), name, colors)


def save_picture(picture, name, colors=96):
    """Save a picture with few colours, which suffice for flat pages."""
    picture.convert("RGB").quantize(colors, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
    print(f"{name}.png {(IMAGES / f'{name}.png').stat().st_size // 1024} kB")


def sample_photo(words):
    """A photo of a document to upload."""
    picture, buffer = Image.new("RGB", (600, 800), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((60, 60), f"CONTOH\n{words}", fill="navy")
    picture.save(buffer, "JPEG")
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
