"""Two officials with the same inbox: new cases appear by themselves, one takes the case, the other sees who has it."""

import pytest
from playwright.sync_api import expect

from services.models import Service
from tests.factories.cases import run_of
from tests.factories.core import LONG_AGO
from tests.factories.services import make_request
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Role
from ula_portal.core.office.actions import people as staff

from . import acts

POOL = "/petugas/kasus/?tab=pool"


@pytest.fixture
def colleagues(office):
    """Two holders of the position that checks requests for moving to another school."""
    first = office["layanan.dikdas"]
    second = staff.create_staff_member(by=SYSTEM, email="rekan@example.id", full_name="Rekan Contoh")
    staff.assign_role(second, by=SYSTEM, role=Role.OFFICIAL, unit=first.tenures.get().position.unit)
    staff.begin_tenure(second, by=SYSTEM, position=first.tenures.get().position, from_date=LONG_AGO)
    return first, second


def test_two_officers_claim_the_same_case(people, colleagues, axe):
    first, second = (people.known(user) for user in colleagues)
    service = Service.objects.get(code="MUT-K")
    for page in (first, second):
        page.goto(POOL)
        expect(page.locator("main")).to_contain_text("Tidak ada pekerjaan yang menunggu pengambil.")
    request = make_request(service, **acts.MUT_K, kelas="4")
    news = [page.get_by_role("link", name="1 permohonan baru – tampilkan") for page in (first, second)]
    for link in news:
        expect(link).to_be_visible()
    expect(first.locator('[data-tab="pool"] .count')).to_have_text("1")
    for link in news:
        link.click()
    row = first.locator(".row-item", has_text=request.number)
    expect(row).to_be_visible()
    assert axe(first) == []

    # By keyboard alone: move to the row, select it, take it.
    first.keyboard.press("j")
    expect(row.get_by_role("link")).to_be_focused()
    first.keyboard.press("x")
    expect(first.locator("[data-count]")).to_have_text("1 dipilih")
    acts.press(first, "Ambil")
    expect(first.locator(".inbox__result")).to_contain_text("Sekarang tugas Anda.")
    assert run_of(request).assignee == colleagues[0]

    second.locator(".row-item", has_text=request.number).get_by_role("checkbox").check()
    acts.press(second, "Ambil")
    expect(second.locator(".inbox__result")).to_contain_text(
        f"Langkah ini sudah diambil oleh {colleagues[0].full_name}."
    )
    assert run_of(request).assignee == colleagues[0]
    assert axe(second) == []
    assert people.complaints == []


def test_keys_move_open_and_search_but_never_while_typing(people, colleagues):
    service = Service.objects.get(code="MUT-K")
    numbers = [make_request(service, **acts.MUT_K, kelas="4").number for _count in range(2)]
    page = people.known(colleagues[0])
    page.goto(POOL)
    links = page.locator(".row-item__title a")
    page.keyboard.press("?")
    expect(page.locator(".inbox__keys .shortcuts")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#cari")).to_be_focused()
    page.keyboard.type("jx/?")
    expect(page.locator("#cari")).to_have_value("jx/?")
    page.locator("#cari").fill(numbers[1][-6:])
    page.keyboard.press("Enter")
    expect(page.locator(".inbox__found")).to_contain_text("1 cocok")
    assert numbers[1][-6:] not in page.url
    page.goto(POOL)
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".crumbs")).to_contain_text(numbers[0])

    # On a wide screen the case opens beside the list; a second click leads to its page.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(POOL)
    expect(page.locator("#rincian")).to_contain_text(numbers[0])
    links.nth(1).click()
    expect(page.locator("#rincian")).to_contain_text(numbers[1])
    links.nth(1).click()
    expect(page.locator(".crumbs")).to_contain_text(numbers[1])
