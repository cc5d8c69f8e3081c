"""Routes from step to step over the coarse grid: where a line leaves, runs vertically, and enters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.rules.flow import FlowStep

from .grid import Cell, above, below, column_slot, middle
from .shapes import Port

# Costs, in column widths.
CORNER = 0.4
SIDE_ENTRY_FORWARD, TOP_ENTRY_BACK, BOTTOM_EXIT_BACK, FOREIGN_COLUMN = 0.7, 0.3, 0.6, 0.25


class StepPlace:
    """The place of a step: its row, the columns of its actors, and the leading actor's column."""

    def __init__(self, row: int, step: FlowStep, column_of: Mapping[int, int]) -> None:
        self.row = row
        self.columns = sorted(column_of[pk] for pk in step.actor_ids)
        lead = step.actor_ids[step.actor_names.index(step.lead_name)] if step.actor_ids else None
        self.lead = column_of.get(lead, 0) if lead is not None else 0
        self.columns = self.columns or [0]
        self.left, self.right = self.columns[0], self.columns[-1]
        middle_slot = column_slot(self.lead)
        self._slots: dict[Port, int] = {"left": column_slot(self.left), "right": column_slot(self.right)}
        self._slots |= {"top": middle_slot, "bottom": middle_slot}

    def slot(self, port: Port) -> int:
        """The slot of a port."""
        return self._slots[port]


@dataclass(frozen=True)
class Route:
    """``slot``: the slot in which the line runs vertically, or that of the off-page connector at one end of it."""

    exit_port: Port
    slot: int
    entry_port: Port


# An exit of a step: the step's id, the id of the step it leads to, and its port.
Exit = tuple[int, int, Port]


@dataclass
class Edge:
    """A connection to be drawn. ``cut``: it leads to another page; ``into``: it comes from another page.

    ``route``: set by the router.
    """

    source: FlowStep
    target: FlowStep
    label: str
    begin: StepPlace
    end: StepPlace
    cut: bool = False
    into: bool = False
    route: Route = field(init=False)
    yes: bool = True

    @property
    def forward(self) -> bool:
        return self.end.row > self.begin.row

    def exit_level(self, route: Route) -> int:
        row = self.begin.row
        if route.exit_port != "bottom":
            return middle(row)
        # A line straight down does not turn below the symbol.
        return middle(row) if self.forward and route.slot == self.begin.slot("bottom") else below(row)

    def entry_level(self, route: Route) -> int:
        return above(self.end.row) if route.entry_port == "top" else middle(self.end.row)


def horizontal_cells(level: int, one: int, other: int) -> list[Cell]:
    return [(slot, level) for slot in range(min(one, other), max(one, other) + 1)]


def vertical_cells(slot: int, one: int, other: int) -> list[Cell]:
    return [(slot, level) for level in range(min(one, other), max(one, other) + 1)]


def cells_of(edge: Edge, route: Route) -> tuple[list[Cell], list[Cell]]:
    """The cells that a route occupies horizontally, and those that it occupies vertically."""
    if edge.cut or edge.into:
        return _connector_cells(edge, route)
    first, last = edge.exit_level(route), edge.entry_level(route)
    goal = edge.end.slot(route.entry_port)
    level = horizontal_cells(last, route.slot, goal) if route.slot != goal else []
    vertical = vertical_cells(route.slot, first, last)
    if route.exit_port != "bottom":
        level += horizontal_cells(first, edge.begin.slot(route.exit_port), route.slot)
    elif first == below(edge.begin.row):
        level += horizontal_cells(first, edge.begin.slot("bottom"), route.slot)
        vertical += vertical_cells(edge.begin.slot("bottom"), middle(edge.begin.row), first)
    return level, vertical


def _connector_cells(edge: Edge, route: Route) -> tuple[list[Cell], list[Cell]]:
    """The cells between symbol and connector. A connector beside a symbol occupies the whole height of the row."""
    place, port = (edge.begin, route.exit_port) if edge.cut else (edge.end, route.entry_port)
    at = place.slot(port)
    if route.slot == at:
        return [], []
    whole = vertical_cells(route.slot, above(place.row), below(place.row))
    return horizontal_cells(above(place.row) if port == "top" else middle(place.row), at, route.slot), whole


def shape_cost(edge: Edge, route: Route) -> float:
    """The cost of a route's shape alone."""
    goal = edge.end.slot(route.entry_port)
    corners = (2 if route.slot != goal else 0) if route.entry_port == "top" else 1
    cost = 0.0
    if route.exit_port != "bottom":
        corners += 1
    elif edge.exit_level(route) != middle(edge.begin.row):
        corners += 2
    if edge.forward:
        cost += SIDE_ENTRY_FORWARD if route.entry_port != "top" else 0
    else:
        cost += TOP_ENTRY_BACK if route.entry_port == "top" else 0
        cost += BOTTOM_EXIT_BACK if route.exit_port == "bottom" else 0
    if route.slot % 2 and route.slot != goal and route.slot != edge.begin.slot(route.exit_port):
        cost += FOREIGN_COLUMN
    return cost + corners * CORNER
