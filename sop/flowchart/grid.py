"""A coarse grid on which ways are compared: which cells lines already use.

Slots across: 2·g is the border before column g (lanes), 2·c + 1 the middle of column c. Levels down: 3·r is the
track above the symbols of row r, 3·r + 1 its middle, 3·r + 2 the track below.
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
    """For every slot and level, how many targets' lines pass; lines to one target count once, as they merge."""

    def __init__(self, slots: int, levels: int) -> None:
        self.levels = levels
        self.counts = [[0] * levels for _slot in range(slots)]
        self.own: dict[tuple[int, Hashable], list[int]] = {}

    def add(self, cells: Iterable[Cell], target: Hashable, by: int = 1) -> None:
        """Take cells (slot, level) for a target's line, or give them back with ``by=-1``."""
        for slot, level in cells:
            uses = self.own.get((slot, target))
            if uses is None:
                uses = self.own[slot, target] = [0] * self.levels
            before = uses[level] > 0
            uses[level] += by
            self.counts[slot][level] += (uses[level] > 0) - before

    def others(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """Sum over levels first … last of the lines to other targets."""
        if first > last:
            return 0
        found = sum(self.counts[slot][first : last + 1])
        uses = self.own.get((slot, target)) if found else None
        return found - (last + 1 - first - uses[first : last + 1].count(0)) if uses else found

    def most_others(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """The most lines to other targets side by side within levels first … last."""
        counts, uses = self.counts[slot][first : last + 1], self.own.get((slot, target))
        if uses is None:
            return max(counts)
        return max(count - (use > 0) for count, use in zip(counts, uses[first : last + 1], strict=True))

    def shared(self, slot: int, first: int, last: int, target: Hashable) -> int:
        """Number of levels within first … last that a line to the same target uses already."""
        uses = self.own.get((slot, target))
        return last + 1 - first - uses[first : last + 1].count(0) if uses else 0
