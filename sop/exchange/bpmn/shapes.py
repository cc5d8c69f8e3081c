"""Finds the steps of a diagram, their shapes and their targets, ignoring joins and events without a meaning."""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .diagram import Diagram, DiagramProblem, Node, SequenceFlow, display_name

_BARE = re.compile(
    r"\W*(mulai|selesai|start|end|begin|finish|stop|akhir|awal|inicio|fin)( ?event| ?\d+)?\W*", re.IGNORECASE
)
_NO = re.compile(r"(tidak|belum|bukan|tdk|no|not|false|ditolak|tolak|kurang|gagal|salah|n)\b", re.IGNORECASE)


class Shapes:
    """The steps of a diagram without broken references. Call ``problems`` first; the rest requires that it is empty."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram, self.nodes = diagram, diagram.nodes
        self.out: defaultdict[str, list[SequenceFlow]] = defaultdict(list)
        self.into: defaultdict[str, list[SequenceFlow]] = defaultdict(list)
        for flow in diagram.flows:
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)
        self._starts: set[str] = set()
        self._ends: set[str] = set()
        # By event id, the step that it became part of, or None if it was dropped.
        self._merged: dict[str, str | None] = {}
        self._event_names: defaultdict[str, list[str]] = defaultdict(list)
        self._merge_added_ends()
        for node in self._of_kind("startEvent"):
            self._merge_start(node)
        for node in self._of_kind("endEvent"):
            self._merge_end(node)
        self._imply_starts_and_ends()

    # Steps and their targets

    def problems(self) -> list[DiagramProblem]:
        return [problem for node in self.nodes.values() for problem in self._splits(node)]

    def steps(self) -> list[Node]:
        """The nodes that become rows, in the order of the file."""
        return [node for node in self.nodes.values() if node.id not in self._merged and not self._is_join(node)]

    def starts(self) -> set[str]:
        return {node.id for node in self.steps() if self.shape_of(node) == "start"}

    def is_decision(self, node: Node) -> bool:
        return node.is_gateway

    def shape_of(self, node: Node) -> str:
        if node.is_gateway:
            return "decision"
        if node.kind == "startEvent" or node.id in self._starts:
            return "start"
        return "end" if node.kind == "endEvent" or node.id in self._ends else "process"

    def goal(self, node_id: str) -> str | None:
        """The id of the step that an arrow to this node leads to, or None."""
        seen: set[str] = set()
        while node_id not in seen:
            seen.add(node_id)
            if node_id in self._merged:
                return self._merged[node_id]
            if not self._is_join(self.nodes[node_id]):
                return node_id
            if not self.out[node_id]:
                return None
            node_id = self.out[node_id][0].target
        return None

    def next_of(self, node: Node) -> str | None:
        return next((self.goal(flow.target) for flow in self.out[node.id]), None)

    def branches(self, node: Node) -> tuple[SequenceFlow | None, SequenceFlow | None]:
        """The exits of a decision as (yes, no), with None for a missing one."""
        flows = self.out[node.id]
        found = {flow.branch: flow for flow in flows if flow.branch in ("yes", "no")}
        rest = [flow for flow in flows if flow not in found.values()]
        for flow in sorted(rest, key=_says_no):
            wanted = ("no", "yes") if _says_no(flow) else ("yes", "no")
            free = next((branch for branch in wanted if branch not in found), None)
            if free:
                found[free] = flow
        return found.get("yes"), found.get("no")

    def targets(self) -> dict[str, list[str]]:
        """The ids of the steps that follow, "yes" first, by step id."""
        found = {}
        for node in self.steps():
            flows = self.branches(node) if self.is_decision(node) else self.out[node.id]
            goals = (self.goal(flow.target) for flow in flows if flow)
            found[node.id] = [goal for goal in goals if goal]
        return found

    def task_before(self, node: Node) -> Node | None:
        """The task that leads to a gateway, or None unless there is exactly one."""
        before = [source for source in self._sources(node.id) if source.is_task]
        return before[0] if len(before) == 1 else None

    def event_names(self, node: Node) -> list[str]:
        """The meaningful names of events that became part of a step."""
        return self._event_names[node.id]

    # Events

    def _of_kind(self, kind: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind == kind]

    def _merge_added_ends(self) -> None:
        """Mark the steps before ends that the portal added as ends, even if other arrows of a draft leave them."""
        for end in self._of_kind("endEvent"):
            if not end.added:
                continue
            for flow in list(self.into[end.id]):
                if self.nodes[flow.source].own is not None and self.nodes[flow.source].is_task:
                    self._ends.add(flow.source)
                    self.out[flow.source].remove(flow)
                    self.into[end.id].remove(flow)
            if not self.into[end.id]:
                self._merged[end.id] = None

    def _merge_start(self, event: Node) -> None:
        """Make the task after a start event the start. Without such a task, the event remains a step."""
        flows = self.out[event.id]
        if not flows and event.added:
            self._merged[event.id] = None
        goal = self.goal(flows[0].target) if len(flows) == 1 else None
        if goal and self.nodes[goal].is_task and goal not in self._ends:
            self._starts.add(goal)
            self._merged[event.id] = goal
            self._keep_name(event, goal)

    def _merge_end(self, event: Node) -> None:
        """Make tasks that only lead to an end event ends. After a decision, the event remains a step."""
        sources = self._sources(event.id)
        if event.id in self._merged or not sources:
            return
        if all(node.is_task and len(self.out[node.id]) == 1 and node.id not in self._starts for node in sources):
            self._merged[event.id] = None
            for node in sources:
                self._ends.add(node.id)
                self._keep_name(event, node.id)

    def _keep_name(self, event: Node, step_id: str) -> None:
        if event.name and not event.added and not _BARE.fullmatch(event.name):
            self._event_names[step_id].append(event.name)

    def _imply_starts_and_ends(self) -> None:
        """In a foreign process without events, mark tasks without incoming or outgoing arrows as starts or ends.

        Source: BPMN 2.0, 13.5.
        """
        if self.diagram.own is not None:
            return
        tasks = [node for node in self.nodes.values() if node.is_task]
        if not self._of_kind("startEvent"):
            self._starts |= {node.id for node in tasks if not self.into[node.id] and self.out[node.id]}
        if not self._of_kind("endEvent"):
            self._ends |= {node.id for node in tasks if not self.out[node.id] and self.into[node.id]}

    def _sources(self, node_id: str) -> list[Node]:
        """The nodes whose arrows lead to this one, directly or through joins."""
        found: dict[str, Node] = {}
        seen, todo = set(), [node_id]
        while todo:
            for flow in self.into[todo.pop()]:
                source = self.nodes[flow.source]
                if not self._is_join(source):
                    found[source.id] = source
                elif source.id not in seen:
                    seen.add(source.id)
                    todo.append(source.id)
        return list(found.values())

    # Gateways

    def _is_join(self, node: Node) -> bool:
        """Whether a gateway decides nothing. A named one with one incoming and one outgoing flow lacks an exit."""
        if not node.is_gateway or node.own is not None or len(self.out[node.id]) > 1:
            return False
        unfinished = node.kind == "exclusiveGateway" and node.name and len(self.into[node.id]) <= 1
        return node.added or not unfinished

    def _splits(self, node: Node) -> Iterator[DiagramProblem]:
        flows = len(self.out[node.id])
        if flows < 2 or (node.kind == "exclusiveGateway" and flows == 2) or node.kind == "endEvent":
            return
        if node.kind == "exclusiveGateway":
            sentence = _(
                "keputusan “%(name)s” mempunyai %(count)s cabang. Keputusan dalam SOP mempunyai dua, ya dan tidak: "
                "pecah menjadi beberapa keputusan."
            )
        elif node.is_gateway:
            sentence = _(
                "gerbang “%(name)s” membuka %(count)s cabang yang bukan ya/tidak. Alur sejajar tidak ada dalam SOP: "
                "urutkan kegiatannya, atau pakai keputusan (gerbang eksklusif)."
            )
        elif node.is_task or node.kind == "startEvent":
            sentence = _(
                "dari “%(name)s” keluar %(count)s panah. Satu langkah menuju satu langkah: tambahkan keputusan "
                "sesudahnya, atau hapus panah yang berlebih."
            )
        else:
            return
        yield DiagramProblem(node.element.sourceline, sentence % {"name": display_name(node.element), "count": flows})


def _says_no(flow: SequenceFlow) -> bool:
    """Whether an exit is the "no": judged by its label, or else because it is the gateway's default."""
    return bool(_NO.match(flow.name)) if flow.name else flow.is_default
