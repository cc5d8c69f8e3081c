"""``make bench ARGS="--only streams"``: how fast a call reaches 500 open displays, and how much memory a stream takes.

The server runs as in production with two workers; this process opens the streams over plain sockets. A call is timed
from the start of the clerk's verb until each display has received it; this includes the commit, so the figures are
slightly too high. Memory is measured after some calls with a few streams (modules, threads, templates and connections
are a fixed cost of the server), with all streams open, and after each half of the calls. Takes about two minutes.
Prints a table and writes ``VAR_DIR/bench-streams.json``.

``VAR_DIR=… python -m tests.load.streams --at http://127.0.0.1:8000`` measures a running demo with that data folder:
the calls are made on the counter's page, and public pages are requested at the same time.
"""

import argparse
import asyncio
import json
import os
import sys
import time
import urllib.request
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from . import servers
from .report import say, write

STREAMS, CALLS = 500, 60
# Streams and calls for warming up, after which each of the eight threads of both workers has served pages.
WARM, WARM_CALLS = 20, 40
# Seconds between two calls, so that each is measured alone.
PAUSE = 0.25
GOALS = {"p99": 100.0, "kilobytes": 70.0}


def measure_streams() -> None:
    """Measure, print and write the figures. Exits with a message if a display missed a call."""
    with servers.prepared_portal() as place:
        from . import stage

        session, user = stage.office_with_clerk(WARM_CALLS + CALLS + 5)
        with servers.serving(place, reference=False):
            found = asyncio.run(_measure(place.portal_port, lambda: call_one(session, user)))
    _report(found, place.results)


