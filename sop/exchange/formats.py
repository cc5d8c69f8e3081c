"""The file formats for importing and exporting SOPs."""

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from django.utils.translation import gettext as _

from .. import flowchart
from ..models import SopVersion
from . import json, xlsx
from .bpmn import reading, writing
from .export import content_of
from .json import Content, ImportRefused


class Format(NamedTuple):
    """A file format. ``suffix``: that of file names, with its dot; ``label``: shown to users."""

    suffix: str
    content_type: str
    label: str


FORMATS = {
    "xlsx": Format(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (.xlsx)"),
    "bpmn": Format(".bpmn", "application/bpmn+xml", "BPMN (.bpmn)"),
    "json": Format(".json", "application/json", "JSON (.json)"),
}
SUFFIXES = tuple(kind.suffix for kind in FORMATS.values())
_READERS: dict[str, Callable[[bytes], Content]] = {
    ".json": json.read_json,
    ".xlsx": xlsx.read_workbook,
    ".bpmn": reading.read_bpmn,
    ".xml": reading.read_bpmn,
}
_SPREADSHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".numbers")


def check_name(name: str) -> None:
    """Raise ImportRefused if no format has the suffix of this file name."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _READERS:
        return
    if suffix in _SPREADSHEETS:
        sentence = _("Berkas %(suffix)s belum dapat dibaca. Buka di Excel atau LibreOffice, simpan sebagai .xlsx.")
        raise ImportRefused([sentence % {"suffix": suffix}])
    raise ImportRefused([_("Jenis berkas ini tidak dikenal. Gunakan berkas .xlsx, .bpmn, atau .json.")])


def read_sop_file(name: str, content: bytes) -> Content:
    """The content of an SOP file. The format is recognised by the file name, or by the first bytes if they differ.

    Raises: ImportRefused with every problem.
    """
    check_name(name)
    suffix = PurePath(name).suffix.lower()
    if content.startswith(b"PK\x03\x04"):
        suffix = ".xlsx"
    elif content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        suffix = ".bpmn"
    return _READERS[suffix](content)


def write_sop_file(version: SopVersion, kind: str) -> bytes:
    """A version as a file in one of ``FORMATS``. Importing it again changes nothing."""
    content = content_of(version)
    if kind == "json":
        return json.write_json(content)
    if kind == "xlsx":
        return xlsx.write_workbook(content)
    return writing.write_bpmn(content, flowchart.layout(version))
