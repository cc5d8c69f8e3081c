"""The ASGI front in the real server: bodies of slow senders, limits, headers, streams."""

import asyncio
import http.client
import os
import resource
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Pages that report what reached them, served by two threads; streams that count.
APPLICATION = """
import json, threading
from ula_portal.request_dispatcher import RequestDispatcher

def pages(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    told = {
        "path": environ["PATH_INFO"].encode("latin1").decode(errors="replace"),
        "query": environ["QUERY_STRING"],
        "length": environ.get("CONTENT_LENGTH"),
        "received": len(body),
        "proto": environ.get("HTTP_X_FORWARDED_PROTO"),
        "thread": threading.current_thread().name,
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]

async def stream(scope, receive, send):
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    event = b"data: " + scope["path"].encode() + b"\\n\\n"
    await send({"type": "http.response.body", "body": event, "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass

application = RequestDispatcher(pages, lambda: stream, threads=2)
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("dispatcher")
    (folder / "front_under_test.py").write_text(textwrap.dedent(APPLICATION))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--port",
            str(number),
            "--log-level",
            "warning",
            "--backpressure",
            "400",
            "--backlog",
            "1024",
            "--workers-kill-timeout",
            "1",
            "front_under_test:application",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
    )
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", number)).close()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < end
                time.sleep(0.02)
        yield number
    finally:
        server.terminate()
        server.wait()


def ask(port: int, method: str, path: str, **options) -> tuple[int, dict | str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, **options)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.headers["Content-Type"] == "application/json":
        import json

        return answer.status, json.loads(text)
    return answer.status, text


def test_page(port):
    status, told = ask(port, "GET", "/layanan/?q=ijazah")
    assert status == 200
    assert (told["path"], told["query"], told["received"]) == ("/layanan/", "q=ijazah", 0)


def test_raw_bytes_in_the_query_are_quoted(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"GET /?q=\xc3\xa9%20a&b=c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert b'"query": "q=%C3%A9%20a&b=c"' in answer


@pytest.mark.parametrize("size", [0, 1, 200_000, 5_000_000])
def test_body_arrives_whole(port, size):
    assert ask(port, "POST", "/", body=b"x" * size)[1]["received"] == size


def test_body_without_announced_length(port):
    pieces = (b"x" * 50_000 for _ in range(20))
    status, told = ask(port, "POST", "/", body=pieces, encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert (status, told["received"], told["length"]) == (200, 1_000_000, "1000000")


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_is_refused_in_words(port, announced):
    if announced:
        options = {"body": b"", "headers": {"Content-Length": str(500_000_000)}}
    else:
        options = {
            "body": (b"x" * 1_000_000 for _ in range(45)),
            "encode_chunked": True,
            "headers": {"Transfer-Encoding": "chunked"},
        }
    try:
        status, text = ask(port, "POST", "/", **options)
    except (BrokenPipeError, ConnectionResetError):
        # Refused while still sending; with an announced length, the message is shown.
        assert not announced
        return
    assert status == 413
    assert "melebihi batas 40 MB" in text


def test_header_cannot_pass_for_another(port):
    told = ask(port, "GET", "/", headers={"X_Forwarded_Proto": "https"})[1]
    assert told["proto"] is None
    assert ask(port, "GET", "/", headers={"X-Forwarded-Proto": "https"})[1]["proto"] == "https"


def test_slow_senders_hold_no_thread(port):
    slow = []
    for _ in range(20):
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf")
        slow.append(client)
    try:
        # There are two threads; twenty unfinished bodies would have occupied both.
        for _ in range(5):
            assert ask(port, "GET", "/")[0] == 200
        slow[0].sendall(b"x" * 996)
        assert b"200 OK" in slow[0].recv(65536)
    finally:
        for client in slow:
            client.close()


def test_threads_last(port):
    names = {ask(port, "GET", "/")[1]["thread"] for _ in range(20)}
    assert names <= {"WSGI_0", "WSGI_1"}


def test_streams_leave_room_for_pages(port):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def streams() -> None:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
        for _reader, writer in opened:
            writer.write(b"GET /live/layar HTTP/1.1\r\nHost: a\r\n\r\n")
        for reader, _writer in opened:
            await asyncio.wait_for(reader.readuntil(b"data: /live/layar\n\n"), 30)
        assert (await asyncio.to_thread(ask, port, "GET", "/"))[0] == 200
        for _reader, writer in opened:
            writer.close()

    try:
        asyncio.run(streams())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
