"""The real server on the test database, and a client of its event streams."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def running(**environment):
    """Runs a server of the portal on a free port; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = connection.settings_dict
    address = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
        f"?host={database['HOST']}&port={database['PORT']}"
    )
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-ws"]
    command += ["--log-level", "warning", "--backpressure", "400", "--backlog", "1024", "--workers-kill-timeout", "1"]
    server = subprocess.Popen(
        [*command, "ula_portal.asgi:application"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address, "SECRET_KEY": settings.SECRET_KEY, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        said, _errors = server.communicate(timeout=20)
    assert "Traceback" not in said, said
    assert "never retrieved" not in said and "was destroyed" not in said, said


def _wait_for(port, server):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert server.poll() is None, server.stdout.read()
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/sehat/")
            if client.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


class Client:
    """One stream; ``next()`` gives the next event as (event, data, id)."""

    def __init__(self, port, path, timeout=10, **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def next(self):
        event, data, identity = "message", [], None
        while True:
            line = self.answer.fp.readline() if not self.answer.chunked else self._line()
            assert line, "the stream ended"
            line = line.decode().rstrip("\n")
            if not line and data:
                return event, json.loads("\n".join(data)), identity
            name, _colon, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                data.append(value)
            elif name == "id":
                identity = value

    def _line(self):
        return self.answer.readline()

    def until(self, wanted, **fields):
        """Skip to the next event of this kind whose data contain these fields."""
        while True:
            event, data, identity = self.next()
            if event == wanted and all(data.get(key) == value for key, value in fields.items()):
                return data, identity

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()
