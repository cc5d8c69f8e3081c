"""The form of a service is changed in its editor: a condition, rows with columns, a school; and who began before."""

import pytest
from playwright.sync_api import expect

from services.models import Service
from services.schools.actions.importing import import_schools
from services.schools.rules import SchoolRow
from ula_portal.core.journal.actors import SYSTEM

from . import acts

ASKED, ROWS, SCHOOL = "Pernah pindah sekolah?", "Riwayat pindah", "Sekolah tujuan di daftar"
SERVICE = "/petugas/layanan/MUT-K/formulir/"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_form_is_changed_shown_and_published_and_who_began_before_keeps_theirs(people, office, javascript):
    import_schools([SchoolRow("69990001", "SD Negeri 1 Contoh", "SD", "Negeri", "Talawi", "Labuhan")], by=SYSTEM)
    before, after = people.stranger(), people.stranger()
    _begin(before)
    admin = people.known(office["data"], width=1440, javascript=javascript)
    admin.goto(SERVICE)
    _press(admin, "Ubah formulir")
    _add(admin, ASKED, "yes_no")
    _add(admin, ROWS, "group")
    admin.locator("[name=when_0]").first.select_option(label=f"{ASKED}: Ya")
    if javascript:
        expect(admin.get_by_text("Tersimpan pukul").first).to_be_visible()
    else:
        _press(admin, "Simpan isian")
    _add_column(admin, "Dari sekolah")
    _add(admin, SCHOOL, "school")

    admin.goto(f"{SERVICE}jalan/")
    expect(admin.locator("main")).to_contain_text("menit")
    admin.goto(f"{SERVICE}terbitkan/")
    expect(admin.locator("main")).to_contain_text(f"Ditambah: {ROWS}")
    _press(admin, "Terbitkan formulir")
    expect(admin.locator("main")).to_contain_text("Versi 2")

    service = Service.objects.get(code="MUT-K")
    assert sorted(service.form_versions.values_list("ordinal", "is_current")) == [(1, False), (2, True)]
    _begin(after)
    _last_page(before)
    expect(before.get_by_text(ASKED)).to_have_count(0)
    _last_page(after)
    rows = after.get_by_text(ROWS).first
    expect(rows).to_be_hidden()
    after.get_by_role("radio", name="Ya", exact=True).check()
    expect(rows).to_be_visible()
    expect(after.get_by_text(SCHOOL).first).to_be_visible()
    assert people.complaints == []


def _press(page, name):
    """By keyboard: the button has the focus, and Enter presses it."""
    button = page.locator("main").get_by_role("button", name=name, exact=True).first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _add(page, label, kind):
    """Add a question to the last page of the form."""
    last = page.locator("section.form-page").last
    field = last.locator("[name=label]")
    if not field.is_visible():
        last.locator("details.form-new > summary").press("Enter")
    field.fill(label)
    last.locator("[name=type]").select_option(kind)
    with page.expect_navigation():
        field.press("Enter")
    expect(page.locator("#pengaturan [name=label]")).to_have_value(label)


def _add_column(page, label):
    page.locator("[name=column-label]").fill(label)
    _press(page, "Tambah kolom")
    expect(page.locator("#pengaturan [name=label]")).to_have_value(label)


def _begin(page):
    acts.find_service(page, "pindah sekolah", "MUT-K")
    acts.begin(page)


def _last_page(page):
    """Answer the questions up to the page that was changed."""
    page.get_by_label("Orang tua atau wali").check()
    acts.press(page, "Lanjutkan pengisian")
    page.locator("[name=nama_pemohon]").fill("Siti Contoh")
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("[name=nama_siswa]")).to_be_visible()
    for name in ("nama_siswa", "nisn", "npsn_asal"):
        page.locator(f"[name={name}]").fill(acts.MUT_K[name])
    page.locator("[name=kelas]").select_option("4")
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("[name=alasan]")).to_be_visible()
