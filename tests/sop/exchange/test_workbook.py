"""Workbooks are opened within limits: each refusal, and the largest file that is accepted; cells, rows, sheets."""

import io
import zipfile

import pytest
import xlsxwriter
from lxml import etree

from sop.exchange import workbook
from sop.exchange.json import ImportRefused
from sop.exchange.workbook import MAX_COLUMNS, MAX_MEMBERS, MAX_ROWS, MAX_SHEETS, open_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ONE = '<sheets><sheet name=" Satu " sheetId="1" r:id="r1"/></sheets>'
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKED}">{ONE}</workbook>'
SHEET = "xl/worksheets/sheet1.xml"


def links(kind, target):
    link = f'<Relationship Id="r1" Type="{LINKED}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{link}</Relationships>'


FRAME = {
    "_rels/.rels": links("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": BOOK,
    "xl/_rels/workbook.xml.rels": links("worksheet", "worksheets/sheet1.xml"),
}


def cell(text, address=""):
    at = f' r="{address}"' if address else ""
    return f'<c{at} t="inlineStr"><is><t>{text}</t></is></c>'


def row(*cells, **named):
    said = "".join(f' {name}="{value}"' for name, value in named.items())
    return f"<row{said}>{''.join(cells)}</row>"


def packed(*rows, compression=zipfile.ZIP_DEFLATED, **more):
    """A workbook with one sheet of these rows; ``more``: other parts of the file, by name."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    return zipped(FRAME | {SHEET: sheet} | more, compression)


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def rows_of(*rows, **more):
    (sheet,) = open_workbook(packed(*rows, **more))
    return sheet.rows


def refusal(content):
    with pytest.raises(ImportRefused) as refused:
        open_workbook(content)
    (said,) = refused.value.problems
    return said


def test_a_sheet_is_read_with_its_name_as_people_read_it():
    (sheet,) = open_workbook(packed(row(cell("a"), cell("b"))))
    assert (sheet.name, sheet.rows) == ("Satu", [["a", "b"]])


# Files


def test_a_file_may_be_as_large_as_said_and_no_larger(monkeypatch):
    content = packed(row(cell("a")))
    monkeypatch.setattr(workbook, "MAX_BYTES", len(content))
    assert open_workbook(content)
    monkeypatch.setattr(workbook, "MAX_BYTES", len(content) - 1)
    assert "terlalu besar" in refusal(content)


def test_what_its_parts_unpack_to_counts_together(monkeypatch):
    parts = FRAME | {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'}
    content = zipped(parts)
    monkeypatch.setattr(workbook, "MAX_XML", sum(map(len, parts.values())))
    assert open_workbook(content)[0].rows == []
    monkeypatch.setattr(workbook, "MAX_XML", workbook.MAX_XML - 1)
    assert "terlalu besar untuk satu SOP" in refusal(content)


def test_a_file_has_as_many_parts_as_said_and_no_more():
    more = {f"xl/{n}.bin": "" for n in range(MAX_MEMBERS - 4)}
    assert rows_of(row(cell("a")), **more) == [["a"]]
    assert "rusak" in refusal(packed(row(cell("a")), **more, **{"xl/x.bin": ""}))


def test_no_part_is_there_twice_in_whatever_letters():
    assert "rusak" in refusal(packed(row(cell("a")), **{SHEET.upper(): "<x/>"}))


def test_parts_that_are_no_xml_are_not_looked_at():
    assert rows_of(row(cell("a")), **{"xl/media/a.png": b"\x89PNG", "xl/vbaProject.bin": b"<x"}) == [["a"]]
    # Case does not matter.
    assert "rusak" in refusal(packed(row(cell("a")), **{"xl/A.XML": "<x"}))


def test_parts_may_lie_there_unpacked():
    assert rows_of(row(cell("a")), compression=zipfile.ZIP_STORED) == [["a"]]


def test_other_kinds_of_workbooks_are_told_by_their_parts():
    assert rows_of(row(cell("a")), mimetype="application/x") == [["a"]]
    assert "OpenDocument" in refusal(zipped({"MIMETYPE": "application/x"}))
    assert "OpenDocument" not in refusal(zipped({"word/document.xml": "<x/>"}))
    assert ".xlsb" in refusal(zipped({"xl/Workbook.bin": ""}))


def test_xml_without_end_or_bottom_is_refused():
    deep = "<x>" * 400 + "</x>" * 400
    assert "rusak" in refusal(packed(row(cell("a")), **{"xl/deep.xml": deep}))
    said = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'
    assert "rusak" in refusal(packed(row(cell("a")), **{"xl/x.xml": said}))


class PanicException(BaseException):
    """Like the reader's exception, which does not derive from Exception and cannot be created from Python."""


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(PanicException, ImportRefused), (KeyboardInterrupt, KeyboardInterrupt), (MemoryError, MemoryError)],
)
def test_the_readers_panic_is_a_damaged_file_and_nothing_else_is(monkeypatch, raised, seen):
    def failing(_copy):
        raise raised

    monkeypatch.setattr(workbook, "_sheets", failing)
    with pytest.raises(seen):
        open_workbook(packed())


# Rows and cells


def test_rows_and_cells_without_an_address_follow_the_one_before():
    assert rows_of(row(cell("a"), cell("c", "C1"), cell("d")), row(cell("e"))) == [
        ["a", "", "c", "d"],
        ["e", "", "", ""],
    ]
    assert rows_of(row(cell("a"), r=2), row(cell("b"))) == [[""], ["a"], ["b"]]


