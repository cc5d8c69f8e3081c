"""The flowchart's geometry: where symbols stand and how lines run. Pure; drawn by ``sop.drawing``.

Units: a column is one wide, a row one high; column ``c`` and row ``r`` (both from 0) have their centre at
(c + 0.5, r + 0.5). A symbol reaches HALF_WIDTH and HALF_HEIGHT from its centre. Lines are right-angled and run

* along the middle height of a row, beside the symbols of that row's own step (sides of a step);
* down the middle of a column, through rows in which the column is empty (drops);
* in lanes around the borders between columns, where symbols never reach (loops back, and what cannot drop);
* just inside the upper and lower edge of a row (TRACK_IN, TRACK_OUT).

So no line meets a symbol it does not join, and lines share a stretch only where they join the same step.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass

from .flow import Flow
from .queries import flow_of

HALF_WIDTH, HALF_HEIGHT = 0.31, 0.21
TRACK_IN, TRACK_OUT = 0.1, 0.92
# Lanes lie within this distance of a border between columns.
GUTTER = 0.17
# Off-page connectors: centre below or beside the symbol that leads there, above the one it leads to.
PENTAGON_OUT, PENTAGON_IN, PENTAGON_SIDE = 0.88, 0.12, 0.41

Point = tuple[float, float]


@dataclass(frozen=True)
class Symbol:
    """One actor's symbol in a step's row. ``step``: its number; ``lead``: arrows come in at its top, go out below."""

    step: int
    column: int
    row: int
    shape: str
    lead: bool


@dataclass(frozen=True)
class Line:
    """A connection from step ``source`` to step ``target`` (numbers), edge to edge.

    ``exit_port`` and ``entry_port``: top, bottom, left, right, or None where an off-page connector stands; the stretch
    that comes in from one has its target as source as well. ``loop``: leads to the same or an earlier row. ``lane``:
    index in ``Layout.lanes`` or None.
    """

    source: int
    target: int
    points: tuple[Point, ...]
    label: str
    exit_port: str | None
    entry_port: str | None
    loop: bool
    lane: int | None = None


@dataclass(frozen=True)
class Lane:
    """The vertical stretch of one line around the border ``gutter``; from ``top`` to ``bottom`` at ``x``."""

    gutter: int
    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Connector:
    """An off-page connector at (x, y) in ``row``; a letter stands for one target step. ``out``: the way leaves here."""

    row: int
    x: float
    y: float
    letter: str
    out: bool


@dataclass(frozen=True)
class Layout:
    """``links``: (row, from x, to x) between the symbols of a step with several actors."""

    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]
    columns: int
    rows: int
    links: tuple[tuple[int, float, float], ...] = ()
    connectors: tuple[Connector, ...] = ()


def layout(version, page_starts=()) -> Layout:
    """The geometry of a version (SopVersion, its id, or a Flow).

    ``page_starts``: rows with which a page begins (the first page's may be left out); a line from page to page is
    cut and carries an off-page connector at both ends.
    """
    flow = version if isinstance(version, Flow) else flow_of(version)
    return _Draughtsman(flow, page_starts).draw()


@dataclass
class _Edge:
    source: object
    target: object
    label: str
    row: int
    target_row: int
    cut: bool = False
    exit_port: str = ""
    entry_port: str = "top"
    # Border for a line with a lane, None for a drop.
    gutter: int | None = None
    lane: int | None = None


class _Place:
    """Where a step stands: its row, the columns of its actors, the leading one among them."""

    def __init__(self, row, step, column_of):
        self.row = row
        self.columns = sorted(column_of[pk] for pk in step.actor_ids)
        lead = step.actor_ids[step.actor_names.index(step.lead_name)] if step.actor_ids else None
        self.lead = column_of.get(lead, 0)
        self.columns = self.columns or [0]
        self.left, self.right = self.columns[0], self.columns[-1]


class _Draughtsman:
    def __init__(self, flow, page_starts):
        self.flow = flow
        column_of = {actor.id: n for n, actor in enumerate(flow.actors)}
        self.columns = max(len(flow.actors), 1)
        self.place = {step.id: _Place(row, step, column_of) for row, step in enumerate(flow.steps)}
        # A drop keeps off the links between a step's symbols as well.
        places = self.place.values()
        self.taken = {(place.row, column) for place in places for column in range(place.left, place.right + 1)}
        starts = sorted(set(page_starts))
        self.page = [sum(row >= start for start in starts) for row in range(len(flow.steps))]
        self.exits_used, self.load = defaultdict(set), defaultdict(int)
        self.top_used = set()

    def draw(self):
        edges = []
        for step in self.flow.steps:
            edges += self._leave(step)
        for edge in edges:
            if edge.gutter is not None and not edge.cut:
                edge.entry_port = self._entry_port(edge)
            if edge.entry_port == "top" and not edge.cut:
                self.top_used.add(edge.target.id)
        lanes = self._lanes([edge for edge in edges if edge.gutter is not None and not edge.cut])
        lines, connectors = self._lines(edges, lanes)
        symbols = tuple(
            Symbol(step.no, column, self.place[step.id].row, step.shape, column == self.place[step.id].lead)
            for step in self.flow.steps
            for column in self.place[step.id].columns
        )
        return Layout(symbols, lines, tuple(lanes), self.columns, len(self.flow.steps), self._links(), connectors)

    def _links(self):
        found = []
        for place in self.place.values():
            for left, right in itertools.pairwise(place.columns):
                found.append((place.row, left + 0.5 + HALF_WIDTH, right + 0.5 - HALF_WIDTH))
        return tuple(found)

    # Where lines leave their step

    def _leave(self, step):
        """The edges of a step with their ports; the one to the next row chooses first, then "yes" before "no"."""
        edges = self._edges_from(step)
        for edge in sorted(edges, key=lambda e: e.target_row != e.row + 1):
            self._choose_exit(edge, self.place[step.id], self.exits_used[step.id])
            self.exits_used[step.id].add(edge.exit_port)
        return edges

    def _edges_from(self, step):
        if step.shape != "decision":
            targets = {step.next_id: ""} if step.next_id else {}
        elif step.if_yes_id == step.if_no_id and step.if_yes_id:
            targets = {step.if_yes_id: f"{step.yes_label}/{step.no_label}"}
        else:
            targets = {step.if_yes_id: step.yes_label, step.if_no_id: step.no_label}
        edges, row = [], self.place[step.id].row
        for pk, label in targets.items():
            if pk is not None:
                target_row = self.place[pk].row
                cut = self.page[row] != self.page[target_row]
                edges.append(_Edge(step, self.flow.step(pk), label, row, target_row, cut))
        return edges

    def _choose_exit(self, edge, place, used):
        goal = self.place[edge.target.id].lead
        if edge.cut:
            free = [port for port in ("bottom", "right", "left") if port not in used]
            at_edge = place.right + 1 == self.columns
            edge.exit_port = "left" if at_edge and free[0] == "right" and "left" in free else free[0]
            return
        side = "left" if goal < place.left else "right" if goal > place.right else None
        if self._drops(edge, goal):
            if side and side not in used:
                edge.exit_port = side
                return
            if "bottom" not in used:
                edge.exit_port = "bottom"
                return
        edge.gutter, edge.exit_port = self._choose_gutter(edge, place, goal, used)
        self.load[edge.gutter] += 1

    def _drops(self, edge, goal):
        between = range(edge.row + 1, edge.target_row)
        return edge.target_row > edge.row and not any((row, goal) in self.taken for row in between)

    def _choose_gutter(self, edge, place, goal, used):
        """The border with the shortest way round, a free side of the step before it, and few lanes already."""
        options = []
        for gutter in range(self.columns + 1):
            port = "left" if gutter <= place.left else "right" if gutter > place.right else None
            if port is None or port in used:
                continue
            start = place.left if port == "left" else place.right
            way = abs(gutter - start - 0.5) + abs(gutter - goal - 0.5)
            # The outer borders have room on one side only.
            crowd = self.load[gutter] * (0.7 if gutter in (0, self.columns) else 0.35)
            options.append((way + crowd, gutter, port))
        _cost, gutter, port = min(options)
        return gutter, port

    def _entry_port(self, edge):
        place, used = self.place[edge.target.id], self.exits_used[edge.target.id]
        if edge.gutter <= place.left and "left" not in used:
            return "left"
        if edge.gutter > place.right and "right" not in used:
            return "right"
        return "top"

    # Lanes

    def _lanes(self, edges):
        """A lane of its own for each edge, spread evenly over its gutter and off the border itself."""
        lanes, by_gutter = [], defaultdict(list)
        for edge in edges:
            by_gutter[edge.gutter].append(edge)
        for gutter, members in sorted(by_gutter.items()):
            members.sort(key=self._lane_order)
            for edge, offset in zip(members, self._offsets(gutter, len(members)), strict=True):
                ends = (edge.row + 0.5, edge.target_row + (TRACK_IN if edge.entry_port == "top" else 0.5))
                edge.lane = len(lanes)
                lanes.append(Lane(gutter, gutter + offset, min(ends), max(ends)))
        return lanes

    def _lane_order(self, edge):
        """Short loops nearest to the symbols they join, so that loops nest instead of crossing."""
        gutter, length = edge.gutter, abs(edge.row - edge.target_row)
        source, goal = self.place[edge.source.id], self.place[edge.target.id].lead
        if (source.right if edge.exit_port == "right" else source.left) < gutter and goal < gutter:
            return (0, length, edge.row)
        if source.left >= gutter and goal >= gutter:
            return (2, -length, edge.row)
        return (1, length, edge.row)

    def _offsets(self, gutter, count):
        if gutter == 0:
            return [GUTTER * (n + 1) / (count + 0.5) for n in range(count)]
        if gutter == self.columns:
            return [-GUTTER * (count - n) / (count + 0.5) for n in range(count)]
        # An even number of places, so that none lies on the border.
        places = count + count % 2
        step = 2 * GUTTER / places
        return [(n + 0.5) * step - GUTTER for n in range(places)][:count]

    # Lines

    def _lines(self, edges, lanes):
        lines, connectors, letters = [], [], {}
        for edge in sorted((e for e in edges if e.cut), key=lambda e: e.target_row):
            letters.setdefault(edge.target.id, _letter(len(letters)))
        for edge in edges:
            loop = edge.target_row <= edge.row
            ends = (edge.source.no, edge.target.no)
            if edge.cut:
                points, connector = self._way_out(edge, letters[edge.target.id])
                lines.append(Line(*ends, _straight(points), edge.label, edge.exit_port, None, loop))
                connectors.append(connector)
                continue
            points = self._way(edge, lanes)
            lines.append(Line(*ends, _straight(points), edge.label, edge.exit_port, edge.entry_port, loop, edge.lane))
        for pk, letter in letters.items():
            points, connector = self._way_in(self.place[pk], letter, crowded=pk in self.top_used)
            no = self.flow.step(pk).no
            lines.append(Line(no, no, _straight(points), "", None, "top", False))
            connectors.append(connector)
        return tuple(lines), tuple(connectors)

    def _exit(self, edge):
        """The point on the symbol's edge where a line leaves."""
        place = self.place[edge.source.id]
        if edge.exit_port == "bottom":
            return (place.lead + 0.5, edge.row + 0.5 + HALF_HEIGHT)
        if edge.exit_port == "left":
            return (place.left + 0.5 - HALF_WIDTH, edge.row + 0.5)
        return (place.right + 0.5 + HALF_WIDTH, edge.row + 0.5)

    def _way(self, edge, lanes):
        """All corners of a line that stays on its page."""
        begin, place, row = self._exit(edge), self.place[edge.target.id], edge.target_row
        centre, top = place.lead + 0.5, row + 0.5 - HALF_HEIGHT
        if edge.lane is None:
            turn = edge.row + TRACK_OUT if edge.exit_port == "bottom" else begin[1]
            return [begin, (begin[0], turn), (centre, turn), (centre, top)]
        x = lanes[edge.lane].x
        if edge.entry_port == "top":
            track = row + TRACK_IN
            return [begin, (x, begin[1]), (x, track), (centre, track), (centre, top)]
        edge_x = place.left + 0.5 - HALF_WIDTH if edge.entry_port == "left" else place.right + 0.5 + HALF_WIDTH
        return [begin, (x, begin[1]), (x, row + 0.5), (edge_x, row + 0.5)]

    def _way_out(self, edge, letter):
        begin = self._exit(edge)
        if edge.exit_port == "bottom":
            end = (begin[0], edge.row + PENTAGON_OUT)
        else:
            away = PENTAGON_SIDE - HALF_WIDTH
            end = (begin[0] + (away if edge.exit_port == "right" else -away), begin[1])
        return [begin, end], Connector(edge.row, *end, letter, True)

    def _way_in(self, place, letter, crowded):
        """Straight from above, or from the corner beside it where other lines come in at the top."""
        centre, top = place.lead + 0.5, place.row + 0.5 - HALF_HEIGHT
        x = centre - PENTAGON_SIDE + 0.05 if crowded else centre
        y = place.row + PENTAGON_IN
        return [(x, y), (centre, y), (centre, top)], Connector(place.row, x, y, letter, False)


def _letter(n):
    """A, B, … Z, AA, AB …"""
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


def _straight(points):
    """The corners alone: doubles and points on a straight stretch left out."""
    kept = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(kept)
