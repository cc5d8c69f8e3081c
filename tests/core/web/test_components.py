"""The components: bands that weave, tracks that fold, and the page that shows all of them."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories.core import named_cast
from ula_portal.core.web.tags import track_parts


@pytest.mark.parametrize(("done", "woven"), [(0, []), (1, ["0"]), (3, ["2"])])
def test_band_weaves_one_triangle_for_each_finished_step(done, woven):
    band = render_to_string("components/_band.html", {"done": done, "total": 7})
    assert f"{done} dari 7 langkah selesai" in " ".join(band.split())
    assert re.findall(r'band__done" width="(\d+)"', band) == woven
    assert re.findall(r'band__last" x="(\d+)"', band) == woven


@pytest.mark.parametrize(
    ("states", "parts"),
    [
        ("d s n d", [("done", 2), ("", 2)]),
        ("x x", [("", 2)]),
        ("x x x", [("", 1), ("next", 2)]),
        ("d d n x x", [("done", 2), ("", 3)]),
        ("d d n x x x", [("done", 2), ("", 2), ("next", 2)]),
        ("n x s", [("", 3)]),
        ("d d d", [("done", 2), ("", 1)]),
        ("", []),
    ],
)
def test_a_track_shows_where_the_work_is_and_what_comes_next(states, parts):
    names = {"d": "done", "s": "skipped", "n": "now", "x": "next"}
    badge = {"icon": "", "label": ""}
    steps = [
        {"state": names[state], "title": f"L{n}", "number": n, "badge": badge} for n, state in enumerate(states.split())
    ]
    found = track_parts(steps)
    assert [(part.folded, len(part.steps)) for part in found] == parts
    assert [step for part in found for step in part.steps] == steps
    page = render_to_string("components/_step_track.html", {"steps": steps})
    assert re.findall(r"<summary>.*?(\d+) langkah", page, re.DOTALL) == [str(n) for folded, n in parts if folded]
    assert page.count("<li ") == len(steps)


@pytest.mark.django_db
def test_the_style_page_shows_every_component(client):
    client.force_login(named_cast().official)
    page = client.get(reverse("style_page")).content.decode()
    names = ("band", "status_hero", "due_meter", "step_track", "filter_bar", "stat_card", "empty", "success_panel")
    assert [name for name in names if f'id="{name}"' not in page] == []
    assert page.count('class="drawing"') >= 12
