"""What is read on nearly every page and changes hardly ever, kept in the process for a while."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from ula_portal.core import clock

_all: "list[_Values[Any]]" = []
Value = TypeVar("Value")


class _Values(Generic[Value]):
    def __init__(self, seconds: int) -> None:
        self._for = timedelta(seconds=seconds)
        self._values: dict[Hashable, tuple[datetime, Value]] = {}
        _all.append(self)

    def forget(self) -> None:
        """Drop all values."""
        self._values.clear()


class ProcessCache(_Values[Value]):
    """Values by key, each read anew ``seconds`` after it was read. Only where a value so old does no harm.

    ``forget`` drops them in this process; other processes follow when the time is over.
    """

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of ``key``, from ``read`` where it is not known or too old."""
        now, known = clock.now(), self._values.get(key)
        # A clock that was set back makes no value younger.
        if known is None or not timedelta(0) <= now - known[0] < self._for:
            known = self._values[key] = (now, read())
        return known[1]


class AlignedProcessCache(_Values[Value]):
    """Values that all processes read anew at the same moments: full ``seconds`` of the clock. So all show the same."""

    def get(self, key: Hashable, read: Callable[[datetime], Value]) -> Value:
        """The value of ``key``, from ``read`` for the step that began last; a value must depend on nothing later."""
        step = self._for.total_seconds()
        began = datetime.fromtimestamp(clock.now().timestamp() // step * step, UTC)
        known = self._values.get(key)
        if known is None or known[0] != began:
            known = self._values[key] = (began, read(began))
        return known[1]


def clear_process_caches() -> None:
    """Drop everything kept in this process (tests)."""
    for each in _all:
        each.forget()
