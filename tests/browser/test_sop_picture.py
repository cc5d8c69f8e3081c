"""An SOP's flowchart: a table if there is room, one tap away on a phone, always on paper."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories.world import make_world

# Where lines cross from row to row: the lower edge of each row's drawing and the upper edge of the next.
GAPS = """() => {
  const boxes = [...document.querySelectorAll(".sop-chart > svg")].map(svg => svg.getBoundingClientRect());
  return boxes.slice(1).map((box, n) => box.top - boxes[n].bottom);
}"""
# The distance between the column heads and the columns of the drawing.
APART = """() => {
  const drawing = document.querySelector(".sop-chart > svg").getBoundingClientRect();
  const heads = [...document.querySelectorAll(".sop-actor")].map(head => head.getBoundingClientRect());
  const width = drawing.width / heads.length;
  return Math.max(...heads.map((head, n) => Math.abs(head.left - drawing.left - n * width)));
}"""


@pytest.fixture
def address(people):
    return reverse("sop_detail", args=[make_world().sop_version.sop.slug])


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_phone_the_picture_is_one_tap_away(people, address, javascript):
    page = people.stranger(width=360, height=740, javascript=javascript)
    page.goto(address)
    steps, picture = page.locator(".sop-steps"), page.locator(".sop-frame")
    expect(steps).to_be_visible()
    expect(picture).to_be_hidden()
    page.get_by_role("link", name="Lihat bagan alur").first.click()
    expect(picture).to_be_visible()
    expect(picture).to_be_in_viewport()
    page.get_by_role("link", name="Tutup bagan alur").click()
    expect(picture).to_be_hidden()
    assert not people.complaints


def test_where_there_is_room_the_table_says_it_all(people, address):
    page = people.stranger(width=1440)
    page.goto(address)
    expect(page.locator(".sop-steps")).to_be_hidden()
    expect(page.locator(".sop-frame")).to_be_visible()
    expect(page.get_by_role("link", name="Lihat bagan alur")).to_have_count(0)
    assert page.evaluate(APART) < 1.5
    assert all(abs(gap) <= 1.5 for gap in page.evaluate(GAPS)), "lines go on from row to row"
    said = [page.locator(".sop-chart > svg").nth(n).get_attribute("aria-label") for n in range(2)]
    assert said[0].startswith("Langkah 1, ") and said[1].startswith("Langkah 2, ")


def test_paper_has_the_table_whatever_the_window(people, address):
    page = people.stranger(width=360, height=740)
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.locator(".sop-frame")).to_be_visible()
    expect(page.locator(".sop-steps")).to_be_hidden()
    expect(page.get_by_role("link", name="Lihat bagan alur")).to_have_count(0)
