"""Questions that a lower floor asks an upper one: typed, read-only, with an empty default.

The upper app answers in its ``AppConfig.ready`` with ``PORT.answer(function)``; ``tests/test_architecture.py`` lists
every port.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, Protocol, TypedDict, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Port(Generic[Asked, Answer]):
    def __init__(self, name: str, default: Callable[Asked, Answer]) -> None:
        self.name, self.default = name, default
        self._function: Callable[Asked, Answer] | None = None

    def answer(self, function: Callable[Asked, Answer]) -> None:
        """Let ``function`` answer; a second answer raises RuntimeError."""
        if self._function not in (None, function):
            raise RuntimeError(f"port {self.name} is answered already")
        self._function = function

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        return (self._function or self.default)(*args, **kwargs)


@dataclass(frozen=True)
class ServiceOnSop:
    """A published service and the SOP it stands on; ``url``: its public page."""

    sop_id: int
    code: str
    name: str
    url: str


class StepStatistics(TypedDict):
    """Finished runs of a step, and their working time."""

    runs: int
    median_seconds: int
    p90_seconds: int


class Satisfaction(Protocol):
    """What applicants say of a service: points, and the letter that goes with them."""

    @property
    def value(self) -> float: ...

    @property
    def grade(self) -> str: ...


class QueueNow(TypedDict):
    """How busy it is. ``open``: a counter calls; ``stopped``: a sentence while service has stopped, else empty."""

    waiting: int
    open: bool
    stopped: str


# The defaults. What an upper floor's row is, nobody knows down here: such an argument is Any.
def _no_statistics(version: Any) -> dict[int, StepStatistics]:
    return {}


def _no_satisfaction(service: Any = None) -> Satisfaction | None:
    return None


def _no_queue(services: Iterable[int] | None = None) -> QueueNow | None:
    return None


def _no_visit(request: Any) -> Any:
    return None


def _no_services(words: str = "") -> list[ServiceOnSop]:
    return []


# services answers: (sop version) -> figures by step number
case_statistics = Port("case_statistics", _no_statistics)
# services answers: (service, or None for all)
satisfaction = Port("satisfaction", _no_satisfaction)
# visitors answers: (ids of services, or None for all)
queue_now = Port("queue_now", _no_queue)
# visitors answers: (request) -> the visit that opened the request, or None
visit_of = Port("visit_of", _no_visit)
# services answers: (words or "") -> by name, or those that fit the words, best first
services_on_sops = Port("services_on_sops", _no_services)
PORTS = (case_statistics, satisfaction, queue_now, visit_of, services_on_sops)
