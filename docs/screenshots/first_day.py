"""Pictures of an office's first day: ``.venv/bin/python -m docs.screenshots.first_day SECRET_ADDRESS``.

Needs an empty portal (``manage.py start`` with a ``VAR_DIR`` of its own) and the address that it prints. Fills that
portal in.
"""

import sys
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from .browsing import DESK, FLAGS, BrowserUser

PASSWORD = "rumah-kayu-biru-77"
STAFF = [
    ("Budi Contoh", "Kepala Dinas", "Kepala dinas"),
    ("Citra Contoh", "Petugas Front Office", "Petugas meja depan"),
    ("Dedi Contoh", "Petugas Loket", "Petugas loket"),
    ("Eka Contoh", "Pengelola Layanan Pendidikan Dasar", "Pejabat"),
    ("Fajar Contoh", "Kepala Bidang Pembinaan Pendidikan Dasar", "Kepala bidang/bagian; Pejabat"),
]


def fill(page, **values):
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def first_day(admin, address):
    """From the secret address to the draft of a service."""
    page = admin.page
    admin.go(address)
    fill(page, name="Dinas Pendidikan", regency="Kabupaten Contoh", full_name="Ani Contoh", email="ani@example.id")
    fill(page, password=PASSWORD, again=PASSWORD)
    admin.press("Buat akun administrator")
    admin.go("/petugas/kantor/data/")
    fill(page, address="Jalan Contoh 1", phone="0622 123456", email="dinas@example.id", city="Contoh")
    admin.press("Simpan dan lanjutkan")
    admin.go("/petugas/kantor/kop-surat/")
    admin.press("Simpan dan lanjutkan")
    admin.go("/petugas/kantor/")
    admin.shoot("pertama-kantor")
    admin.go("/petugas/kantor/unit/")
    admin.press("Simpan unit")
    admin.go("/petugas/kantor/jabatan/")
    admin.press("Simpan jabatan")
    admin.go("/petugas/kantor/pegawai/impor/")
    rows = [f"{name}\t\t\t\t\t{name.split()[0].lower()}@example.id\t{place}\t{role}" for name, place, role in STAFF]
    fill(page, text="\n".join(rows))
    admin.press("Periksa daftar")
    admin.press("Tambahkan semua petugas")
    admin.shoot("pertama-petugas")
    admin.go("/petugas/kantor/layanan-awal/")
    for code in ("LEG-IJZ", "SKPI", "MUT-K"):
        page.check(f"[name=codes][value={code}]")
    admin.shoot("pertama-layanan-awal")
    admin.press("Buat draf layanan")
    admin.go("/petugas/layanan/MUT-K/bagian/sop/")
    admin.shoot("pertama-layanan")


if __name__ == "__main__":
    parts = urlsplit(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        first_day(BrowserUser(browser, DESK), parts.path)
        browser.close()
