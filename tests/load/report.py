"""What all benches report: progress, the machine, and a file of figures."""

import json
import os
import platform
import sys
from pathlib import Path

from . import clients


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def machine() -> str:
    """One line that describes the machine."""
    model = platform.processor() or "prosesor tidak dikenal"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    client = "wrk" if clients.has_wrk() else "klien asyncio"
    return (
        f"{os.cpu_count()} inti {model}, {memory} GiB, Linux {platform.release()}, Python {platform.python_version()}, "
        f"PostgreSQL 18 tahan putus daya, granian 2 proses, {clients.CLIENTS} klien ({client})"
    )


def write(path: Path, **figures) -> None:
    """Write the figures and the machine as JSON, so that runs can be compared."""
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=1))
    say(f"Tersimpan di {path}")
