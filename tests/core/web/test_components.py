"""The components: bands that weave, tracks that fold, and the page that shows all of them."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories.core import named_cast
from ula_portal.core.web.tags import finished_before


@pytest.mark.parametrize(("done", "woven"), [(0, []), (1, ["0"]), (3, ["2"])])
def test_band_weaves_one_triangle_for_each_finished_step(done, woven):
    band = render_to_string("components/_band.html", {"done": done, "total": 7})
    assert f"{done} dari 7 langkah selesai" in " ".join(band.split())
    assert re.findall(r'band__done" width="(\d+)"', band) == woven
    assert re.findall(r'band__last" x="(\d+)"', band) == woven


@pytest.mark.parametrize(
    ("states", "folded"),
    [(["done", "skipped", "now", "done"], 2), (["next", "next"], 0), (["done", "done", "done"], 2), ([], 0)],
)
def test_track_folds_what_is_finished_at_its_beginning(states, folded):
    steps = [{"state": state, "title": state, "badge": {"icon": "", "label": ""}, "number": 1} for state in states]
    assert finished_before(steps) == steps[:folded]


@pytest.mark.django_db
def test_the_style_page_shows_every_component(client):
    client.force_login(named_cast().official)
    page = client.get(reverse("style_page")).content.decode()
    names = ("band", "status_hero", "due_meter", "step_track", "filter_bar", "stat_card", "empty", "success_panel")
    assert [name for name in names if f'id="{name}"' not in page] == []
    assert page.count('class="drawing"') >= 12
