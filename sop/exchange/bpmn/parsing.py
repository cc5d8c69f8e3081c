"""Parses an untrusted BPMN file."""

import re

from django.utils.translation import gettext as _
from lxml import etree

from ..json import MAX_BYTES, ImportRefused, TooLarge
from .names import tag

# A document type can only appear before the first element.
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z_]")


def parse(content: bytes) -> etree._Element:
    """The root element ``definitions``.

    Files that are too large or have a document type are refused before parsing, because entities can grow without
    limit and refer to other files. Nothing is fetched, and the parser's limits of depth and size apply.
    Raises: ImportRefused.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge
    if not content.strip():
        raise ImportRefused([_("Berkas ini kosong.")])
    # Without zero bytes, UTF-16 can be searched like ASCII.
    letters = content.replace(b"\0", b"")
    first = _FIRST_ELEMENT.search(letters)
    if b"<!DOCTYPE" in letters[: first.start() if first else None]:
        raise _with_document_type()
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        sentence = _("Berkas bukan XML yang utuh: tulisan tidak terbaca di baris %(line)s, kolom %(column)s.")
        line, column = error.position
        raise ImportRefused([sentence % {"line": line, "column": column}]) from error
    except (LookupError, ValueError) as error:
        raise ImportRefused([_("Berkas bukan XML yang utuh: pengodean hurufnya tidak dikenal.")]) from error
    if root.getroottree().docinfo.doctype:
        raise _with_document_type()
    if root.tag != tag("bpmn", "definitions"):
        sentence = _(
            "Berkas XML ini bukan BPMN 2.0: unsur pertamanya “%(name)s”. "
            "Ekspor dari aplikasi diagram sebagai BPMN 2.0 (berkas .bpmn)."
        )
        raise ImportRefused([sentence % {"name": etree.QName(root).localname[:60]}])
    return root


def _with_document_type() -> ImportRefused:
    sentence = _(
        "Berkas memuat deklarasi DOCTYPE, yang tidak dipakai BPMN dan dapat berbahaya. Hapus lalu unggah lagi."
    )
    return ImportRefused([sentence])
