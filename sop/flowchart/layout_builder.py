"""Builds the layout of a flow: its edges, their routes and lanes, and every corner of every line."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter

from sop.rules.flow import Flow, FlowStep

from . import labels
from .grid import above, below, middle
from .lanes import Strand, spread
from .routes import Edge, Exit, StepPlace
from .routing import Router
from .shapes import (
    HALF_HEIGHT,
    HALF_WIDTH,
    PENTAGON_IN,
    PENTAGON_OUT,
    TRACK_IN,
    TRACK_OUT,
    Connector,
    Layout,
    Line,
    Point,
    Port,
    Symbol,
)

# Maximum number of attempts to find a layout with room for every label.
ATTEMPTS = 4
# Lines with the same key run as one strand.
StrandKey = tuple[int, ...]


class LayoutBuilder:
    """Lays out one flow. ``page_starts``: index of the first row of each page."""

    def __init__(self, flow: Flow, page_starts: Iterable[int]) -> None:
        self.flow = flow
        column_of = {actor.id: n for n, actor in enumerate(flow.actors)}
        self.columns, self.rows = max(len(flow.actors), 1), len(flow.steps)
        self.place = {step.id: StepPlace(row, step, column_of) for row, step in enumerate(flow.steps)}
        self.first_rows = {0, *page_starts}
        self.page = list(itertools.accumulate(int(row in self.first_rows) for row in range(self.rows)))

    def draw(self) -> Layout:
        """The layout with the fewest labels that lack room.

        As long as some label lacks room, the flow is laid out again and avoids the exits concerned.
        """
        avoided: set[Exit] = set()
        found: list[tuple[int, Layout]] = []
        while len(found) < ATTEMPTS:
            edges, drawn = self._draw(avoided)
            cramped = self._cramped(edges, drawn)
            found.append((len(cramped), drawn))
            if cramped <= avoided:
                break
            avoided |= cramped
        return min(found, key=itemgetter(0))[1]

    def _cramped(self, edges: Iterable[Edge], drawn: Layout) -> set[Exit]:
        """The exits whose label overlaps something at the paper's scale, which is the tightest."""
        overlapping = {
            (label.row, label.text)
            for label in labels.place_labels(drawn, labels.PaperScale(self.columns))
            if not label.free
        }
        return {
            (edge.source.id, edge.target.id, edge.route.exit_port)
            for edge in edges
            if edge.label and (edge.begin.row, edge.label) in overlapping
        }

    def _draw(self, avoided: Collection[Exit]) -> tuple[list[Edge], Layout]:
        edges = [edge for step in self.flow.steps for edge in self._edges_from(step)]
        letters = self._letters(edges)
        edges += [self._into(pk) for pk in letters]
        Router(edges, self.place.values(), self.columns, self.rows, self.first_rows, avoided).route()
        strands = self._strands(edges)
        lanes = spread(list(strands.values()), self.columns)
        return edges, Layout(
            self._symbols(),
            tuple(self._line(edge, strands) for edge in edges),
            lanes,
            self.columns,
            self.rows,
            self._links(),
            tuple(self._connector(edge, letters, strands) for edge in edges if edge.cut or edge.into),
        )

    # Edges and symbols

    def _edges_from(self, step: FlowStep) -> Iterator[Edge]:
        for pk, label, yes in _exits(step):
            begin, end = self.place[step.id], self.place[pk]
            cut = self.page[begin.row] != self.page[end.row]
            yield Edge(step, self.flow.step(pk), label, begin, end, cut=cut, yes=yes)

    def _into(self, pk: int) -> Edge:
        step, place = self.flow.step(pk), self.place[pk]
        return Edge(step, step, "", place, place, into=True)

    def _letters(self, edges: Iterable[Edge]) -> dict[int, str]:
        """Letters by step id, for every step that a line from another page leads to, in the order of the steps."""
        led_to = sorted({edge.end.row: edge.target.id for edge in edges if edge.cut}.items())
        return {pk: connector_letter(n) for n, (_row, pk) in enumerate(led_to)}

    def _symbols(self) -> tuple[Symbol, ...]:
        return tuple(
            Symbol(step.no, column, self.place[step.id].row, step.shape, column == self.place[step.id].lead)
            for step in self.flow.steps
            for column in self.place[step.id].columns
        )

    def _links(self) -> tuple[tuple[int, float, float], ...]:
        return tuple(
            (place.row, left + 0.5 + HALF_WIDTH, right + 0.5 - HALF_WIDTH)
            for place in self.place.values()
            for left, right in itertools.pairwise(place.columns)
        )

    # Lanes

    def _strands(self, edges: Iterable[Edge]) -> dict[StrandKey, Strand]:
        """The strands around the borders, by key. Lines to the same target around the same border are one strand."""
        strands: dict[StrandKey, Strand] = {}
        for edge in edges:
            route = edge.route
            if route.slot % 2:
                continue
            key = _strand_key(edge)
            ends = self._strand_ends(edge)
            top, bottom = min(height for height, _side in ends), max(height for height, _side in ends)
            if edge.cut or edge.into:
                top, bottom = top - 0.3, bottom + 0.3
            strand = strands.setdefault(key, Strand(route.slot // 2, key, top, bottom))
            strand.top, strand.bottom = min(strand.top, top), max(strand.bottom, bottom)
            strand.ends += ends
            if route.entry_port in ("left", "right"):
                strand.arrow = -1 if route.entry_port == "right" else 1
        return strands

    def _strand_ends(self, edge: Edge) -> list[tuple[float, int]]:
        route = edge.route
        if edge.into:
            return [(_height(self._connector_level(edge)), _side(edge.end.slot(route.entry_port), route.slot))]
        leaves = (_height(edge.exit_level(route)), _side(edge.begin.slot(route.exit_port), route.slot))
        if edge.cut:
            return [leaves]
        return [leaves, (_height(edge.entry_level(route)), _side(edge.end.slot(route.entry_port), route.slot))]

    def _connector_level(self, edge: Edge) -> int:
        if edge.cut:
            return below(edge.begin.row) if edge.route.exit_port == "bottom" else middle(edge.begin.row)
        return above(edge.end.row) if edge.route.entry_port == "top" else middle(edge.end.row)

    # Lines

    def _line(self, edge: Edge, strands: Mapping[StrandKey, Strand]) -> Line:
        route, strand = edge.route, strands.get(_strand_key(edge))
        ends = (edge.source.no, edge.target.no)
        x = strand.x if strand else route.slot / 2
        lane = strand.lane if strand else None
        if edge.cut:
            begin = _at_port(edge.begin, route.exit_port)
            points = [begin, self._connector_at(edge, x)]
        elif edge.into:
            at, end = self._connector_at(edge, x), _at_port(edge.end, route.entry_port)
            points = [at, (end[0], at[1]), end]
        else:
            points = self._through(edge, x)
        loop = not edge.into and edge.end.row <= edge.begin.row
        return Line(*ends, corners_of(points), edge.label, route.exit_port, route.entry_port, loop, lane)

    def _through(self, edge: Edge, x: float) -> list[Point]:
        route = edge.route
        begin, end = _at_port(edge.begin, route.exit_port), _at_port(edge.end, route.entry_port)
        leaves = (
            begin[1] if route.slot == edge.begin.slot("bottom") and edge.forward else _height(edge.exit_level(route))
        )
        comes = _height(edge.entry_level(route))
        return [begin, (begin[0], leaves), (x, leaves), (x, comes), (end[0], comes), end]

    # Connectors

    def _connector_at(self, edge: Edge, x: float) -> Point:
        place, route = (edge.begin if edge.cut else edge.end), edge.route
        if route.exit_port == "bottom":
            return (x, place.row + PENTAGON_OUT)
        return (x, place.row + PENTAGON_IN) if route.entry_port == "top" else (x, place.row + 0.5)

    def _connector(self, edge: Edge, letters: Mapping[int, str], strands: Mapping[StrandKey, Strand]) -> Connector:
        strand = strands.get(_strand_key(edge))
        place = edge.begin if edge.cut else edge.end
        at = self._connector_at(edge, strand.x if strand else edge.route.slot / 2)
        return Connector(place.row, *at, letters[edge.target.id], edge.cut)


def _exits(step: FlowStep) -> list[tuple[int, str, bool]]:
    """(target id, label, whether it is the regular continuation) of each connection that leaves a step."""
    if step.shape != "decision":
        return [(step.next_id, "", True)] if step.next_id else []
    if step.if_yes_id == step.if_no_id and step.if_yes_id:
        return [(step.if_yes_id, f"{step.yes_label}/{step.no_label}", True)]
    exits = ((step.if_yes_id, step.yes_label, True), (step.if_no_id, step.no_label, False))
    return [(pk, label, yes) for pk, label, yes in exits if pk]


def _strand_key(edge: Edge) -> StrandKey:
    if edge.cut or edge.into:
        return (edge.route.slot, edge.target.id, edge.source.id, edge.into)
    return (edge.route.slot, edge.target.id)


def _height(level: int) -> float:
    row, track = divmod(level, 3)
    return row + (TRACK_IN, 0.5, TRACK_OUT)[track]


def _side(slot: int, at: int) -> int:
    return (slot > at) - (slot < at)


def _at_port(place: StepPlace, port: Port) -> Point:
    """The point on a symbol's edge where a line leaves or enters."""
    x, y = place.slot(port) / 2, place.row + 0.5
    points: dict[Port, Point] = {
        "left": (x - HALF_WIDTH, y),
        "right": (x + HALF_WIDTH, y),
        "top": (x, y - HALF_HEIGHT),
        "bottom": (x, y + HALF_HEIGHT),
    }
    return points[port]


def connector_letter(n: int) -> str:
    """A, B, … Z, AA, AB …"""
    return (connector_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


def corners_of(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points of a line without duplicates and without points on a straight section."""
    corners: list[Point] = []
    for point in points:
        if corners and point == corners[-1]:
            continue
        if len(corners) > 1 and (
            corners[-2][0] == corners[-1][0] == point[0] or corners[-2][1] == corners[-1][1] == point[1]
        ):
            corners.pop()
        corners.append(point)
    return tuple(corners)
