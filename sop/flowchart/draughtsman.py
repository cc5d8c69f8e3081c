"""From a flow to its layout: edges, their ways, lanes, and every corner of every line."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter

from sop.rules.flow import Flow, FlowStep

from . import labels
from .grid import above, below, middle
from .lanes import Strand, spread
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
from .ways import Edge, Exit, Place

# How often a flow is drawn at most until all labels have room.
ATTEMPTS = 4
# Lines with the same key run as one.
StrandKey = tuple[int, ...]


class Draughtsman:
    """Draws one flow; ``page_starts``: rows with which a page begins."""

    def __init__(self, flow: Flow, page_starts: Iterable[int]) -> None:
        self.flow = flow
        column_of = {actor.id: n for n, actor in enumerate(flow.actors)}
        self.columns, self.rows = max(len(flow.actors), 1), len(flow.steps)
        self.place = {step.id: Place(row, step, column_of) for row, step in enumerate(flow.steps)}
        self.first_rows = {0, *page_starts}
        self.page = list(itertools.accumulate(int(row in self.first_rows) for row in range(self.rows)))

    def draw(self) -> Layout:
        """The layout; drawn anew where a label found no room, with that exit elsewhere if there is a better one."""
        shunned: set[Exit] = set()
        found: list[tuple[int, Layout]] = []
        while len(found) < ATTEMPTS:
            edges, drawn = self._draw(shunned)
            cramped = self._cramped(edges, drawn)
            found.append((len(cramped), drawn))
            if cramped <= shunned:
                break
            shunned |= cramped
        return min(found, key=itemgetter(0))[1]

    def _cramped(self, edges: Iterable[Edge], drawn: Layout) -> set[Exit]:
        """The exits whose label stands in the way of something, at the measures of paper (they are the tightest)."""
        rows_lines = {
            (label.row, label.text) for label in labels.place(drawn, labels.Nominal(self.columns)) if not label.free
        }
        return {
            (edge.source.id, edge.target.id, edge.way.exit_port)
            for edge in edges
            if edge.label and (edge.begin.row, edge.label) in rows_lines
        }

    def _draw(self, shunned: Collection[Exit]) -> tuple[list[Edge], Layout]:
        edges = [edge for step in self.flow.steps for edge in self._edges_from(step)]
        letters = self._letters(edges)
        edges += [self._into(pk) for pk in letters]
        Router(edges, self.place.values(), self.columns, self.rows, self.first_rows, shunned).route()
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

    # What is to be drawn

    def _edges_from(self, step: FlowStep) -> Iterator[Edge]:
        for pk, label, yes in _exits(step):
            begin, end = self.place[step.id], self.place[pk]
            cut = self.page[begin.row] != self.page[end.row]
            yield Edge(step, self.flow.step(pk), label, begin, end, cut=cut, yes=yes)

    def _into(self, pk: int) -> Edge:
        step, place = self.flow.step(pk), self.place[pk]
        return Edge(step, step, "", place, place, into=True)

    def _letters(self, edges: Iterable[Edge]) -> dict[int, str]:
        """A letter for every step that is led to from another page, in the order of the steps."""
        led_to = sorted({edge.end.row: edge.target.id for edge in edges if edge.cut}.items())
        return {pk: letter(n) for n, (_row, pk) in enumerate(led_to)}

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
        """What runs around the borders, by key; lines to one target around one border are one strand."""
        strands: dict[StrandKey, Strand] = {}
        for edge in edges:
            way = edge.way
            if way.slot % 2:
                continue
            key = _strand_key(edge)
            ends = self._strand_ends(edge)
            top, bottom = min(height for height, _side in ends), max(height for height, _side in ends)
            if edge.cut or edge.into:
                top, bottom = top - 0.3, bottom + 0.3
            strand = strands.setdefault(key, Strand(way.slot // 2, key, top, bottom))
            strand.top, strand.bottom = min(strand.top, top), max(strand.bottom, bottom)
            strand.ends += ends
            if way.entry_port in ("left", "right"):
                strand.arrow = -1 if way.entry_port == "right" else 1
        return strands

    def _strand_ends(self, edge: Edge) -> list[tuple[float, int]]:
        way = edge.way
        if edge.into:
            return [(_height(self._connector_level(edge)), _side(edge.end.slot(way.entry_port), way.slot))]
        leaves = (_height(edge.exit_level(way)), _side(edge.begin.slot(way.exit_port), way.slot))
        if edge.cut:
            return [leaves]
        return [leaves, (_height(edge.entry_level(way)), _side(edge.end.slot(way.entry_port), way.slot))]

    def _connector_level(self, edge: Edge) -> int:
        if edge.cut:
            return below(edge.begin.row) if edge.way.exit_port == "bottom" else middle(edge.begin.row)
        return above(edge.end.row) if edge.way.entry_port == "top" else middle(edge.end.row)

    # Lines

    def _line(self, edge: Edge, strands: Mapping[StrandKey, Strand]) -> Line:
        way, strand = edge.way, strands.get(_strand_key(edge))
        ends = (edge.source.no, edge.target.no)
        x = strand.x if strand else way.slot / 2
        lane = strand.lane if strand else None
        if edge.cut:
            begin = _at_port(edge.begin, way.exit_port)
            points = [begin, self._connector_at(edge, x)]
        elif edge.into:
            at, end = self._connector_at(edge, x), _at_port(edge.end, way.entry_port)
            points = [at, (end[0], at[1]), end]
        else:
            points = self._through(edge, x)
        loop = not edge.into and edge.end.row <= edge.begin.row
        return Line(*ends, straight(points), edge.label, way.exit_port, way.entry_port, loop, lane)

    def _through(self, edge: Edge, x: float) -> list[Point]:
        way = edge.way
        begin, end = _at_port(edge.begin, way.exit_port), _at_port(edge.end, way.entry_port)
        leaves = begin[1] if way.slot == edge.begin.slot("bottom") and edge.forward else _height(edge.exit_level(way))
        comes = _height(edge.entry_level(way))
        return [begin, (begin[0], leaves), (x, leaves), (x, comes), (end[0], comes), end]

    # Connectors

    def _connector_at(self, edge: Edge, x: float) -> Point:
        place, way = (edge.begin if edge.cut else edge.end), edge.way
        if way.exit_port == "bottom":
            return (x, place.row + PENTAGON_OUT)
        return (x, place.row + PENTAGON_IN) if way.entry_port == "top" else (x, place.row + 0.5)

    def _connector(self, edge: Edge, letters: Mapping[int, str], strands: Mapping[StrandKey, Strand]) -> Connector:
        strand = strands.get(_strand_key(edge))
        place = edge.begin if edge.cut else edge.end
        at = self._connector_at(edge, strand.x if strand else edge.way.slot / 2)
        return Connector(place.row, *at, letters[edge.target.id], edge.cut)


def _exits(step: FlowStep) -> list[tuple[int, str, bool]]:
    """(target, label, whether it is the way on) of each connection that leaves a step."""
    if step.shape != "decision":
        return [(step.next_id, "", True)] if step.next_id else []
    if step.if_yes_id == step.if_no_id and step.if_yes_id:
        return [(step.if_yes_id, f"{step.yes_label}/{step.no_label}", True)]
    exits = ((step.if_yes_id, step.yes_label, True), (step.if_no_id, step.no_label, False))
    return [(pk, label, yes) for pk, label, yes in exits if pk]


def _strand_key(edge: Edge) -> StrandKey:
    if edge.cut or edge.into:
        return (edge.way.slot, edge.target.id, edge.source.id, edge.into)
    return (edge.way.slot, edge.target.id)


def _height(level: int) -> float:
    row, track = divmod(level, 3)
    return row + (TRACK_IN, 0.5, TRACK_OUT)[track]


def _side(slot: int, at: int) -> int:
    return (slot > at) - (slot < at)


def _at_port(place: Place, port: Port) -> Point:
    """The point on the symbol's edge where a line leaves or comes in."""
    x, y = place.slot(port) / 2, place.row + 0.5
    points: dict[Port, Point] = {
        "left": (x - HALF_WIDTH, y),
        "right": (x + HALF_WIDTH, y),
        "top": (x, y - HALF_HEIGHT),
        "bottom": (x, y + HALF_HEIGHT),
    }
    return points[port]


def letter(n: int) -> str:
    """A, B, … Z, AA, AB …"""
    return (letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


def straight(points: Iterable[Point]) -> tuple[Point, ...]:
    """The corners alone: doubles and points on a straight stretch left out."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(kept)
