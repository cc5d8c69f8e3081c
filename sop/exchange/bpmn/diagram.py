"""Reads the nodes, flows, lanes and notes of a BPMN file, and reports every broken reference."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from .names import MODEL, tag
from .places import lanes_by_place

TASKS = {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
# A call activity is another SOP, represented by one row.
TASKS |= {"callActivity"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
# Flow nodes without an equivalent in an SOP.
FOREIGN = {"intermediateCatchEvent", "intermediateThrowEvent", "implicitThrowEvent", "boundaryEvent"}
FOREIGN |= {"subProcess", "transaction", "adHocSubProcess"}
# An SOP has at most 200 steps.
MOST_ELEMENTS = 2000
# Id and name of a lane, and the name of the lane around it.
Leaf = tuple[str, str, str]
NODES = TASKS | GATEWAYS | FOREIGN | {"startEvent", "endEvent"}


@dataclass
class Node:
    """A flow node. ``own``: its portal extension element, or None; ``added``: it was added by the export."""

    id: str
    kind: str
    name: str
    element: etree._Element
    own: etree._Element | None = None
    added: bool = False
    lane: str = ""

    @property
    def is_task(self) -> bool:
        return self.kind in TASKS

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS


@dataclass(frozen=True)
class SequenceFlow:
    """A sequence flow. ``branch``: "yes" or "no" if the portal marked it, else empty."""

    id: str
    source: str
    target: str
    name: str
    branch: str = ""
    unnamed: bool = False
    is_default: bool = False


@dataclass(frozen=True)
class DiagramProblem:
    """A reason why a file cannot be read. ``line``: in the file; None if it concerns the whole file."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        if self.line is None:
            return self.sentence
        return _("Baris %(line)s: %(sentence)s") % {"line": self.line, "sentence": self.sentence}


@dataclass
class Diagram:
    """The process of a file. ``lanes``: actor's name by lane id, in order. ``notes``: text annotations by node id.

    ``named``: name by element id.
    """

    name: str = ""
    own: etree._Element | None = None
    pool: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[SequenceFlow] = field(default_factory=list)
    lanes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    problems: list[DiagramProblem] = field(default_factory=list)


def diagram_of(root: etree._Element) -> Diagram:
    """The process of a file. ``problems`` lists what cannot be read."""
    return _Reader(root).read()


def display_name(element: etree._Element) -> str:
    """An element's name for use in a sentence: its name, else its id, else its kind."""
    called = collapsed(element.get("name")) or element.get("id") or etree.QName(element).localname
    return called if len(called) <= 60 else called[:59] + "…"


