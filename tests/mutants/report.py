"""Reports the result of each change: survivors immediately, their share at the end, everything in a file."""

import json
from collections import Counter
from pathlib import Path

WIDTH = 100


class Report:
    def __init__(self, file: Path):
        self.file = file
        self.outcomes: list = []

    def tell(self, outcome) -> None:
        self.outcomes.append(outcome)
        if outcome.result in ("survived", "untested"):
            print(line_of(outcome), flush=True)

    def end(self) -> None:
        """Write the file and print the totals. Changes that cannot be applied do not count."""
        counts = Counter(outcome.result for outcome in self.outcomes)
        tried = counts["found"] + counts["survived"] + counts["untested"]
        share = f"{counts['found'] / tried:.0%}" if tried else "—"
        print(
            f"{tried} perubahan: {counts['found']} ditemukan ({share}), {counts['survived']} lolos, "
            f"{counts['untested']} tidak dicapai uji; {counts['unfit']} tidak dapat dicoba. Rincian: {self.file}"
        )
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps([_row(outcome) for outcome in self.outcomes], indent=1, ensure_ascii=False))


def line_of(outcome) -> str:
    change = outcome.change
    before, after = differing(change.before, change.after)
    tests = f"{outcome.tried} dari {outcome.reaching} uji" if outcome.tried else "tanpa uji"
    word = {"survived": "lolos", "untested": "tidak dicapai"}.get(outcome.result, outcome.result)
    return f"{word}  {change.place}  {change.what} ({tests}): {before}  →  {after}"


def differing(before: str, after: str) -> tuple[str, str]:
    """Both texts, cut to about WIDTH characters around their first difference."""
    same = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - WIDTH // 3) if len(before) > WIDTH else 0
    return _cut(before, start), _cut(after, start)


def _cut(text, start):
    start = min(start, max(0, len(text) - WIDTH))
    return ("…" if start else "") + text[start : start + WIDTH] + ("…" if len(text) > start + WIDTH else "")


def _row(outcome):
    change = outcome.change
    return {
        "place": change.place,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "result": outcome.result,
        "by": outcome.by,
        "tried": outcome.tried,
        "reaching": outcome.reaching,
        "seconds": outcome.seconds,
    }
