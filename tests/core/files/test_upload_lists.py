"""Forbidden parts of PDFs and the first bytes of other files: every entry of the lists, wherever it can occur."""

import io

import pikepdf
import pytest

from ula_portal.core.files import judging
from ula_portal.core.files.uploads import ALLOWED_TYPES, SUFFIXES, UploadRefused

ACTS = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData")
CARRIES = ("/EmbeddedFiles", "/EmbeddedFile", "/Filespec", "/FileAttachment")
WORDS = dict.fromkeys(ACTS, "Foto dokumennya") | dict.fromkeys(CARRIES, "lampiran")
FOREIGN = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"%pdf-")


def test_every_mark_is_tried_here():
    assert set(ACTS) == judging._ACTS and set(CARRIES) == judging._CARRIES
    assert FOREIGN == judging._FOREIGN
    assert set(SUFFIXES) == set(ALLOWED_TYPES) == {"application/pdf", "image/jpeg", "image/png", "image/heic"}


def as_key(name):
    return pikepdf.Dictionary({name: pikepdf.String("x")})


def as_kind(key):
    return lambda name: pikepdf.Dictionary({key: pikepdf.Name(name)})


def in_the_root(document, thing):
    document.Root["/X"] = thing


def on_a_page(document, thing):
    document.pages[0].obj["/X"] = document.make_indirect(thing)


def in_a_list(document, thing):
    document.pages[0].obj["/Annots"] = pikepdf.Array([1, thing])


def beside_a_stream(document, thing):
    document.Root["/X"] = document.make_stream(b"x", X=thing)


SHAPES = {"key": as_key, **{key: as_kind(key) for key in ("/S", "/Type", "/Subtype")}}
PLACES = (in_the_root, on_a_page, in_a_list, beside_a_stream)


def pdf(change, **saved):
    document = pikepdf.new()
    document.add_blank_page()
    change(document)
    document.save(buffer := io.BytesIO(), **saved)
    return buffer.getvalue()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mark", WORDS)
def test_a_mark_is_found_wherever_it_stands(mark, shape):
    for place in PLACES:
        content = pdf(lambda document, put=place: put(document, SHAPES[shape](mark)))
        with pytest.raises(UploadRefused, match=WORDS[mark]):
            judging.content_type_of(content)
    packed = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    content = pdf(lambda document: in_the_root(document, pikepdf.Dictionary(X=SHAPES[shape](mark))), **packed)
    with pytest.raises(UploadRefused, match=WORDS[mark]):
        judging.content_type_of(content)


def test_names_that_only_look_alike_pass():
    """A name that only resembles a forbidden one, and a forbidden name inside a string."""
    for thing in (pikepdf.Dictionary(Title=pikepdf.Name.JavaScript), pikepdf.Dictionary(S=pikepdf.String("/JS"))):
        content = pdf(lambda document, put=thing: in_the_root(document, put))
        assert judging.content_type_of(content) == "application/pdf"


@pytest.mark.parametrize("beginning", FOREIGN)
def test_no_other_format_stands_before_or_behind_a_pdf(beginning):
    whole = pdf(lambda document: None)
    head, line, rest = whole.partition(b"\n")
    for content in (head + line + b"%" + beginning.upper() + line + rest, whole + beginning):
        with pytest.raises(UploadRefused):
            judging.content_type_of(content)