def collapsed(text: str | None) -> str:
    return " ".join((text or "").split())


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.found = Diagram()
        self.by_id: dict[str, etree._Element] = {}

    def read(self) -> Diagram:
        self._ids()
        process = self._process()
        if process is None:
            return self.found
        if sum(1 for child in process if _kind(child) in NODES or _kind(child) == "sequenceFlow") > MOST_ELEMENTS:
            sentence = _("proses ini memuat lebih dari %(count)s kegiatan dan panah. Pecah menjadi beberapa SOP.")
            self._tell(process, sentence, count=MOST_ELEMENTS)
            return self.found
        self.found.name = collapsed(process.get("name"))
        self.found.own = process.find(f"{tag('bpmn', 'extensionElements')}/{tag('ula', 'sop')}")
        self._pool(process)
        self._nodes(process)
        self._flows(process)
        self._lanes(process)
        self._notes()
        return self.found

    def _tell(self, element: etree._Element, sentence: str, **values: object) -> None:
        self.found.problems.append(DiagramProblem(element.sourceline, sentence % values))

    def _ids(self) -> None:
        for element in self.root.iter(f"{{{MODEL}}}*"):
            element_id = element.get("id")
            if not element_id:
                continue
            if element_id in self.by_id:
                self._tell(element, _("penanda “%(id)s” dipakai lebih dari satu kali."), id=element_id[:60])
            self.by_id.setdefault(element_id, element)
            if element.get("name"):
                self.found.named[element_id] = collapsed(element.get("name"))

    def _process(self) -> etree._Element | None:
        """The process with flow nodes. Pools without any only represent partners."""
        processes = self.root.findall(tag("bpmn", "process"))
        filled = [process for process in processes if any(_kind(child) in NODES for child in process)]
        if not filled:
            sentence = _("Berkas tidak memuat proses dengan kegiatan. Gambarlah alurnya dahulu, lalu ekspor lagi.")
            self.found.problems.append(DiagramProblem(None, sentence))
            return None
        for process in filled[1:]:
            sentence = _(
                "proses kedua “%(name)s”. Satu berkas memuat satu SOP: jadikan pihak lain lajur (lane) "
                "dalam satu proses, atau simpan sebagai berkas sendiri."
            )
            pool = self._pool_of(process)
            self._tell(process, sentence, name=display_name(process if pool is None or process.get("name") else pool))
        return filled[0]

    def _pool_of(self, process: etree._Element) -> etree._Element | None:
        for participant in self.root.iter(tag("bpmn", "participant")):
            if _local(participant.get("processRef")) == process.get("id"):
                return participant
        return None

    def _pool(self, process: etree._Element) -> None:
        pool = self._pool_of(process)
        self.found.pool = collapsed(pool.get("name")) if pool is not None else ""
        for participant in self.root.iter(tag("bpmn", "participant")):
            ref = _local(participant.get("processRef"))
            if ref and ref not in self.by_id:
                sentence = _("peserta “%(name)s” menunjuk proses “%(ref)s” yang tidak ada.")
                self._tell(participant, sentence, name=display_name(participant), ref=ref[:60])

    # Nodes and flows

    def _nodes(self, process: etree._Element) -> None:
        for element in process:
            kind = _kind(element)
            if kind not in NODES:
                continue
            node_id = element.get("id")
            if not node_id:
                sentence = _("“%(name)s” tidak mempunyai penanda (id), sehingga alurnya tidak dapat dibaca.")
                self._tell(element, sentence, name=display_name(element))
                continue
            own = element.find(f"{tag('bpmn', 'extensionElements')}/{tag('ula', 'step')}")
            added = element.find(f"{tag('bpmn', 'extensionElements')}/{tag('ula', 'added')}")
            # Line breaks in names come from the layout, except in files that the portal wrote.
            name = element.get("name") or ""
            name = name if own is not None else collapsed(name)
            node = Node(node_id, kind, name, element, own, added is not None)
            self.found.nodes.setdefault(node.id, node)
            if kind in FOREIGN:
                self._refuse_foreign(element, kind)

    def _refuse_foreign(self, element: etree._Element, kind: str) -> None:
        if kind.endswith("vent"):
            sentence = _(
                "peristiwa antara “%(name)s” tidak ada padanannya dalam SOP. Jadikan kegiatan (task) atau hapus."
            )
        else:
            sentence = _(
                "subproses “%(name)s” tidak ada padanannya dalam SOP. Jadikan satu kegiatan, atau uraikan isinya."
            )
        self._tell(element, sentence, name=display_name(element))

    def _flows(self, process: etree._Element) -> None:
        for flow in process.findall(tag("bpmn", "sequenceFlow")):
            ends = flow.get("sourceRef") or "", flow.get("targetRef") or ""
            missing = [end for end in ends if end not in self.found.nodes]
            for end in missing:
                sentence = _("panah “%(name)s” menunjuk “%(ref)s”, yang tidak ada dalam proses ini.")
                self._tell(flow, sentence, name=display_name(flow), ref=end[:60])
            if missing:
                continue
            mark = flow.find(f"{tag('bpmn', 'extensionElements')}/{tag('ula', 'exit')}")
            default = self.found.nodes[ends[0]].element.get("default")
            self.found.flows.append(
                SequenceFlow(
                    flow.get("id") or "",
                    *ends,
                    collapsed(flow.get("name")),
                    "" if mark is None else mark.get("branch", ""),
                    mark is not None and mark.get("unnamed") == "true",
                    bool(default) and default == flow.get("id"),
                )
            )

    # Lanes

    def _lanes(self, process: etree._Element) -> None:
        leaves: list[Leaf] = []
        for lane_set in process.findall(tag("bpmn", "laneSet")):
            for lane in lane_set.findall(tag("bpmn", "lane")):
                self._lane(lane, "", leaves)
        self._place([key for key, _name, _parent in leaves])
        count: defaultdict[str, int] = defaultdict(int)
        for _key, name, _parent in leaves:
            count[name] += 1
        for key, name, parent in leaves:
            # Two divisions may both have a lane "Staf".
            self.found.lanes[key] = f"{name} ({parent})" if count[name] > 1 and parent and name else name

    def _place(self, lanes: list[str]) -> None:
        nodes = [node for node in self.found.nodes.values() if not node.lane]
        places = lanes_by_place(self.root, [node.id for node in nodes], lanes) if nodes and lanes else {}
        for node in nodes:
            node.lane = places.get(node.id, "")

    def _lane(self, lane: etree._Element, parent: str, leaves: list[Leaf]) -> None:
        """Add a lane. Nodes belong to the innermost lane that names them; lanes around other lanes are not actors."""
        key = lane.get("id") or f"lane-{len(leaves)}-{lane.sourceline}"
        name = collapsed(lane.get("name"))
        inner = lane.findall(f"{tag('bpmn', 'childLaneSet')}/{tag('bpmn', 'lane')}")
        place, own_nodes = len(leaves), []
        for child in inner:
            self._lane(child, name or parent, leaves)
        for ref in lane.findall(tag("bpmn", "flowNodeRef")):
            node_id = (ref.text or "").strip()
            node = self.found.nodes.get(node_id)
            if node is not None and not node.lane:
                node.lane = key
                own_nodes.append(node)
            elif node_id not in self.by_id:
                sentence = _("lajur “%(name)s” memuat “%(ref)s”, yang tidak ada dalam berkas.")
                self._tell(ref, sentence, name=display_name(lane), ref=node_id[:60])
        if not inner or own_nodes:
            leaves.insert(place, (key, name or (parent if inner == [] else ""), parent))

    # Notes and documents

    def _notes(self) -> None:
        texts: dict[str | None, str] = {}
        for note in self.root.iter(tag("bpmn", "textAnnotation")):
            texts[note.get("id")] = "\n".join(child.text or "" for child in note.iter(tag("bpmn", "text"))).strip()
        for tie in self.root.iter(tag("bpmn", "association")):
            ends = tie.get("sourceRef"), tie.get("targetRef")
            for note_id, node_id in (ends, ends[::-1]):
                if texts.get(note_id) and node_id in self.found.nodes:
                    self.found.notes.setdefault(node_id, []).append(texts[note_id])


def _kind(element: etree._Element) -> str:
    """The local name of an element of the BPMN model; empty for other elements."""
    name = etree.QName(element)
    return name.localname if name.namespace == MODEL else ""


def _local(name: str | None) -> str:
    """The local part of a QName; some tools write ``processRef="tns:Process_1"``."""
    return (name or "").rpartition(":")[2]
