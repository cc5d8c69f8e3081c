"""The flowchart's geometry, for sound SOPs of every size and for flows with random arrows."""

import time
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sop.flowchart import HALF_HEIGHT, HALF_WIDTH, layout
from tests.factories.flows import any_flows, sound_flow, sound_flows
from tests.sop.rules.test_rules import a_flow

CLOSE = 1e-9


def box(symbol):
    x, y = symbol.column + 0.5, symbol.row + 0.5
    return x - HALF_WIDTH, x + HALF_WIDTH, y - HALF_HEIGHT, y + HALF_HEIGHT


def shared(a, b, c, d):
    """Length of the common part of [a, b] and [c, d], whose ends are in any order."""
    return min(max(a, b), max(c, d)) - max(min(a, b), min(c, d))


def stretches(lines):
    """(axis, position across it, from, to, line) of every segment of every line."""
    for line in lines:
        for (x1, y1), (x2, y2) in pairwise(line.points):
            assert (x1 == x2) != (y1 == y2), "lines are right-angled"
            yield (0, y1, min(x1, x2), max(x1, x2), line) if y1 == y2 else (1, x1, min(y1, y2), max(y1, y2), line)


def check(drawn, flow):
    assert {(s.step, s.column) for s in drawn.symbols} == {(s.no, pk - 1) for s in flow.steps for pk in s.actor_ids}
    assert (drawn.rows, drawn.columns) == (len(flow.steps), len(flow.actors))
    by_row = {}
    for symbol in drawn.symbols:
        by_row.setdefault(symbol.row, []).append(symbol)
    check_symbols_are_clear(drawn, by_row)
    check_ends(drawn, by_row)
    check_nothing_runs_along(drawn)
    check_lanes(drawn)


def check_symbols_are_clear(drawn, by_row):
    for along, at, start, end, line in stretches(drawn.lines):
        limit, across = (drawn.columns, drawn.rows) if along == 0 else (drawn.rows, drawn.columns)
        assert start >= 0 and end <= limit and 0 <= at <= across
        rows = [int(at)] if along == 0 else range(int(start), min(int(end), drawn.rows - 1) + 1)
        for symbol in (symbol for row in rows for symbol in by_row.get(row, ())):
            left, right, top, bottom = box(symbol)
            (low, high), (first, last) = (
                ((left, right), (top, bottom)) if along == 0 else ((top, bottom), (left, right))
            )
            runs_through = shared(start, end, low, high) > CLOSE and first + CLOSE < at < last - CLOSE
            assert not runs_through, f"line {line.source}-{line.target} runs through step {symbol.step}"


def check_ends(drawn, by_row):
    for line in drawn.lines:
        ends = ((line.exit_port, line.points[0], line.source), (line.entry_port, line.points[-1], line.target))
        for port, point, step in ends:
            symbols = (s for s in by_row[min(int(point[1]), drawn.rows - 1)] if s.step == step)
            assert port is None or any(at_edge(point, port, box(symbol)) for symbol in symbols)


def at_edge(point, port, edges):
    left, right, top, bottom = edges
    x, y = point
    middle = {"top": ((left + right) / 2, top), "bottom": ((left + right) / 2, bottom)}
    middle |= {"left": (left, (top + bottom) / 2), "right": (right, (top + bottom) / 2)}
    return abs(x - middle[port][0]) < CLOSE and abs(y - middle[port][1]) < CLOSE


def check_nothing_runs_along(drawn):
    """Lines share a segment only if they lead to the same step; none runs along a link between symbols."""
    lying = {}
    for along, at, start, end, line in stretches(drawn.lines):
        lying.setdefault((along, round(at, 6)), []).append((start, end, line.target, line))
    for row, left, right in drawn.links:
        lying.setdefault((0, row + 0.5), []).append((left, right, None, None))
    for together in lying.values():
        for (a, b, one, line), (c, d, other, foreign) in combinations(together, 2):
            same = one == other and one is not None
            assert same or shared(a, b, c, d) <= CLOSE, f"{line} and {foreign} run along each other"


def check_lanes(drawn):
    used = {}
    for line in drawn.lines:
        if line.lane is not None:
            used.setdefault(line.lane, set()).add(line.target)
    assert set(used) == set(range(len(drawn.lanes)))
    assert all(len(targets) == 1 for targets in used.values()), "a lane leads to one step"
    for lane in drawn.lanes:
        assert abs(lane.x - lane.gutter) < 0.5 - HALF_WIDTH - 0.03, "lanes keep off the symbols"
        assert abs(lane.x - lane.gutter) > 0.01, "lanes keep off the columns' borders"
    for one, other in combinations(drawn.lanes, 2):
        if one.gutter == other.gutter and shared(one.top, one.bottom, other.top, other.bottom) > 0:
            assert abs(one.x - other.x) > 0.01, "lanes are not shared where they overlap"


