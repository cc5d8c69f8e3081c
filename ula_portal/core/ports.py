"""Ports: read-only functions that a lower app calls and a higher app implements, each with an empty default.

The higher app registers its function in ``AppConfig.ready`` with ``PORT.answer(function)``.
``tests/test_architecture.py`` lists every port.
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
        """Register the function that implements the port.

        Raises: RuntimeError for a second function.
        """
        if self._function not in (None, function):
            raise RuntimeError(f"port {self.name} is answered already")
        self._function = function

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        return (self._function or self.default)(*args, **kwargs)


@dataclass(frozen=True)
class ServiceOnSop:
    """A published service and the SOP that it is based on. ``url``: its public page."""

    sop_id: int
    code: str
    name: str
    url: str


class StepStatistics(TypedDict):
    """The number of finished runs of a step, and their working time."""

    runs: int
    median_seconds: int
    p90_seconds: int


class Satisfaction(Protocol):
    """How satisfied applicants are with a service: the score and its grade."""

    @property
    def value(self) -> float: ...

    @property
    def grade(self) -> str: ...


class QueueNow(TypedDict):
    """The queue right now.

    ``waiting``: number of people; ``open``: a counter is calling; ``stopped``: why service is stopped and for how
    long, to stand below a title that says so, or "".
    """

    waiting: int
    open: bool
    stopped: str


# The defaults. Arguments that are rows of a higher app have the type Any here.
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


# Implemented by services: (sop version) -> statistics by step number
case_statistics = Port("case_statistics", _no_statistics)
# Implemented by services: (service, or None for all)
satisfaction = Port("satisfaction", _no_satisfaction)
# Implemented by visitors: (ids of services, or None for all)
queue_now = Port("queue_now", _no_queue)
# Implemented by visitors: (request) -> the visit in which the request was opened, or None
visit_of = Port("visit_of", _no_visit)
# Implemented by services: (search words or "") -> services by name, or the matching ones, best first
services_on_sops = Port("services_on_sops", _no_services)
PORTS = (case_statistics, satisfaction, queue_now, visit_of, services_on_sops)
