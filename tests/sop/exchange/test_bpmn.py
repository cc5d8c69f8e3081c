"""An SOP that is written as BPMN and read again is unchanged; the file is valid BPMN, drawn without collisions."""

import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from sop.drafting.actions import importing
from sop.exchange.bpmn import reading, writing
from sop.exchange.bpmn.names import PREFIXES
from sop.exchange.export import content_of
from sop.exchange.json import clean
from sop.flowchart import layout
from tests.factories import sop as make
from tests.factories.sop_contents import contents, flow_of_content
from ula_portal.core.journal.actors import SYSTEM

TESTS = Path(__file__).parents[2]
STARTER = TESTS.parent / "services" / "exchange" / "data" / "sops"
FILES = sorted((TESTS / "sop" / "data").glob("*.json")) + sorted(STARTER.glob("*.json"))
TOOLS = TESTS / "bpmn" / "node_modules"
with_tools = pytest.mark.skipif(
    not TOOLS.exists() or not shutil.which("node"), reason="needs node and `npm ci` in tests/bpmn (make lint-bpmn)"
)
anything = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def written(content):
    return writing.write_bpmn(content, layout(flow_of_content(clean(content))))


def content_of_file(path):
    return json.loads(path.read_text(encoding="utf-8"))


def find(root, path):
    return root.findall(path, PREFIXES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_comes_back_as_it_was(path):
    content = content_of_file(path)
    assert clean(reading.read_bpmn(written(content))) == clean(content)


@settings(anything, max_examples=80)
@given(contents(most_steps=14, most_actors=5))
def test_any_content_comes_back_as_it_was(content):
    assert clean(reading.read_bpmn(written(content))) == clean(content)


@settings(anything, max_examples=8)
@given(contents())
def test_large_contents_come_back_as_they_were(content):
    assert clean(reading.read_bpmn(written(content))) == clean(content)


def test_the_same_content_gives_the_same_bytes():
    assert written(make.small_content()) == written(make.small_content())


def test_standard_elements_say_what_any_tool_understands():
    root = etree.fromstring(written(make.small_content()))
    lanes = {lane.get("name"): [ref.text for ref in lane] for lane in find(root, ".//bpmn:lane")}
    assert list(lanes.items()) == [
        ("Pemohon", ["start_1", "join_1", "step_1", "step_4", "end_4"]),
        ("Pengelola Layanan Pendidikan Dasar", ["step_2"]),
        ("Kepala Bidang Pembinaan Pendidikan Dasar", ["step_3"]),
    ]
    flows = {flow.get("id"): flow for flow in find(root, ".//bpmn:sequenceFlow")}
    ways = {key: (flow.get("sourceRef"), flow.get("targetRef"), flow.get("name")) for key, flow in flows.items()}
    assert ways["flow_2_3"] == ("step_2", "step_3", "Ya")
    assert ways["flow_2_1"] == ("step_2", "join_1", "Tidak")
    assert ways["flow_1_2"] == ("step_1", "step_2", None)
    [question] = [gate for gate in find(root, ".//bpmn:exclusiveGateway") if gate.get("id") == "step_2"]
    assert question.get("name") == "Apakah berkas lengkap?"


def test_a_draft_without_actors_or_exits_is_written_too():
    content = make.small_content()
    del content["steps"][1]["if_no"], content["steps"][2]["next"]
    assert clean(reading.read_bpmn(written(content))) == clean(content)
    content["steps"][0] |= {"actors": [], "activity": ""}
    drawn = layout(flow_of_content(clean(make.small_content())))
    assert reading.read_bpmn(writing.write_bpmn(content, drawn))["steps"][0]["actors"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_a_version_exported_and_taken_in_again_is_unchanged(units, path):
    first = importing.import_sop(content_of_file(path), by=SYSTEM)
    data = writing.write_bpmn(content_of(first.version), layout(first.version))
    again = importing.import_sop(reading.read_bpmn(data), by=SYSTEM)
    assert (again.state, again.version.pk) == ("unchanged", first.version.pk)


# The picture


class Drawn:
    """Shapes and edges of the diagram in a written file."""

    def __init__(self, data):
        root = etree.fromstring(data)
        self.boxes, self.ways = {}, {}
        for shape in find(root, ".//bpmndi:BPMNShape"):
            self.boxes[shape.get("bpmnElement")] = self.box(find(shape, "dc:Bounds")[0])
        for edge in find(root, ".//bpmndi:BPMNEdge"):
            points = [(int(point.get("x")), int(point.get("y"))) for point in find(edge, "di:waypoint")]
            self.ways[edge.get("bpmnElement")] = points
        flows = find(root, ".//bpmn:sequenceFlow")
        self.ends = {flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in flows}
        self.lane_of = {ref.text: lane.get("id") for lane in find(root, ".//bpmn:lane") for ref in lane}
        self.nodes = {key: box for key, box in self.boxes.items() if key in self.lane_of}

    @staticmethod
    def box(bounds):
        x, y, width, height = (int(bounds.get(key)) for key in ("x", "y", "width", "height"))
        return x, y, x + width, y + height


def meets(box, x1, y1, x2, y2):
    """Whether the line segment passes through the inside of the box."""
    left, top, right, bottom = box
    return min(x1, x2) < right and max(x1, x2) > left and min(y1, y2) < bottom and max(y1, y2) > top


def on_edge(box, point):
    left, top, right, bottom = box
    x, y = point
    return left <= x <= right and top <= y <= bottom and (x in (left, right) or y in (top, bottom))


def check_picture(data):
    drawn = Drawn(data)
    assert drawn.ways.keys() == drawn.ends.keys()
    for node, box in drawn.nodes.items():
        assert all(inner >= outer for inner, outer in zip(box[:2], drawn.boxes[drawn.lane_of[node]][:2], strict=True))
        assert all(inner <= outer for inner, outer in zip(box[2:], drawn.boxes[drawn.lane_of[node]][2:], strict=True))
        others = [other for key, other in drawn.nodes.items() if key != node]
        assert not any(meets(other, *box) for other in others), f"{node} lies over another"
    for flow, points in drawn.ways.items():
        source, target = drawn.ends[flow]
        assert on_edge(drawn.nodes[source], points[0]), f"{flow} begins beside {source}"
        assert on_edge(drawn.nodes[target], points[-1]), f"{flow} ends beside {target}"
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2, f"{flow} is askew"
            for node, box in drawn.nodes.items():
                assert not meets(box, x1, y1, x2, y2), f"{flow} runs through {node}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_drawn_without_collisions(path):
    check_picture(written(content_of_file(path)))


def sound(content):
    """The content with one start, and with exits that the layout draws: no duplicates, none to the step itself."""
    starts = 0
    for step in content["steps"]:
        starts += step["shape"] == "start"
        if step["shape"] == "start" and starts > 1:
            step["shape"] = "process"
        for key in ("next", "if_yes", "if_no"):
            if step.get(key) == step["no"] or (key == "if_no" and step.get(key) == step.get("if_yes")):
                step[key] = None
    return content


@settings(anything, max_examples=60)
@given(contents(most_steps=12, most_actors=5).map(sound))
def test_any_sound_flow_is_drawn_without_collisions(content):
    check_picture(written(content))


# Files edited in other tools


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bpmn")
    for path in FILES:
        (folder / f"{path.stem}.bpmn").write_bytes(written(content_of_file(path)))
    return sorted(folder.glob("*.bpmn"))


@with_tools
def test_bpmnlint_finds_nothing(exported):
    done = subprocess.run(["node", TOOLS.parent / "lint.js", *exported], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) == len(FILES)
    assert {name: problems for name, problems in found.items() if problems} == {}


@with_tools
def test_the_files_keep_to_the_standards_schema(exported):
    schema = etree.XMLSchema(etree.parse(TOOLS / "bpmn-moddle" / "resources" / "bpmn" / "xsd" / "BPMN20.xsd"))
    for path in exported:
        schema.assertValid(etree.parse(path))


@with_tools
def test_saved_by_bpmn_io_they_are_the_same_sops(tmp_path):
    content = make.small_content(
        legal_basis=['  UU 25/2009\nPasal <21> & "22"', "🙂"], example=True, created="2026-01-31"
    )
    content["steps"][1] |= {"activity": "Lengkap?\nSah?", "note": "a\n\n  b", "minutes": 0.5, "yes_label": "ya & sah"}
    contents = [content, *map(content_of_file, FILES)]
    paths = [tmp_path / f"{n}.bpmn" for n in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(written(content))
    before = [path.read_bytes() for path in paths]
    subprocess.run(["node", TOOLS.parent / "rewrite.js", *paths], check=True)
    for path, content, old in zip(paths, contents, before, strict=True):
        assert path.read_bytes() != old
        assert clean(reading.read_bpmn(path.read_bytes())) == clean(content)


@with_tools
@pytest.mark.browser
def test_bpmn_js_opens_them_without_a_warning(exported, tmp_path):
    command = [sys.executable, TOOLS.parent / "picture.py", tmp_path, *exported[:6]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    shown = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert {name: json.loads(told)["warnings"] for name, told in shown} == {path.name: [] for path in exported[:6]}
