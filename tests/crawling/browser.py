"""A browser that loads previously fetched answers and presses their controls."""

import mimetypes
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.urls import Resolver404, resolve

from .crawler import Crawler
from .pages import HOST, Answer, path_of

PRESS = Path(__file__).with_name("press.js")
# Menus are folded on the narrow width only.
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 400, "height": 900}


class Shown(BaseHTTPRequestHandler):
    """Serves the given answers and static files, and nothing else."""

    protocol_version = "HTTP/1.1"
    answers: dict[str, Answer]

    def do_GET(self):
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            file = finders.find(unquote(path.removeprefix("/static/")))
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return self._send(200 if file else 404, kind, Path(file).read_bytes() if file else b"", "max-age=3600")
        answer = self.answers.get(self.path)
        if answer is None:
            return self._send(404, "text/plain", b"", "no-store")
        self._send(200, answer.kind, answer.content, "no-store", answer.policy)

    def _send(self, status, kind, content, caching, policy=""):
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": len(content), "Cache-Control": caching}
        for name, value in (headers | ({"Content-Security-Policy": policy} if policy else {})).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


@contextmanager
def pressing(browser):
    """Function (crawler, page) that presses everything on a page and reports the results to the crawler."""
    handler = type("Stage", (Shown,), {"answers": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", reduced_motion="reduce", viewport=WIDE)
    context.add_init_script(path=PRESS)
    window = context.new_page()

    def press(crawler: Crawler, page: Answer) -> None:
        handler.answers = {page.address: page, **{each: crawler.answer(each) for each in page.scripts}}
        window.goto(base + page.address)
        told = window.evaluate("pressAll()")
        if window.evaluate("hides()"):
            # The next page starts with the width that this one ended with.
            window.set_viewport_size(WIDE if window.viewport_size == NARROW else NARROW)
            told += window.evaluate("pressAll()")
        for each in told:
            if not each["to"] and not each["effect"]:
                # If an earlier press left the page waiting for an answer, press this control again on a
                # fresh page.
                window.goto(base + page.address)
                each = window.evaluate("told => pressAlone(told)", each) or each
            _judge(crawler, page, each, base)

    try:
        yield press
    finally:
        context.close()
        server.shutdown()
        server.server_close()


def _judge(crawler, page, told, base):
    name = f"{told['tag']} “{told['name']}”"
    if told["covered"]:
        crawler.found(page.address, f"{name} lies under {told['covered']}")
    if not told["to"] and not told["effect"]:
        crawler.found(page.address, f"{name} does nothing when it is pressed")
    for led in told["to"]:
        url = led["url"].replace(base, "", 1).replace(f"http://{HOST}", "", 1)
        if not url.startswith("/"):
            continue
        if led["post"]:
            try:
                resolve(path_of(url))
            except Resolver404:
                crawler.found(page.address, f"{name} sends to {url}, which is not there")
        else:
            must_differ = bool(told.get("changed")) and not led["asked"]
            crawler.pressed(page, name, url, a_link=told["tag"] in ("a", "area"), must_differ=must_differ)
