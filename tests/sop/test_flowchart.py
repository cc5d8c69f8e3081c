"""The flowchart's geometry, on drawn-up flows of every kind, and its drawing."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.drawing import RowDrawings, Scale, spoken, ways
from sop.flow import FlowActor, FlowStep, assemble
from sop.flowchart import HALF_HEIGHT, HALF_WIDTH, layout
from tests.sop.test_rules import a_flow

CLOSE = 1e-9


@st.composite
def flows(draw, most_steps=14, most_actors=6):
    """Flows of any wiring, errors included: loops, jumps, several actors, branches to anywhere."""
    count, columns = draw(st.integers(1, most_steps)), draw(st.integers(1, most_actors))
    actors = tuple(FlowActor(n, n, f"Pelaksana {n}", "position") for n in range(1, columns + 1))
    anywhere = st.one_of(st.none(), st.integers(1, count))
    steps = []
    for no in range(1, count + 1):
        shape = draw(st.sampled_from(["start", "process", "decision", "end"]))
        acting = draw(st.lists(st.sampled_from(actors), min_size=1, max_size=min(3, columns), unique=True))
        following = st.just(no + 1) if no < count else st.none()
        exits = {"next_id": draw(st.one_of(following, anywhere))}
        if shape == "decision":
            exits = {"if_yes_id": draw(st.one_of(following, anywhere)), "if_no_id": draw(anywhere)}
        names = tuple(actor.name for actor in acting)
        ids = tuple(actor.id for actor in acting)
        steps.append(FlowStep(no, no, "x", shape, ids, names, "position", None, names[0], (), **exits))
    return assemble(1, actors, steps)


def box(symbol):
    x, y = symbol.column + 0.5, symbol.row + 0.5
    return x - HALF_WIDTH, x + HALF_WIDTH, y - HALF_HEIGHT, y + HALF_HEIGHT


def shared(a, b, c, d):
    """Length of the common stretch of [a, b] and [c, d], given in any order."""
    return min(max(a, b), max(c, d)) - max(min(a, b), min(c, d))


def overlap(one, other):
    """Whether two lines run along each other for a stretch."""
    for (a, b), (c, d) in ((p, q) for p in pairwise(one.points) for q in pairwise(other.points)):
        for along, across in ((0, 1), (1, 0)):
            same = a[across] == b[across] == c[across] == d[across]
            if same and shared(a[along], b[along], c[along], d[along]) > CLOSE:
                return True
    return False


def check(drawn, flow):
    assert {(s.step, s.column) for s in drawn.symbols} == {(s.no, pk - 1) for s in flow.steps for pk in s.actor_ids}
    assert (drawn.rows, drawn.columns) == (len(flow.steps), len(flow.actors))
    boxes = [(symbol, box(symbol)) for symbol in drawn.symbols]
    for line in drawn.lines:
        for (x1, y1), (x2, y2) in pairwise(line.points):
            assert (x1 == x2) != (y1 == y2), "lines are right-angled"
            assert min(x1, x2) >= 0 and max(x1, x2) <= drawn.columns
            assert min(y1, y2) >= 0 and max(y1, y2) <= drawn.rows
            for symbol, (left, right, top, bottom) in boxes:
                inside = shared(x1, x2, left, right) > CLOSE or (x1 == x2 and left + CLOSE < x1 < right - CLOSE)
                within = shared(y1, y2, top, bottom) > CLOSE or (y1 == y2 and top + CLOSE < y1 < bottom - CLOSE)
                assert not (inside and within), f"line {line.source}-{line.target} runs through step {symbol.step}"
        for port, point, step in (
            (line.exit_port, line.points[0], line.source),
            (line.entry_port, line.points[-1], line.target),
        ):
            assert port is None or any(at_edge(point, port, b) for s, b in boxes if s.step == step)
    for one, other in combinations(drawn.lines, 2):
        if one.target != other.target:
            assert not overlap(one, other), f"{one.source}-{one.target} and {other.source}-{other.target}"
    used = [line.lane for line in drawn.lines if line.lane is not None]
    assert len(used) == len(set(used)) == len(drawn.lanes)
    assert len({lane.x for lane in drawn.lanes}) == len(drawn.lanes), "two loops never share a lane"
    for lane in drawn.lanes:
        assert all(not left - CLOSE < lane.x < right + CLOSE for _symbol, (left, right, _t, _b) in boxes)


def at_edge(point, port, edges):
    left, right, top, bottom = edges
    x, y = point
    middle = {"top": ((left + right) / 2, top), "bottom": ((left + right) / 2, bottom)}
    middle |= {"left": (left, (top + bottom) / 2), "right": (right, (top + bottom) / 2)}
    return abs(x - middle[port][0]) < CLOSE and abs(y - middle[port][1]) < CLOSE


def ways_of(flow):
    return {(step.no, flow.step(pk).no) for step in flow.steps for pk in step.exit_ids}


@settings(max_examples=250, deadline=None)
@given(flows())
def test_every_layout_is_sound(flow):
    drawn = layout(flow)
    check(drawn, flow)
    assert {(line.source, line.target) for line in drawn.lines} == ways_of(flow)
    assert drawn.connectors == ()


@settings(max_examples=120, deadline=None)
@given(flows(), st.sets(st.integers(1, 13), max_size=3))
def test_pages_cut_lines_into_pairs_of_connectors(flow, starts):
    starts = {n for n in starts if n < len(flow.steps)}
    drawn = layout(flow, starts)
    check(drawn, flow)
    page = [sum(row >= start for start in starts) for row in range(len(flow.steps))]
    crossing = {(a, b) for a, b in ways_of(flow) if page[a - 1] != page[b - 1]}
    out = [connector for connector in drawn.connectors if connector.out]
    into = [connector for connector in drawn.connectors if not connector.out]
    assert len(out) == len(crossing) and len(into) == len({b for _a, b in crossing})
    assert {connector.letter for connector in out} == {connector.letter for connector in into}
    for line in drawn.lines:
        rows = {min(int(y), len(page) - 1) for _x, y in line.points}
        assert len({page[row] for row in rows}) == 1, "no line passes from page to page"


@settings(max_examples=15, deadline=None)
@given(flows(most_steps=60, most_actors=15))
def test_large_flows_are_laid_out(flow):
    check(layout(flow), flow)


def test_the_same_flow_is_always_drawn_the_same():
    assert layout(a_flow()) == layout(a_flow())


def test_a_small_flow_as_one_expects_it():
    drawn = layout(a_flow())
    lines = {(line.source, line.target): line for line in drawn.lines}
    assert (lines[1, 2].exit_port, lines[1, 2].entry_port, lines[1, 2].loop) == ("right", "top", False)
    assert (lines[2, 3].label, lines[2, 1].label) == ("Ya", "Tidak")
    assert lines[2, 1].loop and lines[2, 1].lane is not None
    assert [symbol.shape for symbol in drawn.symbols] == ["start", "decision", "process", "end"]


@pytest.mark.parametrize("height", [None, 120.0])
def test_rows_are_drawn_by_attributes_alone(height):
    flow = a_flow({2: {"yes_label": "Ya & <lanjut>"}})
    drawings = RowDrawings(layout(flow, [2]), Scale())
    for n, step in enumerate(flow.steps):
        svg = drawings.row(n, spoken(step, flow), height)
        root = ElementTree.fromstring(svg)
        assert root.get("aria-label").startswith(("Mulai", "Keputusan", "Proses", "Selesai"))
        assert not re.search(r"style=|<style|onclick|<script", svg)
        assert ("100%" in svg) == (height is None)
    assert "Ya &amp; &lt;lanjut&gt;" in drawings.row(1, "", height)


def test_words_say_where_a_step_leads():
    flow = a_flow()
    assert [ways(step, flow) for step in flow.steps] == [
        "→ langkah 2",
        "Ya → langkah 3; Tidak → langkah 1",
        "→ langkah 4",
        "",
    ]
