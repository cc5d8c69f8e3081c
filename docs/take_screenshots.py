"""Retake every picture of the guides: ``.venv/bin/python docs/take_screenshots.py [http://127.0.0.1:8000]``.

Needs a running demo (``make demo``), preferably a fresh one, and the ``VAR_DIR`` of that demo, because the passwords
are in its ``demo-logins.json``. The script clicks through one request and one visit, which changes the demo. Pictures
are stored in ``docs/img``: a phone of 360 px or a window of 1200 px, at most 120 kB each.
"""

import contextlib
import functools
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
BASE = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
LOGINS = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "demo-logins.json"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--hide-scrollbars"]
PHONE, DESK, SCREEN = (360, 740), (1200, 800), (1280, 720)
SERVICE = "/layanan/surat-pengganti-ijazah-hilang-atau-rusak/"
SOP = "/sop/rekomendasi-mutasi-siswa-masuk/"
ROOM = "Ruang Kepala Bidang Pembinaan Pendidikan Dasar"


class BrowserUser:
    """A user with a separate browser window."""

    def __init__(self, browser, size, email=""):
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(base_url=BASE, locale="id-ID", timezone_id="Asia/Jakarta", viewport=viewport)
        context.set_default_timeout(60_000)
        self.page = context.new_page()
        # Confirmations ("Terbitkan surat?") are accepted; the print dialog would wait for a person.
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.add_init_script("window.print = () => {}")
        if email:
            self.go("/akun/masuk/")
            self.page.fill("input[name=login]", email)
            self.page.fill("input[name=password]", PASSWORDS[email])
            self.page.keyboard.press("Enter")
            self.page.wait_for_url("**/petugas/")

    def go(self, path):
        self.page.goto(path)

    def press(self, name, within="main", exact=False):
        """Press a button or follow a link with this text, and wait for the next page."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=name, exact=exact).or_(
            place.get_by_role("link", name=name, exact=exact)
        )
        found.first.click()
        self.page.wait_for_load_state()

    def shoot(self, name, top="", colors=96):
        """Take a picture of the window, or first scroll until the element ``top`` is at its upper edge."""
        if top:
            self.page.locator(top).first.evaluate("e => { e.scrollIntoView(); scrollBy(0, -12); }")
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(400)
        save_picture(Image.open(io.BytesIO(self.page.screenshot())), name, colors)


def save_picture(picture, name, colors=96):
    """Save a picture with few colours, which suffice for flat pages."""
    picture.convert("RGB").quantize(colors, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
    print(f"{name}.png {(IMAGES / f'{name}.png').stat().st_size // 1024} kB")


def sample_photo(words):
    """A photo of a document to upload."""
    picture, buffer = Image.new("RGB", (600, 800), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((60, 60), f"CONTOH\n{words}", fill="navy")
    picture.save(buffer, "JPEG")
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


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


def draft_file():
    """A file for the panel: an SOP of the demo under another name, so that it is imported as a draft."""
    source = json.loads((ROOT / "ula_portal/demo/data/sops/leg-ijz.json").read_text())
    source |= {"name": "Legalisasi Rapor", "number": None}
    return {"name": "sop.json", "mimeType": "application/json", "buffer": json.dumps(source).encode()}


def panel(admin):
    """The administrator's pages; forms are filled in but not saved, except the draft of an SOP."""
    page = admin.page
    admin.go("/admin/")
    admin.shoot("admin-panel")
    admin.go("/admin/penerusan/")
    admin.shoot("admin-penerusan")
    admin.go("/admin/sop/sopversion/impor/")
    page.set_input_files("input[type=file]", draft_file())
    admin.shoot("admin-sop-masuk")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/change/")
    admin.shoot("admin-sop-draf")
    page.get_by_role("button", name="Pastikan pelaksana").click()
    page.wait_for_load_state()
    draft = page.url
    admin.go("/admin/services/service/")
    admin.shoot("admin-layanan")
    admin.go("/admin/core/user/add/")
    admin.shoot("admin-petugas-baru")
    admin.go("/petugas/kehadiran/plh-plt/")
    admin.shoot("admin-ketidakhadiran")
    admin.go("/admin/core/calendarday/add/")
    page.select_option("select[name=kind]", label="Libur")
    page.fill("[name=date]", "22-12-2026")
    page.fill("[name=name]", "Hari jadi kabupaten")
    admin.shoot("admin-hari-libur")
    return draft


