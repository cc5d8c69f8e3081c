"""A visit: the front desk, the counter and the waiting room's screen."""

import re

from .browsing import ROOM


def desk(front):
    """A walk-in visitor whose request is opened at the desk, and one who returns with a request number."""
    page = front.page
    front.go("/petugas/tamu/")
    page.get_by_label("Nama", exact=True).fill("Rahayu Contoh Siregar")
    service = page.get_by_role("combobox", name="Layanan", exact=True)
    service.fill("Pindah sekolah ke luar")
    service.press("Enter")
    page.get_by_label("Buka permohonan sekarang").check()
    front.shoot("fo-tamu-baru")
    front.press("Catat dan cetak nomor")
    page.wait_for_url("**/petugas/tamu/tiket/**")
    front.shoot("fo-nomor")
    ticket = page.locator("body").inner_text()
    front.press("Kembali", "body")
    front.shoot("fo-setelah")
    number = re.search(r"ULA-\d+-\d+", page.locator("main").inner_text()).group()
    page.fill("input[name=q]", number)
    page.keyboard.press("Enter")
    page.locator("#hasil-cari").get_by_role("link", name="Cetak tanda terima").wait_for()
    front.shoot("fo-cari")
    front.press("Cetak tanda terima")
    front.shoot("fo-tanda-terima")
    return ticket


def serve_at_counter(clerk, screen):
    """Call, serve, finish; the display shows it."""
    page = clerk.page
    screen.go("/layar/ula/")
    clerk.go("/petugas/loket/")
    # The demo's own counter is open and has called somebody.
    if page.get_by_role("button", name="Mulai layani").count():
        clerk.press("Mulai layani")
        clerk.press("Selesai", exact=True)
        clerk.press("Tutup loket")
    if page.get_by_text("Pilih loket atau ruang").count():
        clerk.shoot("loket-pilih")
        clerk.press("Buka")
    if page.get_by_role("button", name="Lanjutkan").count():
        clerk.press("Lanjutkan")
    clerk.shoot("loket-buka")
    clerk.press("Panggil berikutnya")
    page.get_by_role("button", name="Mulai layani").wait_for()
    clerk.shoot("loket-panggil")
    screen.page.locator(".d-number").wait_for()
    screen.page.wait_for_timeout(6000)
    screen.shoot("layar")
    clerk.press("Mulai layani")
    page.select_option("main select", label=ROOM)
    clerk.shoot("loket-layani")
    clerk.press("Selesai", exact=True)
    page.get_by_role("button", name="Panggil berikutnya").wait_for()
    clerk.press("Tutup loket")
