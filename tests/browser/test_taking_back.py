"""A misclick on a case: the office confirms, undoes it, and sees why a case was sent back, all without JavaScript."""

import os

import pytest
from playwright.sync_api import expect

from tests.factories.cases import make_case, make_case_service, no_of, walk
from tests.factories.core import named_cast

from . import acts


@pytest.fixture
def cast(transactional_db):
    return named_cast()


def picture(page, name):
    if folder := os.environ.get("CASE_PICTURES"):
        page.wait_for_timeout(200)
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_misclick_is_asked_about_and_taken_back(people, cast, javascript):
    case = make_case(make_case_service(cast), judged=False)
    page = people.known(cast.official, width=360, height=740, javascript=javascript)
    page.goto(f"/petugas/kasus/{case.number}/")
    acts.press(page, "Lengkap")
    expect(page.locator("main")).to_contain_text("Belum dinilai: KTP.")
    picture(page, f"ask-{javascript}")
    page.get_by_label("Alasan tetap melanjutkan").fill("Aslinya diperlihatkan.")
    acts.press(page, "Lengkap")
    undo = page.get_by_role("form", name="Urungkan langkah")
    acts.said(page, "Langkah 2 selesai")
    expect(undo).to_contain_text("Dapat diurungkan")
    picture(page, f"undo-{javascript}")
    page.goto("/petugas/kasus/?tab=waiting")
    expect(undo).to_contain_text("Langkah 2")
    picture(page, f"inbox-{javascript}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    undo.get_by_role("button").click()
    acts.said(page, "Penyelesaian langkah diurungkan.")
    expect(undo).to_have_count(0)
    assert no_of(case) == 2
    # The confirmation is an answer 422, which the console reports as an error.
    assert [each for each in people.complaints if "422" not in each] == []


def test_who_has_it_back_reads_why(people, cast):
    official, head = cast.official, cast.section_head
    case = make_case(make_case_service(cast))
    walk(case, (official, "yes"), (official, "done"), (official, "yes"), (official, "done"), (head, "no"))
    page = people.known(official)
    page.goto("/petugas/kasus/")
    picture(page, "list")
    expect(page.locator(".row-item").first).to_contain_text("Dikembalikan")
    page.goto(f"/petugas/kasus/{case.number}/")
    expect(page.locator("main")).to_contain_text(f"({head.full_name}):")
    picture(page, "returned")
    page.get_by_label("Catatan", exact=True).first.fill("Sudah ditambahkan.")
    acts.press(page, "Selesaikan langkah")
    acts.said(page, "Langkah 6 selesai")
    other = people.known(head)
    other.goto(f"/petugas/kasus/{case.number}/")
    expect(other.locator("main")).to_contain_text(f"{official.full_name}: Sudah ditambahkan.")
    picture(other, "answered")
    assert people.complaints == []
