"""The workbook of people: the template to fill in, and the rows of a filled one or of cells pasted from it."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from sop.exchange.json import ImportRefused
from sop.exchange.workbook import open_workbook
from ula_portal.core.office.rules.people import COLUMNS, PersonRow
from ula_portal.core.text.cleaning import plain_line, plain_text
from ula_portal.core.verbs.errors import Refused

MOST_ROWS = 5000
# Room for a title, empty rows and the row of headings.
_SHEET_ROWS = MOST_ROWS + 200
SHEET, CHOICES, GUIDE = "Pegawai", "Pilihan", "Petunjuk"
# The headings in the order of ``COLUMNS``, with the width of each column.
HEADINGS = (
    *(("Nama", 30), ("Gelar depan", 13), ("Gelar belakang", 18), ("NIP", 22)),
    *(("Pangkat", 24), ("Surel", 30), ("Jabatan", 44), ("Peran", 28)),
)
_OTHER_HEADINGS = {"nama lengkap": "nama", "pangkat/golongan": "pangkat", "email": "surel", "e-mail": "surel"}
_EXPLAINED = (
    ("Nama", "Wajib. Nama lengkap tanpa gelar."),
    ("NIP", "Tidak wajib. 18 angka; kolomnya sudah berupa teks."),
    ("Surel", "Wajib. Dipakai untuk masuk, jadi tiap orang memakai surelnya sendiri."),
    ("Jabatan", "Pilih dari daftar. Lebih dari satu jabatan dipisahkan dengan titik koma."),
    ("Peran", "Pilih dari daftar, atau kosongkan agar mengikuti jabatan. Beberapa peran dipisahkan dengan titik koma."),
)


def template(positions: Sequence[str], roles: Sequence[str]) -> bytes:
    """An empty workbook, with the office's positions and the roles as lists to choose from."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#0A3640"})
    text = book.add_format({"num_format": "@"})
    sheet, choices, guide = (book.add_worksheet(name) for name in (SHEET, CHOICES, GUIDE))
    for column, (heading, width) in enumerate(HEADINGS):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, heading, head)
    sheet.freeze_panes(1, 1)
    for column, (heading, names) in enumerate((("Jabatan", positions), ("Peran", roles))):
        choices.set_column(column, column, 50)
        choices.write_string(0, column, heading, head)
        for row, name in enumerate(names, 1):
            choices.write_string(row, column, name)
        if names:
            source = f"={CHOICES}!${'AB'[column]}$2:${'AB'[column]}${len(names) + 1}"
            rule = {"validate": "list", "source": source, "show_error": False}
            sheet.data_validation(1, 6 + column, MOST_ROWS, 6 + column, rule)
    guide.set_column(0, 0, 14)
    guide.set_column(1, 1, 90)
    for row, pair in enumerate(_EXPLAINED):
        guide.write_row(row, 0, pair)
    book.close()
    return file.getvalue()


def rows_of_workbook(content: bytes) -> list[PersonRow]:
    """The rows of the sheet "Pegawai", else of the first one. Raises: Refused."""
    try:
        sheets = open_workbook(content, max_rows=_SHEET_ROWS, show_formulas=True)
    except ImportRefused as error:
        raise Refused(str(error), field="file") from error
    sheet = next((each for each in sheets if each.name.casefold() == SHEET.casefold()), sheets[0] if sheets else None)
    return _rows(sheet.rows if sheet else [], "file")


def rows_of_text(text: str) -> list[PersonRow]:
    """The rows of cells copied from a spreadsheet: separated by tabs, with or without headings. Raises: Refused."""
    try:
        return _rows(list(csv.reader(io.StringIO(text), delimiter="\t")), "text")
    except csv.Error as error:
        raise Refused(_("Teks ini tidak terbaca. Salin lagi selnya, lalu tempel."), field="text") from error


def text_of_rows(rows: Iterable[PersonRow]) -> str:
    """The rows as text that ``rows_of_text`` reads, with empty lines in between so that all keep their numbers."""
    file = io.StringIO()
    writer, line = csv.writer(file, delimiter="\t", lineterminator="\n"), 1
    for row in rows:
        file.write("\n" * (row.number - line))
        writer.writerow([getattr(row, name).replace("\n", ";") for name in COLUMNS])
        line = row.number + 1
    return file.getvalue()


def _rows(cells: Sequence[Sequence[str]], field: str) -> list[PersonRow]:
    order, first = list(range(len(COLUMNS))), 0
    names = [heading.casefold() for heading, _width in HEADINGS]
    for number, line in enumerate(cells[:20]):
        typed = [plain_line(cell).casefold().rstrip(" *") for cell in line]
        typed = [_OTHER_HEADINGS.get(cell, cell) for cell in typed]
        if "nama" in typed and "surel" in typed:
            order, first = [typed.index(name) if name in typed else -1 for name in names], number + 1
            break
    rows = []
    for number, line in enumerate(cells[first:], first + 1):
        values = [plain_text(line[place]) if 0 <= place < len(line) else "" for place in order]
        if any(values):
            lines = [plain_line(value) for value in values[:6]]
            rows.append(PersonRow(number, *lines, *values[6:]))
    if not rows:
        raise Refused(_("Tidak ada baris yang terisi. Isi paling sedikit satu nama dan surel."), field=field)
    if len(rows) > MOST_ROWS:
        raise Refused(_("Terlalu banyak: paling banyak %(count)s baris sekaligus.") % {"count": MOST_ROWS}, field=field)
    return rows
