"""Applying: a teacher's identity numbers, a power of attorney, by keyboard alone, with checks of every page."""

import re

import pytest
from playwright.sync_api import expect

from services.models import Request
from services.schools.actions.importing import import_schools
from services.schools.rules import SchoolRow
from tests.factories.core import named_cast
from tests.factories.services import make_service
from ula_portal.core.journal.actors import SYSTEM

from . import acts, citizens
from .test_keyboard import tab_to
from .test_pages import STICKS_OUT

FIELDS = [
    {"name": "nip", "label": "NIP/NI PPPK", "type": "nip", "required": True},
    {"name": "nuptk", "label": "NUPTK", "type": "nuptk", "required": True},
    {"name": "alasan", "label": "Alasan", "type": "textarea", "required": True},
]
KTP = [{"text": "KTP", "kind": "upload", "required": True}]


@pytest.fixture
def service(transactional_db):
    """A small service for teachers."""
    return make_service(
        {"admin": (cast := named_cast()).admin, "head": cast.head}, form_fields=FIELDS, requirements=KTP
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_teacher_with_nip_and_nuptk(people, service, javascript):
    page = people.stranger(**citizens.PHONE, javascript=javascript)
    citizens.begin(page, service)
    citizens.answer(page, {"hubungan": "Diri sendiri"})
    citizens.answer(page, {"nama_pemohon": "Rina Contoh"})
    typed = {"nip": "198609262015131001", "nuptk": "123456789012345", "alasan": "Data lama tidak aktif."}
    citizens.answer(page, typed)
    # The errors are listed above with links and next to each field, and the input is preserved.
    for name, label in (("nip", "NIP"), ("nuptk", "NUPTK")):
        field = page.locator(f"[name={name}]")
        expect(field).to_have_attribute("aria-invalid", "true")
        beside = page.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}")
        expect(beside).to_contain_text(label)
    page.locator("[role=alert] a", has_text="NUPTK").click()
    expect(page).to_have_url(re.compile("#id_nuptk$"))
    if javascript:
        expect(page.locator("[name=nuptk]")).to_be_focused()
    for name, value in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    # It is also stored on the server, so that it is available on another device.
    again = people.stranger(**citizens.PHONE, javascript=javascript)
    again.goto(page.url.split("#")[0])
    expect(again.locator("[name=nip]")).to_have_value(typed["nip"])
    citizens.answer(again, {"nip": "19860926 201505 1 001", "nuptk": "1234 5678 9012 3456"})
    expect(again).to_have_url(re.compile("/berkas/$"))
    citizens.upload(again, "KTP", javascript=javascript)
    again.get_by_role("link", name="Periksa kembali").click()
    expect(again.locator("main")).to_contain_text("19860926 201505 1 001")
    acts.press(again, "Kirim permohonan")
    expect(again.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    answers = Request.objects.get().answers
    assert (answers["nip"], answers["nuptk"]) == ("198609262015051001", "1234567890123456")
    assert people.complaints == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_who_applies_decides_what_is_asked(people, service, javascript):
    page = people.stranger(**citizens.PHONE, javascript=javascript)
    citizens.begin(page, service)
    giver = page.get_by_label("Nama pemberi kuasa")
    if javascript:
        expect(giver).to_be_hidden()
    page.get_by_label("Penerima kuasa").check()
    expect(giver).to_be_visible()
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("[role=alert]").first).to_contain_text("Nama pemberi kuasa")
    citizens.answer(page, {"nama_pemberi_kuasa": "Budi Contoh"})
    citizens.answer(page, {"nama_pemohon": "Rina Contoh"})
    citizens.answer(
        page, {"nip": "198609262015051001", "nuptk": "1234567890123456", "alasan": "Data lama tidak aktif."}
    )
    expect(page.locator("section.upload-row h2")).to_have_text([re.compile(r"^\s*Surat kuasa"), re.compile(r"^\s*KTP")])
    page.get_by_role("link", name="Periksa kembali").click()
    expect(page.locator("main")).to_contain_text("Budi Contoh")
    # After another answer the dependent questions are neither asked nor shown.
    page.get_by_role("link", name=re.compile("Ubah.*Siapa yang mengajukan")).click()
    citizens.answer(page, {"hubungan": "Diri sendiri"}, button="Simpan dan periksa kembali")
    expect(page).to_have_url(re.compile("/periksa/$"))
    expect(page.locator("main")).not_to_contain_text("Budi Contoh")
    expect(page.locator("main")).not_to_contain_text("Surat kuasa")
    assert people.complaints == []


