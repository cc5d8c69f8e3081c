"""Ways from step to step over the coarse grid: where a line leaves, where it runs down or up, where it comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.rules.flow import FlowStep

from .grid import Cell, above, below, column_slot, middle
from .shapes import Port

# Costs, in widths of a column.
CORNER = 0.4
SIDE_ENTRY_FORWARD, TOP_ENTRY_BACK, BOTTOM_EXIT_BACK, FOREIGN_COLUMN = 0.7, 0.3, 0.6, 0.25


class Place:
    """Where a step stands: its row, the columns of its actors, the leading one among them."""

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
        """The slot from which a line at this port sets out."""
        return self._slots[port]


@dataclass(frozen=True)
class Way:
    """``slot``: where the line runs down or up. Of a way to or from an off-page connector: where that stands."""

    exit_port: Port
    slot: int
    entry_port: Port


# An exit of a step: its id, the id of the step that it leads to, its port.
Exit = tuple[int, int, Port]


@dataclass
class Edge:
    """A connection to be drawn; ``cut``: it leads to another page, ``into``: it comes from there.

    ``way``: given by the router.
    """

    source: FlowStep
    target: FlowStep
    label: str
    begin: Place
    end: Place
    cut: bool = False
    into: bool = False
    way: Way = field(init=False)
    yes: bool = True

    @property
    def forward(self) -> bool:
        return self.end.row > self.begin.row

    def exit_level(self, way: Way) -> int:
        row = self.begin.row
        if way.exit_port != "bottom":
            return middle(row)
        # Straight down without a turn below the symbol.
        return middle(row) if self.forward and way.slot == self.begin.slot("bottom") else below(row)

    def entry_level(self, way: Way) -> int:
        return above(self.end.row) if way.entry_port == "top" else middle(self.end.row)


def level_cells(level: int, one: int, other: int) -> list[Cell]:
    return [(slot, level) for slot in range(min(one, other), max(one, other) + 1)]


def upright_cells(slot: int, one: int, other: int) -> list[Cell]:
    return [(slot, level) for level in range(min(one, other), max(one, other) + 1)]


def cells_of(edge: Edge, way: Way) -> tuple[list[Cell], list[Cell]]:
    """(level cells, upright cells) that a way takes."""
    if edge.cut or edge.into:
        return _connector_cells(edge, way)
    first, last = edge.exit_level(way), edge.entry_level(way)
    goal = edge.end.slot(way.entry_port)
    level = level_cells(last, way.slot, goal) if way.slot != goal else []
    upright = upright_cells(way.slot, first, last)
    if way.exit_port != "bottom":
        level += level_cells(first, edge.begin.slot(way.exit_port), way.slot)
    elif first == below(edge.begin.row):
        level += level_cells(first, edge.begin.slot("bottom"), way.slot)
        upright += upright_cells(edge.begin.slot("bottom"), middle(edge.begin.row), first)
    return level, upright


def _connector_cells(edge: Edge, way: Way) -> tuple[list[Cell], list[Cell]]:
    """The stretch between symbol and connector; beside a symbol the connector keeps its whole cell free."""
    place, port = (edge.begin, way.exit_port) if edge.cut else (edge.end, way.entry_port)
    at = place.slot(port)
    if way.slot == at:
        return [], []
    whole = upright_cells(way.slot, above(place.row), below(place.row))
    return level_cells(above(place.row) if port == "top" else middle(place.row), at, way.slot), whole


def looks(edge: Edge, way: Way) -> float:
    """What a way costs by its shape alone."""
    goal = edge.end.slot(way.entry_port)
    corners = (2 if way.slot != goal else 0) if way.entry_port == "top" else 1
    cost = 0.0
    if way.exit_port != "bottom":
        corners += 1
    elif edge.exit_level(way) != middle(edge.begin.row):
        corners += 2
    if edge.forward:
        cost += SIDE_ENTRY_FORWARD if way.entry_port != "top" else 0
    else:
        cost += TOP_ENTRY_BACK if way.entry_port == "top" else 0
        cost += BOTTOM_EXIT_BACK if way.exit_port == "bottom" else 0
    if way.slot % 2 and way.slot != goal and way.slot != edge.begin.slot(way.exit_port):
        cost += FOREIGN_COLUMN
    return cost + corners * CORNER
