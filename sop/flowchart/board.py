"""What stands already on a flowchart's grid while ways are chosen: symbols, lines, lanes, taken ports."""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from .grid import Cells, column_slot, middle
from .shapes import Port
from .ways import Edge, Place, Way, cells_of

# Costs, in widths of a column.
CROSSING, PER_LEVEL = 1.7, 0.05
# A line through the link between a step's symbols reads worse than two crossings.
LINK = 2
LANE_BESIDE, LANE_TOO_MANY = 0.3, 3.0
LINKED = -1
# Entered by a connector: no other line comes in there.
ALONE = 100


class Board:
    """The grid of one flow, ``columns`` × ``rows`` in size, and which ports of its steps are taken."""

    def __init__(self, places: Iterable[Place], columns: int, rows: int) -> None:
        self.columns = columns
        self.level = Cells(2 * columns + 1, 3 * rows)
        self.upright = Cells(2 * columns + 1, 3 * rows)
        self.blocked = [[False] * rows for _slot in range(2 * columns + 1)]
        # By a step's id: edges by the port they leave from, how many enter at a port, how many still have to leave.
        self.exits: defaultdict[int, dict[Port, Edge]] = defaultdict(dict)
        self.entered: defaultdict[int, defaultdict[Port, int]] = defaultdict(lambda: defaultdict(int))
        self.unplaced: defaultdict[int, int] = defaultdict(int)
        self.entered_from_here: defaultdict[int, int] = defaultdict(int)
        # Where a corner is taken by a connector that comes in: lines along the track come from the other side.
        self.corner: dict[int, str] = {}
        for place in places:
            for column in range(place.left, place.right + 1):
                self.blocked[column_slot(column)][place.row] = True
            between = range(column_slot(place.left) + 1, column_slot(place.right))
            for extra in range(LINK):
                self.level.add([(slot, middle(place.row)) for slot in between], LINKED - extra)
        # How many lanes a border bears at readable distance: columns are narrower the more there are.
        self.capacity = 3 if columns <= 5 else 2 if columns <= 9 else 1

    def take(self, edge: Edge, by: int) -> None:
        way, step = edge.way, edge.source.id
        level, upright = cells_of(edge, way)
        target: Hashable = edge.target.id if not edge.cut else (edge.target.id, edge.source.id)
        if edge.into:
            target = (edge.target.id, None)
        self.level.add(level, target, by)
        self.upright.add(upright, target, by)
        if not edge.into:
            self.unplaced[step] -= by
            if by > 0:
                self.exits[step][way.exit_port] = edge
            else:
                del self.exits[step][way.exit_port]
        if not edge.cut:
            corner = edge.into and way.entry_port == "top" and way.slot != edge.end.slot("top")
            if corner:
                self.corner[edge.target.id] = "left" if way.slot < edge.end.slot("top") else "right"
            self.entered[edge.target.id][way.entry_port] += ALONE if edge.into and not corner else by
        if edge.cut or edge.into:
            for slot, level_no in upright:
                self.blocked[slot][level_no // 3] = True

    def free_exits(self, edge: Edge) -> list[str]:
        step = edge.source.id
        entered = self.entered[step]
        return [port for port in ("bottom", "right", "left") if port not in self.exits[step] and not entered[port]]

    def free_entries(self, edge: Edge) -> list[str]:
        """The top always; a side that no line leaves by, when enough are left for lines that still have to leave."""
        step = edge.target.id
        used, entered = self.exits[step], self.entered[step]
        still = self.unplaced[step]
        free = {"bottom", "left", "right"} - set(used) - {port for port in ("left", "right") if entered[port]}
        entries = ["top"] if entered["top"] < ALONE else []
        for port in ("left", "right"):
            if port in used or entered[port] >= ALONE:
                continue
            if entered[port] or len(free - {port}) >= still:
                entries.append(port)
        return entries

    def column_free(self, edge: Edge, way: Way) -> bool:
        first, last = sorted((edge.exit_level(way), edge.entry_level(way)))
        own = edge.begin.row if way.exit_port == "bottom" and way.slot == edge.begin.slot("bottom") else None
        blocked = self.blocked[way.slot]
        for row in range((first + 1) // 3, (last + 1) // 3 + 1):
            if first <= middle(row) <= last and blocked[row] and row != own:
                return False
        return not self.upright.others(way.slot, first, last, edge.target.id)

    def hindrances(self, edge: Edge, way: Way) -> float:
        """What a way costs by what stands already: crossings, lanes beside it, length not shared."""
        target, slot = edge.target.id, way.slot
        first, last = sorted((edge.exit_level(way), edge.entry_level(way)))
        crossings: float = self.level.others(slot, first + 1, last - 1, target)
        cost = (last - first - self.upright.shared(slot, first, last, target)) * PER_LEVEL
        if slot % 2 == 0:
            beside = self.upright.most_others(slot, first, last, target)
            room = self.capacity if 0 < slot < 2 * self.columns else (self.capacity + 1) // 2
            cost += beside * LANE_BESIDE + max(beside + 1 - room, 0) * LANE_TOO_MANY
            cost += LANE_TOO_MANY * any(self.blocked[slot][first // 3 : last // 3 + 1])
        # Along the rows the line passes whatever runs down or up.
        level, _upright = cells_of(edge, way)
        for at, height in level:
            passing = self.upright.others(at, height, height, target)
            if passing:
                crossings += passing * (0.5 if at == slot else 1)
        return cost + crossings * CROSSING
