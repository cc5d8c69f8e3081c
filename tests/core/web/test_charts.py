"""Charts: values, hatching, texts that stay texts, and colours that can be told apart on both grounds."""

import re

import pytest

from tests.core.web.test_look import ROOT, _contrast, _tokens
from ula_portal.core.web.charts import Bar, Kind, Part, Point, Promise, bar_chart, line_chart


def _bars(*bars):
    return bar_chart("Tertahan pada", bars, ("Jabatan", "Jumlah"), "held")


def test_bars_show_their_shares_by_solid_hatched_and_outlined_parts():
    whole = Bar("Sekretaris", "12", (Part(Kind.ON_TIME, 9), Part(Kind.LATE, 2), Part(Kind.ASKED, 1)))
    chart = _bars(whole, Bar("BKPSDM", "6", (Part(Kind.ON_TIME, 6), Part(Kind.LATE, 0))))
    drawn = re.findall(
        r'class="chart__(on-time|late|asked)" x="([\d.]+)%" y="[\d.]+em" width="([\d.]+)%"', chart.drawing
    )
    assert drawn == [
        ("on-time", "0.0", "75.0"), ("late", "75.0", "16.67"), ("asked", "91.67", "8.33"), ("on-time", "0.0", "50.0")
    ]  # fmt: skip
    assert 'fill="url(#late-held)"' in chart.drawing and '<pattern id="late-held"' in chart.drawing
    assert 'patternTransform="rotate(-45)"' in chart.drawing
    assert chart.rows == [("Sekretaris", "12"), ("BKPSDM", "6")]


def test_texts_are_texts_and_never_markup():
    chart = _bars(Bar("SD & SMP <b>", "1", (Part(Kind.LATE, 1),)))
    assert ">SD &amp; SMP &lt;b&gt;</text>" in chart.drawing
    assert "style" not in chart.drawing and "<script" not in chart.drawing


def test_long_names_take_several_lines_and_nothing_is_no_division():
    chart = _bars(Bar("Kepala Bidang Pembinaan Pendidikan Anak Usia Dini", "0", ()))
    assert chart.drawing.count('class="chart__label"') == 2
    assert "on-time" not in chart.drawing
    assert 'height="0.0em"' in _bars().drawing


def test_a_line_has_gaps_its_last_value_and_the_promise_dashed():
    values = [1.0, 2.0, None, 3.0, 4.0]
    points = [Point(f"{day} Nov", value, f"{value} hari") for day, value in enumerate(values, 1)]
    chart = line_chart("Lama", points, ("Tanggal", "Lama"), Promise(3, "Janji 3 hari"))
    assert chart.drawing.count('class="chart__line"') == 2
    assert re.search(r'class="chart__promise"[^>]*stroke-dasharray="6 4"', chart.drawing)
    assert ">4.0 hari</text>" in chart.drawing and ">Janji 3 hari</text>" in chart.drawing
    assert len(chart.rows) == 5
    assert "chart__line" not in line_chart("Lama", [], ("Tanggal", "Lama")).drawing


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["card", "ground"])
def test_colours_of_charts_and_states_stand_out(scheme, ground):
    css = (ROOT / "static/css/portal.css").read_text()
    tokens = _tokens()[scheme]
    shapes = re.findall(r"\.chart__[\w-]+[^{]*\{ (?:fill|stroke): var\(--([\w-]+)\)", css)
    marks = {name for name in shapes if name not in ("neutral-bg", "card")}
    assert {"primary", "bad", "muted", "control", "ink"} >= marks >= {"primary", "bad", "muted"}
    assert all(_contrast(tokens[name], tokens[ground]) >= 3 for name in marks)
    states = set(re.findall(r"\.(?:due-meter|status-hero)[^{]*\{[^}]*--state: var\(--([\w-]+)\)", css))
    assert states == {"primary", "warn", "bad", "good", "muted"}
    assert all(_contrast(tokens[name], tokens[ground]) >= 4.5 for name in states)
    assert all(_contrast(tokens[name], tokens[ground]) >= 4.5 for name in ("ink", "muted"))
