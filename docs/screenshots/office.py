"""A request in the office, until its letter is collected."""

import functools
import re

from .browsing import sample_photo


def ask_and_answer(official, citizen, number, own):
    """The official asks for a document; the citizen sends it."""
    case, page = f"/petugas/kasus/{number}/", official.page
    official.go("/petugas/kasus/")
    official.shoot("pejabat-daftar")
    official.go(case)
    official.shoot("pejabat-kasus")
    page.locator(".papers__open").first.click()
    page.locator("[data-viewer] img").first.wait_for()
    official.shoot("pejabat-berkas", top="[data-viewer]")
    page.get_by_text("Minta kelengkapan dari pemohon").click()
    page.fill("[name=wanted]", "Tanda tangan pada SPTJM belum ada. Unggah ulang setelah ditandatangani.")
    page.get_by_label("SPTJM bermeterai Rp10.000").check()
    official.shoot("pejabat-minta", top="details.fold[open]")
    official.press("Kirim permintaan")
    citizen.go("/lacak/")
    citizen.shoot("warga-lacak")
    citizen.go(own)
    citizen.shoot("warga-kelengkapan")
    box = citizen.page.locator("section.upload-row", has_text="SPTJM")
    box.locator("input[name=file]").set_input_files(sample_photo("sptjm-bertanda-tangan"))
    box.get_by_text("sptjm-bertanda-tangan.jpg").first.wait_for()
    citizen.press("Kirim kelengkapan")
    citizen.shoot("warga-perkembangan")


def keep_paper(secretariat):
    """The steps of the head of office that wait for a record of a paper."""
    secretariat.go("/petugas/kasus/?tab=paper")
    secretariat.shoot("pejabat-catatan-kertas")


def work(people, number, own):
    """Every step until the letter is collected and verified."""
    case = f"/petugas/kasus/{number}/"

    def act(who, words, picture=""):
        person = people(who)
        person.go(case)
        if person.page.get_by_role("button", name="Ambil pekerjaan ini").count():
            person.press("Ambil pekerjaan ini")
        if picture:
            person.shoot(picture, top="section.panel h2" if words != "Terbitkan surat" else "section.panel form")
        press = functools.partial(person.press, words, "section.panel", exact=words in ("Lengkap", "Sesuai"))
        press()
        # The page asks about papers that nobody has judged.
        if (why := person.page.locator("textarea[name=papers_reason]")).count():
            why.fill("Asli berkas sudah diperlihatkan di loket.")
            press()

    act("layanan.dikdas", "Lengkap")
    act("layanan.dikdas", "Selesaikan langkah")
    act("kabid.dikdas", "Terbukti", "pejabat-putuskan")
    act("layanan.dikdas", "Selesaikan langkah")
    act("kabid.dikdas", "Sesuai")
    act("sekretaris", "Selesaikan langkah")
    act("kepala.dinas", "Terbitkan surat", "pejabat-surat")
    act("loket", "Selesaikan langkah")
    citizen = people("")
    citizen.go(own)
    citizen.shoot("warga-surat")
    head = people("kepala.dinas")
    head.go(case)
    with citizen.page.expect_download():
        citizen.page.get_by_role("button", name="Unduh surat").click()
    return re.search(r"Kode pada surat ([A-Z0-9-]{14})", head.page.locator("main").inner_text()).group(1)
