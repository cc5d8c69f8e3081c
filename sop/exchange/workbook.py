"""Opens an untrusted workbook safely and returns its sheets as rows of text.

Nothing is evaluated. The reading library allocates memory according to the addresses of cells, so these are limited
beforehand: the archive is unpacked within limits, every sheet is checked and rewritten, and only that copy is read.
"""

import datetime
import io
import zipfile
import zlib
from dataclasses import dataclass

import python_calamine
from django.utils.translation import gettext as _
from lxml import etree

from sop.rules.durations import duration_in_words

from .columns import column_letters
from .json import MAX_BYTES, ImportRefused, TooLarge
from .words import NO, YES

MAX_XML, MAX_MEMBERS, MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 12_000_000, 500, 3000, 120, 30
# The exceptions that zip, XML and reading libraries raise for damaged or forged files.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(etree.XMLSyntaxError, python_calamine.CalamineError, OSError, ValueError, KeyError),
)
# The types of cell values that the reading library returns.
CellValue = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class WorkbookSheet:
    """A visible sheet. ``rows``: its cells as text, starting at the first row and column; hidden rows are empty."""

    name: str
    rows: list[list[str]]


def open_workbook(content: bytes, *, max_rows: int = MAX_ROWS, show_formulas: bool = False) -> list[WorkbookSheet]:
    """The visible sheets of an .xlsx file, with the result of each formula, or with ``show_formulas`` its text ("=A1").

    Raises ImportRefused if the file cannot be read.
    """
    _refuse_other_kinds(content)
    try:
        copy = _checked_copy(content, max_rows, show_formulas)
        return _sheets(copy)
    except ImportRefused:
        raise
    except _BROKEN as error:
        raise _broken() from error
    except BaseException as error:
        # A panic of the reading library is not a subclass of Exception.
        if type(error).__name__ == "PanicException":
            raise _broken() from error
        raise


def _broken() -> ImportRefused:
    return ImportRefused([_("Berkas .xlsx ini rusak atau tidak lengkap. Buka di Excel, simpan ulang, lalu coba lagi.")])


def _refuse_other_kinds(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise TooLarge
    if not content:
        raise ImportRefused([_("Berkas ini kosong.")])
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise ImportRefused([_("Berkas ini dilindungi kata sandi. Hapus kata sandinya, simpan, lalu coba lagi.")])
        raise ImportRefused([_("Berkas ini berformat Excel lama (.xls). Simpan sebagai .xlsx, lalu coba lagi.")])
    if not content.startswith(b"PK"):
        raise ImportRefused([_("Berkas ini bukan buku kerja Excel. Simpan sebagai .xlsx, lalu coba lagi.")])


def _checked_copy(content: bytes, max_rows: int, show_formulas: bool) -> io.BytesIO:
    """A copy of the workbook that contains only its XML, unpacked within the limits and checked."""
    copy, left = io.BytesIO(), MAX_XML
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as packed:
        members = archive.infolist()
        names = {member.filename.casefold() for member in members}
        if "mimetype" in names and "xl/workbook.xml" not in names:
            raise ImportRefused([_("Berkas ini berformat OpenDocument (.ods). Simpan sebagai .xlsx, lalu coba lagi.")])
        if "xl/workbook.bin" in names:
            raise ImportRefused([_("Berkas ini berformat biner (.xlsb). Simpan sebagai .xlsx, lalu coba lagi.")])
        if len(members) > MAX_MEMBERS or len(names) < len(members):
            raise _broken()
        for member in members:
            if not member.filename.casefold().endswith((".xml", ".rels")):
                continue
            text = _unpacked(archive, member, left)
            left -= len(text)
            packed.writestr(member.filename, _checked_xml(text, max_rows, show_formulas))
    return copy


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    # Other compression methods cannot be unpacked with a limit.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken()
    with archive.open(member) as stream:
        text = stream.read(most + 1)
    if len(text) > most:
        raise ImportRefused([_("Isi berkas terlalu besar untuk satu SOP. Gunakan templat dan hapus lembar lain.")])
    return text


def _checked_xml(text: bytes, max_rows: int, show_formulas: bool) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _broken()
    for data in root.iter("{*}sheetData"):
        for cell in data.iter("{*}c"):
            _keep_as_text(cell, show_formulas)
        _bound(data, max_rows)
    for dimension in list(root.iter("{*}dimension")):
        if (parent := dimension.getparent()) is not None:
            parent.remove(dimension)
    checked: bytes = etree.tostring(root, encoding="UTF-8")
    return checked


def _bound(data: etree._Element, max_rows: int) -> None:
    """Set the address of every row and cell, drop empty and hidden cells, and refuse cells beyond the limits."""
    number = 0
    for row in list(data):
        if not isinstance(row.tag, str) or etree.QName(row).localname != "row":
            data.remove(row)
            continue
        number = _positive(row.get("r")) or number + 1
        row.set("r", str(number))
        _bound_row(row, number, max_rows, hidden=row.get("hidden") in ("1", "true"))


def _bound_row(row: etree._Element, number: int, max_rows: int, *, hidden: bool) -> None:
    column = 0
    for cell in list(row):
        column = _column_of(cell.get("r")) or column + 1
        if hidden or not any(
            etree.QName(part).localname in ("v", "is") for part in cell.iterchildren(tag=etree.Element)
        ):
            row.remove(cell)
            continue
        if number > max_rows or column > MAX_COLUMNS:
            message = _("Ada lembar yang terlalu luas: paling banyak %(rows)s baris dan %(columns)s kolom.")
            raise ImportRefused([message % {"rows": max_rows, "columns": MAX_COLUMNS}])
        cell.set("r", column_letters(column - 1) + str(number))


def _keep_as_text(cell: etree._Element, show_formulas: bool) -> None:
    """Keep all digits of a long number, of which a float has only fifteen; and the text of a formula if wanted."""
    formula, value = cell.find("{*}f"), cell.find("{*}v")
    if show_formulas and formula is not None:
        cell.set("t", "str")
        if value is None:
            value = etree.SubElement(cell, formula.tag[:-1] + "v")
        value.text = f"={formula.text or ''}"
    elif cell.get("t", "n") == "n" and value is not None:
        digits = value.text or ""
        if len(digits) > 15 and digits.isdecimal():
            cell.set("t", "str")


def _positive(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _column_of(address: str | None) -> int:
    """The column number of an address such as AB12, counted from 1; 0 if it has none."""
    column = 0
    for character in (address or "").upper():
        if not "A" <= character <= "Z" or column > 20_000:
            break
        column = column * 26 + ord(character) - 64
    return column


def _sheets(copy: io.BytesIO) -> list[WorkbookSheet]:
    copy.seek(0)
    with python_calamine.load_workbook(copy) as book:
        kinds = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == kinds[0].WorkSheet and sheet.visible == kinds[1].Visible
        ]
        if len(shown) > MAX_SHEETS:
            raise ImportRefused([_("Berkas ini berisi terlalu banyak lembar. Gunakan templat dan hapus lembar lain.")])
        found = []
        for name in shown:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found.append(WorkbookSheet(name.strip(), [[_text(cell) for cell in row] for row in rows]))
        return found


def _text(value: CellValue) -> str:
    """The value of a cell as a user would type it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, datetime.time):
        value = datetime.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, datetime.timedelta):
        return duration_in_words(value.total_seconds())
    return str(value)
