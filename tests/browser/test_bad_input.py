"""Invalid input: the error is explained, nothing is lost and nothing is stored twice."""

import re

import pytest
from playwright.sync_api import expect

from services.applying.receipt import tracking_token
from services.models import Document, Service
from tests.factories.services import make_draft, make_request
from visitors.models import Visit

from . import acts

MEGABYTE = 1024 * 1024
BAD_FILES = {
    "empty": ("kosong.pdf", b"", "kosong"),
    "not what it says": ("program.pdf", b"MZ" + b"\0" * 500, "Gunakan|PDF, JPG"),
    "broken": ("rusak.pdf", b"%PDF-1.7\n" + b"x" * 400, "rusak|tidak dapat dibuka"),
    "too large": ("besar.pdf", b"%PDF-1.7\n" + b"x" * (6 * MEGABYTE), "melebihi batas"),
}


@pytest.fixture
def documents_page(office):
    service = Service.objects.get(code="MUT-K")
    draft = make_draft(service, documents=False, **acts.MUT_K, kelas="4")
    return f"/layanan/{service.slug}/ajukan/{tracking_token(draft)}/berkas/"


@pytest.mark.parametrize("javascript", [True, False])
def test_files_that_are_not_taken(people, documents_page, javascript):
    page = people.stranger(width=360, height=740, javascript=javascript)
    page.goto(documents_page)
    first = page.locator("section.upload-row").first
    for name, content, words in BAD_FILES.values():
        file = {"name": name, "mimeType": "application/pdf", "buffer": content}
        first.locator("input[name=file]").set_input_files(file)
        if not javascript:
            acts.press(first, "Unggah")
        expect(first.locator("[data-upload-status]")).to_have_text(re.compile(words))
        assert Document.objects.count() == 0
    # The valid file is still accepted afterwards.
    first.locator("input[name=file]").set_input_files(acts.photo())
    if not javascript:
        acts.press(first, "Unggah")
    expect(first).to_contain_text("Terunggah")
    assert Document.objects.count() == 1


def test_a_file_beyond_all_measure_leaves_the_draft_alone(people, documents_page):
    page = people.stranger(javascript=False)
    page.goto(documents_page)
    first = page.locator("section.upload-row").first
    huge = {"name": "besar.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"x" * (14 * MEGABYTE)}
    first.locator("input[name=file]").set_input_files(huge)
    acts.press(first, "Unggah")
    expect(page.locator("body")).to_contain_text("melebihi batas")
    page.goto(documents_page)
    expect(page.locator("section.upload-row").first).to_be_visible()
    assert Document.objects.count() == 0


def test_the_desk_types_a_number_that_does_not_exist(people, office):
    page = people.known(office["frontoffice"])
    page.goto("/petugas/tamu/")
    page.locator("[name=q]").fill("ULA-2026-999999")
    acts.press(page, "Cari")
    expect(page.locator("#hasil-cari")).to_contain_text("tidak ditemukan")
    page.locator("[name=name]").fill("Rahayu Contoh")
    page.get_by_label("Mengambil surat").check()
    page.locator("[name=request_number]").fill("ULA-2026-999999")
    acts.press(page, "Catat dan cetak nomor")
    expect(page.locator(".invalid-feedback, [id^=error_]").first).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Rahayu Contoh")
    assert not Visit.objects.exists()


def test_an_official_without_the_position_sees_no_button(people, office):
    request = make_request(Service.objects.get(code="MUT-K"), **acts.MUT_K, kelas="4")
    page = people.known(office["kepala.dinas"])
    page.goto(f"/petugas/kasus/{request.number}/")
    expect(page.locator("main")).to_contain_text("Langkah ini bukan tugas Anda.")
    expect(page.get_by_role("button", name="Lengkap", exact=True)).to_have_count(0)
    other = people.known(office["layanan.gtk"])
    assert other.goto(f"/petugas/kasus/{request.number}/").status == 404
