"""Chooses a route for every connection: short, with few crossings and corners, and loops beside the main flow.

As one would by hand, the main flow is drawn first, then the loops and jumps, each on the best route around what is
already there. Afterwards lines drawn early are moved if a better route exists by then. The result is deterministic.
"""

from collections.abc import Iterable

from .grid import middle
from .routes import CORNER, Edge, Exit, Route, StepPlace, shape_cost
from .routing_grid import CROSSING, PER_LEVEL, RoutingGrid

# Costs, in column widths: no or little room for a label at the chart's edge; a connector on a side that a decision
# needs for an exit; an exit at which a label lacked room.
NO_ROOM, LITTLE_ROOM, NEEDED_SIDE, AVOIDED_EXIT = 20.0, 0.8, 2.6, 12.0
LETTERS_IN_A_COLUMN = 20
REROUTING_ROUNDS = 2

# Cost, order among options of equal cost, route.
Option = tuple[float, int, Route]


class Router(RoutingGrid):
    """Sets the ``route`` of every edge of a flow of ``columns`` × ``rows``."""

    def __init__(
        self,
        edges: list[Edge],
        places: Iterable[StepPlace],
        columns: int,
        rows: int,
        first_rows: set[int],
        avoided: Iterable[Exit] = (),
    ) -> None:
        """``avoided``: exits at which a label lacked room in an earlier attempt."""
        super().__init__(places, columns, rows)
        self.edges, self.first_rows, self.avoided = edges, first_rows, set(avoided)
        self.letters = LETTERS_IN_A_COLUMN * min(1, 6 / columns)
        # Symbols in narrow columns are flat, which leaves room for a connector above them.
        self.above_is_roomy = columns > 8

    def route(self) -> None:
        for edge in self.edges:
            if edge.into:
                continue
            self.unplaced[edge.source.id] += 1
            if not edge.cut:
                self.entered_from_here[edge.target.id] += 1
        order = sorted(self.edges, key=self._routing_order)
        for edge in order:
            self._place(edge)
        movable = [edge for edge in order if not edge.cut and not edge.into]
        for _round in range(REROUTING_ROUNDS):
            moved = [self._reconsider(edge) for edge in movable if self._is_obstructed(edge)]
            if not any(moved):
                break

    def _routing_order(self, edge: Edge) -> tuple[int, int, int]:
        """Sort key: the main flow, incoming connectors, outgoing connectors, jumps, loops; short ones first."""
        length = edge.end.row - edge.begin.row
        if edge.into:
            return (1, edge.end.row, 0)
        if length == 1:
            return (0, edge.begin.row, 0)
        if edge.cut:
            return (2, edge.begin.row, not edge.yes)
        return (3 if length > 0 else 4, abs(length), edge.begin.row)

    def _place(self, edge: Edge) -> None:
        edge.route = min(self._options(edge))[-1]
        self.take(edge, 1)

    def _is_obstructed(self, edge: Edge) -> bool:
        route = edge.route
        length = abs(edge.exit_level(route) - edge.entry_level(route)) * PER_LEVEL
        return self.obstruction_cost(edge, route) > length + CROSSING / 2

    def _reconsider(self, edge: Edge) -> bool:
        before = edge.route
        self.take(edge, -1)
        self._place(edge)
        return edge.route != before

    # Routes within a page

    def _options(self, edge: Edge) -> list[Option]:
        if edge.into:
            return self._options_in(edge)
        if edge.cut:
            return self._options_out(edge)
        return self._options_through(edge)

    def _options_through(self, edge: Edge) -> list[Option]:
        """Routes past a connector at the target's corner, or under it in the rare case that there is no other."""
        found = self._routes_through(edge)
        if not found and (corner := self.corner.pop(edge.target.id, None)):
            found = self._routes_through(edge)
            self.corner[edge.target.id] = corner
        return found

    def _routes_through(self, edge: Edge) -> list[Option]:
        """The possible routes. Those that are certainly more expensive than a known one are left out."""
        found: list[Option] = []
        best = float("inf")
        entries = self.free_entries(edge)
        for exit_port in self.free_exits(edge):
            for entry_port in entries:
                if edge.source is edge.target and exit_port == entry_port:
                    continue
                start, goal = edge.begin.slot(exit_port), edge.end.slot(entry_port)
                room = self._label_cost(edge, exit_port)
                for slot in self._slots(edge, exit_port, entry_port):
                    across = (abs(slot - start) + abs(slot - goal)) / 2 + room
                    if across + CORNER >= best:
                        # The slots are sorted by distance, so the remaining ones cost even more.
                        break
                    route = Route(exit_port, slot, entry_port)
                    cost = across + shape_cost(edge, route)
                    if cost >= best or (slot % 2 and not self.column_free(edge, route)):
                        continue
                    cost += self.obstruction_cost(edge, route)
                    best = min(best, cost)
                    found.append((cost, len(found), route))
        return found

    def _label_cost(self, edge: Edge, port: str) -> float:
        """The cost of an exit for its label: high if the label lacks room beside the outermost column."""
        if (edge.source.id, edge.target.id, port) in self.avoided:
            return AVOIDED_EXIT
        at_edge = edge.begin.left == 0 if port == "left" else port == "right" and edge.begin.right + 1 == self.columns
        if not at_edge or not edge.label:
            return 0
        room = 0.38 * self.letters
        return NO_ROOM if max(map(len, edge.label.split())) > room else LITTLE_ROOM if len(edge.label) > room else 0

    def _slots(self, edge: Edge, exit_port: str, entry_port: str) -> list[int]:
        """The slots in which a line can run from one port to the other, those with the shortest route first."""
        start, goal = edge.begin.slot(exit_port), edge.end.slot(entry_port)
        first, last = 0, 2 * self.columns
        if exit_port == "left":
            last = start - 1
        elif exit_port == "right":
            first = start + 1
        if entry_port == "left":
            last = min(last, goal - 1)
        elif entry_port == "right":
            first = max(first, goal + 1)
        elif edge.target.id in self.corner:
            if self.corner[edge.target.id] == "left":
                first = max(first, goal - 1)
            else:
                last = min(last, goal + 1)
        near, far = min(start, goal), max(start, goal)
        slots = sorted(range(first, last + 1), key=lambda slot: max(near - slot, slot - far, 0))
        if exit_port == "bottom" and not edge.forward:
            return [slot for slot in slots if slot != start]
        return slots

    # Connectors

    def _options_out(self, edge: Edge) -> list[Option]:
        place = edge.begin
        found: list[Option] = []
        for port in self.free_exits(edge):
            if port == "bottom":
                last = place.row + 1 in self.first_rows
                cost = (0.2 if last else 0.7) + self._label_cost(edge, port)
                found.append((cost, 0, Route(port, place.slot(port), None)))
                continue
            for slot, cost in self._beside(place, port):
                found.append((cost + self._label_cost(edge, port), 1 + len(found), Route(port, slot, None)))
        return found or self._options_out_when_crowded(edge)

    def _options_out_when_crowded(self, edge: Edge) -> list[Option]:
        """Places for an outgoing connector if lines pass through all regular ones: those that disturb least."""
        place = edge.begin
        found: list[Option] = []
        for port in self.free_exits(edge):
            for away in (1, 2):
                slot = place.slot(port) + (away if port == "right" else -away)
                slot = min(max(slot, 0), 2 * self.columns)
                passing = self.vertical.others(slot, 3 * place.row, 3 * place.row + 2, None)
                found.append((passing + away / 2, len(found), Route(port, slot, None)))
        return found

    def _options_in(self, edge: Edge) -> list[Option]:
        place, step = edge.end, edge.target.id
        found: list[Option] = []
        first = place.row in self.first_rows
        if not self.entered_from_here[step]:
            cost = (0.9 if first else 1.2) - 0.6 * self.above_is_roomy
            found.append((cost, 0, Route(None, place.slot("top"), "top")))
        for port in self.free_entries(edge):
            if port != "top":
                extra = NEEDED_SIDE if len(edge.target.exit_ids) > 1 and self._only_side(place, port) else 0
                for slot, cost in self._beside(place, port):
                    # At the chart's edge there is no room for an arrow head beside a connector.
                    extra += (slot % 2 == 0) * 2
                    found.append((cost + extra, 1 + len(found), Route(None, slot, port)))
        for side in (-1, 1):
            slot = min(max(place.slot("top") + 2 * side, 0), 2 * self.columns)
            # If a symbol of the same step is next to it, only the border between them is free.
            near = slot % 2 and self.blocked[slot][place.row]
            found.append((5.0 if near else 3.0, 50 + len(found), Route(None, slot - side if near else slot, "top")))
        return found

    def _only_side(self, place: StepPlace, port: str) -> bool:
        """Whether the opposite side of the step is at the chart's edge."""
        return place.left == 0 if port == "right" else place.right + 1 == self.columns

    def _beside(self, place: StepPlace, port: str) -> list[tuple[int, float]]:
        """(slot, cost) of a connector in the neighbouring column, or on the border at the chart's edge, if free."""
        slot = place.slot(port) + (2 if port == "right" else -2)
        inside = 0 < slot < 2 * self.columns
        if not inside:
            slot = min(max(slot, 0), 2 * self.columns)
        taken = self.vertical.others(slot, 3 * place.row, 3 * place.row + 2, None)
        passed = self.vertical.others((slot + place.slot(port)) // 2, middle(place.row), middle(place.row), None)
        cost = (0.5 if inside else 2.5) + passed * CROSSING
        return [(slot, cost)] if not taken else [(slot, cost + 10)] if not inside else []
