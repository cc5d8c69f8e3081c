"""The main task of a page by keyboard alone, with the focus always visible."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from services.models import Service
from tests.factories.services import make_request
from visitors.models import Ticket

from . import acts

# An outline around the focused element, or around the card or row that its link covers.
SHOWS_FOCUS = """() => {
  for (let each = document.activeElement; each && each !== document.body; each = each.parentElement) {
    const style = getComputedStyle(each);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
  }
  return false;
}"""


def tab_to(page, target, limit=60):
    """Press Tab until the target has the focus; every stop on the way must be visible."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        # The browser's own toolbar follows the last element.
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"not reached with {limit} presses: {target}")


def test_searching_and_beginning(people, office):
    page = people.stranger()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#isi")).to_be_focused()
    page.goto("/")
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("pindah sekolah")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=pindah"))
    tab_to(page, page.locator('[data-service="MUT-K"] a'))
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Ajukan permohonan")
    expect(link).to_be_visible()
    tab_to(page, link)
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Mulai isi formulir")
    expect(button).to_be_visible()
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.locator("[name=hubungan]").first).to_be_visible()


def test_filling_in_a_form(people, office):
    page = people.stranger(width=360, height=740)
    page.goto(reverse("apply_start", args=[Service.objects.get(code="MUT-K").slug]))

    def go_on(name):
        tab_to(page, page.get_by_role("button", name=name, exact=True))
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.keyboard.press("Enter")

    go_on("Mulai isi formulir")
    # Without a choice there is no checked one: the first has the focus, and an arrow chooses.
    tab_to(page, page.locator("[name=hubungan]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Orang tua atau wali")).to_be_checked()
    go_on("Lanjutkan pengisian")
    tab_to(page, page.locator("[name=nama_pemohon]"))
    page.keyboard.type("Siti Contoh")
    go_on("Lanjutkan pengisian")
    expect(page.locator("[name=nama_siswa]")).to_be_visible()
    go_on("Kembali")
    expect(page.locator("[name=nama_pemohon]")).to_have_value("Siti Contoh")


def test_doing_the_first_step_of_the_inbox(people, office):
    request = make_request(Service.objects.get(code="MUT-K"), **acts.MUT_K, kelas="4")
    page = people.known(office["layanan.dikdas"])
    # The only holder of the position gets it at once.
    page.goto("/petugas/kasus/")
    tab_to(page, page.locator(".row-item", has_text=request.number).get_by_role("link").first)
    page.keyboard.press("Enter")
    complete = page.get_by_role("button", name="Lengkap", exact=True)
    expect(complete).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, complete)
    page.keyboard.press("Enter")
    reason = page.locator("[name=papers_reason]")
    expect(reason).to_be_visible()
    tab_to(page, reason)
    page.keyboard.type("Asli diperlihatkan di loket.")
    tab_to(page, complete)
    page.keyboard.press("Enter")
    page.wait_for_url("**selesai=1")
    assert request.runs.filter(finished_at=None).get().step.no > 2


def test_checking_a_visitor_in(people, office):
    page = people.known(office["frontoffice"])
    page.goto("/petugas/tamu/")
    # The search field has the focus from the start.
    expect(page.locator("[name=q]")).to_be_focused()
    tab_to(page, page.locator("[name=purpose]:checked"))
    tab_to(page, page.locator("[name=name]"))
    page.keyboard.type("Rahayu Contoh")
    tab_to(page, page.get_by_role("combobox", name="Layanan", exact=True))
    page.keyboard.type("Pindah sekolah")
    # Moving on takes the first match.
    tab_to(page, page.locator("[name=head_count]"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("B-001").first).to_be_visible()
    assert Ticket.objects.get().state == "waiting"


def test_calling_by_single_keys(people, office):
    desk = people.known(office["frontoffice"])
    desk.goto("/petugas/tamu/")
    desk.locator("[name=name]").fill("Rahayu Contoh")
    desk.get_by_label("Konsultasi").check()
    acts.press(desk, "Catat dan cetak nomor")
    page = people.known(office["loket"])
    page.goto("/petugas/loket/")
    button = page.get_by_role("button", name="Buka Loket 1")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    # The shortcuts work once the page's script has run.
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.locator(".called")).to_have_text("U-001")
    page.wait_for_load_state()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Selesai", exact=True)).to_be_visible()
    page.wait_for_load_state()
    # A letter typed into a field is no shortcut.
    page.locator("[name=result]").fill("s")
    page.locator("[name=result]").press("n")
    expect(page.locator("[name=result]")).to_have_value("sn")
    page.locator("h1").click()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Panggil berikutnya", exact=True)).to_be_visible()
    assert Ticket.objects.get().state == "finished"
