"""An official works on the page of a case: a document is sent back and replaced, and the step is completed."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from services.applying.receipt import tracking_token
from services.conversation.actions.default_templates import ensure_message_templates
from services.engine.actions.report import StepReport
from services.engine.actions.steps import decide_step
from services.models import Document, Mention, StepRun
from tests.factories.cases import make_case, make_case_service, no_of, walk
from tests.factories.core import named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff

from . import acts
from .test_keyboard import SHOWS_FOCUS, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

# The first line of an element if it is covered by another one or outside the window, else "".
COVERED = """each => {
  const box = each.getClientRects()[0];
  const xs = [box.left + 4, box.left + box.width / 2, box.right - 4];
  const ys = [box.top + 4, box.top + box.height / 2, box.bottom - 4];
  for (const x of xs) for (const y of ys) {
    const seen = document.elementFromPoint(x, y);
    if (!seen || !each.contains(seen)) return `${each.outerHTML.slice(0, 120)} at ${x}, ${y}`;
  }
  return "";
}"""
OFFICE_SCREENS = ((1366, 768), (1440, 900))


@pytest.fixture
def cast(transactional_db):
    return named_cast()


@pytest.fixture
def case(cast):
    ensure_message_templates()
    return make_case(make_case_service(cast), judged=False)


def test_a_document_goes_back_and_comes_again(people, cast, case, axe):
    page = people.known(cast.official)
    page.goto(f"/petugas/kasus/{case.number}/")
    note = page.get_by_label("Alasan atau catatan").first
    note.fill("Sudah saya telepon.")

    page.locator(".papers__open").first.click()
    viewer = page.locator("[data-viewer]")
    expect(viewer).to_be_focused()
    picture = viewer.locator("img")
    expect(picture).to_be_visible()
    before = picture.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("r")
    expect(viewer.locator(".viewer__sheet")).to_have_class(re.compile("is-turned"))
    after = picture.bounding_box()
    assert after["width"] > before["width"] and (after["width"] < after["height"]) == (
        before["width"] > before["height"]
    )
    assert axe(page) == []

    # The button of the next document must not look chosen just because the pointer is over it.
    fits, ground = viewer.get_by_role("button", name="Sesuai"), "(button) => getComputedStyle(button).backgroundColor"
    resting = fits.evaluate(ground)
    fits.hover()
    expect(fits).to_have_css("text-decoration-line", "underline")
    fits.evaluate("(button) => Promise.all(button.getAnimations().map((each) => each.finished))")
    assert fits.evaluate(ground) == resting
    viewer.locator("summary", has_text="Perlu diperbaiki").click()
    acts.press(viewer, "Belum ditandatangani.")
    expect(page.get_by_role("heading", name="1 berkas perlu diperbaiki")).to_be_visible()
    # Input on the left is preserved during actions on the right.
    expect(note).to_have_value("Sudah saya telepon.")
    assert axe(page) == []
    acts.press(page, "Kembalikan kepada pemohon")
    expect(page.locator("main")).to_contain_text("Menunggu pemohon")
    assert "Belum ditandatangani." in case.pauses.get().wanted

    citizen = people.stranger(width=360, height=740)
    citizen.goto(f"/lacak/{tracking_token(case)}/")
    expect(citizen.get_by_text("Belum ditandatangani.").first).to_be_visible()
    citizen.locator("section.upload-row input[name=file]").first.set_input_files(acts.photo("baru.png", "green"))
    expect(citizen.locator("section.upload-row").first).to_contain_text("baru.png")
    acts.press(citizen, "Kirim kelengkapan")
    expect(citizen.get_by_text("Kelengkapan Anda telah kami terima").first).to_be_visible()

    page.goto(f"/petugas/kasus/{case.number}/")
    expect(page.locator(".papers")).to_contain_text("Pengganti dari berkas yang dikembalikan (“Belum ditandatangani.”)")
    page.locator(".papers__open").first.click()
    expect(page.locator("[data-viewer]")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_text("Semua berkas sudah dinilai sesuai.")).to_be_visible()
    acts.press(page, "Lengkap")
    acts.said(page, "Langkah 2 selesai")
    assert no_of(case) == 4
    assert Document.objects.filter(request=case, removed_at=None).get().verdict == "fits"
    assert people.complaints == []


def test_by_keyboard_alone(people, cast, case):
    walk(case, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    page = people.known(cast.official)
    page.goto(f"/petugas/kasus/{case.number}/")
    tab_to(page, page.locator("#tab-catatan"), limit=80)
    page.keyboard.press("Enter")
    expect(page.locator("#tab-catatan")).to_have_attribute("aria-current", "page")
    expect(page.locator("#tab-catatan")).to_be_focused()
    field = page.get_by_label("Catatan untuk rekan sekantor")
    tab_to(page, field)
    page.keyboard.type(f"@{cast.section_head.full_name[:4].lower()}")
    expect(page.locator(".names [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("mohon dilihat")
    expect(field).to_have_value(f"@{cast.section_head.full_name} mohon dilihat")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".talk")).to_contain_text("mohon dilihat")
    assert Mention.objects.get().user == cast.section_head

    page.get_by_label("Catatan", exact=True).focus()
    page.keyboard.type("Konsep siap.")
    assert page.evaluate(SHOWS_FOCUS)
    page.keyboard.press("Control+Enter")
    acts.said(page, "Langkah 6 selesai")
    expect(page.get_by_text("Tidak ada pekerjaan lain yang menunggu Anda.")).to_be_visible()
    assert no_of(case) == 7
    assert people.complaints == []


def test_everything_of_the_step_is_on_one_screen(people, cast, case):
    def see(user, *, fields, then):
        page = people.known(user)
        page.goto(f"/petugas/kasus/{case.number}/?berkas={case.documents.get().pk}")
        for width, height in OFFICE_SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            buttons = page.locator(".case-step .btn-primary, .case-step [name=answer]")
            reached = []
            page.locator("#sekarang").evaluate("each => { each.tabIndex = -1; each.focus(); }")
            for _press in range(fields + then):
                page.keyboard.press("Tab")
                reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
                assert page.evaluate(f"({COVERED})(document.activeElement)") == ""
                # The buttons of the step do not move while its fields are being filled in.
                if len(reached) <= fields:
                    assert page.evaluate("document.activeElement.matches('textarea, input')"), reached
                    assert [found for each in buttons.all() if (found := each.evaluate(COVERED))] == []
            assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), (width, height)
        return page

    StepRun.objects.filter(request=case, finished_at=None).update(due_at=clock.now() - datetime.timedelta(days=1))
    see(cast.official, fields=2, then=12)
    why = StepReport(deviation_reason="Listrik padam.", papers_reason="Aslinya diperlihatkan.")
    decide_step(case.runs.get(finished_at=None), by=staff(cast.official), yes=True, report=why)
    # Tab stops at each part of a date field.
    see(cast.official, fields=5, then=10)
    walk(case, (cast.official, "done"), (cast.official, "yes"), (cast.official, "done"), (cast.section_head, "yes"))
    page, asked = see(cast.section_head, fields=1, then=6), []
    # Ctrl+Enter shows the same confirmation as the button.
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_label("Isi surat").press("Control+Enter")
    assert "Terbitkan surat dengan isi ini?" in asked[0] and no_of(case) == 8


def test_two_officials_on_one_page(people, cast, case):
    case.documents.update(verdict="fits")
    first, second = people.known(cast.official), people.known(cast.section_head)
    for page in (first, second):
        page.goto(f"/petugas/kasus/{case.number}/")
    acts.press(first, "Lengkap")
    acts.said(first, "Langkah 2 selesai")
    second.get_by_label("Alasan atau catatan").first.fill("Materai belum ada.")
    acts.press(second, "Tidak lengkap")
    expect(second.get_by_role("heading", name="Sejak Anda membuka halaman ini")).to_be_visible()
    expect(second.locator("main")).to_contain_text(f"sudah diselesaikan oleh {cast.official.full_name}")
    expect(second.locator("textarea[readonly]")).to_have_value("Materai belum ada.")
    assert no_of(case) == 4


def test_an_open_page_tells_that_the_case_changed(people, cast, case):
    case.documents.update(verdict="fits")
    first, second = people.known(cast.official), people.known(cast.section_head)
    first.goto(f"/petugas/kasus/{case.number}/")
    second.goto(f"/petugas/kasus/{case.number}/?tab=catatan")
    second.get_by_label("Alasan atau catatan").first.fill("Materai belum ada.")
    second.get_by_label("Catatan untuk rekan sekantor").fill("Mohon dilihat")
    acts.press(first, "Lengkap")
    banner = second.locator("[data-case-news]")
    expect(banner).to_contain_text(f"Permohonan ini berubah: Langkah 2 selesai: lengkap ({cast.official.full_name}")
    expect(second.get_by_label("Alasan atau catatan").first).to_have_value("Materai belum ada.")
    banner.get_by_role("link", name="Muat ulang").click()
    # The step that the text was written for is over, so it is shown above; the note to colleagues is still in its
    # field.
    expect(second.get_by_role("heading", name="Tulisan Anda belum disimpan")).to_be_visible()
    expect(second.locator("textarea[readonly]")).to_have_value("Materai belum ada.")
    expect(second.get_by_label("Catatan untuk rekan sekantor")).to_have_value("Mohon dilihat")
    expect(banner).to_be_hidden()
    assert people.complaints == []


def test_on_a_phone_without_javascript(people, cast, case):
    page = people.known(cast.official, width=360, height=740, javascript=False)
    page.goto(f"/petugas/kasus/{case.number}/")
    page.locator(".papers__open").first.click()
    expect(page.locator("[data-viewer] img")).to_be_visible()
    acts.press(page, "Sesuai")
    page.get_by_role("link", name="Catatan internal").click()
    page.get_by_label("Catatan untuk rekan sekantor").fill(f"@{cast.section_head.full_name} sudah sesuai")
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator(".talk")).to_contain_text("sudah sesuai")
    page.get_by_role("link", name="Ke langkah 2, sekarang").click()
    acts.press(page, "Lengkap")
    acts.said(page, "Langkah 2 selesai")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
