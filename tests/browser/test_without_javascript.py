"""Everything except the display works with plain forms."""

import re

import pytest
from playwright.sync_api import expect

from services.models import Request
from tests.factories.services import make_request
from ula_portal.core.journal.actors import staff
from visitors.models import Ticket

from . import acts

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def page(people):
    return people.stranger(width=360, height=740, javascript=False)


def test_applying_and_following(people, page):
    acts.find_service(page, "pindah sekolah", "MUT-K")
    acts.begin(page)
    acts.answer_questions(page)
    required = page.locator("section.upload-row:has(.asteriskField)")
    for number in range(required.count()):
        box = required.nth(number)
        box.locator("input[name=file]").set_input_files(acts.photo(f"berkas-{number}.png"))
        acts.press(box, "Unggah")
        expect(required.nth(number)).to_contain_text("Terunggah")
    page.get_by_role("link", name="Periksa kembali").click()
    acts.press(page, "Kirim permohonan")
    number, code = acts.number_and_code(page)

    page.goto("/lacak/")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code)
    acts.press(page, "Lihat permohonan")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator(".step-track .is-now")).to_be_visible()
    page.locator("[name=text]").last.fill("Kapan selesai?")
    acts.press(page, "Kirim pesan")
    expect(page.get_by_text("Kapan selesai?").first).to_be_visible()
    assert people.complaints == []


def test_what_was_typed_is_kept_when_something_is_missing(people, page):
    acts.find_service(page, "pindah sekolah", "MUT-K")
    acts.begin(page)
    page.get_by_label("Orang tua atau wali").check()
    acts.press(page, "Lanjutkan pengisian")
    page.locator("[name=nama_pemohon]").fill("Siti Contoh")
    acts.press(page, "Lanjutkan pengisian")
    page.locator("[name=nama_siswa]").fill("Ahmad Contoh")
    page.locator("[name=nisn]").fill("12")
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("[name=nama_siswa]")).to_have_value("Ahmad Contoh")
    expect(page.locator("[name=nisn]")).to_have_value("12")
    expect(page.locator("#error_1_id_nisn, #id_nisn_error").first).to_be_visible()
    assert people.complaints == []


def test_answering_what_the_office_asked(people, page, office):
    from services.applying.receipt import tracking_token
    from services.conversation.actions.asking import ask_applicant
    from services.models import Service

    request = make_request(Service.objects.get(code="MUT-K"), **acts.MUT_K, kelas="4")
    ask_applicant(request, by=staff(office["layanan.dikdas"]), wanted="Rapor belum memuat lembar mutasi.")
    page.goto(f"/lacak/{tracking_token(request)}/")
    box = page.locator("section.upload-row", has_text="Berkas lain yang diminta")
    box.locator("input[name=file]").set_input_files(acts.photo("rapor.png", "green"))
    acts.press(box, "Unggah")
    expect(page.get_by_text("rapor.png")).to_be_visible()
    acts.press(page, "Kirim kelengkapan")
    expect(page.get_by_text("Kelengkapan Anda telah kami terima").first).to_be_visible()
    assert not request.pauses.filter(to_at=None).exists()


def test_the_desk_and_the_counter(people, office):
    desk = people.known(office["frontoffice"], javascript=False)
    desk.goto("/petugas/tamu/")
    desk.locator("[name=q]").fill("Rahayu Contoh")
    acts.press(desk, "Cari")
    expect(desk.locator("[name=name]")).to_have_value("Rahayu Contoh")
    desk.locator("[name=service]").select_option(label="Pindah sekolah ke luar kabupaten")
    desk.get_by_label("Buka permohonan sekarang").check()
    acts.press(desk, "Catat dan cetak nomor")
    expect(desk.locator(".slip__number")).to_have_text("B-001")
    assert Request.objects.get().source == "walk-in"

    counter = people.known(office["loket"], javascript=False)
    counter.goto("/petugas/loket/")
    counter.get_by_role("button", name=re.compile("Buka Loket 1")).click()
    for button in ("Panggil berikutnya", "Panggil ulang", "Mulai layani", "Selesai"):
        acts.press(counter, button)
    expect(counter.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    assert Ticket.objects.get().state == "finished"
    assert people.complaints == []
