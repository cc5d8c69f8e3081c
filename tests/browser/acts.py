"""What people do on the portal's pages, in the words that stand on them."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

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
    """A small real picture, as a file input takes it."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def press(page, name):
    """Press the button of that name (``page``: a page or a part of one); a page it leads to is read to its end.

    A click ends when the next page begins to arrive: what is counted on it at once may not be there yet.
    """
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    button.page.wait_for_load_state("domcontentloaded")


def find_service(page, words, code):
    """From the start page by searching, to the page of a service."""
    page.goto("/")
    page.get_by_role("searchbox").first.fill(words)
    page.get_by_role("searchbox").first.press("Enter")
    page.locator(f'[data-service="{code}"] a').first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def begin(page):
    """From a service's page to the first question."""
    page.get_by_role("link", name="Ajukan permohonan").click()
    press(page, "Mulai isi formulir")
    expect(page.locator("[name=hubungan]").first).to_be_visible()


def answer_questions(page, name="Siti Contoh"):
    """Answer who applies, who that is and the questions of MUT-K, and go on to the documents."""
    page.get_by_label("Orang tua atau wali").check()
    press(page, "Lanjut")
    page.locator("[name=nama_pemohon]").fill(name)
    press(page, "Lanjut")
    expect(page.locator("[name=nama_siswa]")).to_be_visible()
    for _part in range(2):
        for field, value in MUT_K.items():
            if page.locator(f"[name={field}]").count():
                page.locator(f"[name={field}]").fill(value)
        if page.locator("[name=kelas]").count():
            _choose(page, "kelas", "4")
        press(page, "Lanjut")
        expect(page.locator("[name=nama_siswa]")).to_have_count(0)
    expect(page).to_have_url(re.compile("/berkas/$"))


def _choose(page, name, label):
    field = page.locator(f"[name={name}]")
    if field.first.evaluate("each => each.tagName") == "SELECT":
        field.select_option(label=label)
    else:
        page.locator(f"[name={name}][value='{label}']").check()


def upload_all(page):
    """Choose a file for every required document; each goes up at once."""
    boxes = page.locator("section.upload:has(.asteriskField)")
    for number in range(boxes.count()):
        box = boxes.nth(number)
        box.locator("input[name=file]").set_input_files(photo(f"berkas-{number}.png"))
        expect(box).to_have_class(re.compile("is-done"))
    return boxes.count()


def number_and_code(page):
    """What stands on the receipt."""
    box = page.locator(".secret")
    number = NUMBER.search(box.inner_text()).group()
    return number, box.locator(".code-big").inner_text()


def open_case(page, number, tab="mine"):
    """From the inbox to a case."""
    page.goto(f"/petugas/kasus/?tab={tab}")
    page.locator(".row-item", has_text=number).get_by_role("link").first.click()
    expect(page.locator(".crumbs")).to_contain_text(number)


def said(page, words):
    """The page tells what was done."""
    expect(page.locator(".messages, .notice, [role=status]").filter(has_text=words).first).to_be_visible()


def allow_dialogs(page):
    """Questions of the browser are answered with yes."""
    page.on("dialog", lambda dialog: dialog.accept())
