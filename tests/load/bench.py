"""``python -m tests.load.bench [--quick]``: measure the portal beside its references, on this machine, in one run.

Takes about four minutes, with ``--quick`` one. Prints a table and writes ``VAR_DIR/bench.json``. ``--only inbox``,
``--only streams`` and ``--only night`` are measurements of their own.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from . import clients, servers

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter rounds; the figures scatter more")
    parser.add_argument("--only", help="measure what begins with this key (service, sop_pdf …); inbox; streams; night")
    parser.add_argument("--requests", type=int, default=1_000_000, help="for --only inbox: how many requests")
    parser.add_argument("--minutes", type=float, default=30, help="for --only night: how long it lasts")
    options = parser.parse_args()
    if options.only == "inbox":
        from . import inbox

        inbox.measure_sizes(options.requests)
        return
    if options.only == "streams":
        from . import streams

        streams.measure_streams()
        return
    if options.only == "night":
        from . import night

        night.measure_night(options.minutes)
        return
    seconds = 2 if options.quick else 8
    var_dir = Path(os.environ.get("VAR_DIR") or servers.BASE / "var").resolve()
    say("Menyiapkan basis data, portal, dan pembanding …")
    with servers.database(var_dir) as place:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        from . import works

        todo = [work for work in works.prepare(place, seconds) if work.key.startswith(options.only or "")]
        if not todo:
            parser.error(f"unknown work {options.only}")
        with servers.serving(place):
            say("Pemanasan …")
            for work in todo:
                work.play()
                work.rounds.clear()
            for number in range(ROUNDS):
                for work in todo:
                    say(f"Putaran {number + 1} dari {ROUNDS}: {work.name}")
                    work.play()
    print(table(todo))
    write(var_dir / "bench.json", todo, seconds)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(works) -> str:
    """What the terminal shows and docs/performance.md keeps: one line per work."""
    head = ["pekerjaan", "pembanding/dtk", "portal/dtk", "rasio", "sebaran", "sasaran", "p50", "p95", "p99", "kueri"]
    rows = [head]
    for work in works:
        portals = [portal for _reference, portal in work.rounds]
        references = [reference.per_second for reference, _portal in work.rounds]
        ratio = median(work.ratios)
        rows.append(
            [
                work.name,
                f"{median(references):,.0f}",
                f"{median(p.per_second for p in portals):,.0f}",
                f"{ratio:.2f}",
                f"{min(work.ratios):.2f}–{max(work.ratios):.2f}",
                f"≥ {work.goal} {'ya' if ratio >= work.goal else 'BELUM'}",
                *(f"{median(getattr(p, name) for p in portals):.1f} ms" for name in ("p50", "p95", "p99")),
                str(work.queries),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    lines += [f"{work.name}: {work.failed} jawaban gagal, angka tidak sah" for work in works if work.failed]
    return "\n".join(["", machine(), "", *lines, ""])


def machine() -> str:
    """The machine in a line."""
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


def write(path: Path, works, seconds) -> None:
    """Everything measured, for comparing runs."""
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "seconds": seconds,
        "works": {
            work.key: {
                "goal": work.goal,
                "ratio": median(work.ratios),
                "ratios": work.ratios,
                "queries": work.queries,
                "failed": work.failed,
                "rounds": [{"reference": asdict(r), "portal": asdict(p)} for r, p in work.rounds],
            }
            for work in works
        },
    }
    path.write_text(json.dumps(found, indent=1))
    say(f"Tersimpan di {path}")


if __name__ == "__main__":
    main()
