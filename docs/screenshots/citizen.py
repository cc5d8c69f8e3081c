"""The applicant's pages, from the search to the receipt."""

import re

from .browsing import SERVICE, sample_photo


def apply(citizen):
    """From the start page to the receipt; returns the number and the secret address."""
    page = citizen.page
    citizen.go("/")
    citizen.shoot("warga-beranda")
    page.fill("input[name=q]", "ijasah hilang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/layanan/?q=*")
    citizen.shoot("warga-cari")
    citizen.go(SERVICE)
    citizen.shoot("warga-layanan", top="h1")
    citizen.press("Ajukan permohonan")
    citizen.press("Mulai isi formulir")
    page.get_by_role("radio", name="Diri sendiri", exact=True).check()
    citizen.shoot("warga-isi-data", top="h1")
    citizen.press("Lanjutkan pengisian")
    written = {"Nama lengkap pemohon": "Siti Contoh Aminah", "Nomor HP/WhatsApp": "0812 0000 1234"}
    for label, value in written.items():
        page.get_by_label(label).first.fill(value)
    citizen.press("Lanjutkan pengisian")
    choices, dates = ("Hilang", "SMP"), {"Tanggal surat kehilangan": "2026-01-05"}
    written = {"Nama sekolah": "SMP Contoh Lama", "Tahun lulus": "1999", "Nomor surat kehilangan": "SK/9/2026"} | dates
    while "/isi/" in page.url:
        for choice in choices:
            button = page.get_by_role("radio", name=choice, exact=True)
            if button.count():
                button.check()
        for label, value in written.items():
            if page.get_by_label(label).count():
                page.get_by_label(label).first.fill(value)
        citizen.press("Lanjutkan pengisian")
    boxes = page.locator("section.upload-row")
    wanted = [i for i in range(boxes.count()) if "*" in boxes.nth(i).inner_text()]
    for i in wanted:
        boxes.nth(i).locator("input[name=file]").set_input_files(sample_photo(f"berkas-{i + 1}"))
        page.locator("section.upload-row.is-done").nth(wanted.index(i)).wait_for()
        if i == 1:
            citizen.shoot("warga-unggah", top="h1")
    citizen.press("Periksa kembali")
    citizen.press("Kirim permohonan")
    page.wait_for_url("**/diterima/")
    citizen.shoot("warga-tanda-terima")
    number = re.search(r"ULA-\d+-\d+", page.locator("main").inner_text()).group()
    return number, page.url.removesuffix("diterima/")
