"""``make bench ARGS="--only night --minutes 30"``: does a display that stays open for days use more and more memory?

The display is open in Chromium, served as in production, while 2,000 visitors are called one by one. During each tenth
of the calls one of the events of a night happens in turn: the server is restarted, its database connections are cut, or
the office changes the silent hours, so that the page replaces itself by its new version. After each tenth the memory is
measured after a garbage collection. Every call must have been announced exactly once. Prints a table, writes
``VAR_DIR/bench-night.json`` and exits with a message if the heap, the nodes or the listeners grew.
"""

import contextlib
import datetime
import os
import sys
import time
from collections import Counter as Tally

from . import servers
from .report import say, write
from .streams import call_one

CALLS, PARTS = 2000, 10
QUEUE = 50
# Allowed ratio of the figures after the last tenth to those after the second; the first tenth warms up.
ALLOWED = {"heap": 1.15, "nodes": 1.15, "listeners": 1.0}
FLAG = "--autoplay-policy=no-user-gesture-required"
LISTEN = """() => new MutationObserver(records => records.forEach(record => {
    if (record.target.matches && record.target.matches('[data-spoken]'))
        record.addedNodes.forEach(node => window.nightTold(node.textContent));
})).observe(document, { childList: true, subtree: true })"""

# Evaluated instead of using Playwright's waiting functions, whose helpers in the page would count as growth.
VERSION = "() => document.querySelector('[data-board]').dataset.version"


def measure_night(minutes: float) -> None:
    """Measure, print and write the figures. Exits with a message if a call was lost or the page grew."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with servers.prepared_portal() as place:
        from . import stage

        clerk = stage.office_with_clerk()
        with contextlib.ExitStack() as server, _window(place.portal_port) as (page, told):
            found, called = _night(server, page, place, clerk, minutes)
    lost = [label for label in called if told[label] != 1]
    print(table(found, len(called)))
    write(place.results / "bench-night.json", calls=len(called), lost=lost, parts=found)
    if lost:
        sys.exit(f"calls that were not announced exactly once: {lost}")
    grown = [name for name, limit in ALLOWED.items() if found[-1][name] > found[1][name] * limit]
    if grown:
        sys.exit(f"the display grew: {grown}")


@contextlib.contextmanager
def _window(port):
    """An empty browser window, and a count of the announcements of each label in it."""
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
    """Causes one of the events of a night: a restart, lost database connections, a new version of the page."""
    from django.db import connection

    from visitors.models import Counter, ScreenRule

    if part % 5 == 4:
        version = page.evaluate(VERSION)
        hours = {"silent_from": datetime.time(1, part), "silent_to": datetime.time(2, part)}
        ScreenRule.objects.update_or_create(location=Counter.objects.first().location, defaults=hours)
        # The page waits until the last call has been spoken and no other followed; then its remains have to finish too.
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
    """What the browser still holds after a garbage collection."""
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
