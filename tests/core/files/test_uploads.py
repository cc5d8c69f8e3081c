"""Files are judged by their content; hostile ones are refused with a sentence and leave nothing behind."""

import hashlib
import io
import threading
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from ula_portal.core.files import judging, uploads
from ula_portal.core.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_its_own")]


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
    ("content", "name", "mime", "kept_as"),
    [
        (pdf(), "surat.PDF", "application/pdf", "surat.PDF"),
        (image("JPEG"), "foto.jpg", "image/jpeg", "foto.jpg"),
        (image("JPEG"), "IMG-20261124-WA0001", "image/jpeg", "IMG-20261124-WA0001.jpg"),
        # Chat programs confuse the suffixes of pictures.
        (image("PNG"), "layar.jpeg", "image/png", "layar.png"),
        (image("PNG"), "Ijazah no. 12", "image/png", "Ijazah no. 12.png"),
    ],
)
def test_honest_files_are_kept_bit_for_bit(content, name, mime, kept_as):
    stored = upload(content, name, "text/html")
    assert (stored.content_type, stored.name) == (mime, kept_as)
    assert stored.size == len(content)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    with stored.blob.open() as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("content", "name"),
    [(pdf(), "surat.exe"), (image("JPEG"), "foto.pdf"), (image("PNG"), "gambar.html"), (pdf(), "surat.jpg")],
)
def test_a_name_that_claims_something_else_is_refused(content, name):
    before = kept_files()
    with pytest.raises(uploads.UploadRefused, match=r"berakhiran \.\w+, padahal isinya"):
        upload(content, name)
    assert kept_files() == before


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


def launch(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action, Rect=[0, 0, 9, 9])
    document.pages[0].Annots = pikepdf.Array([note])


def act_on_page(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.pages[0].AA = pikepdf.Dictionary(O=document.make_indirect(action))


def pin_file(document):
    content = document.make_stream(b"MZ" + b"0" * 50, Type=pikepdf.Name.EmbeddedFile)
    spec = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="a.exe", EF=pikepdf.Dictionary(F=content))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=spec, Rect=[0, 0, 9, 9])
    document.pages[0].Annots = pikepdf.Array([note])


