"""Actions of citizens between the form and the letter, on a phone with or without JavaScript."""

import re

from playwright.sync_api import expect

from . import acts

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
MUT_M = {
    "nama_siswa": "Ahmad Contoh",
    "nisn": "0012345678",
    "npsn_tujuan": "10203040",
    "sekolah_asal": "SD Negeri 99 Contoh",
    "daerah_asal": "Kota Contoh, Provinsi Contoh",
}
# All visible controls.
PRESSED = (
    "main a.btn, main button, main select, main textarea, main summary, .upload-row.is-enhanced label[for], "
    "main input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [tabindex='-1'])"
)
SMALL = f"""() => [...document.querySelectorAll("{PRESSED}")]
  .map(each => [each.getBoundingClientRect(), each])
  .filter(([box]) => box.width > 1 && box.height > 1 && (box.height < 44 || box.width < 44))
  .map(([box, each]) => `${{each.outerHTML.slice(0, 90)}}: ${{Math.round(box.width)}} × ${{Math.round(box.height)}}`)"""


def box_of(page, words):
    """The upload box of a document, found by a part of its name."""
    return page.locator("section.upload-row", has_text=words)


def upload(page, words, file=None, *, javascript=True, by="file"):
    """Put a file into an upload box as a chosen file (``by`` "file") or a photo ("photo"); without JavaScript a button
    submits it.
    """
    box = box_of(page, words)
    box.locator(f"input[name={by}]").set_input_files(file or acts.photo("berkas.png"))
    if not javascript:
        acts.press(box, "Unggah")
    expect(box.locator(".upload-row__head")).to_contain_text("Terunggah")
    return box


def answer(page, answers, *, button="Lanjutkan pengisian"):
    """Fill in the fields of this page from ``answers`` (name → value) and continue."""
    for name, value in answers.items():
        field = page.locator(f"[name={name}]")
        if not field.count():
            continue
        if field.first.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        elif field.first.evaluate("each => each.type") == "radio":
            page.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)
    acts.press(page, button)


def answer_until_documents(page, answers):
    """Fill in pages until the documents are asked for; returns the number of pages."""
    pages = 0
    while not re.search("/berkas/$", page.url):
        before = page.locator("h1").inner_text(), page.url
        answer(page, answers)
        page.wait_for_load_state()
        assert (page.locator("h1").inner_text(), page.url) != before, page.locator("main").inner_text()
        pages += 1
    return pages


def begin(page, service):
    """Continue from the privacy notice to the first question."""
    page.goto(f"/layanan/{service.slug}/ajukan/")
    acts.press(page, "Mulai isi formulir")
    expect(page.locator("[name=hubungan]").first).to_be_visible()
