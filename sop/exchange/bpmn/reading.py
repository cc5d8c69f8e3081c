"""Reads a BPMN file as the content of an SOP."""

import json
import math
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from lxml import etree

from ..json import BOXES, EXITS, Content, ImportRefused, StepContent
from .diagram import Diagram, DiagramProblem, Node, SequenceFlow, diagram_of, display_name
from .names import tag
from .parsing import parse
from .sequence import numbered_steps
from .shapes import Shapes
from .writing import IDENTITY

MOST_LABEL, MOST_ACTOR, MOST_NAME = 40, 200, 300
MOST_PROBLEMS = 50
ONLY_ACTOR = "Pelaksana"
# Names that drawing tools give to unnamed processes.
_UNNAMED = re.compile(r"(main |new |untitled )?(proses|process|diagram|pool)[ _-]?\d*", re.IGNORECASE)
_REJECTED = re.compile(r"\b(ditolak|menolak|penolakan|rejected)\b", re.IGNORECASE)
_PASSED_ON = re.compile(r"\b(diteruskan|dilimpahkan)\b", re.IGNORECASE)


def read_bpmn(content: bytes) -> Content:
    """The content of a BPMN file, as expected by ``sop.exchange.json.clean``.

    A file that the portal wrote returns the content it was written from. From other files, everything that an SOP can
    represent is read: lanes (or else the pool) as actors, tasks, exclusive gateways with two exits, notes, and the
    data objects of a task.
    Raises: ImportRefused with every problem and its line.
    """
    diagram = diagram_of(parse(content))
    shapes = Shapes(diagram)
    _refuse(diagram.problems + shapes.problems())
    reader = _Content(diagram, shapes)
    found = reader.content()
    _refuse(reader.problems)
    return found


def _refuse(problems: Iterable[DiagramProblem]) -> None:
    problems = sorted(problems, key=lambda problem: problem.line or 0)
    sentences = list(dict.fromkeys(map(str, problems[:MOST_PROBLEMS])))
    if len(problems) > MOST_PROBLEMS:
        sentences.append(_("Masih ada %(count)s masalah lain.") % {"count": len(problems) - MOST_PROBLEMS})
    if sentences:
        raise ImportRefused(sentences)


