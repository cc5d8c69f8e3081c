"""The upload box: progress, preview, camera, photos that are too large, and refused files, each with an explanation."""

import io
import os
import re
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from services.applying.actions.submitting import submit_request
from services.applying.receipt import tracking_token
from services.attachments.actions.documents import attach_document
from services.conversation.actions.asking import ask_applicant
from services.models import Document
from services.papers.queries.slots import document_slots
from tests.core.files.test_uploads import HOSTILE, archive, commented, image, pdf, photo_of_a_phone
from tests.factories.cases import make_case_service
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_request, make_service, picture
from tests.factories.sop import make_cast, make_office
from tests.virus_scanner import EICAR
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import StoredFile

from . import acts, citizens
from .conftest import People, serve


@pytest.fixture
def draft(transactional_db):
    return make_draft(make_service(make_cast(make_office())), documents=False)


def address_of(draft):
    return f"/layanan/{draft.service.slug}/ajukan/{tracking_token(draft)}/berkas/"


def file(content, name):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def box(people, draft):
    """The only upload box of a small service, on a phone."""
    page = people.stranger(**citizens.PHONE)
    page.goto(address_of(draft))
    return citizens.box_of(page, "KTP")


def kept():
    document = Document.objects.get(removed_at=None)
    return document.file


def test_chosen_looked_at_replaced_and_taken_out(people, box):
    page = box.page
    # A slow connection, so that the progress bar is visible.
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 50, "downloadThroughput": 500_000, "uploadThroughput": 400_000}
    line.send("Network.emulateNetworkConditions", slow)
    noise = Image.frombytes("RGB", (700, 500), os.urandom(700 * 500 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    box.locator("input[name=file]").set_input_files(file(buffer.getvalue(), "ktp.png"))
    expect(box.get_by_role("progressbar")).to_be_visible()
    expect(box.get_by_role("status")).to_contain_text("Mengunggah ktp.png")
    expect(box).to_contain_text("Terunggah")
    expect(box.get_by_role("progressbar")).to_have_count(0)
    line.send("Network.emulateNetworkConditions", slow | {"downloadThroughput": -1, "uploadThroughput": -1})
    thumb = box.locator(".upload-row__thumb img")
    thumb.scroll_into_view_if_needed()
    expect(thumb).to_have_js_property("complete", True)
    assert thumb.evaluate("each => each.naturalWidth") > 0
    with page.context.expect_page() as opened:
        box.get_by_role("link", name="Lihat").click()
    opened.value.wait_for_load_state()
    opened.value.close()
    # The sandbox keeps the browser's own page around a picture from applying its styles, which the console reports.
    people.complaints[:] = [each for each in people.complaints if "/lihat/" not in each]

    expect(box).to_contain_text("Ganti")
    box.locator("input[name=file]").set_input_files(acts.photo("ktp-baru.png", "green"))
    expect(box).to_contain_text("ktp-baru.png")
    # The focus is on the message about what happened, and the next Tab stays within the box.
    expect(box.get_by_role("status")).to_be_focused()
    expect(box.get_by_role("status")).to_have_text("ktp-baru.png terunggah.")
    assert page.evaluate(citizens.SMALL) == []
    box.get_by_role("button", name="Hapus").click()
    expect(box.get_by_role("status")).to_have_text("ktp-baru.png dihapus.")
    expect(box.get_by_role("status")).to_be_focused()
    expect(box).not_to_contain_text("Terunggah")
    box.get_by_role("button", name="Urungkan hapus").click()
    expect(box.locator(".upload-row__head")).to_contain_text("Terunggah")
    box.locator(".upload-row__remove button").click()
    expect(box.locator(".upload-row__head")).not_to_contain_text("Terunggah")
    # Choosing the same file again uploads it again.
    box.locator("input[name=file]").set_input_files(acts.photo("ktp-baru.png", "green"))
    expect(box.locator(".upload-row__head")).to_contain_text("Terunggah")
    assert kept().name == "ktp-baru.png"
    assert people.complaints == []


def test_a_draft_sent_in_another_window_takes_no_more_files_and_says_so(people, box, draft):
    page = box.page
    for slot in document_slots(draft):
        attach_document(draft, by=applicant(draft.pk), upload=picture(), slot_key=slot.key)
    submit_request(draft, by=applicant(draft.pk))
    box.locator("input[name=file]").set_input_files(acts.photo("ktp.png"))
    expect(box.get_by_role("status")).to_contain_text("Permohonan ini sudah dikirim")
    expect(box.get_by_role("button", name="Coba lagi")).to_have_count(0)
    box.get_by_role("link", name="Lihat tanda terima").click()
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    people.complaints[:] = [each for each in people.complaints if "409" not in each]
    assert people.complaints == []


def test_a_file_chosen_before_the_script_is_there_goes_up_too(people, draft):
    page, held = people.stranger(**citizens.PHONE), []
    page.route(re.compile(r"/attachments[^/]*\.js"), lambda route: held.append(route))
    page.goto(address_of(draft), wait_until="commit")
    box = citizens.box_of(page, "KTP")
    box.locator("input[name=file]").set_input_files(acts.photo("ktp.png"))
    expect(box.get_by_role("button", name="Unggah")).to_be_visible()
    held[0].continue_()
    expect(box).to_contain_text("ktp.png")
    expect(box).to_contain_text("Terunggah")


def test_what_was_asked_back_goes_with_its_cause(people, transactional_db):
    with clock.at(clock.now() - timedelta(hours=2)):
        cast = named_cast()
        request = make_request(make_case_service(cast))
        [paper] = request.documents.all()
        ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas.", documents={paper.pk: "buram"})
    page = people.stranger(**citizens.PHONE)
    page.goto(f"/lacak/{tracking_token(request)}/")
    page.get_by_label("Jawaban Anda").fill("   ")
    page.get_by_role("button", name="Kirim kelengkapan").click()
    asked = page.get_by_role("alert").filter(has_text="Belum diganti: KTP.")
    expect(asked).to_be_visible()
    page.get_by_label("Jawaban Anda").fill("Ini KTP saya")
    citizens.box_of(page, "KTP").locator("input[name=file]").set_input_files(file(image(size=(60, 40)), "ktp.jpg"))
    expect(citizens.box_of(page, "KTP")).to_contain_text("Terunggah: berkas baru")
    expect(asked).to_have_count(0)
    expect(page.get_by_label("Lanjutkan tanpa berkas baru")).to_have_count(0)
    expect(page.get_by_label("Jawaban Anda")).to_have_value("Ini KTP saya")


def test_who_leaves_while_a_file_is_on_its_way_is_asked(people, box):
    page, asked = box.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    held = []
    page.route(re.compile(r"/berkas/r\d+/$"), lambda route: held.append(route))
    box.locator("input[name=file]").set_input_files(acts.photo("ktp.png"))
    expect(box).to_have_attribute("aria-busy", "true")
    page.get_by_text("Setiap berkas langsung tersimpan").tap()
    page.get_by_role("link", name="Periksa kembali").tap(no_wait_after=True)
    expect(box).to_have_attribute("aria-busy", "true")
    assert asked == ["beforeunload"]
    held[0].continue_()
    expect(box).to_contain_text("Terunggah")
    page.get_by_role("link", name="Periksa kembali").tap()
    expect(page.get_by_role("heading", name="Periksa kembali")).to_be_visible()
    assert asked == ["beforeunload"]


def test_the_camera_is_offered_where_there_is_one(people, draft, box):
    expect(box.get_by_text("Ambil foto")).to_be_visible()
    camera = box.locator("input[name=photo]")
    assert camera.get_attribute("capture") == "environment" and camera.get_attribute("accept") == "image/*"
    camera.set_input_files(acts.photo("image.png", "blue"))
    expect(box).to_contain_text("Terunggah")
    desk = people.stranger()
    desk.goto(address_of(draft))
    expect(citizens.box_of(desk, "KTP").get_by_text("Ambil foto")).to_be_hidden()
    plain = people.stranger(**citizens.PHONE, javascript=False)
    plain.goto(address_of(draft))
    plain.locator("input[name=photo]").set_input_files(acts.photo("foto.png", "red"))
    acts.press(plain, "Unggah")
    expect(citizens.box_of(plain, "KTP")).to_contain_text("foto.png")
    assert people.complaints == []


def test_a_photo_that_is_too_large_is_made_smaller_here(people, box):
    noise = Image.frombytes("RGB", (2200, 1800), os.urandom(2200 * 1800 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=98)
    assert len(buffer.getvalue()) > 5 * 1024 * 1024
    photo = {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
    box.locator("input[name=file]").set_input_files(photo)
    expect(box).to_contain_text("IMG_0001.jpg")
    expect(box).to_contain_text("Terunggah")
    assert kept().size <= 5 * 1024 * 1024 and kept().content_type == "image/jpeg"
    assert people.complaints == []


def test_a_photo_of_a_newer_phone(people, box):
    content = photo_of_a_phone(format="HEIF")
    box.locator("input[name=file]").set_input_files(file(content, "IMG_0001.HEIC"))
    expect(box).to_contain_text("IMG_0001.HEIC")
    # Browsers cannot show this format, so its preview is a JPEG made by the portal.
    expect(box.locator(".upload-row__thumb img")).to_have_js_property("complete", True)
    assert box.locator(".upload-row__thumb img").evaluate("each => each.naturalWidth") > 0
    with kept().blob.open() as original:
        assert original.read() == content
    assert people.complaints == []


REFUSED = {
    "photo that is a page too": (commented(b"<script>alert(1)</script>"), "foto.jpg", "berkas lain"),
    "PDF that is an archive too": (pdf() + archive(), "surat.pdf", "berkas lain"),
    "wrong ending": (pdf(), "surat.jpg", "berakhiran .jpg, padahal isinya"),
    "picture that unpacks to a giant": (HOSTILE["picture bomb"][0], "pindai.png", "Foto dokumennya"),
    "PDF with a script": (HOSTILE["PDF that runs a script"][0], "formulir.pdf", "Foto dokumennya"),
    "drawing": (HOSTILE["drawing with script"][0], "logo.svg", "SVG"),
    "page named as a photo": (HOSTILE["page as PDF"][0], "foto.jpg", "halaman web"),
    "nothing": (b"", "kosong.pdf", "kosong"),
    "too large": (b"%PDF-" + b"0" * (6 * 1024 * 1024), "buku.pdf", "melebihi batas 5 MB"),
    "PDF with an attachment": (HOSTILE["PDF with attachment"][0], "surat.pdf", "lampiran"),
}


def test_hostile_files_are_refused_each_in_words(people, draft, box):
    page = people.stranger(**citizens.PHONE, javascript=False)
    page.goto(address_of(draft))
    plain = citizens.box_of(page, "KTP")
    heard = set()
    for name, (content, filename, words) in REFUSED.items():
        box.locator("input[name=file]").set_input_files(file(content, filename))
        expect(box.get_by_role("status"), name).to_contain_text(words)
        expect(box.get_by_role("progressbar")).to_have_count(0)
        plain.locator("input[name=file]").set_input_files(file(content, filename))
        acts.press(plain, "Unggah")
        expect(plain.get_by_role("status"), name).to_contain_text(words)
        heard.add(plain.get_by_role("status").inner_text())
    # The two polyglot files get the same message, and so do files with scripts and those that are too complex.
    assert len(heard) == len(REFUSED) - 2
    assert not Document.objects.exists() and not StoredFile.objects.exists()
    # The console reports only the status of refused uploads.
    assert [each for each in people.complaints if "status of 422" not in each] == []
    # A valid file is still accepted afterwards; path and control characters are removed from its name.
    box.locator("input[name=file]").set_input_files(file(image(), "surat\x07 ibu.jpg"))
    expect(box).to_contain_text("surat ibu.jpg")
    assert kept().name == "surat ibu.jpg"


@pytest.fixture
def scanned(chromium, transactional_db, database_url, scanner):
    """People using a portal with a real virus scanner."""
    with serve(database_url, CLAMAV=scanner) as base:
        cast = People(chromium, base)
        yield cast
        for context in cast.contexts:
            context.close()


def test_what_a_scanner_knows_is_refused_by_its_name(scanned, draft):
    page = scanned.stranger(**citizens.PHONE)
    page.goto(address_of(draft))
    box = citizens.box_of(page, "KTP")
    infected = pdf(lambda document: document.make_indirect(document.make_stream(EICAR)), compress_streams=False)
    infected = infected.replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
    box.locator("input[name=file]").set_input_files(file(infected, "surat.pdf"))
    expect(box.get_by_role("status")).to_contain_text("Pemindai virus menolak berkas ini")
    expect(box.get_by_role("status")).to_contain_text("Uji.EICAR")
    assert not StoredFile.objects.exists()
    box.locator("input[name=file]").set_input_files(file(pdf(), "surat.pdf"))
    expect(box).to_contain_text("Terunggah")
