"""Problems in a table or workbook, with their places."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

# A problem that occurs in more rows than this is reported once, and this many of its rows are named.
ONE_BY_ONE, NAMED_ROWS = 3, 10


@dataclass(frozen=True)
class TableProblem:
    """A problem and its place. ``row`` and ``column``: as the user sees them.

    ``more_rows``: further rows with the same problem.
    """

    sheet: str
    row: int | None
    column: str
    message: str
    more_rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        parts = [self.sheet] if self.sheet else []
        if self.row is not None:
            parts.append(_("baris %(row)s") % {"row": self._rows()})
        if self.column:
            parts.append(_("kolom %(column)s") % {"column": self.column})
        where = ", ".join(parts)
        return f"{where[:1].upper()}{where[1:]}: {self.message}" if where else self.message

    def _rows(self) -> str:
        rows = [self.row, *self.more_rows]
        shown = ", ".join(map(str, rows[:NAMED_ROWS]))
        if len(rows) <= NAMED_ROWS:
            return shown
        return _("%(rows)s, dan %(n)s lagi") % {"rows": shown, "n": len(rows) - NAMED_ROWS}


def in_sheet_order(problems: list[TableProblem]) -> list[TableProblem]:
    """The problems by sheet and row. The same problem in many rows of a column is merged into one."""
    sheets = list(dict.fromkeys(problem.sheet for problem in problems))

    def place(problem: TableProblem) -> tuple[int, int]:
        return sheets.index(problem.sheet), problem.row or 0

    alike: dict[tuple[str, str, str], list[TableProblem]] = {}
    for problem in sorted(problems, key=place):
        alike.setdefault((problem.sheet, problem.column, problem.message), []).append(problem)
    merged = []
    for same in alike.values():
        if len(same) > ONE_BY_ONE and same[0].row is not None:
            merged.append(
                replace(same[0], more_rows=tuple(problem.row for problem in same[1:] if problem.row is not None))
            )
        else:
            merged += same
    return sorted(merged, key=place)
