"""The ASGI entry of a server process: ``/live/`` is served natively, everything else by WSGI in a thread pool.

The threads are permanent, since Django's database connections belong to threads (docs/performance.md). Threads are
expensive, so a request gets one only once its whole body has arrived, however slow the client is.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from typing import IO, Any
from urllib.parse import quote_from_bytes

from a2wsgi import WSGIMiddleware

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A larger body is refused before Django sees it; single files have lower limits in the forms.
BODY_LIMIT_BYTES = 40 * 1024 * 1024
_IN_MEMORY_BYTES = 256 * 1024
_CHUNK_BYTES = 256 * 1024
_IDLE_SECONDS = 60
# Response pieces queued for a slow client, so that the thread can continue; Django sends files in pieces of 4 KiB.
_RESPONSE_PIECES = 512
_PRINTABLE_ASCII = "".join(map(chr, range(33, 127)))


class RequestDispatcher:
    """An ASGI application. ``live``: called at the first stream, returns the ASGI application for streams."""

    def __init__(self, pages: Callable, live: Callable[[], Application], *, threads: int) -> None:
        self._pages: Any = WSGIMiddleware(pages, workers=threads, send_queue_size=_RESPONSE_PIECES)
        self._load_live = live
        self._live: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith("/live/"):
            if self._live is None:
                self._live = self._load_live()
            await self._live(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
            refusal = await _read_body(scope, receive, body)
            if refusal is None:
                await self._pages(_wsgi_scope(scope, body.tell()), _replay(body, receive), send)
            elif refusal:
                await _refuse(send, refusal)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


async def _read_body(scope: Scope, receive: Receive, body: IO[bytes]) -> int | None:
    """Read the whole body. Returns None, the status of a refusal, or 0 if the client disconnected."""
    announced = _header(scope, b"content-length")
    if announced.isascii() and announced.isdigit() and int(announced) > BODY_LIMIT_BYTES:
        return 413
    if not announced and not _header(scope, b"transfer-encoding") and scope["http_version"].startswith("1"):
        return None
    more = True
    while more:
        try:
            message = await asyncio.wait_for(receive(), _IDLE_SECONDS)
        except TimeoutError:
            return 408
        if message["type"] == "http.disconnect":
            return 0
        body.write(message.get("body", b""))
        if body.tell() > BODY_LIMIT_BYTES:
            return 413
        more = message.get("more_body", False)
    return None


def _wsgi_scope(scope: Scope, length: int) -> Scope:
    """The scope adapted for WSGI: without ambiguous headers, with an ASCII query and the real body length."""
    # "X_Forwarded_Proto" and "X-Forwarded-Proto" would become the same name in WSGI.
    dropped = (b"content-length", b"transfer-encoding")
    headers = [(k, v) for k, v in scope["headers"] if b"_" not in k and k.lower() not in dropped]
    if length or scope["method"] in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(length).encode()))
    query = quote_from_bytes(scope["query_string"], safe=_PRINTABLE_ASCII)
    return {**scope, "headers": headers, "query_string": query.encode()}


def _replay(body: IO[bytes], receive: Receive) -> Receive:
    """A ``receive`` function that reads the body from the file."""
    length = body.tell()
    body.seek(0)

    async def next_piece() -> dict[str, Any]:
        if body.closed or (body.tell() >= length and length):
            return await receive()
        piece = body.read(_CHUNK_BYTES)
        return {"type": "http.request", "body": piece, "more_body": body.tell() < length}

    return next_piece


async def _refuse(send: Send, status: int) -> None:
    limit = BODY_LIMIT_BYTES // (1024 * 1024)
    words = {
        413: f"Kiriman melebihi batas {limit} MB. Kirim berkas satu per satu atau perkecil. "
        "Isian yang sudah tersimpan tidak hilang.",
        408: "Sambungan terputus sebelum kiriman lengkap. Isian yang sudah tersimpan tidak hilang. Coba lagi.",
    }[status]
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
