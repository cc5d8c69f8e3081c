"""Choose a way for every connection: few crossings, few corners, short, loops beside the main flow.

A clerk draws the main flow first and then what goes back or aside, each the best way round what stands already; then
looks again whether a line drawn early would lie better now. The same flow always gives the same choice.
"""

from collections import defaultdict

from .grid import Cells, column_slot, middle
from .ways import CORNER, Way, cells_of, looks

# Costs, in widths of a column.
CROSSING, PER_LEVEL = 1.7, 0.05
# A line through the link between a step's symbols reads worse than two crossings.
LINK = 2
LANE_BESIDE, LANE_TOO_MANY = 0.3, 3.0
# A long label at the chart's edge; a connector where a decision needs the side for an exit.
NO_ROOM, LITTLE_ROOM, NEEDED_SIDE, SHUNNED = 20.0, 0.8, 2.6, 12.0
LETTERS_IN_A_COLUMN = 20
LOOKS_AGAIN = 2
LINKED = -1
# Entered by a connector: no other line comes in there.
ALONE = 100


class Router:
    """Gives every edge its ``way``; edges are of one flow, ``columns`` × ``rows`` in size."""

    def __init__(self, edges, places, columns, rows, first_rows, shunned=()):
        """``shunned``: (source's id, target's id, port) of exits at which a label found no room."""
        self.edges, self.columns, self.first_rows = edges, columns, first_rows
        self.shunned = set(shunned)
        self.level = Cells(2 * columns + 1, 3 * rows)
        self.upright = Cells(2 * columns + 1, 3 * rows)
        self.blocked = [[False] * rows for _slot in range(2 * columns + 1)]
        self.exits, self.entered = defaultdict(dict), defaultdict(lambda: defaultdict(int))
        self.unplaced = defaultdict(int)
        self.entered_from_here = defaultdict(int)
        # Where a corner is taken by a connector that comes in: lines along the track come from the other side.
        self.corner = {}
        for place in places:
            for column in range(place.left, place.right + 1):
                self.blocked[column_slot(column)][place.row] = True
            between = range(column_slot(place.left) + 1, column_slot(place.right))
            for extra in range(LINK):
                self.level.add([(slot, middle(place.row)) for slot in between], LINKED - extra)
        # How many lanes a border bears at readable distance: columns are narrower the more there are.
        self.capacity = 3 if columns <= 5 else 2 if columns <= 9 else 1
        self.letters = LETTERS_IN_A_COLUMN * min(1, 6 / columns)
        # Symbols in narrow columns are low: there is room for a connector above them.
        self.above_is_roomy = columns > 8

    def route(self):
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

    def _turn(self, edge):
        """The main flow first, then connectors that come in, then short jumps, then loops from the shortest on."""
        length = edge.end.row - edge.begin.row
        if edge.into:
            return (1, edge.end.row, 0)
        if length == 1:
            return (0, edge.begin.row, 0)
        if edge.cut:
            return (2, edge.begin.row, not edge.yes)
        return (3 if length > 0 else 4, abs(length), edge.begin.row)

    def _place(self, edge):
        edge.way = min(self._options(edge))[-1]
        self._take(edge, 1)

    def _is_hindered(self, edge):
        way = edge.way
        length = abs(edge.exit_level(way) - edge.entry_level(way)) * PER_LEVEL
        return self._hindrances(edge, way) > length + CROSSING / 2

    def _reconsider(self, edge):
        before = edge.way
        self._take(edge, -1)
        self._place(edge)
        return edge.way != before

    def _take(self, edge, by):
        way, step = edge.way, edge.source.id
        level, upright = cells_of(edge, way)
        target = edge.target.id if not edge.cut else (edge.target.id, edge.source.id)
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

    # Ports

    def _free_exits(self, edge):
        step = edge.source.id
        entered = self.entered[step]
        return [port for port in ("bottom", "right", "left") if port not in self.exits[step] and not entered[port]]

    def _free_entries(self, edge):
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

    # Ways

    def _options(self, edge):
        if edge.into:
            return self._options_in(edge)
        if edge.cut:
            return self._options_out(edge)
        return self._options_through(edge)

    def _options_through(self, edge):
        """Ways past a connector at the target's corner; where there is none (rarely), under it."""
        found = self._ways_through(edge)
        if not found and (corner := self.corner.pop(edge.target.id, None)):
            found = self._ways_through(edge)
            self.corner[edge.target.id] = corner
        return found

    def _ways_through(self, edge):
        """(cost, order, way) of the ways that may be; dear ones are left out where a cheaper one is known."""
        found, best = [], float("inf")
        entries = self._free_entries(edge)
        for exit_port in self._free_exits(edge):
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
                    if cost >= best or (slot % 2 and not self._column_free(edge, way)):
                        continue
                    cost += self._hindrances(edge, way)
                    best = min(best, cost)
                    found.append((cost, len(found), way))
        return found

    def _room(self, edge, port):
        """What a label costs for which there is little or no room beside the outermost column."""
        if (edge.source.id, edge.target.id, port) in self.shunned:
            return SHUNNED
        at_edge = edge.begin.left == 0 if port == "left" else port == "right" and edge.begin.right + 1 == self.columns
        if not at_edge or not edge.label:
            return 0
        room = 0.38 * self.letters
        return NO_ROOM if max(map(len, edge.label.split())) > room else LITTLE_ROOM if len(edge.label) > room else 0

    def _slots(self, edge, exit_port, entry_port):
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

    def _column_free(self, edge, way):
        first, last = sorted((edge.exit_level(way), edge.entry_level(way)))
        own = edge.begin.row if way.exit_port == "bottom" and way.slot == edge.begin.slot("bottom") else None
        blocked = self.blocked[way.slot]
        for row in range((first + 1) // 3, (last + 1) // 3 + 1):
            if first <= middle(row) <= last and blocked[row] and row != own:
                return False
        return not self.upright.others(way.slot, first, last, edge.target.id)

    def _hindrances(self, edge, way):
        """What a way costs by what stands already: crossings, lanes beside it, length not shared."""
        target, slot = edge.target.id, way.slot
        first, last = sorted((edge.exit_level(way), edge.entry_level(way)))
        crossings = self.level.others(slot, first + 1, last - 1, target)
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

    # Connectors

    def _options_out(self, edge):
        place, found = edge.begin, []
        for port in self._free_exits(edge):
            if port == "bottom":
                last = place.row + 1 in self.first_rows
                cost = (0.2 if last else 0.7) + self._room(edge, port)
                found.append((cost, 0, Way(port, place.slot(port), None)))
                continue
            for slot, cost in self._beside(place, port):
                found.append((cost + self._room(edge, port), 1 + len(found), Way(port, slot, None)))
        return found or self._options_out_in_a_crowd(edge)

    def _options_out_in_a_crowd(self, edge):
        """Where lines pass wherever a connector could stand: on the border, else where it disturbs least."""
        place, found = edge.begin, []
        for port in self._free_exits(edge):
            for away in (1, 2):
                slot = place.slot(port) + (away if port == "right" else -away)
                slot = min(max(slot, 0), 2 * self.columns)
                passing = self.upright.others(slot, 3 * place.row, 3 * place.row + 2, None)
                found.append((passing + away / 2, len(found), Way(port, slot, None)))
        return found

    def _options_in(self, edge):
        place, step, found = edge.end, edge.target.id, []
        first = place.row in self.first_rows
        if not self.entered_from_here[step]:
            cost = (0.9 if first else 1.2) - 0.6 * self.above_is_roomy
            found.append((cost, 0, Way(None, place.slot("top"), "top")))
        for port in self._free_entries(edge):
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

    def _only_side(self, place, port):
        """Whether on the other side there is only the chart's edge."""
        return place.left == 0 if port == "right" else place.right + 1 == self.columns

    def _beside(self, place, port):
        """The middle of the neighbouring column; at the chart's edge the border, where there is little room."""
        slot = place.slot(port) + (2 if port == "right" else -2)
        inside = 0 < slot < 2 * self.columns
        if not inside:
            slot = min(max(slot, 0), 2 * self.columns)
        taken = self.upright.others(slot, 3 * place.row, 3 * place.row + 2, None)
        passed = self.upright.others((slot + place.slot(port)) // 2, middle(place.row), middle(place.row), None)
        cost = (0.5 if inside else 2.5) + passed * CROSSING
        return [(slot, cost)] if not taken else [(slot, cost + 10)] if not inside else []
