"""The real server for browser tests: granian on a free port of 127.0.0.1, on this run's test database."""

import contextlib
import io
import json
import os
import signal
import subprocess
import time
import urllib.request
import warnings
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from playwright.sync_api import expect, sync_playwright

from tests import snapshots
from tests.factories.ports import free_port
from tests.factories.world import PASSWORD, session_key_of
from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.demo import build
from ula_portal.demo.month import Scale

# Long timeouts for a busy machine; the time passes only if something is wrong.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

ROOT = Path(__file__).resolve().parents[2]
# Debian's headless build takes a third less processor time than the full browser.
CHROMIUM = os.environ.get("CHR", "/usr/bin/chromium-headless-shell")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


def _database_url():
    database = connection.settings_dict
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    host = quote(str(database["HOST"]), safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{quote(database['USER'])}{password}@{host}{port}/{database['NAME']}"


@contextlib.contextmanager
def serve(database_url, *, port=None, application="tests.browser.strict_server:application", **environment):
    """Base address of a server on the given database, with additional environment variables; ``port``: a free one by
    default.
    """
    from ula_portal.serving.command import server_command

    port = port or free_port()
    base = f"http://127.0.0.1:{port}"
    own = {"DATABASE_URL": database_url, "PORTAL_URL": base, "DJANGO_SETTINGS_MODULE": "ula_portal.settings"}
    log = Path(settings.VAR_DIR) / f"browser-server-{port}.log"
    command = server_command("127.0.0.1", port, 1)[:-1]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, application],
            cwd=ROOT,
            env={**os.environ, **own, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_up(base, process, log)
        yield base
    finally:
        _stop(process, log)


def _stop(process, log):
    """Terminate the server, by force if necessary, because nothing may use the test database when it is dropped."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        warnings.warn(f"the server did not stop when asked: {log.read_text()[-2000:]}", stacklevel=2)


@pytest.fixture(scope="session")
def database_url(django_db_setup, django_db_blocker):
    """The URL of this run's test database, for servers in other processes."""
    with django_db_blocker.unblock():
        return _database_url()


@pytest.fixture(scope="session")
def server(database_url):
    """Base address of a server on the test database; one process serves all browser tests of a worker."""
    with serve(database_url) as base:
        yield base


def _wait_until_up(base, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{base}/sehat/", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within a minute: {log.read_text()[-2000:]}")


# Per package, not per session: while Playwright is open, its event loop runs in the test's thread, so tests of other
# folders on the same worker could not start one.
@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _forget(context, base):
    """Close the window's pages and delete what they stored."""
    keeping = context.new_page()
    line = context.new_cdp_session(keeping)
    line.send("Storage.clearDataForOrigin", {"origin": base, "storageTypes": "all"})
    for page in context.pages:
        page.close()


class People:
    """Opens a separate window for each person and collects errors behind the page.

    ``complaints``: errors on a console, answers of 500 and above, requests to any other host. ``idle``: windows of
    earlier tests at the same address, by whether they run scripts. They are wiped except for the portal's static files,
    which a new window would have to load again.
    """

    def __init__(self, browser, base, idle=None):
        self.browser, self.base, self.contexts, self.complaints = browser, base, [], []
        self._idle, self._usual = idle, {}

    def stranger(self, *, width=1280, height=900, javascript=True, first_visit=False, **options):
        """A page of somebody without an account, with a window size in px. ``first_visit``: nothing is cached."""
        waiting = self._idle[javascript] if self._idle and not options and not first_visit else []
        context = waiting.pop() if waiting else self._window(javascript, options)
        if not options:
            self._usual[context] = javascript
        self.contexts.append(context)
        for event, hear in self._listeners():
            context.on(event, hear)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        return page

    def _window(self, javascript, options):
        context = self.browser.new_context(
            base_url=self.base,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=javascript,
            # Animations are switched off, because they would be inspected before they end.
            reduced_motion="reduce",
            color_scheme="light",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    def leave(self):
        """Close all windows, or wipe them for the next test."""
        for context in self.contexts:
            if self._idle is None or context not in self._usual:
                context.close()
                continue
            for event, hear in self._listeners():
                context.remove_listener(event, hear)
            context.set_offline(False)
            context.clear_cookies()
            _forget(context, self.base)
            self._idle[self._usual[context]].append(context)

    def _listeners(self):
        heard = {"console": self._hear, "weberror": self._fear, "request": self._look, "response": self._judge}
        return heard.items()

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(f"{message.page.url}: {message.text} {message.location.get('url', '')}".strip())

    def _fear(self, error):
        self.complaints.append(f"{error.page.url}: {error.error}")

    def _look(self, request):
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.complaints.append(f"a request to {request.url}")

    def _judge(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {response.url}")

    def known(self, user, **options):
        """A page of a member of staff with a session cookie from an earlier log-in."""
        page = self.stranger(**options)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_key_of(user), "url": self.base}
        page.context.add_cookies([cookie])
        return page

    def staff(self, email, password, **options):
        """A page of a member of staff, logged in."""
        page = self.stranger(**options)
        page.goto("/akun/masuk/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[type=password]").fill(password)
        page.locator("input[type=password]").press("Enter")
        page.wait_for_url("**/petugas/")
        return page


# Same scope as ``chromium``, which owns the windows.
@pytest.fixture(scope="package")
def idle_windows():
    return {True: [], False: []}


@pytest.fixture
def people(transactional_db, server, chromium, idle_windows):
    cast = People(chromium, server, idle_windows)
    yield cast
    cast.leave()


# Services of the tests' office: one with loops and a letter, another one, and one for visits.
SERVICES = ("MUT-K", "LEG-IJZ", "TAMU")


@pytest.fixture
def office(people):
    """The demo office with three services and no history; everybody's password is ``PASSWORD``."""
    return open_office(SERVICES)


def open_office(codes):
    """The demo office with these services and no history; returns its staff by the local part of their e-mail
    addresses.
    """

    def put_up():
        build.build(Scale(requests=0, visits=0, letters=0, days=0, codes=codes), stream=io.StringIO())
        User.objects.update(password=make_password(PASSWORD))

    snapshots.built(("office", *codes, clock.today()), put_up)
    return {user.email.split("@")[0]: user for user in User.objects.all()}


# The first check covers the whole page, later ones only what has become visible. Colour contrast is measured once for
# each kind of element, given by the element and its ancestors. Classes of the admin panel that name a model or field
# are ignored.
AXE_FINDS = """async measured => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches, known = new Set(measured), kinds = [], texts = [];
    const first = !window.judged, judged = window.judged ||= new Set(), news = [], found = [];
    for (const each of document.body.querySelectorAll("*")) {
        if (!each.checkVisibility()) continue;
        if (!judged.has(each) && judged.has(each.parentElement)) news.push(each);
        judged.add(each);
        if (![...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
        const kind = [each.parentElement, each].map(one => [
            one.localName, one.getAttribute("aria-current"), one.disabled, dark,
            [...one.classList].filter(name => !/^(app|model|column|field|nav)-/.test(name)),
        ]).join();
        if (known.has(kind)) continue;
        known.add(kind);
        kinds.push(kind);
        texts.push(each);
    }
    async function judge(context, rules) {
        const told = await axe.run(context, { resultTypes: ["violations"], preload: false, ...rules });
        found.push(...told.violations.map(each => ({
            id: each.id, impact: each.impact, nodes: each.nodes.slice(0, 2).map(node => node.html.slice(0, 120)),
        })));
    }
    if (first || news.length) await judge(first ? document : news, { rules: { "color-contrast": { enabled: false } } });
    // A live page may have replaced some of them meanwhile.
    const there = texts.filter(each => each.isConnected);
    if (there.length) await judge(there, { runOnly: ["color-contrast"] });
    return { kinds, found };
}"""


@pytest.fixture
def axe():
    """Function (page) -> list of violations as text.

    When a page is checked again at another width, only what is visible there alone is checked. Measuring colours takes
    most of the time, so a test does it once for each kind of element.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    measured: list[str] = []

    def run(page):
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        told = page.evaluate(AXE_FINDS, measured)
        measured.extend(told["kinds"])
        return [f"{v['id']} ({v['impact']}): {json.dumps(v['nodes'])}" for v in told["found"]]

    return run
