"""Server-sent events below ``/live/``: the ASGI application that ``ula_portal.asgi`` hands these paths to.

Streams: ``/live/display/<location>`` (the waiting room), ``/live/ticket/<token>`` (one's own number),
``/live/staff/<signed token>`` (a queue) and ``/live/pekerjaan/<signed token>`` (an inbox), which say "changed" only.
It stands outside Django's middleware, so it checks host and origin itself (``gate``). One listener and one reader per
process feed all streams (``hub``).
"""

import asyncio
import json
import logging
import random
import re

from django.conf import settings
from django.db import DatabaseError

from ula_portal.core import live

from . import gate, reading
from .hub import Full, Hub
from .stream import Stream

logger = logging.getLogger(__name__)

_PATH = re.compile(r"/live/(display|ticket|staff|pekerjaan)/([A-Za-z0-9_.:-]{1,600})/?")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
# The browser asks again after so many milliseconds when the connection breaks; all screens at once would be a storm.
_RETRY_FROM, _RETRY_TO = 2000, 6000

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running loop; a process of the server has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs.clear()
        _hubs[loop] = Hub(limit=settings.LIVE_STREAMS)
    return _hubs[loop]


async def application(scope, receive, send) -> None:
    """Answer one request for a stream: 200 and events until the client leaves, else a status and a short text."""
    if scope["type"] != "http":
        return
    status = gate.refusal(scope)
    found = _PATH.fullmatch(scope["path"])
    if status is None and found is None:
        status = 404
    if status is not None:
        await _refuse(send, status)
        return
    try:
        stream = await _stream(found[1], found[2], scope)
        if stream is None:
            await _refuse(send, 404)
            return
        stream.source = gate.source(scope)
        await _serve(stream, scope, receive, send)
    except Full:
        await _refuse(send, 503)
    except DatabaseError:
        logger.warning("live: the database does not answer")
        await _refuse(send, 503, "Maaf, sistem sedang terganggu. Coba lagi sebentar lagi.")
    except Exception:
        # The server would let the client wait for ever.
        logger.exception("live: a stream could not be opened")
        await _refuse(send, 500)


async def _stream(kind, name, scope) -> Stream | None:
    """The stream that the path names; None when there is nothing of that name."""
    if kind == "display":
        location_id = await reading.in_database(reading.location_id_of, name)
        return location_id and Stream(kind, location_id)
    if kind == "staff":
        location_id = gate.location_of_staff_token(name)
        return location_id and Stream(kind, location_id)
    if kind == "pekerjaan":
        topics = live.topics_of(name)
        return topics and Stream("work", topics=topics)
    ticket = await reading.in_database(reading.ticket_ids_of, name)
    return ticket and Stream(kind, ticket[1], ticket_id=ticket[0], language=gate.language(scope))


async def _serve(stream, scope, receive, send):
    center = hub()
    center.join(stream)
    gone = asyncio.ensure_future(_until_gone(receive))
    gone.add_done_callback(lambda _task: stream.close())
    try:
        opening = await center.opening(stream, gate.last_event(scope))
    except BaseException:
        center.leave(stream)
        gone.cancel()
        raise
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        retry = f"retry: {random.randint(_RETRY_FROM, _RETRY_TO)}\n\n".encode()
        await _piece(send, retry + opening)
        while (pieces := await stream.next()) is not None:
            await _piece(send, pieces)
        if not gone.done():
            await _piece(send, b"", more=False)
    except OSError:
        # The client left while something was being sent.
        pass
    finally:
        center.leave(stream)
        gone.cancel()
        await asyncio.wait([gone])


async def _until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def _piece(send, body, *, more=True):
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _refuse(send, status, instead=""):
    text = {
        403: "Alamat ini tidak menerima permintaan dari situs lain.",
        404: "Siaran ini tidak ada.",
        405: "Siaran hanya dapat dibaca.",
        503: "Terlalu banyak layar tersambung. Coba lagi sebentar lagi.",
    }.get(status, "Permintaan tidak dapat dilayani.")
    text = instead or text
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"15"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = json.dumps({"pesan": text}, ensure_ascii=False).encode()
    await send({"type": "http.response.body", "body": body})
