"""BPMN files of other tools, exported files that were edited there, and hostile files."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sop.exchange.bpmn import reading
from sop.exchange.bpmn.names import MODEL, PREFIXES, tag
from sop.exchange.json import MAX_BYTES, ImportRefused, clean
from tests.factories import sop as make

from .test_bpmn import written

DATA = Path(__file__).parents[1] / "data" / "bpmn"


def read_file(name):
    content = clean(reading.read_bpmn((DATA / f"{name}.bpmn").read_bytes()))
    return content, {step["no"]: step for step in content["steps"]}


def process(body, before=""):
    return f'<definitions xmlns="{MODEL}">{before}<process id="p" name="Contoh">{body}</process></definitions>'.encode()


def flows(*ends):
    return "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}" name="{name}"/>'
        for n, (a, b, name) in enumerate([(*end, "")[:3] for end in ends])
    )


def refused(content):
    with pytest.raises(ImportRefused) as caught:
        reading.read_bpmn(content)
    return caught.value.problems


def outline(content):
    return [(s["activity"], s["shape"], s.get("next"), s.get("if_yes"), s.get("if_no")) for s in content["steps"]]


# Files of other tools


def test_a_diagram_of_bpmn_io():
    content, steps = read_file("bpmn-io")
    assert content["name"] == "Surat Keterangan Pindah"
    assert content["actors"] == ["Pemohon", "Petugas Loket", "Kepala Bidang"]
    assert [(s["activity"], s["shape"], s["actors"]) for s in content["steps"]] == [
        ("Mengajukan permohonan", "start", ["Pemohon"]),
        ("Berkas lengkap?", "decision", ["Petugas Loket"]),
        ("Menandatangani surat", "process", ["Kepala Bidang"]),
        ("Mengirim surat", "end", ["Petugas Loket"]),
    ]
    assert (steps[2]["if_yes"], steps[2]["yes_label"]) == (3, "Lengkap")
    assert (steps[2]["if_no"], steps[2]["no_label"]) == (1, "Belum")
    assert (steps[1]["inputs"], steps[1]["output"]) == ("Surat pindah dari sekolah", "Buku agenda")
    assert steps[4]["note"] == "Lewat pos tercatat\nSurat terkirim\nPaling lambat pukul 14.00"


def test_a_gateway_without_a_name_asks_after_the_task_before_it():
    content, steps = read_file("camunda")
    assert content["actors"] == ["Pelaksana"]
    assert steps[2]["activity"] == "Memeriksa proposal: layak atau tidak layak?"
    assert (steps[2]["if_yes"], steps[2]["if_no"]) == (3, 5)
    assert (steps[5]["activity"], steps[5]["shape"]) == ("Permohonan ditolak", "end")
    assert (steps[5]["end_kind"], steps[4]["end_kind"]) == ("rejected", "")
    assert steps[4]["shape"] == "end"


def test_a_file_of_bizagi_has_an_empty_process_and_names_its_pool():
    content, steps = read_file("bizagi")
    assert content["name"] == "Pemutakhiran Data Guru"
    assert content["actors"] == ["Guru", "Operator Dapodik"]
    assert [step["activity"] for step in content["steps"]] == [
        "Menyerahkan data",
        "Memasukkan data",
        "Menjalankan SOP Sinkronisasi",
    ]
    assert (steps[2]["note"], steps[3]["note"]) == ("Catat di buku", "")


def test_the_innermost_lane_acts_and_equal_names_are_told_apart():
    content, _steps = read_file("nested-lanes")
    assert content["actors"] == ["Staf (Bidang SD)", "Kepala Bidang", "Staf (Sekretariat)"]
    assert [step["actors"][0] for step in content["steps"]] == content["actors"]
    # Without events, a process begins and ends where no arrow leads in or out.
    assert [step["shape"] for step in content["steps"]] == ["start", "process", "end"]


def test_lanes_that_name_no_nodes_hold_what_stands_in_them():
    content, _steps = read_file("no-references")
    assert [step["actors"] for step in content["steps"]] == [["Pemohon"], ["Petugas"], ["Pemohon"]]
    assert content["name"] == "Legalisir"


def test_without_lanes_the_pool_acts():
    pool = '<collaboration id="c"><participant id="q" name="Loket" processRef="p"/></collaboration>'
    content = clean(reading.read_bpmn(process('<task id="a" name="Menerima berkas"/>', pool)))
    assert (content["name"], content["actors"]) == ("Contoh", ["Loket"])


def test_an_event_beside_a_decision_becomes_a_row_for_the_rules_to_speak_of():
    nodes = '<startEvent id="s"/><exclusiveGateway id="g" name="Ada berkas?"/><task id="t" name="Memeriksa"/>'
    body = nodes + '<endEvent id="e"/>' + flows(("s", "g"), ("g", "t", "ada"), ("g", "e", "tidak ada"), ("t", "e"))
    assert outline(clean(reading.read_bpmn(process(body)))) == [
        ("Mulai", "start", 2, None, None),
        ("Ada berkas?", "decision", None, 3, 4),
        ("Memeriksa", "process", 4, None, None),
        ("Selesai", "end", None, None, None),
    ]


def test_two_tasks_before_one_end_event_are_two_ends():
    nodes = '<startEvent id="s"/><task id="a" name="A"/><exclusiveGateway id="g" name="Layak?"/>'
    nodes += '<task id="b" name="B"/><task id="c" name="C"/><exclusiveGateway id="j"/><endEvent id="e"/>'
    ways = flows(("s", "a"), ("a", "g"), ("g", "b", "no"), ("g", "c", "yes"), ("b", "j"), ("c", "j"), ("j", "e"))
    assert outline(clean(reading.read_bpmn(process(nodes + ways)))) == [
        ("A", "start", 2, None, None),
        ("Layak?", "decision", None, 3, 4),
        ("C", "end", None, None, None),
        ("B", "end", None, None, None),
    ]


def test_the_default_exit_is_the_no_and_else_the_first_is_the_yes():
    nodes = '<exclusiveGateway id="g" name="Layak?" default="f0"/><task id="b" name="B"/><task id="c" name="C"/>'
    [question, *_rest] = reading.read_bpmn(process(nodes + flows(("g", "b"), ("g", "c"))))["steps"]
    assert (question["if_yes"], question["if_no"]) == (2, 3)
    content = clean(reading.read_bpmn(process(nodes + flows(("g", "b"), ("g", "c")))))
    assert [step["activity"] for step in content["steps"]] == ["Layak?", "C", "B"]
    content = clean(reading.read_bpmn(process(nodes.replace("f0", "") + flows(("g", "b"), ("g", "c")))))
    assert [step["activity"] for step in content["steps"]] == ["Layak?", "B", "C"]


def test_a_long_label_stands_in_the_note_in_full():
    label = "apabila seluruh berkas sudah lengkap dan sesuai dengan aslinya"
    nodes = '<exclusiveGateway id="g" name="Layak?"/><task id="b" name="B"/><task id="c" name="C"/>'
    content = clean(reading.read_bpmn(process(nodes + flows(("g", "b", label), ("g", "c", "tidak")))))
    assert len(content["steps"][0]["yes_label"]) == 40 and content["steps"][0]["note"] == label


def test_parallel_gateways_that_only_join_and_loops_of_gateways_are_passed():
    nodes = '<task id="a" name="A"/><parallelGateway id="g"/><task id="b" name="B"/>'
    assert outline(reading.read_bpmn(process(nodes + flows(("a", "g"), ("g", "b")))))[0][2] == 2
    nodes = '<task id="a" name="A"/><exclusiveGateway id="g"/><exclusiveGateway id="h"/>'
    content = reading.read_bpmn(process(nodes + flows(("a", "g"), ("g", "h"), ("h", "g"))))
    assert outline(content) == [("A", "start", None, None, None)]


# Exported files that were edited elsewhere


def edited():
    return etree.fromstring(written(make.small_content()))


def element(root, element_id):
    [found] = root.xpath(f'//*[@id="{element_id}"]')
    return found


def read_again(root):
    return clean(reading.read_bpmn(etree.tostring(root)))


def test_a_step_put_in_between_takes_its_number_in_the_flow():
    root = edited()
    element(root, "flow_3_4").set("targetRef", "Activity_baru")
    new = etree.SubElement(element(root, "process"), tag("bpmn", "task"), id="Activity_baru", name="Mengarsipkan")
    new.addnext(etree.Element(tag("bpmn", "sequenceFlow"), id="Flow_x", sourceRef="Activity_baru", targetRef="step_4"))
    etree.SubElement(element(root, "lane_2"), tag("bpmn", "flowNodeRef")).text = "Activity_baru"
    content = read_again(root)
    assert outline(content) == [
        ("Mengajukan permohonan", "start", 2, None, None),
        ("Apakah berkas lengkap?", "decision", None, 3, 1),
        ("Menandatangani surat", "process", 4, None, None),
        ("Mengarsipkan", "process", 5, None, None),
        ("Menerima surat", "end", None, None, None),
    ]
    assert content["steps"][3]["actors"] == ["Pengelola Layanan Pendidikan Dasar"]
    assert content["steps"][2]["seconds"] == 3600


def test_a_copied_step_gets_a_number_of_its_own():
    root = edited()
    copy = etree.fromstring(etree.tostring(element(root, "step_3")))
    copy.set("id", "Activity_salinan")
    element(root, "process").append(copy)
    assert [step["no"] for step in read_again(root)["steps"]] == [1, 2, 3, 4, 5]


def test_a_step_drawn_into_another_lane_is_led_by_its_actor():
    root = edited()
    [ref] = [ref for ref in element(root, "lane_3") if ref.text == "step_3"]
    element(root, "lane_1").append(ref)
    step = read_again(root)["steps"][2]
    assert step["actors"] == ["Pemohon", "Pengelola Layanan Pendidikan Dasar"]


def test_names_and_arrows_drawn_anew_count():
    root = edited()
    element(root, "participant").set("name", "Surat Baru")
    element(root, "lane_1").set("name", "Orang tua")
    element(root, "step_2").set("name", "Apakah berkas sah?")
    element(root, "flow_2_3").set("name", "sah")
    element(root, "flow_2_1").set("targetRef", "step_4")
    content = read_again(root)
    assert (content["name"], content["actors"][0]) == ("Surat Baru", "Orang tua")
    question = content["steps"][1]
    assert (question["activity"], question["yes_label"], question["if_no"]) == ("Apakah berkas sah?", "sah", 4)


def test_without_diagram_and_added_nodes_it_is_the_same_sop():
    root = edited()
    for found in root.findall("bpmndi:BPMNDiagram", PREFIXES):
        root.remove(found)
    assert read_again(root) == clean(make.small_content())


@pytest.mark.parametrize("text", ["setengah jam", "NaN", "1e999", "[" * 100_000])
def test_a_damaged_time_is_told(text):
    root = edited()
    root.find(".//ula:step[@no='2']", PREFIXES).set("minutes", text)
    [problem] = refused(etree.tostring(root))
    assert problem.startswith("Baris ") and f"“{text[:60]}”" in problem and "“Apakah berkas lengkap?”" in problem


# Refusals


def test_every_problem_is_told_at_once_with_its_line():
    problems = refused((DATA / "unreadable.bpmn").read_bytes())
    expected = {
        6: "“proses_9”",
        11: "“hilang”",
        15: "“t1”",
        16: "“Bagi tugas”",
        17: "“g2”",
        18: "3 cabang",
        19: "“Tunggu tiga hari”",
        20: "“batas”",
        21: "“Seleksi”",
        22: "2 panah",
        23: "“Tanpa penanda”",
        35: "“entah”",
        37: "proses kedua “Sekolah”",
    }
    assert len(problems) == len(expected)
    for problem, (line, words) in zip(problems, expected.items(), strict=True):
        assert problem.startswith(f"Baris {line}: ") and words in problem


def test_hundreds_of_problems_are_told_by_their_number():
    nodes = "".join(f'<subProcess id="s{n}"/>' for n in range(120))
    problems = refused(process(nodes))
    assert len(problems) == 51 and problems[-1] == "Masih ada 70 masalah lain."


LETTERS = "abcdefghijklmnopqrstuvwxyz"
ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(LETTERS))
BOMB = f"""<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]>
<definitions xmlns="{MODEL}"><process id="p" name="&z;"><task id="t" name="&z;"/></process></definitions>"""
OUTSIDE = f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<definitions xmlns="{MODEL}"><process id="p"><task id="t"><documentation>&f;</documentation></task></process>
</definitions>"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"  \n", "kosong"),
        (b"PK\x03\x04", "bukan XML yang utuh"),
        (b"<definitions", "bukan XML yang utuh"),
        (b'<?xml version="1.0" encoding="entah"?><a/>', "bukan XML"),
        (b"<html><body/></html>", "bukan BPMN 2.0: unsur pertamanya “html”"),
        (b"<definitions/>", "bukan BPMN 2.0"),
        (f'<definitions xmlns="{MODEL}"/>'.encode(), "tidak memuat proses"),
        (process(""), "tidak memuat proses"),
        (process("<task/>" * 2001), "lebih dari 2000"),
        (process("<documentation>" * 3000), "bukan XML yang utuh"),
        (BOMB.encode(), "DOCTYPE"),
        (OUTSIDE.encode(), "DOCTYPE"),
        (OUTSIDE.encode("utf-16"), "DOCTYPE"),
        (b"<!-- <x> -->" + BOMB.encode(), ""),
        (b"<" + b"a" * MAX_BYTES, "paling besar 2 MB"),
    ],
)
def test_what_is_no_bpmn_or_dangerous_gets_one_sentence_at_once(content, words):
    began = time.monotonic()
    [problem] = refused(content)
    assert words in problem
    assert time.monotonic() - began < 2


def test_encodings_that_files_come_in_are_read():
    text = process('<task id="t" name="Menerima é 🙂"/>').decode()
    for encoding in ("utf-8-sig", "utf-16"):
        assert reading.read_bpmn(text.encode(encoding))["steps"][0]["activity"] == "Menerima é 🙂"


def test_the_largest_diagram_taken_is_read_quickly():
    count = 990
    own = '<extensionElements><u:step xmlns:u="urn:ula-portal:sop:1" no="1"/></extensionElements>'
    nodes = "".join(f'<task id="t{n}" name="x">{own if n < 2 else ""}</task>' for n in range(count))
    began = time.monotonic()
    content = reading.read_bpmn(process(nodes + flows(*((f"t{n}", f"t{n + 1}") for n in range(count - 1)))))
    assert len(content["steps"]) == count
    assert time.monotonic() - began < 5
    with pytest.raises(ImportRefused, match="Paling banyak 200"):
        clean(content)


# Random damage


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_words(data):
    path = data.draw(st.sampled_from([*sorted(DATA.glob("*.bpmn")), None]))
    root = etree.fromstring(path.read_bytes()) if path else edited()
    for _change in range(data.draw(st.integers(1, 6))):
        damage(root, data.draw)
    try:
        clean(reading.read_bpmn(etree.tostring(root)))
    except ImportRefused as error:
        assert error.problems and all(problem.strip() for problem in error.problems)


def damage(root, draw):
    """Remove, duplicate, empty or redirect one element or attribute."""
    elements = [found for found in root.iter("{*}*") if found is not root and "omg.org/spec/DD" not in found.tag]
    if not elements:
        return
    one, other = draw(st.sampled_from(elements)), draw(st.sampled_from(elements))
    kind = draw(st.sampled_from(["remove", "copy", "move", "attribute", "text", "tag"]))
    if kind == "remove":
        one.getparent().remove(one)
    elif kind == "copy":
        one.getparent().append(etree.fromstring(etree.tostring(one)))
    elif kind == "move" and one not in other.iterancestors() and one is not other:
        other.append(one)
    elif kind == "attribute" and one.attrib:
        key = draw(st.sampled_from(sorted(one.attrib)))
        words = ["", "0", "-1", "1e999", "NaN", "true", "step_2", "x" * 400, *other.attrib.values()]
        one.set(key, draw(st.sampled_from(words)))
    elif kind == "text":
        one.text = other.get("id", "")
    elif kind == "tag":
        one.tag = other.tag
