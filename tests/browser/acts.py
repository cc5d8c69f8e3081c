"""Actions of people on the portal's pages, found by the texts that they see."""

import io
import re

from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from services.models import Letter

NUMBER = re.compile(r"ULA-\d{4}-\d{6}")
MUT_K = {
    "nama_siswa": "Ahmad Contoh",
    "nisn": "0012345678",
    "npsn_asal": "10203040",
    "nama_sekolah_tujuan": "SD Negeri 99 Contoh",
    "daerah_tujuan": "Kota Contoh, Provinsi Contoh",
    "alasan": "Orang tua pindah tugas.",
}


def photo(name="berkas.png", color="white"):
    """A small real picture for a file input."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def press(page, name):
    """Press the button with this name in ``page`` (a page or a part of one) and wait until the next page has loaded.

    Playwright's click returns as soon as the next page begins to load, too early to count anything on it.
    """
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    button.page.wait_for_load_state("domcontentloaded")


def find_service(page, words, code):
    """Search on the start page and open the page of a service."""
    page.goto("/")
    page.get_by_role("searchbox").first.fill(words)
    page.get_by_role("searchbox").first.press("Enter")
    page.locator(f'[data-service="{code}"] a').first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def begin(page):
    """Go from a service's page to the first question."""
    page.get_by_role("link", name="Ajukan permohonan").click()
    press(page, "Mulai isi formulir")
    expect(page.locator("[name=hubungan]").first).to_be_visible()


def answer_questions(page, name="Siti Contoh"):
    """Answer the questions about the applicant and those of MUT-K, and continue to the documents."""
    page.get_by_label("Orang tua atau wali").check()
    press(page, "Lanjutkan pengisian")
    page.locator("[name=nama_pemohon]").fill(name)
    press(page, "Lanjutkan pengisian")
    expect(page.locator("[name=nama_siswa]")).to_be_visible()
    for _part in range(2):
        for field, value in MUT_K.items():
            if page.locator(f"[name={field}]").count():
                page.locator(f"[name={field}]").fill(value)
        if page.locator("[name=kelas]").count():
            _choose(page, "kelas", "4")
        press(page, "Lanjutkan pengisian")
        expect(page.locator("[name=nama_siswa]")).to_have_count(0)
    expect(page).to_have_url(re.compile("/berkas/$"))


def _choose(page, name, label):
    field = page.locator(f"[name={name}]")
    if field.first.evaluate("each => each.tagName") == "SELECT":
        field.select_option(label=label)
    else:
        page.locator(f"[name={name}][value='{label}']").check()


def upload_all(page):
    """Choose a file for every required document; each is uploaded immediately."""
    boxes = page.locator("section.upload-row:has(.asteriskField)")
    for number in range(boxes.count()):
        box = boxes.nth(number)
        box.locator("input[name=file]").set_input_files(photo(f"berkas-{number}.png"))
        expect(box).to_have_class(re.compile("is-done"))
    return boxes.count()


def number_and_code(page):
    """The number and the code on the receipt."""
    box = page.locator(".success-panel")
    number = NUMBER.search(box.inner_text()).group()
    return number, box.locator(".success-panel__code strong").inner_text()


def open_case(page, number, tab="mine"):
    """Open a case from the inbox."""
    page.goto(f"/petugas/kasus/?tab={tab}")
    page.locator(".row-item", has_text=number).get_by_role("link").first.click()
    expect(page.locator(".crumbs")).to_contain_text(number)


def said(page, words):
    """Check that the page confirms the action."""
    expect(page.locator(".messages, .notice, [role=status]").filter(has_text=words).first).to_be_visible()


def allow_dialogs(page):
    """Accept all confirmation dialogs."""
    page.on("dialog", lambda dialog: dialog.accept())


def apply_to_move(page):
    """From the search to the receipt of a move to another school; returns number and secret code."""
    find_service(page, "pindah sekolah", "MUT-K")
    begin(page)
    answer_questions(page)
    assert upload_all(page) == 4
    page.get_by_role("link", name="Periksa kembali").click()
    press(page, "Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    number, code = number_and_code(page)
    page.get_by_role("link", name="Lihat perkembangan").click()
    expect(page.locator("main")).to_contain_text(number)
    return number, code


def work_on_move(page, number, at_desk=False):
    """Check the documents, decide and draft the letter. ``at_desk``: the request of a walk-in visitor."""
    open_case(page, number)
    if at_desk:
        expect(page.get_by_text("Waktu pelayanan mulai dihitung saat Anda menjawab").first).to_be_visible()
        allow_dialogs(page)
    press(page, "Lengkap")
    if not at_desk:
        # Nobody has assessed the files, so a confirmation lists them.
        page.get_by_label("Alasan tetap melanjutkan").fill("Sudah dibandingkan dengan aslinya.")
        press(page, "Lengkap")
    expect(page.get_by_role("heading", name="Apakah perpindahan memenuhi ketentuan?")).to_be_visible()
    press(page, "Memenuhi")
    expect(page.get_by_role("heading", name="Menyusun konsep surat rekomendasi pindah")).to_be_visible()
    page.locator("[name=note]").fill("Konsep siap ditandatangani.")
    page.get_by_role("button", name="Selesaikan langkah").click()
    expect(page.locator("main")).to_contain_text("bukan tugas Anda")


def sign_letter(page, number):
    """Agree and issue the letter; returns its number."""
    open_case(page, number)
    press(page, "Setuju")
    body = page.locator("textarea[name=body]")
    expect(body).not_to_be_empty()
    # A walk-in applicant has not filled in the form, and no letter is issued with empty placeholders.
    body.fill(re.sub("…+", "Contoh", body.input_value()))
    press(page, "Terbitkan surat")
    expect(page.locator("main")).to_contain_text("diterbitkan")
    letter = Letter.objects.get(request__number=number)
    assert letter.state == "issued"
    expect(page.locator("main")).to_contain_text(letter.number)
    return letter.number


def download_letter(page, letter_number):
    """Download the letter from the open tracking page, which ends the request."""
    page.reload()
    expect(page.get_by_text("Surat Anda sudah terbit")).to_be_visible()
    with page.expect_download() as download:
        press(page, "Unduh surat")
    path = download.value.path()
    assert path.read_bytes().startswith(b"%PDF")
    assert letter_number in " ".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    page.reload()
    expect(page.locator("main")).to_contain_text("Selesai")
