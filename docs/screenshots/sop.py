"""An SOP: written in the editor, verified and approved, printed."""

import io
import subprocess

from PIL import Image

from .browsing import BASE, SOP, save_picture

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
