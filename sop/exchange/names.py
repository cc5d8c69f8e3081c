"""Matches actors' names as written in cells with the known ones."""

import re
from collections.abc import Iterable

from . import words


class KnownNames:
    """The known actors. Names are compared regardless of case and punctuation; unknown ones are added."""

    def __init__(self, names: Iterable[str]) -> None:
        self.exact: set[str] = set()
        self.loose: dict[str, str] = {}
        for name in names:
            self.take(name, exactly=True)

    def get(self, name: str) -> str | None:
        return name if name in self.exact else self.loose.get(words.folded(name))

    def take(self, name: str, *, exactly: bool = False) -> str:
        """The known name that matches this one. An unknown name is added and returned."""
        name = " ".join(name.split())
        if not exactly and (known := self.get(name)):
            return known
        self.exact.add(name)
        self.loose.setdefault(words.folded(name) or name, name)
        return name

    def of_cell(self, text: str) -> list[str]:
        """The names in a cell, one per line. Lines that form a known name when joined are a single name."""
        lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        joined = " ".join(lines)
        if len(lines) > 1 and not all(map(self.get, lines)) and (known := self.get(joined)):
            return [known]
        return [name for line in lines for name in self.of_line(line)]

    def of_line(self, line: str) -> list[str]:
        """The names in a line: the line itself, or several separated by ";", or by other signs if all are known."""
        if known := self.get(line):
            return [known]
        if words.is_nothing(line):
            return []
        if ";" in line:
            return [name for part in line.split(";") if part.strip() for name in self.of_line(part.strip())]
        parts = [part for part in re.split(r"\s*[,/&+]\s*|\s+dan\s+", line) if part]
        names = [known for part in parts if (known := self.get(part))]
        return names if 1 < len(parts) == len(names) else [self.take(line)]
