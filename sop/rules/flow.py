"""A version's flow as plain values: what cases walk along, rules judge and the flowchart draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

# Ways through loops are tried one by one up to this many steps; beyond it arrows back are left out beforehand.
PATH_BUDGET = 50_000
# By a step's id: the ids that may follow, and working seconds.
Exits = Mapping[int, Sequence[int]]
Weights = Mapping[int, int]
# Seconds from a step on, None where no end is reached.
Longest = dict[int, int | None]


@dataclass(frozen=True)
class FlowActor:
    """``kind``: position, applicant or external; ``order``: column, from 1."""

    id: int
    order: int
    name: str
    kind: str
    position_id: int | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class FlowStep:
    """One row. ``shape``: start, process, decision or end; ``seconds``: working time or None.

    The lead is the first actor of kind position, else the first actor; ``other_position_ids`` are told and may read.
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
        """Ids of the steps that may follow, without doubles."""
        exits = (self.if_yes_id, self.if_no_id) if self.shape == "decision" else (self.next_id,)
        return tuple(dict.fromkeys(pk for pk in exits if pk is not None))


@dataclass(frozen=True)
class Flow:
    """``start`` is None only in a draft without one; ``office_seconds``: see ``longest_office_seconds``."""

    version_id: int
    actors: tuple[FlowActor, ...]
    steps: tuple[FlowStep, ...]
    start: FlowStep | None
    office_seconds: int
    _by_id: dict[int, FlowStep] = field(repr=False, compare=False, hash=False, default_factory=dict)

    def step(self, pk: int) -> FlowStep:
        """The step with this id; raises KeyError."""
        return self._by_id[pk]

    def by_no(self, no: int) -> FlowStep:
        """The step with this number; raises KeyError."""
        for step in self.steps:
            if step.no == no:
                return step
        raise KeyError(no)

    def after(self, pk: int) -> set[int]:
        """Ids of all steps that can come after a step; itself only when it lies on a loop."""
        return reachable({step.id: step.exit_ids for step in self.steps}, pk)


def assemble(version_id: int, actors: Iterable[FlowActor], steps: Iterable[FlowStep]) -> Flow:
    """Put a flow together: default letter step, start, office time."""
    actors = tuple(sorted(actors, key=lambda actor: actor.order))
    steps = _with_letter_steps(tuple(sorted(steps, key=lambda step: step.no)))
    start = next((step for step in steps if step.shape == "start"), None)
    by_id = {step.id: step for step in steps}
    return Flow(version_id, actors, steps, start, longest_office_seconds(by_id, start), by_id)


def reachable(exits: Mapping[int, Iterable[int]], origin: int) -> set[int]:
    """Everything that can come after ``origin``; itself only when it lies on a loop."""
    seen, todo = set(), list(exits.get(origin, ()))
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(exits.get(current, ()))
    return seen


def _with_letter_steps(steps: tuple[FlowStep, ...]) -> tuple[FlowStep, ...]:
    """Without a mark, the letter is made in the last office-led step before a completed end."""
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
        # One case makes one letter: no second mark on the same way.
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
    """Seconds of the longest loop-free path to an end, without steps led by the applicant or by external actors."""
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
    """Longest way to an end without a repeated step. Loops are searched step by step, what lies between only once."""

    def __init__(self, exits: Exits, weight: Weights) -> None:
        self.exits, self.weight = exits, weight
        after = {pk: reachable(exits, pk) for pk in exits}
        # Two steps share a loop when each comes after the other.
        self.loop = {pk: frozenset(q for q in after[pk] if pk in after[q]) | {pk} for pk in exits}
        self.known: Longest = {}
        self.budget = PATH_BUDGET

    def best(self, pk: int) -> int | None:
        """Longest time from ``pk`` on, entering its loop there; None when no end is reached."""
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
    """The same where the ways are too many to count: every arrow back to a step already passed is left out."""
    if pk not in known:
        path = (*path, pk)
        following = [q for q in exits[pk] if q not in path]
        rests = [_longest_without_ways_back(exits, weight, q, path, known) for q in following]
        known[pk] = _plus(weight[pk], rests) if exits[pk] else weight[pk]
    return known[pk]


def _plus(seconds: int, rests: Iterable[int | None]) -> int | None:
    reached = [rest for rest in rests if rest is not None]
    return seconds + max(reached) if reached else None
