"""An office of its own: from an empty database to the first letter that is collected, in the browser alone."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from services.models import Request, Service
from ula_portal.core.journal import actions as journal
from ula_portal.first_visit.printed import new_address

from . import acts

PASSWORD = "rumah-kayu-biru-77"
# As copied from a spreadsheet: name, e-mail address, position, role.
STAFF = [
    ("Budi Contoh", "budi", "Kepala Dinas", "Kepala dinas"),
    ("Citra Contoh", "citra", "Petugas Front Office", "Petugas meja depan"),
    ("Dedi Contoh", "dedi", "Petugas Loket", "Petugas loket"),
    ("Eka Contoh", "eka", "Pengelola Layanan Pendidikan Dasar", "Pejabat"),
    ("Fajar Contoh", "fajar", "Kepala Bidang Pembinaan Pendidikan Dasar", "Kepala bidang/bagian; Pejabat"),
]
DECREE = {
    "decree": "420/12/KEP/2025",
    "decree_date": "2025-01-10",
    "effective_from": "2025-02-01",
    "position": "Kepala Dinas",
    "name": "Budi Contoh, S.Pd.",
}


def test_from_an_empty_database_to_a_letter_that_is_collected(people, server):
    admin = people.stranger(width=1440)
    _first_administrator(admin, new_address(server))
    _office(admin)
    codes = _staff(admin)
    _hours_and_counters(admin)
    _service(admin)
    expect(admin.locator("main")).to_contain_text("Semua sudah lengkap.")
    admin.goto("/petugas/kantor/loket/")
    acts.press(admin, "Semua loket melayani semua layanan")

    citizen = people.stranger(width=360, height=740, has_touch=True, is_mobile=True)
    number, _code = acts.apply_to_move(citizen)
    official, head = people.stranger(), people.stranger()
    _first_log_in(official, "eka", codes)
    _first_log_in(head, "fajar", codes)
    acts.work_on_move(official, number)
    acts.allow_dialogs(head)
    acts.download_letter(citizen, acts.sign_letter(head, number))

    assert Request.objects.get().state == "completed"
    assert journal.verify() == []
    # Confirmations are answers 422, which the console reports as errors.
    assert [each for each in people.complaints if "422" not in each] == []


def _fill(page, **values):
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def _first_administrator(page, printed):
    page.goto(re.search(r"/mulai/\S+", printed).group())
    _fill(page, name="Dinas Pendidikan", regency="Kabupaten Contoh", full_name="Ani Contoh", email="ani@example.id")
    _fill(page, password=PASSWORD, again=PASSWORD)
    acts.press(page, "Buat akun administrator")
    expect(page).to_have_url(re.compile("/petugas/kantor/$"))


def _office(page):
    page.get_by_role("link", name="Lanjutkan: Nama dan alamat kantor").click()
    _fill(page, address="Jalan Contoh 1", phone="0622 123456", email="dinas@example.id", city="Contoh")
    acts.press(page, "Simpan dan lanjutkan")
    # An office without a logo has a neutral one.
    page.get_by_role("link", name="Lewati, ke Kop surat").click()
    _fill(page, postal_code="21254")
    acts.press(page, "Simpan dan lanjutkan")
    acts.press(page, "Simpan unit")
    page.get_by_role("link", name="Lanjut ke jabatan").click()
    acts.press(page, "Simpan jabatan")


def _staff(page):
    """Start codes by the local part of the e-mail address, from the printed slips."""
    page.get_by_role("link", name="Lanjut ke petugas").click()
    page.get_by_role("link", name="Tambah banyak petugas").click()
    rows = [f"{name}\t\t\t\t\t{local}@example.id\t{position}\t{role}" for name, local, position, role in STAFF]
    _fill(page, text="\n".join(rows))
    acts.press(page, "Periksa daftar")
    acts.press(page, "Tambahkan semua petugas")
    with page.expect_download() as download:
        page.get_by_role("button", name="Cetak slip undangan").click()
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(download.value.path().read_bytes())).pages)
    found = re.findall(r"(\w+)@example\.id\s+Kode awal\s+((?:[A-Z0-9]{4}[ -]?)+)", text)
    assert len(found) == len(STAFF)
    return dict(found)


def _hours_and_counters(page):
    page.goto("/petugas/kantor/jam/")
    acts.press(page, "Simpan dan lanjutkan")
    acts.press(page, "Buat loket")


def _service(page):
    page.goto("/petugas/kantor/layanan-awal/")
    page.locator("[name=codes][value=MUT-K]").check()
    acts.press(page, "Buat draf layanan")
    page.goto("/petugas/sop/?bagian=draf")
    page.get_by_role("link", name="Rekomendasi Mutasi Siswa Keluar").click()
    page.get_by_role("link", name="Pelaksana").first.click()
    confirm = page.get_by_role("button", name="Pastikan pelaksana")
    for left in range(confirm.count() - 1, -1, -1):
        confirm.first.click()
        expect(confirm).to_have_count(left)
    page.goto("/petugas/kantor/saldo-awal/sop/")
    page.locator("[name=versions]").check()
    _fill(page, **DECREE)
    acts.press(page, "Catat berlaku")
    page.goto("/petugas/layanan/MUT-K/bagian/terbitkan/")
    acts.press(page, "Terbitkan layanan")
    expect(page.locator("main")).to_contain_text("Layanan diterbitkan.")
    assert Service.objects.get().state == "published"


def _first_log_in(page, local, codes):
    page.goto("/akun/masuk/")
    page.get_by_role("link", name="Masuk pertama kali").click()
    _fill(page, email=f"{local}@example.id", code=codes[local])
    acts.press(page, "Lanjutkan")
    _fill(page, password=PASSWORD, again=PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/petugas/")
