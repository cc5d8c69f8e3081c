"""Names of actors as people write them in cells: found again among those that are known."""

import re

from . import words


class Names:
    """Actors that are known, found again whatever their capitals and marks; what is unknown becomes known."""

    def __init__(self, names):
        self.exact, self.loose = set(), {}
        for name in names:
            self.take(name, exactly=True)

    def get(self, name):
        return name if name in self.exact else self.loose.get(words.folded(name))

    def take(self, name, *, exactly=False):
        """The known name for this one, which is known from now on."""
        name = " ".join(name.split())
        if not exactly and (known := self.get(name)):
            return known
        self.exact.add(name)
        self.loose.setdefault(words.folded(name) or name, name)
        return name

    def of_cell(self, text):
        """A name a line; lines that make one known name when joined are one, broken by hand in its cell."""
        lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        joined = " ".join(lines)
        if len(lines) > 1 and not all(map(self.get, lines)) and self.get(joined):
            return [self.get(joined)]
        return [name for line in lines for name in self.of_line(line)]

    def of_line(self, line):
        """One name that is known as it stands, several apart by ";", or by other signs when all are known."""
        if self.get(line):
            return [self.get(line)]
        if words.is_nothing(line):
            return []
        if ";" in line:
            return [name for part in line.split(";") if part.strip() for name in self.of_line(part.strip())]
        parts = [part for part in re.split(r"\s*[,/&+]\s*|\s+dan\s+", line) if part]
        return [self.get(part) for part in parts] if len(parts) > 1 and all(map(self.get, parts)) else [self.take(line)]
