"""A version's flow as plain values: cases follow it, rules check it, the flowchart draws it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

# Paths through loops are searched exhaustively up to this many steps; beyond it, arrows back are ignored.
PATH_BUDGET = 50_000
# By step id: the ids of the steps that may follow, and the working seconds.
Exits = Mapping[int, Sequence[int]]
Weights = Mapping[int, int]
# By step id: seconds of the longest path to an end, None if no end is reachable.
Longest = dict[int, int | None]


@dataclass(frozen=True)
class FlowActor:
    """A column of the flowchart table. ``kind``: position, applicant or external; ``order``: column number, from 1."""

    id: int
    order: int
    name: str
    kind: str
    position_id: int | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class FlowStep:
    """A row. ``shape``: start, process, decision or end; ``seconds``: working time, None if not stated.

    The lead is the first actor of kind position, else the first actor. ``other_position_ids``: positions that also
    act in the step; they are notified and may read the case.
    """

    id: int
    no: int
    activity: str
    shape: str
    actor_ids: tuple[int, ...]
    actor_names: tuple[str, ...]
    lead_kind: str
    lead_position_id: int | None
    lead_name: str
    other_position_ids: tuple[int, ...]
    inputs: str = ""
    seconds: int | None = None
    time_text: str = ""
    per_item: bool = False
    output: str = ""
    note: str = ""
    next_id: int | None = None
    if_yes_id: int | None = None
    if_no_id: int | None = None
    yes_label: str = "Ya"
    no_label: str = "Tidak"
    end_kind: str = ""
    issues_letter: bool = False

    @property
    def exit_ids(self) -> tuple[int, ...]:
        """Ids of the steps that may follow, without duplicates."""
        exits = (self.if_yes_id, self.if_no_id) if self.shape == "decision" else (self.next_id,)
        return tuple(dict.fromkeys(pk for pk in exits if pk is not None))


@dataclass(frozen=True)
class Flow:
    """A version's actors and steps. ``start``: None in a draft without a start step.

    ``office_seconds``: the SOP's total working time, see ``longest_office_seconds``.
    """

    version_id: int
    actors: tuple[FlowActor, ...]
    steps: tuple[FlowStep, ...]
    start: FlowStep | None
    office_seconds: int
    _by_id: dict[int, FlowStep] = field(repr=False, compare=False, hash=False, default_factory=dict)

    def step(self, pk: int) -> FlowStep:
        """The step with this id. Raises KeyError."""
        return self._by_id[pk]

    def by_no(self, no: int) -> FlowStep:
        """The step with this number. Raises KeyError."""
        for step in self.steps:
            if step.no == no:
                return step
        raise KeyError(no)

    def after(self, pk: int) -> set[int]:
        """Ids of all steps that can come after a step, including itself if it lies on a loop."""
        return reachable({step.id: step.exit_ids for step in self.steps}, pk)


def assemble(version_id: int, actors: Iterable[FlowActor], steps: Iterable[FlowStep]) -> Flow:
    """Build a flow: find its start, compute the office time, and mark the default letter step if none is marked."""
    actors = tuple(sorted(actors, key=lambda actor: actor.order))
    steps = _with_letter_steps(tuple(sorted(steps, key=lambda step: step.no)))
    start = next((step for step in steps if step.shape == "start"), None)
    by_id = {step.id: step for step in steps}
    return Flow(version_id, actors, steps, start, longest_office_seconds(by_id, start), by_id)


def reachable(exits: Mapping[int, Iterable[int]], origin: int) -> set[int]:
    """Every node that can come after ``origin``, including itself if it lies on a loop."""
    seen, todo = set(), list(exits.get(origin, ()))
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(exits.get(current, ()))
    return seen


def _with_letter_steps(steps: tuple[FlowStep, ...]) -> tuple[FlowStep, ...]:
    """The steps with the default letter step marked if none is: the last office-led step before a completed end."""
    if any(step.issues_letter for step in steps):
        return steps
    by_id = {step.id: step for step in steps}
    exits = {step.id: step.exit_ids for step in steps}
    before: dict[int, list[int]] = {step.id: [] for step in steps}
    for step in steps:
        for pk in step.exit_ids:
            before[pk].append(step.id)
    chosen: list[int] = []
    for end in sorted(steps, key=lambda step: -step.no):
        if end.shape != "end" or end.end_kind not in ("", "completed"):
            continue
        found = _nearest_office_step(by_id, before, end)
        # A case issues one letter, so no path may hold a second marked step.
        if found and not any(found in reachable(exits, c) or c in reachable(exits, found) for c in chosen):
            chosen.append(found)
    return tuple(replace(step, issues_letter=True) if step.id in chosen else step for step in steps)


def _nearest_office_step(by_id: Mapping[int, FlowStep], before: Mapping[int, list[int]], end: FlowStep) -> int | None:
    seen, layer = {end.id}, [end.id]
    while layer:
        layer = sorted({pk for current in layer for pk in before[current]} - seen, key=lambda pk: -by_id[pk].no)
        seen.update(layer)
        for pk in layer:
            if by_id[pk].lead_kind == "position" and by_id[pk].shape != "decision":
                return pk
    return end.id if end.lead_kind == "position" else None


def longest_office_seconds(by_id: Mapping[int, FlowStep], start: FlowStep | None) -> int:
    """Seconds of the longest loop-free path to an end; steps led by the applicant or external actors count as zero."""
    if start is None:
        return 0
    weight = {pk: (step.seconds or 0) if step.lead_kind == "position" else 0 for pk, step in by_id.items()}
    exits = {pk: step.exit_ids for pk, step in by_id.items()}
    try:
        longest = _LongestPath(exits, weight).best(start.id)
    except _TooManyWays:
        longest = _longest_without_ways_back(exits, weight, start.id, (), {})
    return longest or 0


class _TooManyWays(Exception):
    pass


class _LongestPath:
    """Finds the longest path to an end that repeats no step.

    Inside a loop every path is tried; steps outside of loops are computed once and remembered.
    """

    def __init__(self, exits: Exits, weight: Weights) -> None:
        self.exits, self.weight = exits, weight
        after = {pk: reachable(exits, pk) for pk in exits}
        # Two steps share a loop when each comes after the other.
        self.loop = {pk: frozenset(q for q in after[pk] if pk in after[q]) | {pk} for pk in exits}
        self.known: Longest = {}
        self.budget = PATH_BUDGET

    def best(self, pk: int) -> int | None:
        """Seconds of the longest path from ``pk``, entering its loop there; None if no end is reachable."""
        if pk not in self.known:
            self.known[pk] = self._search(pk, {pk})
        return self.known[pk]

    def _search(self, pk: int, on_path: set[int]) -> int | None:
        self.budget -= 1
        if self.budget < 0:
            raise _TooManyWays
        if not self.exits[pk]:
            return self.weight[pk]
        rests = []
        for following in self.exits[pk]:
            if following not in self.loop[pk]:
                rests.append(self.best(following))
            elif following not in on_path:
                on_path.add(following)
                rests.append(self._search(following, on_path))
                on_path.discard(following)
        return _plus(self.weight[pk], rests)


def _longest_without_ways_back(
    exits: Exits, weight: Weights, pk: int, path: tuple[int, ...], known: Longest
) -> int | None:
    """An approximation of the longest path if there are too many: ignores arrows back to steps already passed."""
    if pk not in known:
        path = (*path, pk)
        following = [q for q in exits[pk] if q not in path]
        rests = [_longest_without_ways_back(exits, weight, q, path, known) for q in following]
        known[pk] = _plus(weight[pk], rests) if exits[pk] else weight[pk]
    return known[pk]


def _plus(seconds: int, rests: Iterable[int | None]) -> int | None:
    reached = [rest for rest in rests if rest is not None]
    return seconds + max(reached) if reached else None
