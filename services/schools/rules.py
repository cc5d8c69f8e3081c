"""Reading a file of schools in the shape of the public reference data, and the words by which a school is found."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from sop.exchange.json import ImportRefused
from sop.exchange.workbook import open_workbook
from ula_portal.core import identifiers
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.text.search_terms import normalised_query
from ula_portal.core.text.words import grouped, megabytes
from ula_portal.core.verbs.errors import Refused

MAX_ROWS, MAX_BYTES = 10_000, 5 * 1024 * 1024
# Column → beginnings of its heading, in small letters without other characters.
HEADINGS = {
    "npsn": ("npsn",),
    "name": ("namasatuanpendidikan", "namasekolah", "namasp", "satuanpendidikan", "nama"),
    "level": ("bentukpendidikan", "bentuk", "jenjang", "bp"),
    "status": ("status",),
    "district": ("kecamatan", "namakecamatan", "kec"),
    "village": ("desakelurahan", "kelurahan", "desa", "namadesa"),
}
LENGTHS = {"name": 150, "level": 30, "status": 20, "district": 80, "village": 80}
_SHORT = re.compile(r"\b(tk|sd|smp|sma|smk|slb|paud|kb) (n)egeri\b|\b(tk|sd|smp|sma|smk|slb|paud|kb) (s)wasta\b")


@dataclass(frozen=True)
class SchoolRow:
    """A school as read from a file."""

    npsn: str
    name: str
    level: str = ""
    status: str = ""
    district: str = ""
    village: str = ""


@dataclass(frozen=True)
class SchoolFile:
    """``problems``: a sentence for each row that was left out, with its number."""

    schools: list[SchoolRow]
    problems: list[str]


def read_schools(name: str, content: bytes) -> SchoolFile:
    """Read a .csv or .xlsx file with a heading row; columns are found by their headings, in any order.

    Raises: Refused if the file cannot be read, is too large, or lacks a column.
    """
    if len(content) > MAX_BYTES:
        raise Refused(_("Berkas terlalu besar: paling besar %(size)s.") % {"size": megabytes(MAX_BYTES)})
    rows = _workbook(content) if name.lower().endswith(".xlsx") else _table(content)
    start, columns = _columns(rows)
    if len(rows) - start > MAX_ROWS:
        raise Refused(_("Paling banyak %(n)s sekolah dalam satu berkas.") % {"n": grouped(MAX_ROWS)})
    return _schools(rows[start:], columns, start + 1)


def _workbook(content: bytes) -> list[list[str]]:
    try:
        sheets = open_workbook(content, max_rows=MAX_ROWS + 20)
    except ImportRefused as refused:
        raise Refused(str(refused.problems[0])) from refused
    return max((sheet.rows for sheet in sheets), key=len, default=[])


def _table(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Refused(_("Berkas ini bukan tabel. Simpan sebagai .csv atau .xlsx, lalu coba lagi.")) from error


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the index of the first row below the headings, and the place of each column."""
    for index, row in enumerate(rows[:20]):
        headings = [re.sub(r"[^a-z]", "", cell.lower()) for cell in row]
        found: dict[str, int] = {}
        for column, beginnings in HEADINGS.items():
            places = [n for each in beginnings for n, heading in enumerate(headings) if heading.startswith(each)]
            if places:
                found[column] = places[0]
        if {"npsn", "name"} <= set(found):
            return index + 1, found
    raise Refused(_("Kolom NPSN dan Nama Satuan Pendidikan tidak ditemukan pada baris judul."))


def _schools(rows: Sequence[Sequence[str]], columns: dict[str, int], first: int) -> SchoolFile:
    found: dict[str, SchoolRow] = {}
    problems = []
    for number, row in enumerate(rows, first):
        cells = {name: plain_line(row[place]) if place < len(row) else "" for name, place in columns.items()}
        if not any(cells.values()):
            continue
        school = SchoolRow(**cells | {"npsn": _npsn(cells["npsn"])})
        if problem := _problem(school) or (_("NPSN %(npsn)s sudah ada.") % cells if school.npsn in found else ""):
            problems.append(_("Baris %(n)s: %(problem)s") % {"n": number, "problem": problem})
        else:
            found[school.npsn] = school
    return SchoolFile(list(found.values()), problems)


def _npsn(cell: str) -> str:
    """Return the number in a cell. Spreadsheets drop its first digit if that is a zero."""
    text = cell.lstrip("'").upper()
    return f"0{text}" if len(text) == 7 and text.isdecimal() else text


def _problem(school: SchoolRow) -> str:
    try:
        identifiers.check_npsn(school.npsn)
    except ValueError as error:
        return str(error)
    if not school.name:
        return _("Nama sekolah kosong.")
    too_long = [name for name, length in LENGTHS.items() if len(getattr(school, name)) > length]
    return _("Ada isian yang terlalu panjang.") if too_long else ""


def search_words(school: SchoolRow) -> str:
    """Return the words by which a school is found; each has a space before it, for searches by beginnings of words."""
    text = " ".join(normalised_query(getattr(school, each.name)) for each in fields(school) if each.name != "status")
    words = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return f" {words} {' '.join(_short_names(words))}".rstrip()


def _short_names(words: str) -> Iterator[str]:
    """Return the usual short names: sdn for "sd negeri"."""
    for found in _SHORT.finditer(words):
        yield "".join(part for part in found.groups() if part)