def ways_of(flow):
    return {(step.no, flow.step(pk).no) for step in flow.steps for pk in step.exit_ids}


def check_whole(flow):
    drawn = layout(flow)
    check(drawn, flow)
    assert {(line.source, line.target) for line in drawn.lines} == ways_of(flow)
    assert drawn.connectors == ()


def check_pages(flow, starts):
    drawn = layout(flow, starts)
    check(drawn, flow)
    page = [sum(row >= start for start in starts) for row in range(len(flow.steps))]
    crossing = {(a, b) for a, b in ways_of(flow) if page[a - 1] != page[b - 1]}
    out = [connector for connector in drawn.connectors if connector.out]
    into = {connector.letter: connector for connector in drawn.connectors if not connector.out}
    assert len(out) == len(crossing)
    assert len(into) == len(drawn.connectors) - len(out) == len({b for _a, b in crossing}), "one way in for each letter"
    assert {connector.letter for connector in out} == set(into)
    for connector in out:
        assert page[connector.row] != page[into[connector.letter].row]
    assert {connector.row for connector in into.values()} == {b - 1 for _a, b in crossing}
    for line in drawn.lines:
        rows = {min(int(y), len(page) - 1) for _x, y in line.points}
        assert len({page[row] for row in rows}) == 1, "no line passes from page to page"


@settings(max_examples=60, deadline=None)
@given(sound_flows())
def test_every_sound_sop_is_drawn_soundly(flow):
    check_whole(flow)


@settings(max_examples=40, deadline=None)
@given(sound_flows(), st.sets(st.integers(1, 59), max_size=6))
def test_sound_sops_go_from_page_to_page_by_pairs_of_connectors(flow, starts):
    check_pages(flow, {n for n in starts if n < len(flow.steps)})


@settings(max_examples=120, deadline=None)
@given(any_flows())
def test_any_flow_is_drawn_soundly(flow):
    check_whole(flow)


@settings(max_examples=80, deadline=None)
@given(any_flows(), st.sets(st.integers(1, 13), max_size=3))
def test_pages_cut_lines_into_pairs_of_connectors(flow, starts):
    check_pages(flow, {n for n in starts if n < len(flow.steps)})


def test_the_same_flow_is_always_drawn_the_same():
    assert layout(a_flow()) == layout(a_flow())
    flow = sound_flow(40, 9, 3)
    assert layout(flow, [12, 25]) == layout(flow, [12, 25])


def test_a_small_flow_as_one_expects_it():
    drawn = layout(a_flow())
    lines = {(line.source, line.target): line for line in drawn.lines}
    assert (lines[1, 2].exit_port, lines[1, 2].entry_port, lines[1, 2].loop) == ("right", "top", False)
    assert (lines[2, 3].label, lines[2, 1].label) == ("Ya", "Tidak")
    assert (lines[2, 1].exit_port, lines[2, 1].entry_port) == ("left", "left"), "back beside the main flow"
    assert lines[2, 1].loop and lines[2, 1].lane is not None
    assert [symbol.shape for symbol in drawn.symbols] == ["start", "decision", "process", "end"]


def test_loops_to_one_step_share_their_lane():
    flow = a_flow(
        {
            3: {"shape": "decision", "acting": (2,), "if_yes_id": 4, "if_no_id": 1},
            4: {"shape": "decision", "acting": (2,), "if_yes_id": 5, "if_no_id": 1},
            5: {"shape": "end", "acting": (2,)},
        }
    )
    loops = [line for line in layout(flow).lines if line.target == 1]
    assert len(loops) == 3 and len({line.lane for line in loops}) == 1
    assert len({line.points[-1] for line in loops}) == 1


def test_large_sops_are_laid_out_quickly():
    flow, spent = sound_flow(60, 15, 1), []
    for _again in range(3):
        start = time.process_time()
        layout(flow)
        spent.append(time.process_time() - start)
    # Far more than needed (about 30 ms), and far less than a person notices.
    assert min(spent) < 0.2


def test_no_sound_flow_is_without_a_way():
    """Dense pages on which every place for a connector may be taken (one in some thousand flows)."""
    for seed in range(250):
        flow = sound_flow(24, 2 + seed % 8, seed)
        assert layout(flow, (5 + seed % 3, 11, 17)).rows == 24
