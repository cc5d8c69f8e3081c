"""``make bench ARGS="--only night --minutes 30"``: does a display that stays open for days grow?

The display is open in Chromium at a server as in production while 2,000 visitors are called one by one. At every tenth
of them something of a night happens by turns: the server is restarted, its connections to the database are cut, the
office changes the silent hours, upon which the page takes its new version in. After each tenth the browser's garbage is
collected and counted. Every call must have been announced exactly once. Prints a table, writes
``VAR_DIR/bench-night.json`` and ends with a message where heap, nodes or listeners grew.
"""

import contextlib
import datetime
import json
import os
import sys
import time
from collections import Counter as Tally
from pathlib import Path

from . import servers
from .bench import machine, say
from .streams import call_one

CALLS, PARTS = 2000, 10
QUEUE = 50
# Of a page that does not grow, what the collector left at the end against the second tenth; the first warms up.
ALLOWED = {"heap": 1.15, "nodes": 1.15, "listeners": 1.0}
FLAG = "--autoplay-policy=no-user-gesture-required"
LISTEN = """() => new MutationObserver(records => records.forEach(record => {
    if (record.target.matches && record.target.matches('[data-spoken]'))
        record.addedNodes.forEach(node => window.nightTold(node.textContent));
})).observe(document, { childList: true, subtree: true })"""

# Evaluated, not waited for: Playwright's own helpers in the page would be counted as its growth.
VERSION = "() => document.querySelector('[data-board]').dataset.version"


def measure_night(minutes: float) -> None:
    """Measure, print and write what was found; exits with a message when a call was lost or the page grew."""
    var_dir = Path(os.environ.get("VAR_DIR") or servers.BASE / "var").resolve()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with servers.database(var_dir) as place:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        from . import stage

        say("Menyiapkan kantor …")
        stage.build_office()
        clerk = stage.clerks(1)[0]
        with contextlib.ExitStack() as server, _window(place.portal_port) as (page, told):
            found, called = _night(server, page, place, clerk, minutes)
    lost = [label for label in called if told[label] != 1]
    path = var_dir / "bench-night.json"
    path.write_text(json.dumps({"machine": machine(), "calls": len(called), "lost": lost, "parts": found}, indent=1))
    print(table(found, len(called)))
    say(f"Tersimpan di {path}")
    if lost:
        sys.exit(f"calls that were not announced exactly once: {lost}")
    grown = [name for name, limit in ALLOWED.items() if found[-1][name] > found[1][name] * limit]
    if grown:
        sys.exit(f"the display grew: {grown}")


@contextlib.contextmanager
def _window(port):
    """A window without a page yet, and how often each label was announced in it."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS

    told: Tally[str] = Tally()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, FLAG])
        page = browser.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": 1920, "height": 1080}
        ).new_page()
        page.expose_function("nightTold", lambda words: told.update([words.removeprefix("Nomor ").split(",")[0]]))
        yield page, told
        browser.close()


def _night(server, page, place, clerk, minutes):
    from visitors.models import Counter

    from . import stage

    server.enter_context(servers.serving(place, reference=False))
    code = Counter.objects.first().location.code
    page.goto(f"/layar/{code}/")
    page.evaluate(LISTEN)
    page.evaluate("window.openedOnce = true")
    called, found = [], []
    pause = minutes * 60 / CALLS
    for part in range(PARTS):
        due = time.monotonic()
        for number in range(CALLS // PARTS):
            if number % QUEUE == 0:
                stage.fill_queue(QUEUE + 5)
            called.append(call_one(*clerk)[0])
            if number == CALLS // PARTS // 2:
                _trouble(part, server, page, place)
            due += pause
            page.wait_for_timeout(max((due - time.monotonic()) * 1000, 50))
        page.wait_for_timeout(8000)
        found.append({"calls": len(called), **_counted(page)})
        say(f"{len(called)} panggilan: {found[-1]}")
    assert page.evaluate("window.openedOnce") is True
    return found, called


def _trouble(part, server, page, place):
    """What a night brings: a restart, a database that was away, another version of the page."""
    from django.db import connection

    from visitors.models import Counter, ScreenRule

    if part % 5 == 4:
        version = page.evaluate(VERSION)
        hours = {"silent_from": datetime.time(1, part), "silent_to": datetime.time(2, part)}
        ScreenRule.objects.update_or_create(location=Counter.objects.first().location, defaults=hours)
        # Until the last call has been spoken and it was calm for a while; then what the old page left has to end too.
        while page.evaluate(VERSION) == version:
            page.wait_for_timeout(1000)
        page.wait_for_timeout(35_000)
    elif part % 2 == 0:
        server.close()
        page.wait_for_timeout(3000)
        server.enter_context(servers.serving(place, reference=False))
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _counted(page):
    """What the browser still holds after collecting its garbage."""
    tools = page.context.new_cdp_session(page)
    for _time in range(3):
        tools.send("HeapProfiler.collectGarbage")
    counted, heap = tools.send("Memory.getDOMCounters"), tools.send("Runtime.getHeapUsage")
    tools.detach()
    return {"heap": heap["usedSize"], "nodes": counted["nodes"], "listeners": counted["jsEventListeners"]}


def table(found: list[dict], calls: int) -> str:
    """Beginning, middle and end as a Markdown table."""
    head = ["| after calls | JS heap | DOM nodes | listeners |", "|---|---|---|---|"]
    rows = [found[0], found[1], found[len(found) // 2], found[-1]]
    return "\n".join(
        [f"{calls:,} calls, each announced once", ""]
        + head
        + [f"| {r['calls']:,} | {r['heap'] / 1024:,.0f} kB | {r['nodes']} | {r['listeners']} |" for r in rows]
    )
