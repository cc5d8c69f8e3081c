"""Recognises the columns of a table of steps: by heading, by actors' names above marks, or by the usual order."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import words

# Number of rows in which a heading is searched for; above it may be the title and the identity block.
SEARCHED_ROWS = 30
USUAL = ("no", "activity", "actors", "inputs", "time_text", "output", "note")
_AFTER_ACTORS = ("inputs", "time_text", "output", "note")
# Cells as text.
Cells = Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a table. ``key``: that of the step dict, or None if the column is not read.

    ``is_actor``: its title is the name of an actor, and its cells are marks. ``unit``: the time unit in its title.
    """

    index: int
    key: str | None
    title: str
    is_actor: bool = False
    unit: str | None = None


def column_letters(index: int) -> str:
    """The letters of a column in a spreadsheet: 0 → A, 26 → AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def find_columns(rows: Sequence[Cells]) -> tuple[list[Column], int]:
    """The columns of a table, and the index of the first row below its headings."""
    top = _heading_row(rows)
    if top is None:
        return _usual_order(rows), 0
    start = top + 1
    under: Cells = ()
    if start < len(rows) and _is_second_heading(rows[top], rows[start]):
        under = rows[start]
        start += 1
    if start < len(rows) and _is_row_of_numbers(rows[start]):
        start += 1
    columns = _by_headings(rows[top], under)
    if not any(column.is_actor or column.key == "actors" for column in columns):
        columns = _actors_by_marks(columns, rows[start:])
    return columns, start


def _heading_row(rows: Sequence[Cells]) -> int | None:
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        if words.number_of(next(filter(None, row), "")) is not None:
            continue
        keys = {words.heading_key(cell) for cell in row if cell} - {None}
        if ("activity" in keys and (len(keys) > 1 or sum(map(bool, row)) == 1)) or len(keys) > 2:
            return index
    return None


def _is_second_heading(top: Cells, under: Cells) -> bool:
    """Whether a row continues the heading: actors' names or parts of the quality standard below merged cells."""
    keys = [words.heading_key(cell) if cell else None for cell in top]
    firsts = [keys.index(key) for key in ("no", "activity") if key in keys]
    own = [cell for cell in (under[index] for index in firsts if index < len(under)) if cell]
    return any(under) and not own


def _is_row_of_numbers(row: Cells) -> bool:
    """Whether a row is the "1 2 3 4 …" that office tables have below their headings."""
    numbers = [words.number_of(cell) for cell in row if cell]
    if len(numbers) < 3 or (first := numbers[0]) is None:
        return False
    return numbers == list(range(first, first + len(numbers)))


def _by_headings(top: Cells, under: Cells) -> list[Column]:
    columns: list[Column] = []
    seen: set[str | None] = set()
    spanning: str | None = None
    for index in range(max(len(top), len(under))):
        above = top[index] if index < len(top) else ""
        below = under[index] if index < len(under) else ""
        spanning = words.heading_key(above) if above else spanning
        if spanning == "actors" and below:
            columns.append(Column(index, None, " ".join(below.split()), is_actor=True))
            continue
        title = " ".join((below or above).split())
        key = words.heading_key(title) if title else None
        if key in seen:
            key = None
        seen.add(key)
        columns.append(Column(index, key, title or column_letters(index), unit=words.unit_in_heading(title)))
    return columns


def _actors_by_marks(columns: list[Column], rows: Sequence[Cells]) -> list[Column]:
    """Unknown columns between the activity and the quality standard are actors if all their cells are marks."""
    by_key = {column.key: column.index for column in columns if column.key}
    left = by_key.get("activity", -1)
    right = min((by_key[key] for key in _AFTER_ACTORS if by_key.get(key, -1) > left), default=len(columns))
    found = []
    for column in columns:
        cells = [row[column.index] for row in rows if column.index < len(row) and row[column.index]]
        is_actor = column.key is None and left < column.index < right and cells and all(map(words.is_mark, cells))
        found.append(Column(column.index, None, column.title, is_actor=True) if is_actor else column)
    return found


def _usual_order(rows: Sequence[Cells]) -> list[Column]:
    width = max(map(len, rows), default=0)
    firsts = [row[0] for row in rows if row and any(row)]
    numbered = sum(words.number_of(cell) is not None for cell in firsts) * 2 >= len(firsts)
    order = USUAL if numbered else USUAL[1:]
    keys = [*order[:width], *[None] * (width - len(order))]
    return [Column(n, key, words.HEADINGS[key][0] if key else column_letters(n)) for n, key in enumerate(keys)]
