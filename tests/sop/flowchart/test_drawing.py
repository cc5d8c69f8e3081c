"""Drawings of the flowchart: identical on screen and on paper, arrow heads touch their symbols, labels have room."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.document import content as document
from sop.flowchart import HALF_WIDTH, labels, layout, svg
from sop.flowchart.drawing import DrawingScale, draw, exits_in_words, row_description
from tests.factories.flows import LONG, flow_of_content, sound_flow, sound_flows
from tests.factories.sop import STARTER
from tests.sop.rules.test_rules import a_flow

SVG = "{http://www.w3.org/2000/svg}"
MM = 96 / 25.4
SOPS = sorted((STARTER / "sops").glob("*.json")) + sorted((Path(__file__).parents[1] / "data").glob("[0-9]*.json"))


def screen(columns):
    return document.screen_scale(columns)


def paper(columns):
    """The same measures as in ``sop.document.pdf``."""
    column = min(max(126, columns * 10) / columns, 24) * MM
    return DrawingScale(column, min(7 * MM, column * 0.45), 1, 8.5, 6)


def on_screen(row, spoken=""):
    return ElementTree.fromstring(svg.screen_svg(row, spoken))


def lines_of(root):
    """(x1, y1, x2, y2) of a row's lines, without the columns' borders; heights as written, without "%"."""
    found = []
    for line in root.iter(f"{SVG}line"):
        if line.get("stroke") == "#000":
            found.append(tuple(float(line.get(name).rstrip("%")) for name in ("x1", "y1", "x2", "y2")))
    return found


def paths_of(row, x, y, height):
    """The same for a row that begins at (x, y) of a page."""
    flow = [path for path in svg.page_lines([(row, x, y, height)]) if path.get("stroke") == "#000"]
    ways = [way.replace("L", " ").split() for path in flow for way in path.get("d").split("M")[1:]]
    return [tuple(map(float, way)) for way in ways]


def points(element):
    return [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]


@settings(max_examples=25, deadline=None)
@given(sound_flows(most_steps=30), st.sets(st.integers(1, 29), max_size=3))
def test_screen_and_paper_show_the_same(flow, starts):
    """The same geometry in two notations: the lines at the place of the row, the figures above them shape by shape."""
    drawn = draw(layout(flow, sorted(n for n in starts if n < len(flow.steps))), paper(len(flow.actors)))
    for row in drawn:
        page, sheet = on_screen(row), svg.row_symbols(row, 200.0)
        lines = [(a + 50, b * 2 + 70, c + 50, d * 2 + 70) for a, b, c, d in lines_of(page)]
        assert [pytest.approx(line, abs=0.01) for line in lines] == paths_of(row, 50, 70, 200.0)
        nested, groups = page.findall(f"{SVG}svg"), sheet.findall("g")
        for figure, group in zip(nested, groups, strict=True):
            x, y = map(float, re.fullmatch(r"translate\((.+) (.+)\)", group.get("transform")).groups())
            assert (x, y) == pytest.approx((float(figure.get("x")), float(figure.get("y").rstrip("%")) * 2), abs=1e-3)
            shapes = [(shape.tag.removeprefix(SVG), shape.attrib, shape.text or "") for shape in figure]
            assert shapes == [(shape.tag, shape.attrib, shape.text or "") for shape in group]


@pytest.mark.parametrize("columns", range(1, 16))
@pytest.mark.parametrize("measure", [screen, paper])
def test_arrow_heads_touch_the_drawn_symbols(measure, columns):
    scale, flow = measure(columns), sound_flow(30, columns, 5)
    drawn = layout(flow)
    assert scale.half_width == pytest.approx(HALF_WIDTH * scale.column)
    ends = {}
    for line in drawn.lines:
        ends.setdefault(int(line.points[-1][1]), set()).add((line.points[-1][0], line.entry_port))
    for number, row in enumerate(draw(drawn, scale)):
        symbols, tips = [], []
        for group in svg.row_symbols(row, 90.0):
            x = float(re.match(r"translate\(([\d.]+)", group.get("transform"))[1])
            for shape in group:
                if shape.get("class") == "sop-symbol":
                    symbols.append((x, *reach(shape)))
                elif shape.tag == "polygon" and shape.get("fill") == "#000":
                    tips.append((x + points(shape)[0][0], points(shape)[0][1]))
        assert len(tips) == len(ends.get(number, ()))
        edges = [(x + dx, dy) for x, w, h in symbols for dx, dy in ((-w, 0), (w, 0), (0, -h))]
        for tip in tips:
            assert any(tip == pytest.approx(edge, abs=0.02) for edge in edges)


def reach(shape):
    """Half the width and half the height of a drawn symbol."""
    if shape.tag == "rect":
        return float(shape.get("width")) / 2, float(shape.get("height")) / 2
    return max(x for x, _y in points(shape)), max(y for _x, y in points(shape))


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def check_labels(drawn, scale):
    """No label touches a symbol, a line, a connector or another label, or leaves its row or the chart."""
    placed, obstacles = labels.place_labels(drawn, scale), labels.obstacles_of(drawn, scale)
    assert len(placed) == sum(bool(line.label) for line in drawn.lines)
    for n, label in enumerate(placed):
        others = [other.box for other in placed[:n] if other.row == label.row]
        met = [box for box in obstacles[label.row] + others if meet(label.box, box)]
        assert not met, f"{label.text} in row {label.row + 1} meets {met}"
        left, top, right, bottom = label.box
        assert left >= 0 and right <= drawn.columns * scale.column
        assert max(-top, bottom) <= scale.row / 2


# The flows are always the same: among thousands of random ones, about one in a hundred is so dense that a label finds
# no free place and is put where it disturbs least.
@settings(max_examples=40, deadline=None, derandomize=True)
@given(sound_flows(most_steps=40))
def test_labels_have_room_on_screen(flow):
    check_labels(layout(flow), screen(len(flow.actors)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(sound_flows(most_steps=40, most_actors=9))
def test_labels_have_room_on_paper(flow):
    check_labels(layout(flow), paper(len(flow.actors)))


@pytest.mark.parametrize("path", SOPS, ids=lambda path: path.stem)
def test_labels_of_real_sops_have_room(path):
    flow = flow_of_content(json.loads(path.read_bytes()))
    for starts in ((), range(9, len(flow.steps), 9)):
        for measure in (screen, paper):
            check_labels(layout(flow, starts), measure(len(flow.actors)))


def test_long_labels_are_wrapped_where_columns_are_narrow():
    drawn = layout(sound_flow(30, 12, 3, LONG))
    placed = labels.place_labels(drawn, paper(12))
    assert any(len(label.lines) > 1 for label in placed)
    assert {label.text for label in placed} == {line.label for line in drawn.lines if line.label}


def test_rows_are_drawn_by_attributes_alone():
    flow = a_flow({2: {"yes_label": "Ya & <lanjut>"}})
    rows = draw(layout(flow, [2]), DrawingScale())
    for step, row in zip(flow.steps, rows, strict=True):
        written = svg.screen_svg(row, row_description(step, flow))
        root = ElementTree.fromstring(written)
        assert root.get("aria-label").startswith(f"Langkah {step.no}, ") and root.get("height") == "100%"
        assert not re.search(r"style=|<style|onclick|<script", written)
    for words in (
        svg.screen_svg(rows[1], ""),
        ElementTree.tostring(svg.row_symbols(rows[1], 120.0), encoding="unicode"),
    ):
        assert "Ya &amp;" in words and "&lt;lanjut&gt;" in words


def test_words_say_where_a_step_leads():
    flow = a_flow({2: {"yes_label": "Lengkap"}, 3: {"acting": (3, 2)}})
    assert [exits_in_words(step, flow) for step in flow.steps] == [
        "→ langkah 2",
        "Lengkap → langkah 3; Tidak → langkah 1",
        "→ langkah 4",
        "",
    ]
    assert [row_description(step, flow) for step in flow.steps] == [
        "Langkah 1, Pemohon, mulai: → langkah 2",
        "Langkah 2, Petugas Loket, keputusan: lengkap → langkah 3, tidak → langkah 1",
        "Langkah 3, Kepala Bidang, Petugas Loket, proses: → langkah 4",
        "Langkah 4, Pemohon, selesai",
    ]


def test_one_step_can_be_lit():
    table = document.flow_table(a_flow(), lit=2)
    page = render_to_string("components/_flow_sheet.html", {"table": table})
    assert [row.lit for row in table.rows] == [False, True, False, False]
    assert page.count("is-lit") == 1 and page.count('aria-current="step"') == 1


def test_columns_fit_the_screen_and_names_are_hyphenated():
    widths = [document.column_width(n) for n in range(1, 16)]
    assert widths == sorted(widths, reverse=True) and widths[-1] >= 64
    assert all(n * width <= 720 for n, width in enumerate(widths[:10], 1)), "up to ten actors without scrolling"
    name = document.hyphenated("Kepala Bidang Kependidikan")
    assert name.startswith("Kepala Bidang Ke") and name.count("\u00ad") >= 2
