"""Read a BPMN file as the content of an SOP."""

import json
import math
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from lxml import etree

from ..json import BOXES, EXITS, Content, ImportRefused, StepContent
from .diagram import Diagram, Node, Problem, Way, diagram_of, told
from .names import tag
from .parsing import parse
from .sequence import in_order
from .shapes import Shapes
from .writing import IDENTITY

MOST_LABEL, MOST_ACTOR, MOST_NAME = 40, 200, 300
MOST_PROBLEMS = 50
ONLY_ACTOR = "Pelaksana"
# What drawing tools call a process that nobody named.
_UNNAMED = re.compile(r"(main |new |untitled )?(proses|process|diagram|pool)[ _-]?\d*", re.IGNORECASE)
_REJECTED = re.compile(r"\b(ditolak|menolak|penolakan|rejected)\b", re.IGNORECASE)
_PASSED_ON = re.compile(r"\b(diteruskan|dilimpahkan)\b", re.IGNORECASE)


def read(content: bytes) -> Content:
    """The content as ``sop.exchange.json.clean`` takes it; raises ImportRefused with every problem and its line.

    A file that the portal wrote gives back what it was written from. From others is taken what an SOP can hold: lanes
    (else the pool) as actors, tasks, exclusive gateways with two exits, notes and the documents of a task.
    """
    diagram = diagram_of(parse(content))
    shapes = Shapes(diagram)
    _refuse(diagram.problems + shapes.problems())
    reader = _Content(diagram, shapes)
    found = reader.content()
    _refuse(reader.problems)
    return found


def _refuse(problems: Iterable[Problem]) -> None:
    problems = sorted(problems, key=lambda problem: problem.line or 0)
    told = list(dict.fromkeys(map(str, problems[:MOST_PROBLEMS])))
    if len(problems) > MOST_PROBLEMS:
        told.append(_("Masih ada %(count)s masalah lain.") % {"count": len(problems) - MOST_PROBLEMS})
    if told:
        raise ImportRefused(told)


class _Content:
    def __init__(self, diagram: Diagram, shapes: Shapes) -> None:
        self.diagram, self.shapes = diagram, shapes
        self.problems: list[Problem] = []
        self.actor_of = self._actor_names()
        ordered = in_order(shapes.steps(), shapes.targets(), shapes.starts())
        self.numbers = {node.id: no for no, node in ordered}
        # Numbers as the file has them, for arrows that only the extension holds.
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
        """The process's name. The pool's where a tool filled that in, or where our own, which shows only the pool's."""
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
        """Lane id → actor; lanes of one name are one actor."""
        lanes = self.diagram.lanes.items()
        return {key: _clip(name or f"{ONLY_ACTOR} {n}", MOST_ACTOR) for n, (key, name) in enumerate(lanes, 1)}

    def _actors(self, node: Node) -> list[str]:
        group = node.own.find(tag("ula", "actors")) if node.own is not None else None
        # A draft's step may have no actor; whose lanes were all removed elsewhere acts where it stands.
        if group is not None and (not len(group) or self._listed(group, node.lane)):
            return self._listed(group, node.lane)
        return [self.actor_of.get(node.lane) or _clip(self.diagram.pool or ONLY_ACTOR, MOST_ACTOR)]

    def _listed(self, group: etree._Element, lane: str) -> list[str]:
        names = []
        for actor in group.findall(tag("ula", "actor")):
            # Who drew the step into another lane gave it another lead.
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
        notes = [*self._documentation(node), *self.shapes.told_by_events(node), *self.diagram.notes.get(node.id, ())]
        if node.own is not None:
            step |= self._own(node, node.own)
        else:
            step |= self._documents(node.element)
            if step["shape"] == "end":
                step["end_kind"] = _end_kind([*self.shapes.told_by_events(node), node.name])
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
        """For a gateway without a name: the task before it and the labels of its exits."""
        yes, no = (way.name if way else "" for way in self.shapes.branches(node))
        question = f"{yes or 'Ya'} atau {(no or 'Tidak').lower()}?"
        before = self.shapes.task_before(node)
        return f"{before.name}: {question[:1].lower()}{question[1:]}" if before and before.name else question

    @staticmethod
    def _documentation(node: Node) -> list[str]:
        texts = (child.text or "" for child in node.element.findall(tag("bpmn", "documentation")))
        return [text for text in texts if text.strip()]

    def _documents(self, element: etree._Element) -> StepContent:
        """Data objects and stores that a task reads and writes."""
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
            values = {"text": text[:60], "name": told(element)}
            self.problems.append(Problem(own.sourceline, sentence % values))
            return None
        return minutes

    def _exits(self, node: Node, notes: list[str]) -> StepContent:
        if not self.shapes.is_decision(node):
            target = self.shapes.next_of(node)
            return {"next": self.numbers[target]} if target else {}
        found: StepContent = {}
        for branch, way in zip(("yes", "no"), self.shapes.branches(node), strict=True):
            target = self.shapes.goal(way.target) if way else None
            if target:
                found[f"if_{branch}"] = self.numbers[target]
            if way:
                found[f"{branch}_label"] = self._label(way, notes)
        return found

    @staticmethod
    def _label(way: Way, notes: list[str]) -> str:
        """The exit's label; one that is too long for the drawing goes into the note in full."""
        if way.unnamed and way.name in ("Ya", "Tidak"):
            return ""
        if len(way.name) > MOST_LABEL:
            notes.append(way.name)
        return _clip(way.name, MOST_LABEL)


def _end_kind(names: Iterable[str]) -> str:
    """How a foreign diagram says that it ends; empty where it does not."""
    said = " ".join(names)
    return "rejected" if _REJECTED.search(said) else "passed_on" if _PASSED_ON.search(said) else ""


def _own_number(node: Node) -> int | None:
    return _integer(node.own.get("no")) if node.own is not None else None


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
