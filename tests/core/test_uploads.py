"""Files are judged by what they contain; hostile ones are refused in words and leave nothing behind."""

import io
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ula_portal.core import uploads
from ula_portal.core.models import StoredFile

pytestmark = pytest.mark.django_db


def image(image_format="JPEG", size=(40, 30)):
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, image_format)
    return buffer.getvalue()


def pdf(change=None, **saved):
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    buffer = io.BytesIO()
    document.save(buffer, **saved)
    return buffer.getvalue()


def upload(content, name="berkas.pdf", content_type="application/pdf"):
    return uploads.store_upload(SimpleUploadedFile(name, content, content_type))


def kept_files():
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


@pytest.mark.parametrize(
    ("content", "mime"),
    [(pdf(), "application/pdf"), (image("JPEG"), "image/jpeg"), (image("PNG"), "image/png")],
)
def test_honest_files_are_kept_whatever_they_call_themselves(content, mime):
    stored = upload(content, "surat.exe", "text/html")
    assert stored.content_type == mime
    assert stored.size == len(content)
    with stored.blob.open() as file:
        assert file.read() == content


def test_a_kept_file_lies_under_a_random_private_name():
    stored = upload(pdf(), "KTP Ibu Contoh.pdf")
    path = Path(stored.blob.path)
    assert stored.name == "KTP Ibu Contoh.pdf"
    assert "KTP" not in str(path)
    assert path.suffix == ""
    assert path.stat().st_mode & 0o777 == 0o600


def run_script(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def name_script(document):
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([])))


def act_on_close(document):
    document.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def attach(document):
    document.attachments["virus.exe"] = b"MZ" + b"0" * 100


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", "<x/>")
    return buffer.getvalue()


def bomb():
    """A PNG of a few kilobytes that claims 30,000 × 30,000 pixels."""
    rows = zlib.compress(b"\0" * 30_000, 9)

    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = (30_000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "empty": (b"", "kosong"),
    "page as PDF": (b"<!DOCTYPE html><script>alert(1)</script>", "Jenis berkas"),
    "drawing with script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Jenis berkas"),
    "program": (b"MZ" + b"\0" * 200, "Jenis berkas"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "Jenis berkas"),
    "office archive": (archive(), "Jenis berkas"),
    "moving picture": (image("GIF"), "Jenis berkas"),
    "only the first bytes of a PDF": (b"%PDF-1.7\nnothing more", "rusak"),
    "page before the PDF": (b"<html>" + pdf(), "Jenis berkas"),
    "only the first bytes of a photo": (image("JPEG")[:40], "rusak"),
    "photo cut off": (image("JPEG", (800, 800))[:-700], "rusak"),
    "picture bomb": (bomb(), "Gambar ini"),
    "locked PDF": (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "kata sandi"),
    "PDF that runs a script": (pdf(run_script), "skrip"),
    "PDF that names a script": (pdf(name_script), "skrip"),
    "PDF that acts when closed": (pdf(act_on_close), "skrip"),
    "PDF with attachment": (pdf(attach), "lampiran"),
    "PDF without page": (pdf(lambda document: document.pages.__delitem__(0)), "tidak berisi halaman"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_and_nothing_is_kept(kind):
    content, words = HOSTILE[kind]
    before = kept_files()
    with pytest.raises(uploads.UploadRefused) as refusal:
        upload(content)
    assert words in str(refusal.value)
    assert not StoredFile.objects.exists()
    assert kept_files() == before


def test_a_file_over_the_limit_is_refused_with_both_sizes():
    with pytest.raises(uploads.UploadRefused, match=r"Berkas 12 MB melebihi batas 5 MB"):
        upload(b"%PDF-" + b"0" * (12 * 1024 * 1024))


def test_the_limit_can_be_narrower():
    file = SimpleUploadedFile("foto.jpg", image("JPEG", (400, 400)))
    with pytest.raises(uploads.UploadRefused):
        uploads.store_upload(file, max_bytes=100)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ibu\\KTP.jpg", "KTP.jpg"),
        ("surat\r\nSet-Cookie: a=b.pdf", "suratSet-Cookie: a=b.pdf"),
        ("berkas\u202efdp.exe", "berkasfdp.exe"),
        ("", "berkas"),
        ("...", "berkas"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert uploads.clean_name(given) == kept


def test_a_file_is_served_as_attachment_in_a_sandbox():
    answer = uploads.serve(upload(image(), "foto.jpg"))
    assert answer["Content-Disposition"] == 'attachment; filename="foto.jpg"'
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    answer.close()


def test_files_are_not_served_by_the_server_itself(client):
    stored = upload(pdf())
    for address in (f"/files/{stored.blob.name}", f"/media/{stored.blob.name}", f"/static/{stored.blob.name}"):
        assert client.get(address).status_code == 404


def test_rendering_a_pdf_does_not_loosen_the_judgement(db):
    """WeasyPrint switches Pillow to accept truncated pictures, for the whole process."""
    from PIL import ImageFile

    from ula_portal.core import pdf

    pdf.render_pdf("<p>Contoh</p>")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