class _Content:
    def __init__(self, diagram: Diagram, shapes: Shapes) -> None:
        self.diagram, self.shapes = diagram, shapes
        self.problems: list[DiagramProblem] = []
        self.actor_of = self._actor_names()
        ordered = numbered_steps(shapes.steps(), shapes.targets(), shapes.starts())
        self.numbers = {node.id: no for no, node in ordered}
        # The new numbers by those in the file, for arrows that only exist in the extension.
        self.renumbered = {_own_number(node): no for no, node in ordered}
        self.nodes = [node for _no, node in ordered]

    def content(self) -> Content:
        found: Content = {"name": _clip(self._name(), MOST_NAME)}
        if self.diagram.own is not None:
            found |= self._identity(self.diagram.own)
        found["steps"] = [self._step(node) for node in self.nodes]
        acting = [name for step in found["steps"] for name in step["actors"]]
        found["actors"] = list(dict.fromkeys([*self.actor_of.values(), *acting]))
        return found

    def _name(self) -> str:
        """The name of the SOP: that of the process, or of the pool if only that can have been edited."""
        name, pool = self.diagram.name, self.diagram.pool
        if pool and (self.diagram.own is not None or (self.diagram.lanes and _UNNAMED.fullmatch(name))):
            return pool
        return name or pool or "SOP tanpa nama"

    @staticmethod
    def _identity(own: etree._Element) -> Content:
        found: Content = {key: own.get(key) for key in IDENTITY if own.get(key)}
        found["example"] = own.get("example") == "true"
        for group in own.findall(tag("ula", "list")):
            box = group.get("name")
            if box in BOXES:
                items = [item.text or "" for item in group.findall(tag("ula", "item"))]
                found[box] = [item for item in items if item]
        return found

    # Actors

    def _actor_names(self) -> dict[str, str]:
        """The actor's name by lane id. Lanes with the same name are the same actor."""
        lanes = self.diagram.lanes.items()
        return {key: _clip(name or f"{ONLY_ACTOR} {n}", MOST_ACTOR) for n, (key, name) in enumerate(lanes, 1)}

    def _actors(self, node: Node) -> list[str]:
        group = node.own.find(tag("ula", "actors")) if node.own is not None else None
        # A step of a draft may have no actor. If all lanes of its actors were removed, the lane it is in counts.
        if group is not None and (not len(group) or self._listed(group, node.lane)):
            return self._listed(group, node.lane)
        return [self.actor_of.get(node.lane) or _clip(self.diagram.pool or ONLY_ACTOR, MOST_ACTOR)]

    def _listed(self, group: etree._Element, lane: str) -> list[str]:
        names = []
        for actor in group.findall(tag("ula", "actor")):
            # A step that was moved to another lane has another lead now.
            key = lane if lane and actor.get("lead") == "true" else actor.get("lane")
            names.append(self.actor_of.get(key or ""))
        return list(dict.fromkeys(name for name in names if name))

    # Steps

    def _step(self, node: Node) -> StepContent:
        step: StepContent = {
            "no": self.numbers[node.id],
            "activity": self._activity(node),
            "actors": self._actors(node),
            "shape": self.shapes.shape_of(node),
        }
        notes = [*self._documentation(node), *self.shapes.event_names(node), *self.diagram.notes.get(node.id, ())]
        if node.own is not None:
            step |= self._own(node, node.own)
        else:
            step |= self._documents(node.element)
            if step["shape"] == "end":
                step["end_kind"] = _end_kind([*self.shapes.event_names(node), node.name])
        step |= self._exits(node, notes)
        step["note"] = "\n".join(notes)
        return step

    def _activity(self, node: Node) -> str:
        if node.name.strip():
            return node.name
        if node.is_gateway and node.own is None:
            return self._question(node)
        generic = {"startEvent": "Mulai", "endEvent": "Selesai"}
        return generic.get(node.kind) or "Kegiatan tanpa nama"

    def _question(self, node: Node) -> str:
        """A question for a gateway without a name, from the task before it and the labels of its exits."""
        yes, no = (flow.name if flow else "" for flow in self.shapes.branches(node))
        question = f"{yes or 'Ya'} atau {(no or 'Tidak').lower()}?"
        before = self.shapes.task_before(node)
        return f"{before.name}: {question[:1].lower()}{question[1:]}" if before and before.name else question

    @staticmethod
    def _documentation(node: Node) -> list[str]:
        texts = (child.text or "" for child in node.element.findall(tag("bpmn", "documentation")))
        return [text for text in texts if text.strip()]

    def _documents(self, element: etree._Element) -> StepContent:
        """The names of the data objects and stores that a task reads and writes."""
        named = self.diagram.named
        found: StepContent = {}
        for key, association, end in (
            ("inputs", "dataInputAssociation", "sourceRef"),
            ("output", "dataOutputAssociation", "targetRef"),
        ):
            refs = [
                ref.text or ""
                for tie in element.findall(tag("bpmn", association))
                for ref in tie.iter(tag("bpmn", end))
            ]
            names = dict.fromkeys(named[ref.strip()] for ref in refs if ref.strip() in named)
            if names:
                found[key] = "; ".join(names)
        return found

    def _own(self, node: Node, own: etree._Element) -> StepContent:
        found: StepContent = {key: own.get(key, "") for key in ("time_text", "end_kind", "yes_label", "no_label")}
        found |= {key: own.get(key) == "true" for key in ("per_item", "issues_letter")}
        for key in ("inputs", "output"):
            child = own.find(tag("ula", key))
            found[key] = (child.text or "") if child is not None else ""
        if text := own.get("minutes"):
            found["minutes"] = self._minutes(text, node.element, own)
        for key in EXITS:
            target = self.renumbered.get(_integer(own.get(key)))
            if own.get(key) and target:
                found[key] = target
        return found

    def _minutes(self, text: str, element: etree._Element, own: etree._Element) -> float | None:
        try:
            minutes = json.loads(text)
        except (RecursionError, ValueError):
            minutes = None
        if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not math.isfinite(minutes):
            sentence = _("waktu “%(text)s” pada “%(name)s” bukan bilangan menit.")
            values = {"text": text[:60], "name": display_name(element)}
            self.problems.append(DiagramProblem(own.sourceline, sentence % values))
            return None
        return minutes

    def _exits(self, node: Node, notes: list[str]) -> StepContent:
        if not self.shapes.is_decision(node):
            target = self.shapes.next_of(node)
            return {"next": self.numbers[target]} if target else {}
        found: StepContent = {}
        for branch, flow in zip(("yes", "no"), self.shapes.branches(node), strict=True):
            target = self.shapes.goal(flow.target) if flow else None
            if target:
                found[f"if_{branch}"] = self.numbers[target]
            if flow:
                found[f"{branch}_label"] = self._label(flow, notes)
        return found

    @staticmethod
    def _label(flow: SequenceFlow, notes: list[str]) -> str:
        """The label of an exit. If it is too long, the full text is added to the notes."""
        if flow.unnamed and flow.name in ("Ya", "Tidak"):
            return ""
        if len(flow.name) > MOST_LABEL:
            notes.append(flow.name)
        return _clip(flow.name, MOST_LABEL)


def _end_kind(names: Iterable[str]) -> str:
    """The kind of an end in a foreign diagram, judged by names; empty if they do not say it."""
    text = " ".join(names)
    return "rejected" if _REJECTED.search(text) else "passed_on" if _PASSED_ON.search(text) else ""


def _own_number(node: Node) -> int | None:
    return _integer(node.own.get("no")) if node.own is not None else None


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