def commented(words):
    """A photo whose comment, right after its first bytes, is something else."""
    photo = image("JPEG")
    return photo[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + photo[2:]


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", "<x/>")
    return buffer.getvalue()


def bomb(side):
    """A PNG of a few kilobytes that claims to have this many pixels in each direction."""
    rows = zlib.compress(b"\0" * 30_000, 9)

    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "empty": (b"", "kosong"),
    "page as PDF": (b"<!DOCTYPE html><script>alert(1)</script>", "halaman web"),
    "drawing with script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
    "drawing behind a declaration": (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "SVG"),
    "program": (b"MZ" + b"\0" * 200, "Jenis berkas"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "Jenis berkas"),
    "office archive": (archive(), "ZIP"),
    "moving picture": (image("GIF"), "Jenis berkas"),
    "only the first bytes of a PDF": (b"%PDF-1.7\nnothing more", "rusak"),
    "page before the PDF": (b"<html>" + pdf(), "halaman web"),
    "only the first bytes of a photo": (image("JPEG")[:40], "rusak"),
    "photo cut off": (image("JPEG", (800, 800))[:-700], "rusak"),
    # Above twice Pillow's limit, above Pillow's limit, and above the portal's own limit.
    "picture bomb": (bomb(30_000), "Foto dokumennya"),
    "picture of a hundred million": (bomb(10_000), "Foto dokumennya"),
    "picture beyond sixty million": (bomb(7_746), "Foto dokumennya"),
    "picture of sixty million with nothing in it": (bomb(7_745), "rusak"),
    "locked PDF": (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "kata sandi"),
    "PDF that runs a script": (pdf(run_script), "Foto dokumennya"),
    "PDF that names a script": (pdf(name_script), "Foto dokumennya"),
    "PDF that acts when closed": (pdf(act_on_close), "Foto dokumennya"),
    "PDF with attachment": (pdf(attach), "lampiran"),
    "PDF that starts a program": (pdf(launch), "Foto dokumennya"),
    "PDF whose page acts": (pdf(act_on_page), "Foto dokumennya"),
    "PDF with a file pinned to a page": (pdf(pin_file), "lampiran"),
    "photo that is an archive": (image("JPEG") + archive(), "berkas lain"),
    "PDF that is an archive": (pdf() + archive(), "berkas lain"),
    "photo that is a page": (commented(b"<script>alert(1)</script>"), "berkas lain"),
    "photo that is a PDF": (commented(b"%PDF-1.4 1 0 obj"), "berkas lain"),
    "photo with a page behind": (image("JPEG") + b"<html><script>alert(1)</script>", "berkas lain"),
    "picture with a program behind": (image("PNG") + b"MZ" + b"\1" * 200, "berkas lain"),
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
        ("surat\r\nSet-Cookie: a=b.pdf", "surat Set-Cookie: a=b.pdf"),
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


def test_a_file_is_served_as_what_it_was_found_to_be_whatever_it_is_called():
    stored = uploads.keep(pdf(), "surat.html", "application/pdf")
    answers = [uploads.serve(stored, inline=inline) for inline in (False, True)]
    assert [answer["Content-Type"] for answer in answers] == ["application/pdf"] * 2
    for answer in answers:
        answer.close()


def photo_of_a_phone(**saved):
    """Taken upright by a camera held sideways; it contains place and device."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Ponsel Contoh"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (3.0, 12.0, 30.0)
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(buffer, exif=exif, **saved)
    return buffer.getvalue()


# A HEIC picture stores its orientation itself; the camera's note must not turn it again.
@pytest.mark.parametrize(
    ("image_format", "name", "size"), [("JPEG", "IMG_1.jpg", (300, 400)), ("HEIF", "IMG_1.HEIC", (400, 300))]
)
def test_a_photo_is_looked_at_upright_and_without_its_place(image_format, name, size):
    original = photo_of_a_phone(format=image_format)
    stored = upload(original, name)
    looked_at = uploads.serve(stored, inline=True)
    shown = b"".join(looked_at)
    assert (looked_at["Content-Type"], "IMG_1.jpg" in looked_at["Content-Disposition"]) == ("image/jpeg", True)
    with Image.open(io.BytesIO(shown)) as picture:
        assert picture.size == size
        assert not picture.getexif() and "exif" not in picture.info
    assert b"Ponsel" not in shown
    assert b"".join(uploads.serve(stored)) == original


def test_a_large_photo_is_looked_at_smaller_and_a_signature_on_white():
    with Image.open(upload(image("JPEG", (5000, 2500)), "a.jpg").viewing) as picture:
        assert picture.size == (3000, 1500)
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(buffer, "PNG")
    with Image.open(upload(buffer.getvalue(), "ttd.png").viewing) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


def film_behind(photo):
    return photo + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40


def with_open_action(document):
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])


def with_form(document):
    field = pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="nama", V="Budi")
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([document.make_indirect(field)]))


def with_bookmark(document):
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("<svg> dan <html> pada judul", 0))


def with_old_packing(document):
    document.pages[0].Contents = document.make_stream(b"\x80\x0b\x60\x50", Filter=pikepdf.Name.LZWDecode)


AS_IT_IS = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


def many_modes(mode, image_format="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, (60, 40)).save(buffer, image_format)
    return buffer.getvalue()


FINE = {
    "photo with film": (film_behind(image("JPEG")), "PXL_2026.MP.jpg"),
    "photo of a phone": (photo_of_a_phone(format="JPEG"), "foto.jpg"),
    "photo of a newer phone": (photo_of_a_phone(format="HEIF"), "IMG_0001.heic"),
    "progressive photo": (photo_of_a_phone(format="JPEG", progressive=True), "foto.jpeg"),
    "grey photo": (many_modes("L", "JPEG"), "foto.jpg"),
    "print colours": (many_modes("CMYK", "JPEG"), "cetak.jpg"),
    "black and white scan": (many_modes("1"), "pindai.png"),
    "palette": (many_modes("P"), "gambar.png"),
    "sixteen bits": (many_modes("I;16"), "pindai.png"),
    "PDF that opens on a page": (pdf(with_open_action), "surat.pdf"),
    "PDF form filled in": (pdf(with_form), "formulir.pdf"),
    "PDF with a strange heading": (pdf(with_bookmark, compress_streams=True), "buku.pdf"),
    "linearized PDF": (pdf(linearize=True), "surat.pdf"),
    "packed PDF": (pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), "surat.pdf"),
    # Only objects are decompressed, so unlimited compression of anything else does no harm.
    "PDF packed in the old way": (pdf(with_old_packing, **AS_IT_IS), "surat.pdf"),
    "name with a path": (pdf(), "C:\\Users\\ibu\\surat\x07 akhir.pdf"),
}


@pytest.mark.parametrize("kind", FINE)
def test_fine_files_pass(kind):
    content, name = FINE[kind]
    stored = upload(content, name)
    with stored.blob.open() as file:
        assert file.read() == content
    assert bool(stored.viewing) == stored.content_type.startswith("image/")


def test_a_forgotten_file_leaves_nothing(django_capture_on_commit_callbacks):
    before = kept_files()
    stored = upload(image(), "foto.jpg")
    assert len(kept_files() - before) == 2
    with django_capture_on_commit_callbacks(execute=True):
        uploads.forget(stored)
    assert kept_files() == before and not StoredFile.objects.exists()


def test_files_are_not_served_by_the_server_itself(client):
    stored = upload(pdf())
    for address in (f"/files/{stored.blob.name}", f"/media/{stored.blob.name}", f"/static/{stored.blob.name}"):
        assert client.get(address).status_code == 404


def test_rendering_a_pdf_does_not_loosen_the_judgement(db):
    """WeasyPrint makes Pillow accept truncated pictures in the whole process."""
    from PIL import ImageFile

    from ula_portal.core.documents import pdf

    pdf.render_pdf("<p>Contoh</p>")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def pdf_with_packed_objects(filter_entry, packed, more=b""):
    """A PDF whose tenth object is in a compressed object stream."""
    out, places = b"%PDF-1.5\n", {}
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R /X 10 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        4: b"<< /Type /Obj#53tm /N 1 /First 5 %s /Length %d >>\nstream\n%s\nendstream"
        % (filter_entry, len(packed), packed),
        5: more or b"null",
    }
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[11] = len(out)
    rows = [b"\1" + places[n].to_bytes(4) + b"\0" if n in places else b"\0" * 6 for n in range(12)]
    rows[10] = b"\2" + (4).to_bytes(4) + b"\0"
    table = zlib.compress(b"".join(rows))
    entry = b"/Type /XRef /Size 12 /W [1 4 1] /Root 1 0 R /Filter [ /FlateDecode ] /Length %d" % len(table)
    return out + b"11 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (
        entry,
        table,
        places[11],
    )


OBJECTS = b"10 0 << /A 1 >> "


def test_objects_that_lie_compressed_are_taken_in_reason():
    assert upload(pdf_with_packed_objects(b"/Filter /FlateDecode", zlib.compress(OBJECTS + b" " * 100_000)))


@pytest.mark.parametrize(
    ("filter_entry", "packed", "more"),
    [
        # Seventy kilobytes that decompress to seventy megabytes.
        (b"/Filter /FlateDecode", zlib.compress(OBJECTS + b" " * (70 << 20), 9), b""),
        # Filters without a size limit, also if their name is written in hexadecimal or in another object.
        (b"/Filter /LZWDecode", b"x", b""),
        (b"/Filter [ /#4c#5AW ]", b"x", b""),
        (b"/Filter 5 0 R", b"x", b"/LZ#57Decode"),
        (b"/F#69lter [ 5 0 R ]", b"x", b"/FlateDecode"),
        # The filter must be stated directly in the object, even if an indirect one would be harmless.
        (b"/Filter 5 0 R", zlib.compress(OBJECTS), b"/FlateDecode"),
        # What cannot be decompressed was not checked.
        (b"/Filter /FlateDecode", b"x", b""),
    ],
)
def test_a_pdf_that_unfolds_without_end_is_refused(filter_entry, packed, more):
    with pytest.raises(uploads.UploadRefused, match="tidak dapat diterima"):
        upload(pdf_with_packed_objects(filter_entry, packed, more))


def test_a_pdf_of_more_objects_than_are_looked_through_is_refused(monkeypatch):
    with pikepdf.open(io.BytesIO(pdf())) as document:
        objects = len(document.objects)
    monkeypatch.setattr(judging, "MAX_PDF_OBJECTS", objects)
    assert upload(pdf())
    monkeypatch.setattr(judging, "MAX_PDF_OBJECTS", objects - 1)
    with pytest.raises(uploads.UploadRefused, match="tidak dapat diterima"):
        upload(pdf())


def test_files_are_opened_by_turns(monkeypatch):
    """A refused file releases its place; if none is free, the person is asked to try again."""
    for _time in range(5):
        with pytest.raises(uploads.UploadRefused, match="rusak"):
            upload(b"%PDF-1.4 x")
    assert upload(pdf())
    monkeypatch.setattr(uploads, "TURN_SECONDS", 0)
    monkeypatch.setattr(uploads, "_TURNS", threading.BoundedSemaphore(1))
    with uploads._opening(), pytest.raises(uploads.UploadRefused, match="Coba lagi sebentar lagi"):
        upload(pdf())
    assert upload(pdf())
