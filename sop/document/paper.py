"""The measures of an SOP on paper: how the columns of the table share the width of A4 landscape."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop.flowchart.headings import bold_width, unbreakable_parts, wrapped
from sop.rules.flow import Flow

# Widths in mm: the page between its margins, and the columns of a fixed width.
PAGE, NUMBER, TIME = 277, 7, 16
# Widths in mm: all actors together, the same if there are many, the minimum and the maximum of each.
ACTORS, ACTORS_AT_MOST, ACTOR_NEEDS, ACTOR_AT_MOST = 126, 150, 10, 24
# Maximum width of all actors together if the texts are very long.
ACTORS_IF_TIGHT = 100
# Minimum widths of the text columns, for their headings: activity, inputs, output, note.
TEXTS = (32, 22, 22, 18)
STEP = 3
# Minimum height of a row in lines (15 mm), and letters per mm.
LINES, LETTERS = 4, 0.67
# Names of actors: font size in px, horizontal padding in px, and the column width in mm from which words are broken
# instead of being rotated.
HEAD_FONT, HEAD_PADDING, WORDS_MAY_BREAK = 8.7, 4, 17
# Rotated names: height of a line, and possible heights of the heading, in px.
HEAD_LINE, HEAD_HEIGHTS = 10, range(60, 280, 10)
PX = 96 / 25.4


@dataclass(frozen=True)
class ColumnWidths:
    """Widths in mm. ``head``: height in px of rotated actors' names, or 0 if the names fit horizontally."""

    actor: float
    actors: int
    texts: tuple[float, ...]
    head: int = 0

    def css(self) -> str:
        """The CSS rules for the columns of the table. The activity column takes the rest."""
        _activity, inputs, output, note = self.texts
        after = [inputs, TIME, output, note]
        widths = {1: NUMBER} | {3 + n: self.actor for n in range(self.actors)}
        widths |= {3 + self.actors + n: width for n, width in enumerate(after)}
        return "\n".join(f".flow col:nth-child({n}) {{ width: {width:g}mm; }}" for n, width in widths.items())


def column_widths(flow: Flow, *, tight: bool = False) -> ColumnWidths:
    """The column widths that make the table of a flow as low as possible. ``tight``: more room for the texts."""
    names = [actor.name for actor in flow.actors]
    count = max(len(names), 1)
    room = ACTORS_IF_TIGHT if tight else min(max(ACTORS, count * ACTOR_NEEDS), ACTORS_AT_MOST)
    actor = round(min(room / count, ACTOR_AT_MOST), 2)
    rows = [tuple(map(len, (step.activity, step.inputs, step.output, step.note))) for step in flow.steps]
    texts = share_out(rows, PAGE - NUMBER - TIME - actor * count)
    return ColumnWidths(actor, count, texts, _head(names, actor))


def _head(names: Sequence[str], width: float) -> int:
    """The minimum height in px at which all rotated names fit, or 0 if they fit horizontally."""
    longest = max((bold_width(word, HEAD_FONT) for name in names for word in unbreakable_parts(name)), default=0)
    if width >= WORDS_MAY_BREAK or longest <= width * PX - HEAD_PADDING:
        return 0
    most = int((width * PX - 2) // HEAD_LINE)

    def fits(height: int) -> bool:
        return longest <= height - 2 and all(len(wrapped(name, height - 2, HEAD_FONT)) <= most for name in names)

    return next((height for height in HEAD_HEIGHTS if fits(height)), HEAD_HEIGHTS[-1])


def share_out(rows: Sequence[Sequence[int]], room: float) -> tuple[float, ...]:
    """The widths of the text columns, which fill ``room``. ``rows``: lengths of the texts.

    The room is distributed in small steps, each to the column that reduces the height of the rows most.
    """
    widths: list[float] = list(TEXTS)
    while sum(widths) + STEP <= room:
        options = []
        for n in range(len(widths)):
            widths[n] += STEP
            options.append((_height(rows, widths), n))
            widths[n] -= STEP
        widths[min(options)[1]] += STEP
    widths[0] += room - sum(widths)
    return tuple(round(width, 2) for width in widths)


def _height(rows: Sequence[Sequence[int]], widths: Sequence[float]) -> float:
    """The height of all rows in lines. With equal heights, the lines of all texts decide."""
    total = 0.0
    for row in rows:
        lines = [length / (width * LETTERS) for length, width in zip(row, widths, strict=True)]
        total += max(LINES, *lines) + sum(lines) * 0.05
    return total
