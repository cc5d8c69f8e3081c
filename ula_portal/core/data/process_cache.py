"""Caches inside the process for values that nearly every page needs and that rarely change."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from ula_portal.core import clock

_instances: "list[_Cache[Any]]" = []
Value = TypeVar("Value")


class _Cache(Generic[Value]):
    def __init__(self, seconds: int) -> None:
        self._lifetime = timedelta(seconds=seconds)
        self._values: dict[Hashable, tuple[datetime, Value]] = {}
        _instances.append(self)

    def clear(self) -> None:
        """Drop all values."""
        self._values.clear()


class ProcessCache(_Cache[Value]):
    """Values by key, each read again ``seconds`` after it was last read. Only for values that may be that old.

    ``clear`` drops them in this process only; other processes follow when their values expire.
    """

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of ``key``; calls ``read`` if it is missing or expired."""
        now, cached = clock.now(), self._values.get(key)
        # A negative age, after the clock was set back, also counts as expired.
        if cached is None or not timedelta(0) <= now - cached[0] < self._lifetime:
            cached = self._values[key] = (now, read())
        return cached[1]


class AlignedProcessCache(_Cache[Value]):
    """Values that every process reads again at the same moments, so that all processes show the same value.

    The moments are the multiples of ``seconds`` since the epoch.
    """

    def get(self, key: Hashable, read: Callable[[datetime], Value]) -> Value:
        """The value of ``key`` for the current interval.

        ``read`` gets the start of the interval; its result must not depend on anything later.
        """
        seconds = self._lifetime.total_seconds()
        start = datetime.fromtimestamp(clock.now().timestamp() // seconds * seconds, UTC)
        cached = self._values.get(key)
        if cached is None or cached[0] != start:
            cached = self._values[key] = (start, read(start))
        return cached[1]


def clear_process_caches() -> None:
    """Clear all caches of this process. Used by tests."""
    for cache in _instances:
        cache.clear()
