"""Takes pictures of pages in one browser, and records problems that the browser finds."""

import io
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from PIL import Image
from playwright.sync_api import Error

from tests.browser.conftest import AXE_FINDS
from tests.browser.test_pages import STICKS_OUT
from tests.factories.world import session_key_of

from .addresses import Shot

HEIGHTS = {360: 740, 768: 1024, 1366: 768, 1440: 900, 1920: 1080}
DISPLAY_WIDTH = 1920
# Longer pages are cut off in their picture.
LONGEST = 6000
PATIENCE_MS = 30_000
# Makes the input of a form invalid: empties required fields, and disables the browser's own validation.
SPOIL = """() => {
  for (const form of document.querySelectorAll("main form[method=post], #content-main form[method=post]")) {
    const fields = [...form.querySelectorAll("input, select, textarea")].filter(each =>
      each.checkVisibility() && !["submit", "button", "search", "file", "hidden"].includes(each.type));
    const button = [...form.querySelectorAll("button:not([type=button]), input[type=submit]")].find(
      each => each.checkVisibility());
    if (!fields.length || !button) continue;
    form.noValidate = true;
    for (const each of fields) {
      if (["radio", "checkbox"].includes(each.type)) each.checked = false; else each.value = "";
    }
    form.requestSubmit(button);
    return true;
  }
  return false;
}"""
# Buttons whose text is not centred, because of a space or an invisible element next to it.
OFF_CENTRE = """() => [...document.querySelectorAll(".btn, .button")].filter(each => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  if (!each.checkVisibility() || style.justifyContent !== "center") return false;
  let left = Infinity, right = -Infinity;
  for (const node of each.childNodes) {
    const range = document.createRange();
    range.selectNode(node);
    const seen = node.nodeType === Node.ELEMENT_NODE ? node.getBoundingClientRect() : range.getBoundingClientRect();
    if (seen.width <= 1) continue;
    left = Math.min(left, seen.left);
    right = Math.max(right, seen.right);
  }
  const before = left - box.left - parseFloat(style.paddingLeft);
  const after = box.right - right - parseFloat(style.paddingRight);
  return right > left && Math.abs(before - after) > 3;
}).map(each => each.outerHTML.slice(0, 120))"""


@dataclass
class Taken:
    """The pictures of one page by (width, scheme), and what was found."""

    shot: Shot
    pictures: dict[tuple[int, str], Image.Image] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _waiting_for(page):
    """The requests of the page's scripts that are not answered yet, except streams of events, which never end."""
    waiting = set()
    page.on("request", lambda asked: asked.resource_type in ("fetch", "xhr") and waiting.add(asked))
    for done in ("requestfinished", "requestfailed"):
        page.on(done, lambda asked: waiting.discard(asked))
    return waiting


class Camera:
    """``widths`` in px, ``schemes`` light or dark; ``spoilt``: take each page after submitting its form
    without input.
    """

    def __init__(self, browser, base, objects, *, widths, schemes, axe=True, spoilt=False):
        self.browser, self.base, self.objects = browser, base, objects
        self.widths, self.schemes, self.axe, self.spoilt = widths, schemes, axe, spoilt
        self._contexts, self._measured = {}, []

    def take(self, shots: Iterable[Shot]) -> Iterator[Taken]:
        for shot in shots:
            taken = Taken(shot)
            page = self._context(shot.role).new_page()
            try:
                if self._open(page, taken):
                    self._look(page, taken)
            except Error as error:
                taken.note(f"trouble: {str(error).splitlines()[0]}")
            finally:
                page.close()
            yield taken

    def _context(self, role):
        if role not in self._contexts:
            context = self.browser.new_context(
                base_url=self.base, locale="id-ID", timezone_id="Asia/Jakarta", reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE_MS)
            context.add_init_script("window.print = () => {}")
            if user := self.objects.user(role):
                cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_key_of(user), "url": self.base}
                context.add_cookies([cookie])
            self._contexts[role] = context
        return self._contexts[role]

    def _open(self, page, taken):
        """Open an address; returns whether it shows a page. The pages of a PDF become the pictures."""
        shot = taken.shot
        page.on("console", lambda said: said.type == "error" and taken.note(f"console: {said.text[:200]}"))
        page.on("pageerror", lambda error: taken.note(f"script: {str(error)[:200]}"))
        page.on("request", lambda asked: self._stranger(asked.url, taken))
        waiting = _waiting_for(page)
        self._size(page, shot, self._widths(shot)[0])
        try:
            answer = page.goto(shot.address, wait_until="load")
        except Error as error:
            # A file to download.
            if "ERR_ABORTED" not in str(error) and "Download" not in str(error):
                raise
            return self._file(page, taken)
        kind = answer.headers.get("content-type", "")
        if kind.startswith("application/pdf"):
            return self._file(page, taken)
        # Parts of pages that scripts ask for have no document type.
        if not kind.startswith("text/html") or not page.evaluate("!!document.doctype"):
            return False
        if answer.status >= 400:
            taken.note(f"status {answer.status}")
        shown = self._spoil(page) if self.spoilt else True
        for _turn in range(250):
            if not waiting:
                break
            page.wait_for_timeout(20)
        return shown

    def _spoil(self, page):
        """Submit the page's form without input; returns whether the page has one."""
        try:
            with page.expect_response(lambda answer: answer.request.method == "POST", timeout=5_000):
                if not page.evaluate(SPOIL):
                    return False
        except Error:
            return False
        page.wait_for_load_state("load")
        return True

    def _stranger(self, url, taken):
        if not url.startswith((f"{self.base}/", "data:", "blob:")):
            taken.note(f"a request to {url}")

    def _file(self, page, taken):
        answer = page.context.request.get(taken.shot.address)
        if answer.headers.get("content-type", "").startswith("application/pdf"):
            command = ["pdftoppm", "-r", "80", "-l", "3", "-png", "-"]
            printed = subprocess.run(command, input=answer.body(), capture_output=True, check=True).stdout
            pages = [b"\x89PNG" + each for each in printed.split(b"\x89PNG")[1:]]
            for number, each in enumerate(pages, 1):
                taken.pictures[number, "paper"] = Image.open(io.BytesIO(each)).convert("RGB")
        return False

    def _widths(self, shot):
        return [DISPLAY_WIDTH] if shot.is_display else self.widths

    def _size(self, page, shot, width):
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})

    def _look(self, page, taken):
        for width in self._widths(taken.shot):
            self._size(page, taken.shot, width)
            for scheme in self.schemes:
                page.emulate_media(color_scheme=scheme)
                taken.pictures[width, scheme] = self._picture(page)
                if self.axe:
                    self._judge(page, taken, f"{width} {scheme}")
            if wide := page.evaluate(STICKS_OUT):
                taken.note(f"{width}: sticks out: {wide}")
            for button in page.evaluate(OFF_CENTRE):
                taken.note(f"{width}: words off the button's middle: {button}")

    def _picture(self, page):
        """A picture of the whole page. The window is enlarged to its height, so that sticky bars do not
        cover anything.
        """
        page.evaluate("document.activeElement?.blur()")
        window = page.viewport_size
        height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
        if height > window["height"]:
            page.set_viewport_size({**window, "height": height})
        content = page.screenshot(animations="disabled")
        page.set_viewport_size(window)
        return Image.open(io.BytesIO(content)).convert("RGB")

    def _judge(self, page, taken, where):
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        told = page.evaluate(AXE_FINDS, self._measured)
        self._measured.extend(told["kinds"])
        for each in told["found"]:
            taken.note(f"{where}: axe {each['id']} ({each['impact']}): {each['nodes']}")
