"""The checklist of a service: ticks are remembered on the device, printed alone, and work without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from services.models import Service
from tests.factories.world import make_world


@pytest.fixture
def address(people):
    world = make_world()
    Service.objects.filter(pk=world.service.pk).update(when_not="Di dalam kabupaten: tidak perlu.")
    return reverse("service_detail", args=[world.service.slug])


def test_ticks_are_remembered_and_cleared(people, address):
    page = people.stranger(width=360, height=740)
    page.goto(address)
    boxes, count = page.locator("[data-check]"), page.locator(".checklist__count")
    number = boxes.count()
    expect(count).to_be_empty()
    boxes.first.focus()
    page.keyboard.press("Space")
    expect(count).to_have_text(f"1 dari {number} sudah siap")
    page.reload()
    expect(boxes.first).to_be_checked()
    page.get_by_role("button", name="Kosongkan centang").click()
    expect(boxes.first).not_to_be_checked()
    page.reload()
    expect(boxes.first).not_to_be_checked()
    expect(count).to_be_empty()
    assert page.evaluate("localStorage.length") == 0
    assert people.complaints == []


def test_only_the_list_is_printed(people, address):
    page = people.stranger(width=800, height=900)
    page.goto(address)
    expect(page.get_by_role("button", name="Cetak daftar")).to_be_visible()
    page.emulate_media(media="print")
    for shown in (page.get_by_role("heading", level=1), page.locator("[data-check]").first):
        expect(shown).to_be_visible()
    expect(page.locator(".print-only")).to_contain_text(re.compile("Tempat.*Jam pelayanan", re.S))
    expect(page.locator(".print-only")).to_be_visible()
    for hidden in (".service-card", ".not-needed", "#procedure", ".site-header", ".site-footer", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_boxes_can_be_ticked_without_javascript(people, address):
    page = people.stranger(width=360, height=740, javascript=False)
    page.goto(address)
    box = page.locator("[data-check]").first
    box.check()
    expect(box).to_be_checked()
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("[data-checklist-clear]")).to_be_hidden()


def test_a_tick_is_as_large_as_a_thumb(people, address):
    page = people.stranger(width=360, height=740)
    page.goto(address)
    for item in page.locator(".checklist__item").all():
        assert item.bounding_box()["height"] >= 44
