"""The ASGI application of the paths below ``/live/``: server-sent events.

An address consists of the name of a registered channel and an argument for it. Django's middleware does not run here,
so ``gate`` checks host and origin.
"""

import asyncio
import json
import logging
import random
import re

from django.conf import settings
from django.db import DatabaseError

from ula_portal.core.live import channels

from . import gate
from .hub import Full, Hub

logger = logging.getLogger(__name__)

_PATH = re.compile(re.escape(channels.PREFIX) + r"([a-z]+)/([A-Za-z0-9_.:-]{1,600})/?")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
# Milliseconds until the browser reconnects; a random value, so that not all screens reconnect together.
_RETRY_FROM, _RETRY_TO = 2000, 6000

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def _hub() -> Hub:
    """The hub of the running event loop; each server process has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs.clear()
        _hubs[loop] = Hub(limit=settings.LIVE_STREAMS)
    return _hubs[loop]


async def application(scope, receive, send) -> None:
    """Serve one stream: 200 and events until the client disconnects, or an error status with a short text."""
    if scope["type"] != "http":
        return
    status = gate.refusal_status(scope)
    found = _PATH.fullmatch(scope["path"])
    channel = found and channels.channel_named(found[1])
    if status is None and channel is None:
        status = 404
    if status is not None:
        await _refuse(send, status)
        return
    try:
        stream = await channel.open(found[2])
        if stream is None:
            await _refuse(send, 404)
            return
        stream.client, stream.language = gate.client(scope), gate.language(scope)
        await _serve(channel, stream, scope, receive, send)
    except Full:
        await _refuse(send, 503)
    except DatabaseError:
        logger.warning("live: the database does not answer")
        await _refuse(send, 503, "Maaf, sistem sedang terganggu. Coba lagi sebentar lagi.")
    except Exception:
        # Without a response the client would wait forever.
        logger.exception("live: a stream could not be opened")
        await _refuse(send, 500)


async def _serve(channel, stream, scope, receive, send):
    center = _hub()
    center.join(stream, channel)
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
        # The client disconnected while something was being sent.
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
    body = json.dumps({"message": text}, ensure_ascii=False).encode()
    await send({"type": "http.response.body", "body": body})
