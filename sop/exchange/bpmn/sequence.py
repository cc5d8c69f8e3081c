"""Finds the order and numbers of steps, which a diagram does not define."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from .diagram import Node

# The ids of the nodes that may follow, "yes" first, by node id.
Targets = Mapping[str, Sequence[str]]


def numbered_steps(steps: Sequence[Node], targets: Targets, starts: Collection[str]) -> list[tuple[int, Node]]:
    """The steps with their numbers, as (no, node).

    ``steps``: nodes in the order of the file. ``starts``: ids of the start steps. If every step has its own number,
    order and numbers are kept. Otherwise all steps are renumbered: those with a number in their order, new ones after
    the step that leads to them. The steps of a foreign file are numbered along the flow.
    """
    own: dict[int, Node] = {}
    for node in steps:
        no = node.own.get("no", "") if node.own is not None else ""
        if no.isascii() and no.isdigit() and 0 < int(no[:4]) < 1000 and int(no) not in own:
            own[int(no)] = node
    if len(own) == len(steps):
        return list(own.items())
    order = [node.id for _no, node in sorted(own.items())]
    flow = _along_the_flow([node.id for node in steps], targets, starts)
    if own:
        order = _let_in(order, [node_id for node_id in flow if node_id not in order], targets)
    by_id = {node.id: node for node in steps}
    return [(no, by_id[node_id]) for no, node_id in enumerate(order if own else flow, 1)]


def _let_in(order: Iterable[str], new: Iterable[str], targets: Targets) -> list[str]:
    order = list(order)
    for node_id in new:
        before = [known for known in order if node_id in targets[known]]
        after = [known for known in targets[node_id] if known in order]
        if before:
            order.insert(order.index(before[0]) + 1, node_id)
        elif after:
            order.insert(order.index(after[0]), node_id)
        else:
            order.append(node_id)
    return order


def _along_the_flow(ids: list[str], targets: Targets, starts: Collection[str]) -> list[str]:
    """The ids in the order of the flow, ignoring loops, with the branch of "yes" before that of "no".

    This is the reversed post-order of a depth-first search from the starts, or from steps that nothing leads to.
    """
    entered = {target for node_id in ids for target in targets[node_id]}
    seen: set[str] = set()
    left: list[str] = []
    loose = [node_id for node_id in ids if node_id not in entered and node_id not in starts]
    origins = [node_id for node_id in ids if node_id in starts] + loose or ids[:1]
    # The last search comes first in the reversed order, so steps that only a loop reaches are searched first.
    reachable = _reachable(origins, targets)
    for origin in [node_id for node_id in reversed(ids) if node_id not in reachable] + origins[::-1]:
        _walk(origin, targets, seen, left)
    return left[::-1]


def _reachable(origins: Sequence[str], targets: Targets) -> set[str]:
    seen, todo = set(origins), list(origins)
    while todo:
        fresh = [target for target in targets[todo.pop()] if target not in seen]
        seen.update(fresh)
        todo += fresh
    return seen


def _walk(origin: str, targets: Targets, seen: set[str], left: list[str]) -> None:
    if origin in seen:
        return
    seen.add(origin)
    trail = [(origin, iter(targets[origin][::-1]))]
    while trail:
        node_id, rest = trail[-1]
        following = next((target for target in rest if target not in seen), None)
        if following is None:
            left.append(node_id)
            trail.pop()
        else:
            seen.add(following)
            trail.append((following, iter(targets[following][::-1])))
