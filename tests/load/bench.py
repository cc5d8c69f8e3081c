"""``python -m tests.load.bench [--quick]``: measure the portal and its references on this machine in one run.

Takes about four minutes, with ``--quick`` one. Prints a table and writes ``VAR_DIR/bench.json``. ``--only inbox``,
``--only streams`` and ``--only night`` are separate measurements.
"""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from statistics import median

from . import servers
from .report import machine, say, write

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter rounds; the figures vary more")
    parser.add_argument("--only", help="only works whose key begins so (service, sop_pdf …); or inbox, streams, night")
    parser.add_argument("--requests", type=int, default=1_000_000, help="for --only inbox: the number of requests")
    parser.add_argument("--minutes", type=float, default=30, help="for --only night: its duration")
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
    say("Menyiapkan basis data, portal, dan pembanding …")
    with servers.prepared_portal() as place:
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
    at = datetime.now(UTC).isoformat(timespec="seconds")
    write(place.results / "bench.json", at=at, seconds=seconds, works=figures(todo))


def table(works) -> str:
    """The table for the terminal and docs/performance.md: one line for each work."""
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


def figures(works) -> dict:
    """All measurements of each work, by its key."""
    return {
        work.key: {
            "goal": work.goal,
            "ratio": median(work.ratios),
            "ratios": work.ratios,
            "queries": work.queries,
            "failed": work.failed,
            "rounds": [{"reference": asdict(r), "portal": asdict(p)} for r, p in work.rounds],
        }
        for work in works
    }


if __name__ == "__main__":
    main()
