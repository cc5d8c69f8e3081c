"""Write rows as CSV or as an Excel workbook, as a stream, so that memory does not grow with the number of rows.

No cell can be executed as a formula: a workbook stores texts as texts, and in CSV a text that could start a formula
gets an apostrophe.
"""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ula_portal.core import clock

# Excel allows 1,048,576 rows per sheet.
MAX_ROWS = 1_000_000
BATCH_ROWS = 500
_SHEET = "xl/worksheets/sheet1.xml"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ZONE = clock.OFFICE_ZONE
_EPOCH = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days know no zone.


def csv_of(headings: list[str], rows: Iterable[list]) -> Iterator[bytes]:
    """CSV with semicolons and a UTF-8 byte order mark, as Excel with Indonesian settings expects it."""
    yield "\ufeff".encode()
    rows = iter(rows)
    part = [headings]
    while part:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows([_csv_cell(value) for value in row] for row in part)
        yield text.getvalue().encode()
        part = list(islice(rows, BATCH_ROWS))


def _csv_cell(value):
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


class _Pipe:
    """A writable file for a zip archive; ``take`` returns what was written since the last call."""

    def __init__(self):
        self.parts = []

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def xlsx_of(headings: list[str], rows: Iterable[list], *, title: str, widths: Iterable[int]) -> Iterator[bytes]:
    """A workbook with one sheet, frozen headings and at most ``MAX_ROWS`` rows.

    xlsxwriter creates the workbook around the rows; the rows are written here, since it would collect all of them
    before the first byte.
    """
    shell = zipfile.ZipFile(io.BytesIO(_shell(headings, title, widths)))
    before, sample, after = _cut(shell.read(_SHEET).decode())
    styles = re.findall(r'<c r="[A-Z]+2" s="(\d+)"', sample)
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as book:
        for name in shell.namelist():
            if name != _SHEET:
                book.writestr(name, shell.read(name))
        with book.open(_SHEET, "w") as sheet:
            sheet.write(before.encode())
            yield pipe.take()
            rows, number = islice(rows, MAX_ROWS), 2
            while part := list(islice(rows, BATCH_ROWS)):
                sheet.write("".join(_row(number + n, row, *styles) for n, row in enumerate(part)).encode())
                number += len(part)
                yield pipe.take()
            sheet.write(after.encode())
    yield pipe.take()


def _shell(headings, title, widths):
    """A workbook with the headings and one sample row, from which the styles of texts and datetimes are read."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": title})
        font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        heading = book.add_format(
            font | {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0A3640", "text_wrap": True}
        )
        text = book.add_format(font | {"num_format": "@"})
        moment = book.add_format(font | {"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "Data")
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for column, (name, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, heading)
        sheet.write_string(1, 0, "-", text)
        sheet.write_datetime(1, 1, _EPOCH + datetime.timedelta(days=2), moment)
    return file.getvalue()


def _cut(xml):
    """The sheet's XML before the sample row, the row itself, and the XML after it; without the sheet's dimension."""
    xml = re.sub(r"<dimension [^>]*/>", "", xml)
    start, end = xml.index('<row r="2"'), xml.index("</sheetData>")
    return xml[:start], xml[start:end], xml[end:]


def _row(number, values, text, moment):
    cells = (
        _cell(f"{xl_col_to_name(column)}{number}", value, text, moment)
        for column, value in enumerate(values)
        if value not in (None, "")
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(name, value, text, moment):
    if isinstance(value, datetime.datetime):
        return f'<c r="{name}" s="{moment}"><v>{(value - _EPOCH) / datetime.timedelta(days=1):.8f}</v></c>'
    if isinstance(value, int):
        return f'<c r="{name}" s="{text}"><v>{value}</v></c>'
    text_value = escape(_NOT_IN_XML.sub("", value))
    return f'<c r="{name}" s="{text}" t="inlineStr"><is><t xml:space="preserve">{text_value}</t></is></c>'
