"""Choose a way for every connection: few crossings, few corners, short, loops beside the main flow.

A clerk draws the main flow first and then what goes back or aside, each the best way round what stands already; then
looks again whether a line drawn early would lie better now. The same flow always gives the same choice.
"""

from collections.abc import Iterable

from .board import CROSSING, PER_LEVEL, Board
from .grid import middle
from .ways import CORNER, Edge, Exit, Place, Way, looks

# Costs, in widths of a column.
# A long label at the chart's edge; a connector where a decision needs the side for an exit.
NO_ROOM, LITTLE_ROOM, NEEDED_SIDE, SHUNNED = 20.0, 0.8, 2.6, 12.0
LETTERS_IN_A_COLUMN = 20
LOOKS_AGAIN = 2

# Cost, order among equals, way.
Option = tuple[float, int, Way]


class Router(Board):
    """Gives every edge its ``way``; edges are of one flow, ``columns`` × ``rows`` in size."""

    def __init__(
        self,
        edges: list[Edge],
        places: Iterable[Place],
        columns: int,
        rows: int,
        first_rows: set[int],
        shunned: Iterable[Exit] = (),
    ) -> None:
        """``shunned``: exits at which a label found no room."""
        super().__init__(places, columns, rows)
        self.edges, self.first_rows, self.shunned = edges, first_rows, set(shunned)
        self.letters = LETTERS_IN_A_COLUMN * min(1, 6 / columns)
        # Symbols in narrow columns are low: there is room for a connector above them.
        self.above_is_roomy = columns > 8

    def route(self) -> None:
        for edge in self.edges:
            if edge.into:
                continue
            self.unplaced[edge.source.id] += 1
            if not edge.cut:
                self.entered_from_here[edge.target.id] += 1
        order = sorted(self.edges, key=self._turn)
        for edge in order:
            self._place(edge)
        movable = [edge for edge in order if not edge.cut and not edge.into]
        for _again in range(LOOKS_AGAIN):
            moved = [self._reconsider(edge) for edge in movable if self._is_hindered(edge)]
            if not any(moved):
                break

    def _turn(self, edge: Edge) -> tuple[int, int, int]:
        """The main flow first, then connectors that come in, then short jumps, then loops from the shortest on."""
        length = edge.end.row - edge.begin.row
        if edge.into:
            return (1, edge.end.row, 0)
        if length == 1:
            return (0, edge.begin.row, 0)
        if edge.cut:
            return (2, edge.begin.row, not edge.yes)
        return (3 if length > 0 else 4, abs(length), edge.begin.row)

    def _place(self, edge: Edge) -> None:
        edge.way = min(self._options(edge))[-1]
        self.take(edge, 1)

    def _is_hindered(self, edge: Edge) -> bool:
        way = edge.way
        length = abs(edge.exit_level(way) - edge.entry_level(way)) * PER_LEVEL
        return self.hindrances(edge, way) > length + CROSSING / 2

    def _reconsider(self, edge: Edge) -> bool:
        before = edge.way
        self.take(edge, -1)
        self._place(edge)
        return edge.way != before

    # Ways

    def _options(self, edge: Edge) -> list[Option]:
        if edge.into:
            return self._options_in(edge)
        if edge.cut:
            return self._options_out(edge)
        return self._options_through(edge)

    def _options_through(self, edge: Edge) -> list[Option]:
        """Ways past a connector at the target's corner; where there is none (rarely), under it."""
        found = self._ways_through(edge)
        if not found and (corner := self.corner.pop(edge.target.id, None)):
            found = self._ways_through(edge)
            self.corner[edge.target.id] = corner
        return found

    def _ways_through(self, edge: Edge) -> list[Option]:
        """(cost, order, way) of the ways that may be; dear ones are left out where a cheaper one is known."""
        found: list[Option] = []
        best = float("inf")
        entries = self.free_entries(edge)
        for exit_port in self.free_exits(edge):
            for entry_port in entries:
                if edge.source is edge.target and exit_port == entry_port:
                    continue
                start, goal = edge.begin.slot(exit_port), edge.end.slot(entry_port)
                room = self._room(edge, exit_port)
                for slot in self._slots(edge, exit_port, entry_port):
                    across = (abs(slot - start) + abs(slot - goal)) / 2 + room
                    if across + CORNER >= best:
                        # The slots come by their distance.
                        break
                    way = Way(exit_port, slot, entry_port)
                    cost = across + looks(edge, way)
                    if cost >= best or (slot % 2 and not self.column_free(edge, way)):
                        continue
                    cost += self.hindrances(edge, way)
                    best = min(best, cost)
                    found.append((cost, len(found), way))
        return found

    def _room(self, edge: Edge, port: str) -> float:
        """What a label costs for which there is little or no room beside the outermost column."""
        if (edge.source.id, edge.target.id, port) in self.shunned:
            return SHUNNED
        at_edge = edge.begin.left == 0 if port == "left" else port == "right" and edge.begin.right + 1 == self.columns
        if not at_edge or not edge.label:
            return 0
        room = 0.38 * self.letters
        return NO_ROOM if max(map(len, edge.label.split())) > room else LITTLE_ROOM if len(edge.label) > room else 0

    def _slots(self, edge: Edge, exit_port: str, entry_port: str) -> list[int]:
        """The slots between which a line can turn from one port to the other, those with the shortest way first."""
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
                cost = (0.2 if last else 0.7) + self._room(edge, port)
                found.append((cost, 0, Way(port, place.slot(port), None)))
                continue
            for slot, cost in self._beside(place, port):
                found.append((cost + self._room(edge, port), 1 + len(found), Way(port, slot, None)))
        return found or self._options_out_in_a_crowd(edge)

    def _options_out_in_a_crowd(self, edge: Edge) -> list[Option]:
        """Where lines pass wherever a connector could stand: on the border, else where it disturbs least."""
        place = edge.begin
        found: list[Option] = []
        for port in self.free_exits(edge):
            for away in (1, 2):
                slot = place.slot(port) + (away if port == "right" else -away)
                slot = min(max(slot, 0), 2 * self.columns)
                passing = self.upright.others(slot, 3 * place.row, 3 * place.row + 2, None)
                found.append((passing + away / 2, len(found), Way(port, slot, None)))
        return found

    def _options_in(self, edge: Edge) -> list[Option]:
        place, step = edge.end, edge.target.id
        found: list[Option] = []
        first = place.row in self.first_rows
        if not self.entered_from_here[step]:
            cost = (0.9 if first else 1.2) - 0.6 * self.above_is_roomy
            found.append((cost, 0, Way(None, place.slot("top"), "top")))
        for port in self.free_entries(edge):
            if port != "top":
                dear = NEEDED_SIDE if len(edge.target.exit_ids) > 1 and self._only_side(place, port) else 0
                for slot, cost in self._beside(place, port):
                    # At the chart's edge an arrow head has no room beside a connector.
                    dear += (slot % 2 == 0) * 2
                    found.append((cost + dear, 1 + len(found), Way(None, slot, port)))
        for side in (-1, 1):
            slot = min(max(place.slot("top") + 2 * side, 0), 2 * self.columns)
            # Beside a symbol of the same step there is only the border between them.
            near = slot % 2 and self.blocked[slot][place.row]
            found.append((5.0 if near else 3.0, 50 + len(found), Way(None, slot - side if near else slot, "top")))
        return found

    def _only_side(self, place: Place, port: str) -> bool:
        """Whether on the other side there is only the chart's edge."""
        return place.left == 0 if port == "right" else place.right + 1 == self.columns

    def _beside(self, place: Place, port: str) -> list[tuple[int, float]]:
        """The middle of the neighbouring column; at the chart's edge the border, where there is little room."""
        slot = place.slot(port) + (2 if port == "right" else -2)
        inside = 0 < slot < 2 * self.columns
        if not inside:
            slot = min(max(slot, 0), 2 * self.columns)
        taken = self.upright.others(slot, 3 * place.row, 3 * place.row + 2, None)
        passed = self.upright.others((slot + place.slot(port)) // 2, middle(place.row), middle(place.row), None)
        cost = (0.5 if inside else 2.5) + passed * CROSSING
        return [(slot, cost)] if not taken else [(slot, cost + 10)] if not inside else []