TABLE = """No\tUraian Kegiatan\tPelaksana\tKelengkapan\tWaktu\tOutput
1\tMengajukan permohonan\tPemohon\tRapor asli\t\tPermohonan
2\tApakah berkas lengkap?\tPengelola Layanan Pendidikan Dasar\tBerkas\t10 menit\tHasil periksa
3\tMenandatangani salinan\tKepala Bidang Pembinaan Pendidikan Dasar\tSalinan\t15 menit\tSalinan sah
4\tMenerima salinan\tPemohon\tSalinan\t\tTanda terima"""


def draft_sop(author):
    """A new SOP in the editor: its steps are pasted from a spreadsheet, and one of them is open."""
    page = author.page
    author.go("/petugas/sop/baru/")
    page.get_by_label("Nama SOP").fill("Legalisasi Rapor Sekolah Dasar")
    page.get_by_label("Unit penyusun").select_option(label="Bidang Pembinaan Pendidikan Dasar")
    author.press("Buat draf")
    page.get_by_label("Dasar hukum").fill("Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik")
    author.press("Simpan dan lanjut ke pelaksana")
    page.get_by_label("Siapa ini?").select_option(label="Pemohon")
    author.press("Tambah pelaksana")
    author.shoot("penyusun-pelaksana")
    author.press("Lanjut ke langkah")
    author.press("Tempel dari lembar kerja")
    page.get_by_label("Isi tabel").fill(TABLE)
    author.press("Periksa dulu")
    author.shoot("penyusun-tempel", top="#terbaca")
    author.press("Masukkan 4 langkah")
    page.locator(".sop-line a").nth(1).click()
    page.wait_for_url("**/langkah/**")
    page.locator("#id_if_no_id").select_option(index=1)
    page.get_by_text("Tersimpan pukul").wait_for()
    author.shoot("penyusun-langkah", top=".tabs")
    author.press("Periksa dan ajukan")
    author.shoot("penyusun-periksa")
    author.go("/petugas/sop/?bagian=draf")
    author.shoot("penyusun-daftar")


def approve(section_head, head, draft):
    """Verify as the section head; the head's form is filled in but not submitted."""
    section_head.go(draft)
    back = section_head.page.locator("input[type=submit][value='Kembalikan menjadi draf']")
    if back.count():
        back.click()
        section_head.page.wait_for_load_state()
        section_head.go(draft)
    section_head.shoot("kabid-verifikasi")
    section_head.page.locator("input[type=submit][value=Verifikasi]").click()
    section_head.page.wait_for_load_state()
    head.go("/petugas/laporan/")
    head.shoot("kepala-laporan")
    head.go(draft)
    head.page.get_by_label("Nomor keputusan pengesahan").fill("188/15/DISDIK/2026")
    head.shoot("kepala-sahkan")


def flowchart(citizen):
    """The README's picture of an SOP: a page of its PDF as it is printed (needs pdftoppm of poppler-utils)."""
    content = citizen.page.request.get(f"{BASE}{SOP}pdf/").body()
    command = ["pdftoppm", "-r", "110", "-f", "2", "-l", "2", "-png", "-"]
    page = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    save_picture(Image.open(io.BytesIO(page)), "sop-bagan", colors=24)


def overview():
    """The README's picture: start page on a phone, display, an official's case."""
    canvas = Image.new("RGB", (1500, 930), "#EFE7DA")
    for name, width, corner in (
        ("layar", 900, (30, 30)),
        ("pejabat-kasus", 880, (330, 310)),
        ("warga-beranda", 330, (1140, 60)),
    ):
        picture = Image.open(IMAGES / f"{name}.png").convert("RGB")
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        ImageDraw.Draw(canvas).rectangle(
            (corner[0] - 3, corner[1] - 3, corner[0] + width + 2, corner[1] + picture.height + 2), fill="#16282D"
        )
        canvas.paste(picture, corner)
    save_picture(canvas, "overview", colors=128)


def main():
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        stack.callback(browser.close)
        known = {"": BrowserUser(browser, PHONE)}

        def people(who):
            if who not in known:
                known[who] = BrowserUser(browser, DESK, f"{who}@example.id")
            return known[who]

        citizen = people("")
        number, own = apply(citizen)
        ask_and_answer(people("layanan.dikdas"), citizen, number, own)
        code = work(people, number, own)
        citizen.go(f"/verifikasi/{code.replace('-', '')}/")
        citizen.shoot("warga-verifikasi")
        keep_paper(people("persuratan"))
        desk(people("frontoffice"))
        serve_at_counter(people("loket"), BrowserUser(browser, SCREEN))
        draft_sop(people("kabid.dikdas"))
        draft = panel(people("data"))
        approve(people("kabid.dikdas"), people("kepala.dinas"), draft)
        flowchart(citizen)
        overview()


PASSWORDS = {login["email"]: login["password"] for login in json.loads(LOGINS.read_text())}

if __name__ == "__main__":
    main()
