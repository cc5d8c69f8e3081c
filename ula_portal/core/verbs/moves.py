"""States and the legal moves between them: one table per kind of row, enforced by Python and by the database.

A table of moves is a ``Moves``; the column is a ``StateField`` with that table. Only ``Moves.make`` (one row),
``make_all`` (many) and ``go_back`` write a state. Any other assignment raises an error, and a trigger generated from
the same table refuses changes that bypass Python.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from .errors import Outdated

CHANGED = _("Keadaan sudah berubah, sehingga tindakan ini tidak berlaku lagi. Muat ulang halaman ini.")


class Move(NamedTuple):
    """A verb that moves a row from any of ``sources`` to ``target``.

    ``undone``: the verb can be undone, so that the way back is legal too. ``label``: the text of its button; ``who``:
    who may do it, for the text of a refusal (``permissions`` decide).
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    undone: bool = False
    label: StrOrPromise = ""
    who: StrOrPromise = ""


class Moves:
    """The legal moves of one state column.

    ``table`` and ``column``: where the state is stored. ``folded``: sequences of moves that one save may combine, each
    as its first state and the verbs in order.
    """

    def __init__(self, table: str, *moves: Move, column: str = "state", folded: Iterable[Sequence[str]] = ()) -> None:
        self.table, self.column, self.moves, self.folded = table, column, moves, folded
        self._by_verb = {move.verb: move for move in moves}
        if len(self._by_verb) != len(moves):
            raise ValueError(f"a verb of {table} stands twice in its table")

    def __getitem__(self, verb: str) -> Move:
        return self._by_verb[verb]

    def applies(self, verb: str, state: str) -> bool:
        """Whether the verb is legal in a state."""
        return state in self[verb].sources

    def verbs_from(self, state: str) -> tuple[str, ...]:
        """The legal verbs in a state, in the table's order."""
        return tuple(move.verb for move in self.moves if state in move.sources)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every change (before, after) that one save may write: moves, undone moves and folded moves."""
        found = {(source, move.target) for move in self.moves for source in move.sources}
        found |= {(move.target, source) for move in self.moves if move.undone for source in move.sources}
        for source, *verbs in self.folded:
            state = source
            for verb in verbs:
                if not self.applies(verb, state):
                    raise ValueError(f"{verb} does not apply to {self.table} in {state}")
                state = self[verb].target
            found.add((source, state))
        return frozenset((before, after) for before, after in found if before != after)

    def make(self, row: models.Model, verb: str) -> None:
        """Set a row's state by a verb; the caller saves the row.

        Raises: Outdated if the verb is not legal in the row's state.
        """
        if not self.applies(verb, getattr(row, self.column)):
            raise Outdated(CHANGED)
        self._write(row, self[verb].target)

    def go_back(self, row: models.Model, state: str) -> None:
        """Set a row back to the state before a verb; the caller saves the row.

        Raises: Outdated if no move between these states can be undone.
        """
        now = getattr(row, self.column)
        undone = (move for move in self.moves if move.undone and move.target == now)
        if now != state and not any(state in move.sources for move in undone):
            raise Outdated(CHANGED)
        self._write(row, state)

    def make_all(self, rows: models.QuerySet[Any, Any], verb: str, **values: object) -> int:
        """Make a move on all rows of a queryset in which it is legal, and set ``values``. Returns how many."""
        move = self[verb]
        return rows.filter(**{f"{self.column}__in": move.sources}).update(**{self.column: move.target}, **values)

    def _write(self, row: models.Model, state: str) -> None:
        row.__dict__.setdefault(f"_{self.column}_before", getattr(row, self.column))
        row.__dict__[self.column] = state

    def check(self, row: models.Model) -> None:
        """Check the state that a save is about to write.

        Raises: ValueError for a combination of moves that is not in ``folded``.
        """
        before, after = row.__dict__.pop(f"_{self.column}_before", None), getattr(row, self.column)
        if before not in (None, after) and (before, after) not in self.pairs:
            raise ValueError(f"{self.table}: one save makes no move from {before} to {after}")

    @property
    def guard(self) -> str:
        """SQL of the trigger that refuses every other change of the column with an IntegrityError."""
        name = f"{self.table.partition('_')[2]}_moves"
        known = ", ".join(f"('{before}', '{after}')" for before, after in sorted(self.pairs))
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OF {self.column} ON {self.table} FOR EACH ROW\n"
            f"    WHEN (OLD.{self.column} <> NEW.{self.column}"
            f" AND (OLD.{self.column}, NEW.{self.column}) NOT IN ({known}))\n"
            f"    EXECUTE FUNCTION core_refuse_move('{self.column}');\n"
        )


class _Guarded(DeferredAttribute):
    """An attribute that can be set once, when the row is created or read; afterwards only moves change it."""

    def __set__(self, row: models.Model, state: str) -> None:
        known = row.__dict__
        name = self.field.attname
        if known.setdefault(name, state) != state:
            if not known.get("_is_read_anew"):
                kind = type(row).__name__
                raise AttributeError(f"{kind}.{name} is written by its moves, not set from {known[name]} to {state}")
            known[name] = state


if TYPE_CHECKING:
    # Django's class is not generic at run time.
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField

# For copies of the field that Django makes; nothing is written through them.
_NO_MOVES = Moves("")


class StateField(_CharField):
    """A state column. ``moves``: the table of its legal moves."""

    descriptor_class = _Guarded

    def __init__(self, *args: Any, moves: Moves = _NO_MOVES, **kwargs: Any) -> None:
        self.moves = moves
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        # Migrations see a plain text column.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add:
            model_instance.__dict__.pop(f"_{self.attname}_before", None)
        else:
            self.moves.check(model_instance)
        return super().pre_save(model_instance, add)


class Moving(models.Model):
    """Base of models with a ``StateField``: lets ``refresh_from_db`` set the state."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_is_read_anew"] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            del self.__dict__["_is_read_anew"]
