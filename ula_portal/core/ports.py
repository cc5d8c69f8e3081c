"""Questions that a lower floor asks an upper one: typed, read-only, with an empty default.

The upper app answers in its ``AppConfig.ready`` with ``PORT.answer(function)``; ``tests/test_architecture.py`` lists
every port.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Port:
    def __init__(self, name: str, default: Callable[..., Any]):
        self.name, self.default, self._function = name, default, None

    def answer(self, function: Callable[..., Any]) -> None:
        """Let ``function`` answer; a second answer raises RuntimeError."""
        if self._function not in (None, function):
            raise RuntimeError(f"port {self.name} is answered already")
        self._function = function

    def __call__(self, *args, **kwargs):
        return (self._function or self.default)(*args, **kwargs)


@dataclass(frozen=True)
class ServiceOnSop:
    """A published service and the SOP it stands on; ``url``: its public page."""

    sop_id: int
    code: str
    name: str
    url: str


# services answers: (sop version) -> dict step no -> {"runs", "median_seconds", "p90_seconds"}
case_statistics = Port("case_statistics", lambda version: {})
# services answers: (service or None) -> None or an object with .value and .grade
satisfaction = Port("satisfaction", lambda service=None: None)
# visitors answers: (iterable of service ids or None) -> dict with "waiting" (int), "open" (bool) and
# "stopped" (a sentence, or empty), or None
queue_now = Port("queue_now", lambda services=None: None)
# visitors answers: (request) -> the visit that opened the request, or None
visit_of = Port("visit_of", lambda request: None)
# services answers: (words or "") -> list of ServiceOnSop, by name, or those that fit the words, best first
services_on_sops = Port("services_on_sops", lambda words="": [])
PORTS = (case_statistics, satisfaction, queue_now, visit_of, services_on_sops)