def measure_demo(address: str) -> None:
    """Measure a running demo, whose data folder is ``VAR_DIR``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ula_portal.settings")
    import django

    django.setup()
    from django.conf import settings

    from visitors.counter.actions.sessions import close_session
    from visitors.models import Counter, CounterSession

    from . import stage

    session, user = stage.clerks(1)[0]
    stage.fill_queue(WARM_CALLS + CALLS + 5)
    try:
        found = asyncio.run(_measure(urlsplit(address).port, _clerk_at(address, session, user), f"{address}/antrean/"))
    finally:
        from ula_portal.core.journal.actors import staff
        from ula_portal.core.models import User

        close_session(CounterSession.objects.get(pk=session), by=staff(User.objects.get(pk=user)))
        Counter.objects.filter(sessions=session).update(active=False)
        stage.fill_queue(0)
    _report(found, settings.VAR_DIR)


def _clerk_at(address, session, user_id):
    """A function that calls the next visitor on the counter's page, as a browser does, and finishes the ticket."""
    from django.conf import settings
    from django.middleware.csrf import _get_new_csrf_string

    from tests.factories.world import session_key_of
    from ula_portal.core.models import User
    from visitors.models import Ticket

    secret = _get_new_csrf_string()
    cookies = {settings.SESSION_COOKIE_NAME: session_key_of(User.objects.get(pk=user_id)), "csrftoken": secret}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    def press(**fields):
        data = urlencode({"csrfmiddlewaretoken": secret, **fields}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{address}/petugas/loket/", data, headers), timeout=30).close()

    def call():
        moment = time.monotonic()
        press(do="call_next")
        ticket = Ticket.objects.get(session=session, state=Ticket.State.CALLED)
        press(do="finish", ticket=ticket.pk)
        return ticket.label, moment

    return call


def _report(found, folder):
    print(table(found))
    write(folder / "bench-streams.json", streams=STREAMS, calls=CALLS, **found)


async def _measure(port, call, page=None):
    from visitors.models import Counter

    loop = asyncio.get_running_loop()
    code = await loop.run_in_executor(None, lambda: Counter.objects.first().location.code)
    heard: dict[str, list[float]] = {}
    fresh = _server_bytes(port)
    first = await _open(port, code, WARM, {})
    await _calls(WARM_CALLS, call, page)
    before = await _settled(port)
    say(f"Membuka {STREAMS} siaran …")
    displays = await _open(port, code, STREAMS, heard)
    opened = await _settled(port)
    begun, pages = await _calls(CALLS // 2, call, page)
    half = await _settled(port)
    more, more_pages = await _calls(CALLS - CALLS // 2, call, page)
    after = await _settled(port)
    begun |= more
    for task in [*first, *displays]:
        task.cancel()
    missed = {label: STREAMS - len(heard.get(label, ())) for label in begun if len(heard.get(label, ())) != STREAMS}
    if missed:
        sys.exit(f"displays that missed a call: {missed}")
    times = [(arrived - begun[label]) * 1000 for label in begun for arrived in heard[label]]
    cuts = quantiles(times, n=100)
    memory = {
        "server_megabytes": [each / 1024**2 for each in (fresh, before, after)],
        "kilobytes": (opened - before) / STREAMS / 1024,
        "kilobytes_after_half": (half - before) / STREAMS / 1024,
        "kilobytes_after_calls": (after - before) / STREAMS / 1024,
    }
    times_ms = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "slowest": max(times)}
    return {**times_ms, **memory, "pages": sorted(pages + more_pages)}


async def _open(port, code, number, heard):
    """Tasks of ``number`` displays that have received the first event of their streams."""
    tasks = [asyncio.ensure_future(_follow(port, code, heard)) for _n in range(number)]
    await asyncio.gather(*(display_is_open(task) for task in tasks))
    return tasks


async def _settled(port):
    """The server's memory in bytes, after a pause for outstanding events."""
    await asyncio.sleep(3)
    return _server_bytes(port)


async def _calls(number, call, page):
    """Makes the calls: the start of each by its label, and the milliseconds that a public page took after each."""
    loop = asyncio.get_running_loop()
    begun: dict[str, float] = {}
    pages: list[float] = []
    for each in range(number):
        if each % 20 == 0:
            say(f"Panggilan {each} dari {number}")
        label, moment = await loop.run_in_executor(None, call)
        begun[label] = moment
        if page:
            pages.append(await loop.run_in_executor(None, _milliseconds_of, page))
        await asyncio.sleep(PAUSE)
    return begun, pages


def _milliseconds_of(page):
    moment = time.monotonic()
    with urllib.request.urlopen(page, timeout=30) as answer:
        answer.read()
    return (time.monotonic() - moment) * 1000


async def display_is_open(task):
    """Wait until a display has received the first event of its stream."""
    while not getattr(task, "is_open", False):
        if task.done():
            task.result()
        await asyncio.sleep(0.05)


async def _follow(port, code, heard):
    """One display, which records when each call's label arrives."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(f"GET /live/display/{code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await writer.drain()
    event = ""
    while line := await reader.readline():
        now = time.monotonic()
        text = line.decode().rstrip()
        if text.startswith("HTTP/1.1") and " 200" not in text:
            sys.exit(f"a stream was refused: {text}")
        if text.startswith("event: "):
            event = text.removeprefix("event: ")
        elif text.startswith("data: ") and event == "state":
            asyncio.current_task().is_open = True
        elif text.startswith("data: ") and event == "queue":
            call = json.loads(text.removeprefix("data: "))
            if call["kind"] == "called":
                heard.setdefault(call["label"], []).append(now)


def call_one(session_id, user_id):
    """Call the next visitor and finish the ticket; returns its label and the start of the call."""
    from ula_portal.core.journal.actors import staff
    from ula_portal.core.models import User
    from visitors.counter.actions import calling, serving
    from visitors.models import CounterSession

    user = User.objects.get(pk=user_id)
    session = CounterSession.objects.get(pk=session_id)
    moment = time.monotonic()
    ticket = calling.call_next(session, by=staff(user))
    serving.finish_serving(ticket, by=staff(user))
    return ticket.label, moment


def _server_bytes(port):
    """Bytes of memory used by the portal's server alone, including its workers."""
    return sum(process.memory_full_info().uss for process in server_processes(port))


def server_processes(port):
    """The processes of the server, each once, since a worker has the command line of its parent."""
    import psutil

    found = (each for each in psutil.process_iter(["cmdline"]) if str(port) in (each.info["cmdline"] or ()))
    own = [each for each in found if "granian" in each.info["cmdline"]]
    return {process for each in own for process in [each, *each.children(recursive=True)]}


def table(found: dict) -> str:
    """The figures as a Markdown table with their goals."""
    megabytes = found["server_megabytes"]
    rows = [
        f"| a call, {STREAMS} displays, begin to client | {found['p50']:.0f} ms | {found['p95']:.0f} ms"
        f" | {found['p99']:.0f} ms | p99 < {GOALS['p99']:.0f} ms, {_met(found['p99'] < GOALS['p99'])} |",
        _memory_row(f"memory of a stream, {STREAMS} opened", found["kilobytes"]),
        _memory_row(f"the same after {CALLS // 2} calls", found["kilobytes_after_half"]),
        _memory_row(f"the same after {CALLS} calls", found["kilobytes_after_calls"]),
        f"| the server: at first, warmed up, at last | {' → '.join(f'{each:.0f}' for each in megabytes)} MB | | | |",
    ]
    if pages := found["pages"]:
        rows.append(f"| a public page meanwhile | {pages[len(pages) // 2]:.0f} ms | | {pages[-1]:.0f} ms | |")
    return "\n".join(["| work | p50 | p95 | p99 | goal |", "|---|---|---|---|---|", *rows])


def _memory_row(what, kilobytes):
    goal = GOALS["kilobytes"]
    return f"| {what} | {kilobytes:.1f} kB | | | ≤ {goal:.0f} kB, {_met(kilobytes <= goal)} |"


def _met(holds):
    return "met" if holds else "**not met**"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.load.streams", description=__doc__.splitlines()[0])
    parser.add_argument("--at", required=True, help="address of a running demo; VAR_DIR is its data folder")
    measure_demo(parser.parse_args().at.rstrip("/"))
