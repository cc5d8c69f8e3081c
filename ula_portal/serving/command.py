"""The command line of a page process."""

import sys

from django.conf import settings

from ula_portal import env


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The server's command line. granian counts live streams as requests in progress: room for all of them and
    for the pages, in each worker (docs/performance.md)."""
    threads = env.read_int("WEB_THREADS", default=8, minimum=1, maximum=64)
    at_once = settings.LIVE_STREAMS + 64 * threads
    options = {
        "interface": "asgi",
        "host": host,
        "port": port,
        "workers": workers,
        "backpressure": at_once,
        "backlog": max(2048, at_once * workers),
        # Open live streams never end by themselves.
        "workers-kill-timeout": 5,
        "log-level": "warning",
    }
    command = [sys.executable, "-m", "granian", "--no-ws"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    return [*command, "ula_portal.asgi:application"]