@pytest.mark.parametrize("number", ["", "0", "x", "-3", "²", "100000000"])
def test_a_row_whose_number_cannot_be_one_follows_the_row_before(number):
    assert rows_of(row(cell("a"), r=1), row(cell("b"), r=number)) == [["a"], ["b"]]


def test_addresses_are_read_in_small_letters_and_beyond_z():
    for address, column in (("b1", 2), ("Z1", 26), ("AA1", 27), ("az1", 52), ("BA1", 53), ("DP1", MAX_COLUMNS)):
        (line,) = rows_of(row(cell("x"), cell("y", address)))
        assert (len(line), line[-1]) == (column, "y"), address


def test_the_farthest_cell_is_read_and_none_beyond():
    assert len(rows_of(row(cell("x", f"A{MAX_ROWS}"), r=MAX_ROWS))) == MAX_ROWS
    for number, address in ((MAX_ROWS + 1, f"A{MAX_ROWS + 1}"), (1, "DQ1")):
        assert "terlalu luas" in refusal(packed(row(cell("x", address), r=number)))
    assert workbook._column_of("Z" * 1000) < 26**5


def test_what_shows_nothing_takes_no_room():
    for hidden in ("1", "true"):
        assert rows_of(row(cell("x")), row(cell("y", "DQ2"), hidden=hidden)) == [["x"]]
    assert rows_of(row(cell("x")), row(cell("y"), hidden="0")) == [["x"], ["y"]]
    # Formats, formulas without a stored result, comments in between: only cells with a value count.
    for each in ("<c r='DQ3'/>", "<c r='DQ3'><f>A1</f></c>", "<c r='DQ3'><!-- v --></c>"):
        assert rows_of(row(cell("x")), row(each, r=3)) == [["x"]]
    assert rows_of(row(cell("x")), "<!-- x -->", "<other/>", "<?x y?>", row(cell("y"))) == [["x"], ["y"]]
    assert rows_of(row("<c r='B1'><f>1+1</f><v>2</v></c>")) == [["", "2"]]


def test_the_reader_is_given_addresses_cells_and_nothing_else(monkeypatch):
    monkeypatch.setattr(workbook, "_sheets", lambda copy: copy)
    lines = row(cell("a"), "<!-- x -->", cell("c", "c9")) + "<!-- x --><other/>" + row("<c/>", cell("d"), r=4)
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{lines}</sheetData></worksheet>'
    with zipfile.ZipFile(open_workbook(packed(**{SHEET: sheet, "xl/a.bin": "x"}))) as copy:
        assert copy.namelist() == [*FRAME, SHEET]
        root = etree.fromstring(copy.read(SHEET))
    (data,) = root
    assert [(each.tag.split("}")[1], each.get("r")) for line in data for each in (line, *line)] == [
        ("row", "1"),
        ("c", "A1"),
        ("c", "C1"),
        ("row", "4"),
        ("c", "B4"),
    ]


# Sheets and values


def book(fill):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        fill(made)
    return file.getvalue()


def test_only_visible_sheets_of_cells_are_read_up_to_their_number():
    def fill(made, sheets=MAX_SHEETS):
        for n in range(sheets):
            made.add_worksheet(f"S{n}").write(0, 0, n)
        made.add_worksheet("hidden").hide()
        made.add_worksheet("very").very_hidden()
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=S0!$A$1:$A$1"})
        made.add_chartsheet("chart").set_chart(chart)

    assert [sheet.name for sheet in open_workbook(book(fill))] == [f"S{n}" for n in range(MAX_SHEETS)]
    assert "terlalu banyak lembar" in refusal(book(lambda made: fill(made, MAX_SHEETS + 1)))


def test_values_are_read_as_people_type_them():
    # Files store dates as days since 1900.
    moments = [
        (46053, "yyyy-mm-dd", "2026-01-31"),
        (46053.42, "yyyy-mm-dd hh:mm", "2026-01-31"),
        (2.25 / 24, "hh:mm", "2 jam 15 menit"),
        (15.5 / 1440, "hh:mm:ss", "15 menit 30 detik"),
        (1.5 / 24, "[h]:mm", "1 jam 30 menit"),
    ]
    plain = [(3, "3"), (1.5, "1,5"), (-0.25, "-0,25"), (True, "Ya"), (False, "Tidak"), ("a.5", "a.5")]

    def fill(made):
        sheet = made.add_worksheet()
        for n, (value, shape, _told) in enumerate(moments):
            sheet.write_number(n, 0, value, made.add_format({"num_format": shape}))
        for n, (value, _told) in enumerate(plain, len(moments)):
            sheet.write(n, 0, value)

    (sheet,) = open_workbook(book(fill))
    assert [line[0] for line in sheet.rows] == [each[-1] for each in moments + plain]


def test_a_part_that_is_nothing_but_a_dimension_is_no_trouble():
    assert rows_of(row(cell("ini")), **{"docProps/app.xml": "<dimension/>"}) == [["ini"]]


def test_the_digits_of_long_numbers_stay_as_they_are_and_formulas_may_be_shown():
    number = '<c r="A1"><v>197001011995031901</v></c>'
    formulas = '<c r="B1"><f>SUM(D1:D2)</f><v>3</v></c><c r="C1"><f>B1</f></c>'
    content = packed(row(number, formulas))
    assert open_workbook(content)[0].rows == [["197001011995031901", "3"]]
    assert open_workbook(content, show_formulas=True)[0].rows == [["197001011995031901", "=SUM(D1:D2)", "=B1"]]
    content = packed(row(cell("x", f"A{MAX_ROWS + 1}"), r=MAX_ROWS + 1))
    assert open_workbook(content, max_rows=MAX_ROWS + 1)
