"""Writes the content of an SOP as BPMN 2.0 XML."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lxml import etree

from ...flowchart import Layout
from ..json import BOXES, EXITS, Content, StepContent
from .names import PREFIXES, safe, tag
from .picture import Picture, Point, Rectangle

DEFAULT_LABELS = {"yes": "Ya", "no": "Tidak"}
END_NAMES = {"rejected": "Ditolak", "passed_on": "Diteruskan"}
IDENTITY = ("number", "unit", "unit_code", "created", "confidence")


@dataclass(frozen=True)
class _Exit:
    """An arrow between steps. ``branch``: "yes", "no" or empty."""

    id: str
    source: int
    target: int
    branch: str = ""
    label: str = ""


def write_bpmn(content: Content, drawn: Layout) -> bytes:
    """The SOP as a BPMN file in UTF-8. The same content always results in the same bytes.

    ``content``: as read by ``sop.exchange.json``, with steps in any order; it may be an unfinished draft. ``drawn``:
    its layout on a single page.
    """
    return _Writer(content, drawn).document()


class _Writer:
    def __init__(self, content: Content, drawn: Layout) -> None:
        self.content = content
        self.steps: list[StepContent] = content["steps"]
        rows = sorted(self.steps, key=lambda step: step["no"])
        texts = [(safe(step["activity"]), step["shape"] == "decision", step["shape"] == "start") for step in rows]
        self.picture = Picture(drawn, texts)
        numbers = {step["no"] for step in self.steps}
        self.exits = {step["no"]: _exits(step, numbers) for step in self.steps}
        entered = Counter(arrow.target for arrows in self.exits.values() for arrow in arrows)
        entered.update(step["no"] for step in self.steps if step["shape"] == "start")
        self.joined = {no for no, arrows in entered.items() if arrows > 1}
        self.lanes = {name: f"lane_{n}" for n, name in enumerate(content["actors"], 1)}

    def document(self) -> bytes:
        root = etree.Element(tag("bpmn", "definitions"), nsmap=PREFIXES)
        root.set("id", "definitions")
        root.set("targetNamespace", PREFIXES["ula"])
        root.set("exporter", "ULA Portal")
        pool = _sub(_sub(root, "collaboration", id="collaboration"), "participant", id="participant")
        pool.set("name", safe(self.content["name"]))
        pool.set("processRef", "process")
        process = _sub(root, "process", id="process", name=self.content["name"], isExecutable="false")
        self._identity(process)
        self._lane_set(process)
        self.plane = self._plane(root)
        for step in self.steps:
            self._nodes(process, step)
        for step in self.steps:
            self._flows(process, step)
        # Flows come after shapes, so that they are drawn above them.
        self.plane.extend(sorted(self.plane, key=lambda drawn: drawn.tag == tag("bpmndi", "BPMNEdge")))
        etree.indent(root)
        text: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return text + b"\n"

    # The identity block and the lanes

    def _identity(self, process: etree._Element) -> None:
        sop = etree.SubElement(_sub(process, "extensionElements"), tag("ula", "sop"))
        for key in IDENTITY:
            _set(sop, key, self.content.get(key))
        _set(sop, "example", "true" if self.content.get("example") else "")
        for box in BOXES:
            lines = [line for line in self.content.get(box) or () if line]
            if lines:
                group = etree.SubElement(sop, tag("ula", "list"), name=box)
                for line in lines:
                    etree.SubElement(group, tag("ula", "item")).text = safe(line)

    def _lane_set(self, process: etree._Element) -> None:
        if not self.lanes:
            return
        lane_set = _sub(process, "laneSet", id="lanes")
        for column, (name, lane_id) in enumerate(self.lanes.items()):
            lane = _sub(lane_set, "lane", id=lane_id, name=name)
            for step in self.steps:
                if self.picture.column_of(step["no"]) == column:
                    for node in self._node_ids(step):
                        _sub(lane, "flowNodeRef").text = node

    def _plane(self, root: etree._Element) -> etree._Element:
        diagram = etree.SubElement(root, tag("bpmndi", "BPMNDiagram"), id="diagram")
        plane = etree.SubElement(diagram, tag("bpmndi", "BPMNPlane"), id="plane", bpmnElement="collaboration")
        self.plane = plane
        self._shape("participant", self.picture.pool()).set("isHorizontal", "false")
        for column, lane_id in enumerate(self.lanes.values()):
            self._shape(lane_id, self.picture.lane(column)).set("isHorizontal", "false")
        return plane

    # Steps and added nodes

    def _node_ids(self, step: StepContent) -> list[str]:
        no, found = step["no"], []
        if step["shape"] == "start":
            found.append(f"start_{no}")
        if no in self.joined:
            found.append(f"join_{no}")
        found.append(f"step_{no}")
        if step["shape"] == "end":
            found.append(f"end_{no}")
        return found

    def _nodes(self, process: etree._Element, step: StepContent) -> None:
        no, picture = step["no"], self.picture
        if step["shape"] == "start":
            box = picture.start(no)
            self._added(process, "startEvent", f"start_{no}", "Mulai", [], [f"flow_start_{no}"])
            self._shape(f"start_{no}", box, picture.beside(box, "Mulai"))
        if no in self.joined:
            self._added(process, "exclusiveGateway", f"join_{no}", "", self._incoming(no), [f"flow_join_{no}"])
            self._shape(f"join_{no}", picture.join(no)).set("isMarkerVisible", "true")
        self._step(process, step)
        if step["shape"] == "end":
            box, name = picture.end(no, bool(self.exits[no])), END_NAMES.get(step.get("end_kind") or "", "Selesai")
            self._added(process, "endEvent", f"end_{no}", name, [f"flow_end_{no}"], [])
            self._shape(f"end_{no}", box, picture.beside(box, name))

    def _added(
        self,
        process: etree._Element,
        kind: str,
        node_id: str,
        name: str,
        incoming: Iterable[str],
        outgoing: Iterable[str],
    ) -> None:
        node = _sub(process, kind, id=node_id)
        _set(node, "name", name)
        etree.SubElement(_sub(node, "extensionElements"), tag("ula", "added"))
        _connect(node, incoming, outgoing)

    def _incoming(self, no: int) -> list[str]:
        """The ids of the flows that lead to a step or to the gateway before it."""
        arrows = [arrow.id for step in self.steps for arrow in self.exits[step["no"]] if arrow.target == no]
        return [f"flow_start_{no}" for step in self.steps if (step["no"], step["shape"]) == (no, "start")] + arrows

    def _step(self, process: etree._Element, step: StepContent) -> None:
        no, decision = step["no"], step["shape"] == "decision"
        node = _sub(process, "exclusiveGateway" if decision else "task", id=f"step_{no}", name=step["activity"])
        if step.get("note"):
            _sub(node, "documentation").text = safe(step["note"])
        self._extension(_sub(node, "extensionElements"), step)
        outgoing = [arrow.id for arrow in self.exits[no]] + ([f"flow_end_{no}"] if step["shape"] == "end" else [])
        _connect(node, [f"flow_join_{no}"] if no in self.joined else self._incoming(no), outgoing)
        question = self.picture.question(no, safe(step["activity"])) if decision else None
        shape = self._shape(f"step_{no}", self.picture.step(no), question)
        if decision:
            shape.set("isMarkerVisible", "false")

    def _extension(self, holder: etree._Element, step: StepContent) -> None:
        own = etree.SubElement(holder, tag("ula", "step"), no=str(step["no"]))
        minutes = step.get("minutes")
        _set(own, "minutes", None if minutes is None else repr(minutes))
        for key in ("time_text", "end_kind"):
            _set(own, key, step.get(key))
        for key in ("per_item", "issues_letter"):
            _set(own, key, "true" if step.get(key) else "")
        self._undrawn(own, step)
        for key in ("inputs", "output"):
            if step.get(key):
                etree.SubElement(own, tag("ula", key)).text = safe(step[key])
        lead = f"lane_{self.picture.column_of(step['no']) + 1}"
        actors = [self.lanes[name] for name in step["actors"]]
        if actors != [lead]:
            group = etree.SubElement(own, tag("ula", "actors"))
            for lane_id in actors:
                actor = etree.SubElement(group, tag("ula", "actor"), lane=lane_id)
                _set(actor, "lead", "true" if lane_id == lead else "")

    def _undrawn(self, own: etree._Element, step: StepContent) -> None:
        """Store the arrows and labels of a draft that its shape does not allow."""
        drawn = {arrow.branch: arrow.target for arrow in self.exits[step["no"]]}
        for key in EXITS:
            branch = key.removeprefix("if_") if key != "next" else ""
            if step.get(key) is not None and branch not in drawn:
                own.set(key, str(step[key]))
            if branch and branch not in drawn:
                _set(own, f"{branch}_label", step.get(f"{branch}_label"))

    # Flows

    def _flows(self, process: etree._Element, step: StepContent) -> None:
        no, picture = step["no"], self.picture
        joined, aside = no in self.joined, bool(self.exits[no])
        if step["shape"] == "start":
            goal = f"join_{no}" if joined else f"step_{no}"
            self._flow(process, f"flow_start_{no}", f"start_{no}", goal, picture.from_start(no, joined))
        if joined:
            self._flow(process, f"flow_join_{no}", f"join_{no}", f"step_{no}", picture.from_join(no))
        for arrow in self.exits[no]:
            self._exit(process, arrow)
        if step["shape"] == "end":
            self._flow(process, f"flow_end_{no}", f"step_{no}", f"end_{no}", picture.to_end(no, aside))

    def _exit(self, process: etree._Element, arrow: _Exit) -> None:
        joined = arrow.target in self.joined
        points = self.picture.flow(arrow.source, arrow.target, joined)
        goal = f"join_{arrow.target}" if joined else f"step_{arrow.target}"
        label = arrow.label or DEFAULT_LABELS.get(arrow.branch, "")
        flow = self._flow(process, arrow.id, f"step_{arrow.source}", goal, points, label)
        if arrow.branch:
            mark = etree.SubElement(_sub(flow, "extensionElements"), tag("ula", "exit"), branch=arrow.branch)
            _set(mark, "unnamed", "" if arrow.label else "true")

    def _flow(
        self, process: etree._Element, flow_id: str, source: str, target: str, points: list[Point], label: str = ""
    ) -> etree._Element:
        flow = _sub(process, "sequenceFlow", id=flow_id)
        _set(flow, "name", label)
        flow.set("sourceRef", source)
        flow.set("targetRef", target)
        edge = etree.SubElement(self.plane, tag("bpmndi", "BPMNEdge"), id=f"{flow_id}_edge", bpmnElement=flow_id)
        for x, y in points:
            etree.SubElement(edge, tag("di", "waypoint"), x=str(x), y=str(y))
        if label:
            _label(edge, self.picture.flow_label(points, label))
        return flow

    def _shape(self, element_id: str, box: Rectangle, label: Rectangle | None = None) -> etree._Element:
        shape = etree.SubElement(self.plane, tag("bpmndi", "BPMNShape"), id=f"{element_id}_shape")
        shape.set("bpmnElement", element_id)
        _bounds(shape, box)
        if label:
            _label(shape, label)
        return shape


def _exits(step: StepContent, numbers: Collection[int]) -> list[_Exit]:
    """The arrows that the step's shape allows and whose targets exist."""
    no, following = step["no"], step.get("next")
    if step["shape"] != "decision":
        return (
            [_Exit(f"flow_{no}_{following}", no, following)] if following is not None and following in numbers else []
        )
    arrows: list[_Exit] = []
    for branch in ("yes", "no"):
        target = step.get(f"if_{branch}")
        if target is not None and target in numbers:
            double = any(arrow.target == target for arrow in arrows)
            flow_id = f"flow_{no}_{target}" + (f"_{branch}" if double else "")
            label = " ".join(safe(step.get(f"{branch}_label")).split())
            arrows.append(_Exit(flow_id, no, target, branch, label))
    return arrows


def _sub(parent: etree._Element, kind: str, /, **attributes: object) -> etree._Element:
    element = etree.SubElement(parent, tag("bpmn", kind))
    for key, value in attributes.items():
        element.set(key, safe(value))
    return element


def _set(element: etree._Element, key: str, value: object) -> None:
    if safe(value):
        element.set(key, safe(value))


def _connect(node: etree._Element, incoming: Iterable[str], outgoing: Iterable[str]) -> None:
    for name, arrows in (("incoming", incoming), ("outgoing", outgoing)):
        for arrow in arrows:
            _sub(node, name).text = arrow


def _bounds(parent: etree._Element, box: Rectangle) -> None:
    bounds = etree.SubElement(parent, tag("dc", "Bounds"))
    for key in ("x", "y", "width", "height"):
        bounds.set(key, str(getattr(box, key)))


def _label(parent: etree._Element, box: Rectangle) -> None:
    _bounds(etree.SubElement(parent, tag("bpmndi", "BPMNLabel")), box)
