"""The grid on which routes are chosen: the symbols, lines, lanes and used ports that are already on it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from .grid import Cells, column_slot, middle
from .routes import Edge, Route, StepPlace, cells_of
from .shapes import Port

# Costs, in column widths.
CROSSING, PER_LEVEL = 1.7, 0.05
# A line through the link between a step's symbols is harder to read than two crossings.
LINK = 2
LANE_BESIDE, LANE_TOO_MANY = 0.3, 3.0
LINKED = -1
# Counted for a port that a connector enters, so that no other line enters there.
EXCLUSIVE = 100


class RoutingGrid:
    """The grid of one flow, ``columns`` × ``rows`` in size, and the used ports of its steps."""

    def __init__(self, places: Iterable[StepPlace], columns: int, rows: int) -> None:
        self.columns = columns
        self.horizontal = Cells(2 * columns + 1, 3 * rows)
        self.vertical = Cells(2 * columns + 1, 3 * rows)
        self.blocked = [[False] * rows for _slot in range(2 * columns + 1)]
        # By step id: edges by the port they leave from; number of edges that enter at a port; edges not yet routed.
        self.exits: defaultdict[int, dict[Port, Edge]] = defaultdict(dict)
        self.entered: defaultdict[int, defaultdict[Port, int]] = defaultdict(lambda: defaultdict(int))
        self.unplaced: defaultdict[int, int] = defaultdict(int)
        self.entered_from_here: defaultdict[int, int] = defaultdict(int)
        # The side of a step's top at which a connector stands. Lines to the top have to come from the other side.
        self.corner: dict[int, str] = {}
        for place in places:
            for column in range(place.left, place.right + 1):
                self.blocked[column_slot(column)][place.row] = True
            between = range(column_slot(place.left) + 1, column_slot(place.right))
            for extra in range(LINK):
                self.horizontal.add([(slot, middle(place.row)) for slot in between], LINKED - extra)
        # How many lanes fit around a border at a readable distance: the more columns, the narrower they are.
        self.capacity = 3 if columns <= 5 else 2 if columns <= 9 else 1

    def take(self, edge: Edge, by: int) -> None:
        route, step = edge.route, edge.source.id
        level, vertical = cells_of(edge, route)
        target: Hashable = edge.target.id if not edge.cut else (edge.target.id, edge.source.id)
        if edge.into:
            target = (edge.target.id, None)
        self.horizontal.add(level, target, by)
        self.vertical.add(vertical, target, by)
        if not edge.into:
            self.unplaced[step] -= by
            if by > 0:
                self.exits[step][route.exit_port] = edge
            else:
                del self.exits[step][route.exit_port]
        if not edge.cut:
            corner = edge.into and route.entry_port == "top" and route.slot != edge.end.slot("top")
            if corner:
                self.corner[edge.target.id] = "left" if route.slot < edge.end.slot("top") else "right"
            self.entered[edge.target.id][route.entry_port] += EXCLUSIVE if edge.into and not corner else by
        if edge.cut or edge.into:
            for slot, level_no in vertical:
                self.blocked[slot][level_no // 3] = True

    def free_exits(self, edge: Edge) -> list[str]:
        step = edge.source.id
        entered = self.entered[step]
        return [port for port in ("bottom", "right", "left") if port not in self.exits[step] and not entered[port]]

    def free_entries(self, edge: Edge) -> list[str]:
        """The ports at which an edge may enter its target.

        These are the top, and each side that no line leaves from if enough ports remain for the lines that still have
        to leave.
        """
        step = edge.target.id
        used, entered = self.exits[step], self.entered[step]
        still = self.unplaced[step]
        free = {"bottom", "left", "right"} - set(used) - {port for port in ("left", "right") if entered[port]}
        entries = ["top"] if entered["top"] < EXCLUSIVE else []
        for port in ("left", "right"):
            if port in used or entered[port] >= EXCLUSIVE:
                continue
            if entered[port] or len(free - {port}) >= still:
                entries.append(port)
        return entries

    def column_free(self, edge: Edge, route: Route) -> bool:
        first, last = sorted((edge.exit_level(route), edge.entry_level(route)))
        own = edge.begin.row if route.exit_port == "bottom" and route.slot == edge.begin.slot("bottom") else None
        blocked = self.blocked[route.slot]
        for row in range((first + 1) // 3, (last + 1) // 3 + 1):
            if first <= middle(row) <= last and blocked[row] and row != own:
                return False
        return not self.vertical.others(route.slot, first, last, edge.target.id)

    def obstruction_cost(self, edge: Edge, route: Route) -> float:
        """What a route costs because of the existing lines: crossings, neighbouring lanes, length not shared."""
        target, slot = edge.target.id, route.slot
        first, last = sorted((edge.exit_level(route), edge.entry_level(route)))
        crossings: float = self.horizontal.others(slot, first + 1, last - 1, target)
        cost = (last - first - self.vertical.shared(slot, first, last, target)) * PER_LEVEL
        if slot % 2 == 0:
            beside = self.vertical.most_others(slot, first, last, target)
            room = self.capacity if 0 < slot < 2 * self.columns else (self.capacity + 1) // 2
            cost += beside * LANE_BESIDE + max(beside + 1 - room, 0) * LANE_TOO_MANY
            cost += LANE_TOO_MANY * any(self.blocked[slot][first // 3 : last // 3 + 1])
        # The horizontal parts cross every vertical line on their way.
        level, _upright = cells_of(edge, route)
        for at, height in level:
            passing = self.vertical.others(at, height, height, target)
            if passing:
                crossings += passing * (0.5 if at == slot else 1)
        return cost + crossings * CROSSING
