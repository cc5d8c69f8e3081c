"""Places the lanes around a column border side by side, in the order with the fewest crossings."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations

from .shapes import Lane

# Maximum distance of a lane from its border, so that it stays clear of the symbols.
REACH, OUTER_REACH = 0.145, 0.14
TRIED_IN_ANY_ORDER = 5


@dataclass
class Strand:
    """What takes up room around a border: a connector or the lines to one target. ``ends``: (height, side)."""

    gutter: int
    key: Hashable
    top: float
    bottom: float
    # The heights at which lines join or leave, and the side of the strand (-1 left, 1 right).
    ends: list[tuple[float, int]] = field(default_factory=list)
    arrow: int = 0
    x: float = 0.0
    lane: int | None = None

    def meets(self, other: "Strand") -> bool:
        return self.top <= other.bottom + 0.05 and other.top <= self.bottom + 0.05


def spread(strands: Sequence[Strand], columns: int) -> tuple[Lane, ...]:
    """Set ``x`` and ``lane`` of every strand. Returns the lanes in the same order."""
    by_gutter: defaultdict[int, list[Strand]] = defaultdict(list)
    for strand in strands:
        by_gutter[strand.gutter].append(strand)
    for gutter, members in by_gutter.items():
        for group in _groups(members):
            ordered = _order(group)
            tracks = _tracks(ordered)
            offsets = _offsets(gutter, columns, max(tracks) + 1, ordered)
            for strand, track in zip(ordered, tracks, strict=True):
                strand.x = gutter + offsets[track]
    for lane, strand in enumerate(strands):
        strand.lane = lane
    return tuple(Lane(strand.gutter, strand.x, strand.top, strand.bottom) for strand in strands)


def _groups(members: Iterable[Strand]) -> list[list[Strand]]:
    """Groups of strands that overlap vertically, directly or through others."""
    groups: list[list[Strand]] = []
    lowest: float | None = None
    for strand in sorted(members, key=lambda s: (s.top, s.bottom, str(s.key))):
        if lowest is None or strand.top > lowest + 0.05:
            groups.append([])
            lowest = strand.bottom
        groups[-1].append(strand)
        lowest = max(lowest, strand.bottom)
    return groups


def _crossings(left: Strand, right: Strand) -> int:
    """How often two strands cross if they are placed in this order."""
    if not left.meets(right):
        return 0
    found = sum(right.top <= height <= right.bottom for height, side in left.ends if side > 0)
    return found + sum(left.top <= height <= left.bottom for height, side in right.ends if side < 0)


def _order(group: Sequence[Strand]) -> list[Strand]:
    cost = {(id(a), id(b)): _crossings(a, b) for a in group for b in group if a is not b}

    def total(order: Iterable[Strand]) -> int:
        return sum(cost[id(a), id(b)] for a, b in combinations(order, 2))

    if len(group) <= TRIED_IN_ANY_ORDER:
        return list(min(permutations(group), key=total))
    order: list[Strand] = []
    for strand in sorted(group, key=lambda s: (s.bottom - s.top, s.top)):
        order = min(([*order[:n], strand, *order[n:]] for n in range(len(order) + 1)), key=total)
    return order


def _tracks(ordered: Sequence[Strand]) -> list[int]:
    """The leftmost track for each strand that keeps the order among overlapping strands."""
    tracks: list[int] = []
    for n, strand in enumerate(ordered):
        before = (tracks[m] for m in range(n) if ordered[m].meets(strand))
        tracks.append(max(before, default=-1) + 1)
    return tracks


def _offsets(gutter: int, columns: int, count: int, ordered: Iterable[Strand]) -> list[float]:
    if gutter in (0, columns):
        step = (OUTER_REACH - 0.055) / max(count - 1, 1)
        outward = [0.1] if count == 1 else [0.055 + n * step for n in range(count)]
        return outward if gutter == 0 else [-offset for offset in reversed(outward)]
    if count == 1:
        # An arrow head has more room if the border lies between it and the lane.
        return [-0.06 if sum(strand.arrow for strand in ordered) > 0 else 0.06]
    if count == 2:
        return [-0.08, 0.08]
    if count == 3:
        return [-REACH, 0.035, REACH]
    places = count + count % 2
    step = 2 * REACH / (places - 1)
    return [n * step - REACH for n in range(count)]
