"""A mother moves her son to another school: a lost connection, another device, a returned document, the letter."""

import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from services.models import Document, Letter, Request, Service
from tests.factories.cases import walk
from ula_portal.core.journal import actions as journal

from . import acts, citizens
from .conftest import open_office

SIX = (
    "Surat pindah dari sekolah asal",
    "Rekomendasi Dinas Pendidikan asal",
    "Surat kesediaan menerima dan daya tampung",
    "Rapor",
    "KK atau akta kelahiran",
    "Bukti keluar dari Dapodik",
)
SAID = {"hubungan": "Orang tua atau wali", "nama_pemohon": "Siti Contoh", "kelas": "4"} | citizens.MUT_M


@pytest.fixture
def office(people):
    return open_office(["MUT-M"])


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_from_the_form_to_the_letter(people, office, javascript):
    phone = people.stranger(**citizens.PHONE, javascript=javascript)
    _begins_on_her_phone(phone, javascript)
    _loses_the_connection(phone, people, javascript)
    _leaves_it_for_later(phone)
    address, code = _link_and_code(phone)
    computer = people.stranger(**citizens.PHONE, javascript=javascript)
    _resumes_by_link(computer, address, javascript)
    borrowed = people.stranger(**citizens.PHONE, javascript=javascript)
    number = _resumes_by_code_and_sends(borrowed, code, javascript)
    _official_returns_one(people, office, number)
    _replaces_it(borrowed, javascript)
    _gets_the_letter(borrowed, office, number)
    assert Request.objects.count() == 1 and journal.verify() == []
    assert people.complaints == []


def _begins_on_her_phone(page, javascript):
    acts.find_service(page, "anak saya pindah sekolah ke sini", "MUT-M")
    acts.begin(page)
    assert citizens.answer_until_documents(page, SAID) == 4
    expect(page.locator("[data-step]")).to_have_text("Langkah 5 dari 6")
    expect(page.locator("section.upload-row")).to_have_count(6)
    for words in SIX[:2]:
        citizens.upload(page, words, acts.photo(f"{words[:5]}.png"), javascript=javascript)


def _loses_the_connection(page, people, javascript):
    file = acts.photo("kesediaan.png", "blue")
    if javascript:
        box = citizens.box_of(page, SIX[2])
        page.context.set_offline(True)
        box.locator("input[name=file]").set_input_files(file)
        expect(box.get_by_role("status")).to_contain_text("sambungan terputus")
        page.context.set_offline(False)
        # The browser's own validation message, not one of the page.
        people.complaints[:] = [each for each in people.complaints if "ERR_INTERNET_DISCONNECTED" not in each]
        acts.press(box, "Coba lagi")
    else:
        way = re.compile(r"/berkas/r\d+/$")
        page.route(way, lambda route: route.abort("connectionaborted"))
        box = citizens.box_of(page, SIX[2])
        box.locator("input[name=file]").set_input_files(file)
        address = page.url
        with page.expect_event("requestfailed"):
            box.get_by_role("button", name="Unggah").click(no_wait_after=True)
        expect(page).to_have_url(re.compile("^chrome-error:"))
        page.unroute(way)
        people.complaints.clear()
        page.goto(address)
        expect(page.locator("section.upload-row.is-done")).to_have_count(2)
        citizens.upload(page, SIX[2], file, javascript=False)
    expect(citizens.box_of(page, SIX[2])).to_contain_text("kesediaan.png")
    expect(page.locator("section.upload-row.is-done")).to_have_count(3)


def _leaves_it_for_later(page):
    page.get_by_role("link", name="Simpan dan lanjutkan nanti").click()
    expect(page.get_by_role("heading", name="Draf Anda tersimpan")).to_be_visible()


def _link_and_code(page):
    return page.locator(".secret a.break-anywhere").get_attribute("href"), page.locator(".code-big").inner_text()


def _resumes_by_link(page, address, javascript):
    page.goto(address)
    expect(page).to_have_url(re.compile("/berkas/$"))
    expect(page.locator("section.upload-row.is-done")).to_have_count(3)
    for words in SIX[3:5]:
        citizens.upload(page, words, javascript=javascript)


def _resumes_by_code_and_sends(page, code, javascript):
    page.goto("/lanjutkan/")
    # As people type it: in lower case without separators.
    page.locator("[name=code]").fill(code.lower().replace(" ", ""))
    acts.press(page, "Buka draf")
    expect(page.get_by_role("heading", name="Periksa kembali")).to_be_visible()
    page.get_by_role("link", name="Ubah berkas").click()
    citizens.upload(page, SIX[5], javascript=javascript)
    page.get_by_role("link", name="Periksa kembali").click()
    expect(page.locator("main")).to_contain_text("Ahmad Contoh")
    page.get_by_role("button", name="Kirim permohonan").dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    number, _code = acts.number_and_code(page)
    assert Document.objects.filter(request__number=number, removed_at=None).count() == 6
    page.get_by_role("link", name="Lihat perkembangan").click()
    return number


def _official_returns_one(people, office, number):
    page = people.known(office["layanan.dikdas"])
    acts.open_case(page, number)
    page.get_by_text("Minta kelengkapan dari pemohon").click()
    page.locator("[name=wanted]").fill("Rapor tidak terbaca. Foto ulang di tempat terang.")
    page.get_by_label(SIX[3]).check()
    acts.press(page, "Kirim permintaan")
    expect(page.locator("main")).to_contain_text("Menunggu pemohon")


def _replaces_it(page, javascript):
    page.reload()
    expect(page.get_by_role("heading", name="Ada berkas yang perlu diperbaiki")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Foto ulang di tempat terang.")
    box = citizens.box_of(page, SIX[3])
    expect(box).to_contain_text("Perlu diperbaiki")
    citizens.upload(page, SIX[3], acts.photo("rapor-jelas.png", "green"), javascript=javascript, by="photo")
    acts.press(page, "Kirim kelengkapan")
    expect(page.get_by_text("Kelengkapan Anda telah kami terima").first).to_be_visible()


def _gets_the_letter(page, office, number):
    official, head = office["layanan.dikdas"], office["kabid.dikdas"]
    request = Request.objects.get(number=number)
    steps = [(official, "yes"), (official, "done"), (official, "done"), (official, "yes"), (official, "done")]
    walk(request, *steps, (head, "yes"), (head, "letter"))
    page.reload()
    expect(page.get_by_text("Surat Anda sudah terbit")).to_be_visible()
    with page.expect_download() as download:
        acts.press(page, "Unduh surat")
    letter = Letter.objects.get(request=request)
    text = " ".join(sheet.extract_text() for sheet in PdfReader(download.value.path()).pages)
    assert letter.number in text and "Ahmad Contoh" in text
    page.reload()
    expect(page.locator("main")).to_contain_text("Selesai")
    assert Service.objects.get(code="MUT-M").pk == request.service_id
