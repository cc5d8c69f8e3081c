"""The command line of a page process."""

import sys

from django.conf import settings


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The server's command line.

    granian counts live streams as requests in progress, so each worker gets room for all of them and for the pages
    (docs/performance.md).
    """
    max_requests = settings.LIVE_STREAMS + 64 * settings.WEB_THREADS
    options = {
        "interface": "asgi",
        "host": host,
        "port": port,
        "workers": workers,
        "backpressure": max_requests,
        "backlog": max(2048, max_requests * workers),
        # Open live streams never end by themselves.
        "workers-kill-timeout": 5,
        "log-level": "warning",
    }
    command = [sys.executable, "-m", "granian", "--no-ws"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    return [*command, "ula_portal.asgi:application"]