def test_papers_that_will_follow_must_be_said(people, service):
    page = people.stranger(**citizens.PHONE)
    citizens.begin(page, service)
    citizens.answer_until_documents(
        page,
        {
            "hubungan": "Diri sendiri",
            "nama_pemohon": "Rina Contoh",
            "nip": "198609262015051001",
            "nuptk": "1234567890123456",
            "alasan": "Data lama tidak aktif.",
        },
    )
    page.get_by_role("link", name="Periksa kembali").click()
    acts.press(page, "Kirim permohonan")
    expect(page.locator("[role=alert]")).to_be_focused()
    page.locator("[role=alert] a").click()
    box = page.get_by_label("Saya akan menyusulkan")
    expect(box).to_be_focused()
    box.check()
    acts.press(page, "Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    assert Request.objects.get().complete_at is None


def test_back_leads_back_and_forgets_nothing(people, service):
    page = people.stranger(**citizens.PHONE)
    citizens.begin(page, service)
    citizens.answer(page, {"hubungan": "Diri sendiri"})
    citizens.answer(page, {"nama_pemohon": "Rina Contoh"})
    expect(page.locator("[data-step]")).to_have_text("Langkah 3 dari 5")
    # Half completed input is preserved too, even without JavaScript.
    page.locator("[name=alasan]").fill("Pindah")
    acts.press(page, "Kembali")
    expect(page.locator("[name=nama_pemohon]")).to_have_value("Rina Contoh")
    page.go_back()
    expect(page.locator("[name=alasan]")).to_have_value("Pindah")
    page.go_back()
    expect(page.locator("[name=nama_pemohon]")).to_have_value("Rina Contoh")
    acts.press(page, "Kembali")
    expect(page.get_by_label("Diri sendiri")).to_be_checked()
    acts.press(page, "Kembali")
    expect(page).to_have_url(re.compile(f"/layanan/{service.slug}/$"))


def test_by_keyboard_alone(people, service):
    page = people.stranger()
    page.goto(f"/layanan/{service.slug}/ajukan/")

    def go(name):
        tab_to(page, page.get_by_role("button", name=name, exact=True))
        page.keyboard.press("Enter")

    go("Mulai isi formulir")
    expect(page.locator("[name=hubungan]").first).to_be_visible()
    tab_to(page, page.get_by_label("Diri sendiri"))
    page.keyboard.press("Space")
    go("Lanjutkan pengisian")
    for part in (
        {"nama_pemohon": "Rina Contoh"},
        {"nip": "198609262015051001", "nuptk": "1234567890123456", "alasan": "Tidak aktif."},
    ):
        for name, value in part.items():
            expect(page.locator(f"[name={name}]")).to_be_visible()
            tab_to(page, page.locator(f"[name={name}]"))
            page.keyboard.type(value)
        go("Lanjutkan pengisian")
    expect(page).to_have_url(re.compile("/berkas/$"))
    box = citizens.box_of(page, "KTP")
    # The browser's file dialog opens by keyboard, and the chosen file is uploaded immediately.
    tab_to_file(page, box)
    with page.expect_file_chooser() as chooser:
        # Playwright announces the expected file dialog on one channel and sends keys on another, faster one. A
        # round trip on the first makes sure that a busy machine does not open the dialog too early.
        page.evaluate("0")
        page.keyboard.press("Space")
    chooser.value.set_files(acts.photo("ktp.png"))
    expect(box).to_contain_text("Terunggah")
    tab_to(page, page.get_by_role("link", name="Periksa kembali"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Periksa kembali")).to_be_visible()
    go("Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    assert people.complaints == []


def tab_to_file(page, box):
    """The file input is visually hidden, so its label shows the focus."""
    field = box.locator("input[name=file]")
    for _press in range(40):
        page.keyboard.press("Tab")
        if field.evaluate("each => each === document.activeElement"):
            # The browser computes a width even for an outline that is not drawn.
            expect(box.locator("label").first).to_have_css("outline-style", "solid")
            expect(box.locator("label").first).to_have_css("outline-width", "3px")
            return
    pytest.fail("the file's field is not reached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_way(people, service, axe, scheme):
    """Axe finds nothing, nothing overflows, touch targets are large enough, and the main button comes first."""
    page, found = people.stranger(**citizens.PHONE), []
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def look(name):
        page.wait_for_load_state()
        problems = [*axe(page), *page.evaluate(citizens.SMALL)]
        if wide := page.evaluate(STICKS_OUT):
            problems.append(f"sticks out: {wide}")
        buttons = page.locator("main .actions .btn")
        if buttons.count() and "btn-primary" not in buttons.first.get_attribute("class"):
            problems.append("the main button does not come first")
        found.extend(f"{name}: {each}" for each in problems)

    page.goto(f"/layanan/{service.slug}/ajukan/")
    look("privacy")
    acts.press(page, "Mulai isi formulir")
    acts.press(page, "Lanjutkan pengisian")
    look("who, nothing said")
    citizens.answer(page, {"hubungan": "Penerima kuasa", "nama_pemberi_kuasa": "Budi Contoh"})
    look("person")
    citizens.answer(page, {"nama_pemohon": "Rina Contoh"})
    citizens.answer(page, {"nip": "12", "nuptk": "1", "alasan": "Tidak aktif."})
    look("matter, wrong")
    citizens.answer(page, {"nip": "198609262015051001", "nuptk": "1234567890123456"})
    citizens.upload(page, "KTP")
    box = citizens.box_of(page, "Surat kuasa")
    box.locator("input[name=file]").set_input_files({"name": "a.pdf", "mimeType": "x/y", "buffer": b"<html>"})
    expect(box.get_by_role("status")).to_contain_text("halaman web")
    look("documents")
    page.get_by_role("link", name="Simpan dan lanjutkan nanti").click()
    look("saved")
    page.go_back()
    page.get_by_role("link", name="Periksa kembali").click()
    look("review")
    acts.press(page, "Kirim permohonan")
    look("review, refused")
    page.get_by_label("Saya akan menyusulkan").check()
    acts.press(page, "Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    look("receipt")
    page.goto("/lanjutkan/")
    page.locator("[name=code]").fill("abcd")
    acts.press(page, "Buka draf")
    look("resume, wrong code")
    assert found == []


def test_the_notice_on_privacy_says_what_it_must(people, service):
    page = people.stranger(**citizens.PHONE, javascript=False)
    page.goto(f"/layanan/{service.slug}/ajukan/")
    notice = page.get_by_role("region", name="Data Anda")
    for words in (
        "Undang-Undang Nomor 25 Tahun 2009|UU Nomor 25 Tahun 2009",
        "UU Nomor 27 Tahun 2022",
        f"Memproses permohonan Anda: {service.name}",
        "berkas persyaratan",
        "aturan penyimpanan arsip",
        "melihat, memperbaiki, atau membatasi data Anda",
        "3 × 24 jam",
        "Dinas Pendidikan",
    ):
        expect(notice).to_contain_text(re.compile(words))
    # The notice is longer than the screen, but the button is visible and does not cover the end of the text.
    start = page.get_by_role("button", name="Mulai isi formulir")
    expect(start).to_be_in_viewport(ratio=1)
    more = notice.get_by_role("link", name="Selengkapnya")
    more.focus()
    assert more.bounding_box()["y"] + more.bounding_box()["height"] <= start.bounding_box()["y"]
    notice.get_by_role("link", name="Selengkapnya").click()
    expect(page).to_have_url(re.compile("/privasi/$"))


ROWS = [
    {
        "name": "siswa",
        "label": "Siswa",
        "type": "group",
        "required": True,
        "max_items": 3,
        "columns": [
            {"name": "nama", "label": "Nama siswa", "type": "text", "required": True},
            {"name": "pindahan", "label": "Pindahan", "type": "yes_no", "required": True},
            {"name": "asal", "label": "Asal", "type": "text", "required": True, "show_if": {"pindahan": ["Ya"]}},
        ],
    },
    {"name": "sekolah", "label": "Sekolah", "type": "school", "required": True},
]


def test_rows_are_added_copied_and_moved_and_a_school_is_found_while_typing(people, transactional_db):
    cast = named_cast()
    service = make_service({"admin": cast.admin, "head": cast.head}, form_fields=ROWS, requirements=[])
    import_schools([SchoolRow("99990001", "SD Negeri 1 Contoh", district="Talawi")], by=SYSTEM)
    page = people.stranger(**citizens.PHONE)
    citizens.begin(page, service)
    citizens.answer(page, {"hubungan": "Diri sendiri"})
    citizens.answer(page, {"nama_pemohon": "Rina Contoh"})
    expect(page.locator("[name='siswa.0.asal']")).to_be_hidden()
    page.locator("[name='siswa.0.nama']").fill("Siti")
    page.locator("[name='siswa.0.pindahan'][value=Ya]").check()
    page.locator("[name='siswa.0.asal']").fill("SD Lama")
    page.get_by_role("button", name="Salin baris").click()
    # The copy has the contents, and neither row takes the other's radio button.
    for row in "01":
        expect(page.locator(f"[name='siswa.{row}.asal']")).to_have_value("SD Lama")
        expect(page.locator(f"[name='siswa.{row}.pindahan'][value=Ya]")).to_be_checked()
    page.locator("[name='siswa.1.nama']").fill("Budi")
    page.locator("[name='siswa.1.pindahan'][value=Tidak]").check()
    expect(page.locator("[name='siswa.1.asal']")).to_be_hidden()
    expect(page.locator("[name='siswa.0.asal']")).to_be_visible()
    page.locator("[name=act][value='siswa.1.up']").click()
    expect(page.locator("[name='siswa.0.nama']")).to_have_value("Budi")
    page.get_by_role("button", name="Tambah baris").click()
    expect(page.locator("[name='siswa.2.nama']")).to_be_focused()
    expect(page.get_by_role("button", name="Tambah baris")).to_be_disabled()
    page.locator("[name=act][value='siswa.2.remove']").click()
    page.locator("[name='sekolah.search']").press_sequentially("sd neg")
    page.get_by_label("SD Negeri 1 Contoh").check()
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("main")).to_contain_text("1. Nama siswa: Budi; Pindahan: Tidak")
    expect(page.locator("main")).to_contain_text("2. Nama siswa: Siti; Pindahan: Ya; Asal: SD Lama")
    expect(page.locator("main")).to_contain_text("SD Negeri 1 Contoh (NPSN 99990001)")
