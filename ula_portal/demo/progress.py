"""A progress bar in the terminal."""

import sys
import time

WIDTH = 30


class Bar:
    """Progress of a task with ``total`` steps: a bar on a terminal, otherwise a line every few seconds."""

    def __init__(self, label: str, total: int, stream=None):
        self.label, self.total, self.done = label, max(total, 1), 0
        self.stream = stream or sys.stderr
        self._shown_at = 0.0
        self._began = time.monotonic()

    def __enter__(self):
        self._show()
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.done = self.total
            self._show(last=True)
        elif self.stream.isatty():
            self.stream.write("\n")

    def step(self, count: int = 1) -> None:
        self.done += count
        pause = 0.1 if self.stream.isatty() else 5
        if time.monotonic() - self._shown_at >= pause:
            self._show()

    def _show(self, last=False):
        self._shown_at = time.monotonic()
        share = min(self.done / self.total, 1)
        seconds = f"{time.monotonic() - self._began:.0f} dtk"
        if self.stream.isatty():
            full = "█" * round(WIDTH * share)
            self.stream.write(f"\r  {self.label:<28} {full:·<{WIDTH}} {share:4.0%} {seconds:>8}")
            self.stream.write("\n" if last else "")
        else:
            self.stream.write(f"  {self.label}: {share:.0%}, {seconds}\n")
        self.stream.flush()
