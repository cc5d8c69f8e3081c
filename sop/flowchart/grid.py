"""A coarse grid on which routes are compared: which of its cells are used by lines.

Slots are counted horizontally: 2·g is the border before column g, with its lanes; 2·c + 1 is the middle of column c.
Levels are counted vertically: 3·r is the track above the symbols of row r, 3·r + 1 its middle, 3·r + 2 the track
below.
"""

from collections.abc import Hashable, Iterable


def above(row: int) -> int:
    return 3 * row


def middle(row: int) -> int:
    return 3 * row + 1


def below(row: int) -> int:
    return 3 * row + 2


def column_slot(column: int) -> int:
    return 2 * column + 1


# Slot and level.
Cell = tuple[int, int]


class Cells:
    """The number of lines in each cell. Lines to the same target count as one, because they merge."""

    def __init__(self, slots: int, levels: int) -> None:
        self.levels = levels
        self.counts = [[0] * levels for _slot in range(slots)]
        self.own: dict[tuple[int, Hashable], list[int]] = {}

    def add(self, cells: Iterable[Cell], target: Hashable, by: int = 1) -> None:
        """Occupy cells with a line to a target, or release them with ``by=-1``."""
        for slot, level in cells:
            uses = self.own.get((slot, target))
            if uses is None:
                uses = self.own[slot, target] = [0] * self.levels
            before = uses[level] > 0
            uses[level] += by
            self.counts[slot][level] += (uses[level] > 0) - before

    def others(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """The number of cells in levels ``first`` to ``last`` used by lines to other targets, counted per target."""
        if first > last:
            return 0
        found = sum(self.counts[slot][first : last + 1])
        uses = self.own.get((slot, target)) if found else None
        return found - (last + 1 - first - uses[first : last + 1].count(0)) if uses else found

    def most_others(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """The largest number of lines to other targets in any level from ``first`` to ``last``."""
        counts, uses = self.counts[slot][first : last + 1], self.own.get((slot, target))
        if uses is None:
            return max(counts)
        return max(count - (use > 0) for count, use in zip(counts, uses[first : last + 1], strict=True))

    def shared(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """The number of levels from ``first`` to ``last`` that a line to the same target already uses."""
        uses = self.own.get((slot, target))
        return last + 1 - first - uses[first : last + 1].count(0) if uses else 0
