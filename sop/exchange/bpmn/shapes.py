"""Which nodes of a diagram are steps, of what shape, and where they lead once joins and bare events are dropped."""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .diagram import Diagram, Node, Problem, Way, told

_BARE = re.compile(
    r"\W*(mulai|selesai|start|end|begin|finish|stop|akhir|awal|inicio|fin)( ?event| ?\d+)?\W*", re.IGNORECASE
)
_NO = re.compile(r"(tidak|belum|bukan|tdk|no|not|false|ditolak|tolak|kurang|gagal|salah|n)\b", re.IGNORECASE)


class Shapes:
    """Reads a diagram whose references are whole; ``problems`` first, the rest only where there are none."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram, self.nodes = diagram, diagram.nodes
        self.out: defaultdict[str, list[Way]] = defaultdict(list)
        self.into: defaultdict[str, list[Way]] = defaultdict(list)
        for way in diagram.ways:
            self.out[way.source].append(way)
            self.into[way.target].append(way)
        self._starts: set[str] = set()
        self._ends: set[str] = set()
        # Event id → the step it became part of; None where it was dropped.
        self._merged: dict[str, str | None] = {}
        self._told: defaultdict[str, list[str]] = defaultdict(list)
        self._merge_added_ends()
        for node in self._of_kind("startEvent"):
            self._merge_start(node)
        for node in self._of_kind("endEvent"):
            self._merge_end(node)
        self._imply_starts_and_ends()

    # What a reader asks

    def problems(self) -> list[Problem]:
        return [problem for node in self.nodes.values() for problem in self._splits(node)]

    def steps(self) -> list[Node]:
        """Nodes that become rows, in the file's order."""
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
        """The step that an arrow to this node reaches, or None where it ends in nothing."""
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
        return next((self.goal(way.target) for way in self.out[node.id]), None)

    def branches(self, node: Node) -> tuple[Way | None, Way | None]:
        """The exits of a decision as (yes, no); None for one that is missing."""
        ways = self.out[node.id]
        found = {way.branch: way for way in ways if way.branch in ("yes", "no")}
        rest = [way for way in ways if way not in found.values()]
        for way in sorted(rest, key=_says_no):
            wanted = ("no", "yes") if _says_no(way) else ("yes", "no")
            free = next((branch for branch in wanted if branch not in found), None)
            if free:
                found[free] = way
        return found.get("yes"), found.get("no")

    def targets(self) -> dict[str, list[str]]:
        """Step id → ids of the steps that follow, "yes" first."""
        found = {}
        for node in self.steps():
            ways = self.branches(node) if self.is_decision(node) else self.out[node.id]
            goals = (self.goal(way.target) for way in ways if way)
            found[node.id] = [goal for goal in goals if goal]
        return found

    def task_before(self, node: Node) -> Node | None:
        """The one task that leads to a gateway."""
        before = [source for source in self._sources(node.id) if source.is_task]
        return before[0] if len(before) == 1 else None

    def told_by_events(self, node: Node) -> list[str]:
        """Names of events that became part of this step, where they say something."""
        return self._told[node.id]

    # Events

    def _of_kind(self, kind: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind == kind]

    def _merge_added_ends(self) -> None:
        """Ends that the portal added mark the step before, whatever else a draft lets follow it."""
        for end in self._of_kind("endEvent"):
            if not end.added:
                continue
            for way in list(self.into[end.id]):
                if self.nodes[way.source].own is not None and self.nodes[way.source].is_task:
                    self._ends.add(way.source)
                    self.out[way.source].remove(way)
                    self.into[end.id].remove(way)
            if not self.into[end.id]:
                self._merged[end.id] = None

    def _merge_start(self, event: Node) -> None:
        """The task behind a start event is the start; without one the event stays a step."""
        ways = self.out[event.id]
        if not ways and event.added:
            self._merged[event.id] = None
        goal = self.goal(ways[0].target) if len(ways) == 1 else None
        if goal and self.nodes[goal].is_task and goal not in self._ends:
            self._starts.add(goal)
            self._merged[event.id] = goal
            self._hear(event, goal)

    def _merge_end(self, event: Node) -> None:
        """Tasks that lead to nothing but an end event are ends themselves; behind a decision the event stays a step."""
        sources = self._sources(event.id)
        if event.id in self._merged or not sources:
            return
        if all(node.is_task and len(self.out[node.id]) == 1 and node.id not in self._starts for node in sources):
            self._merged[event.id] = None
            for node in sources:
                self._ends.add(node.id)
                self._hear(event, node.id)

    def _hear(self, event: Node, step_id: str) -> None:
        if event.name and not event.added and not _BARE.fullmatch(event.name):
            self._told[step_id].append(event.name)

    def _imply_starts_and_ends(self) -> None:
        """A foreign process without any event begins and ends where no arrow leads in or out (BPMN 2.0, 13.5)."""
        if self.diagram.own is not None:
            return
        tasks = [node for node in self.nodes.values() if node.is_task]
        if not self._of_kind("startEvent"):
            self._starts |= {node.id for node in tasks if not self.into[node.id] and self.out[node.id]}
        if not self._of_kind("endEvent"):
            self._ends |= {node.id for node in tasks if not self.out[node.id] and self.into[node.id]}

    def _sources(self, node_id: str) -> list[Node]:
        """The nodes whose arrows reach this one, past joins."""
        found: dict[str, Node] = {}
        seen, todo = set(), [node_id]
        while todo:
            for way in self.into[todo.pop()]:
                source = self.nodes[way.source]
                if not self._is_join(source):
                    found[source.id] = source
                elif source.id not in seen:
                    seen.add(source.id)
                    todo.append(source.id)
        return list(found.values())

    # Gateways

    def _is_join(self, node: Node) -> bool:
        """A gateway that decides nothing. A named one with one way in and one out lacks an exit; it stays."""
        if not node.is_gateway or node.own is not None or len(self.out[node.id]) > 1:
            return False
        unfinished = node.kind == "exclusiveGateway" and node.name and len(self.into[node.id]) <= 1
        return node.added or not unfinished

    def _splits(self, node: Node) -> Iterator[Problem]:
        ways = len(self.out[node.id])
        if ways < 2 or (node.kind == "exclusiveGateway" and ways == 2) or node.kind == "endEvent":
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
        yield Problem(node.element.sourceline, sentence % {"name": told(node.element), "count": ways})


def _says_no(way: Way) -> bool:
    """Whether an exit is the "no": by its label, else because it is the gateway's default."""
    return bool(_NO.match(way.name)) if way.name else way.is_default
