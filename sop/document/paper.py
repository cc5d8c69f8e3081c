"""Measures of an SOP on paper: how the width of A4 landscape is shared out among the columns of the table."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop.flowchart.headings import bold_width, unbreakable_parts, wrapped
from sop.rules.flow import Flow

# mm: the page between its margins, and the columns that never change.
PAGE, NUMBER, TIME = 277, 7, 16
# All actors together (many get more room, down to what their symbols need), and at most each.
ACTORS, ACTORS_AT_MOST, ACTOR_NEEDS, ACTOR_AT_MOST = 126, 150, 10, 24
# Where texts are very long: all actors together at most.
ACTORS_IF_TIGHT = 100
# Texts: activity, inputs, output, note; what each needs at least, for its heading.
TEXTS = (32, 22, 22, 18)
STEP = 3
# A row is this many lines high whatever its texts (15 mm), and a mm takes this many letters.
LINES, LETTERS = 4, 0.67
# Names of actors: px of a letter's height, px beside the words of a level one, and from which mm on a word may rather
# be broken.
HEAD_FONT, HEAD_PADDING, WORDS_MAY_BREAK = 8.7, 4, 17
# Upright ones: px of a line, of the whole.
HEAD_LINE, HEAD_HEIGHTS = 10, range(60, 280, 10)
PX = 96 / 25.4


@dataclass(frozen=True)
class Columns:
    """Widths in mm. ``head``: px of the actors' names where they do not fit level and are read from below, else 0."""

    actor: float
    actors: int
    texts: tuple[float, ...]
    head: int = 0

    def css(self) -> str:
        """The rules for the table's columns; the activity takes what is left."""
        _activity, inputs, output, note = self.texts
        after = [inputs, TIME, output, note]
        widths = {1: NUMBER} | {3 + n: self.actor for n in range(self.actors)}
        widths |= {3 + self.actors + n: width for n, width in enumerate(after)}
        return "\n".join(f".flow col:nth-child({n}) {{ width: {width:g}mm; }}" for n, width in widths.items())


def columns(flow: Flow, *, tight: bool = False) -> Columns:
    """The columns of a flow's table, so that its rows together become low. ``tight``: more room for the texts."""
    names = [actor.name for actor in flow.actors]
    count = max(len(names), 1)
    room = ACTORS_IF_TIGHT if tight else min(max(ACTORS, count * ACTOR_NEEDS), ACTORS_AT_MOST)
    actor = round(min(room / count, ACTOR_AT_MOST), 2)
    rows = [tuple(map(len, (step.activity, step.inputs, step.output, step.note))) for step in flow.steps]
    texts = share_out(rows, PAGE - NUMBER - TIME - actor * count)
    return Columns(actor, count, texts, _head(names, actor))


def _head(names: Sequence[str], width: float) -> int:
    """Height of upright names, the least at which each has room; 0 when they may stand level."""
    longest = max((bold_width(word, HEAD_FONT) for name in names for word in unbreakable_parts(name)), default=0)
    if width >= WORDS_MAY_BREAK or longest <= width * PX - HEAD_PADDING:
        return 0
    most = int((width * PX - 2) // HEAD_LINE)

    def fits(height: int) -> bool:
        return longest <= height - 2 and all(len(wrapped(name, height - 2, HEAD_FONT)) <= most for name in names)

    return next((height for height in HEAD_HEIGHTS if fits(height)), HEAD_HEIGHTS[-1])


def share_out(rows: Sequence[Sequence[int]], room: float) -> tuple[float, ...]:
    """Widths of the texts' columns that fill ``room``; ``rows``: lengths of the texts. A step at a time goes to the
    column that makes the rows lowest by it.
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
    """Lines of all rows; with equal heights, lines of all texts decide."""
    total = 0.0
    for row in rows:
        lines = [length / (width * LETTERS) for length, width in zip(row, widths, strict=True)]
        total += max(LINES, *lines) + sum(lines) * 0.05
    return total
