"""SOPs as workbooks: nothing is lost on the way out and back, readable input is read, hostile input is refused."""

import io
import json
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from sop.exchange import form, xlsx
from sop.exchange.json import BOXES, MAX_BYTES, ImportRefused, clean
from sop.exchange.workbook import open_workbook
from tests.factories import sop as make
from tests.factories.sop_contents import contents

DATA = Path(__file__).parents[1] / "data"
FILES = sorted(DATA.glob("*.json")) + sorted((make.STARTER / "sops").glob("*.json"))


def workbook(sheets, change=None):
    """A workbook from sheets of rows; numbers remain numbers; a pair is a formula ("=…") with its value."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            for at, value in enumerate(row):
                if isinstance(value, tuple):
                    sheet.write_formula(n, at, value[0], None, value[1])
                elif isinstance(value, str):
                    sheet.write_string(n, at, value)
                elif value is not None:
                    sheet.write(n, at, value)
        if change:
            change(book, name, sheet)
    book.close()
    return file.getvalue()


HEADINGS = ["No", "Uraian Kegiatan", "Bentuk", "Pelaksana", "Waktu", "Output"]
STEPS = [
    HEADINGS,
    [1, "Mengajukan", "Mulai", "Pemohon", "", "Permohonan"],
    [2, "Memeriksa", "Proses", "Loket", "15 menit", "Hasil"],
    [3, "Menyerahkan", "Selesai", "Loket", "5 menit", "Surat"],
]
SHEETS = {"Identitas": [["Nama SOP", "Surat Contoh"]], "Pelaksana": [["Pelaksana"], ["Pemohon"], ["Loket"]]}


def read(steps=STEPS, change=None, **sheets):
    return xlsx.read_workbook(workbook(SHEETS | sheets | {"Langkah": steps}, change))


def problems(content):
    with pytest.raises(ImportRefused) as refused:
        xlsx.read_workbook(content)
    return refused.value.problems


# Writing and reading


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_comes_back_as_it_went(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    again = xlsx.read_workbook(xlsx.write_workbook(content))
    assert clean(again) == clean(content) and again.notes == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(contents(most_steps=15, most_actors=8))
def test_any_content_comes_back_as_it_went(content):
    assert clean(xlsx.read_workbook(xlsx.write_workbook(content))) == clean(content)


def test_text_that_looks_like_something_else_comes_back_as_text():
    content = make.small_content(
        legal_basis=["=1+1", "+62", "-5", "@SUM(A1)", "1/2", "0123", "_x0041_", "Nomor SOP: lain", "{=1}"]
    )
    content["steps"][0] |= {"note": '=HYPERLINK("http://x")\n+1\n@a', "inputs": "2026-01-01", "output": "-"}
    data = xlsx.write_workbook(content)
    assert clean(xlsx.read_workbook(data)) == clean(content)
    sheets = [text for name, text in members(data).items() if "worksheets/" in name]
    assert sheets and not any(b"<f>" in text or b"<hyperlink" in text for text in sheets)


@pytest.mark.parametrize("created", ["2026-01-31", "1900-02-28", "0001-01-01", "1899-12-31", "2999-12-31", None])
def test_days_come_back_as_they_went(created):
    assert xlsx.read_workbook(xlsx.write_workbook(make.small_content(created=created))).get("created") == created


@pytest.mark.parametrize("text", [":", "–", "0", "Ya", "Nama SOP", "Isian"])
def test_short_values_of_the_identity_block_come_back(text):
    content = make.small_content(name=text, number=text, unit=text, confidence=text, records=[text, text])
    assert clean(xlsx.read_workbook(xlsx.write_workbook(content))) == clean(content)


def test_unsound_flows_come_back_with_what_is_missing():
    content = make.small_content()
    content["steps"][0].pop("next")
    content["steps"][1].pop("if_yes")
    content["steps"][3]["next"] = 1
    content["steps"].reverse()
    assert clean(xlsx.read_workbook(xlsx.write_workbook(content))) == clean(content)


# The template


def test_the_template_says_what_is_missing_and_its_example_is_sound():
    data = xlsx.empty_template()
    said = problems(data)
    assert any("Nama SOP belum diisi" in problem for problem in said)
    assert any("belum ada satu langkah pun" in problem for problem in said)
    sheets = {sheet.name: sheet.rows for sheet in open_workbook(data)}
    assert list(sheets) == [form.GUIDE, form.IDENTITY, form.ACTORS, form.STEPS, form.EXAMPLE]
    example = xlsx.read_workbook(workbook({"Identitas": [["Nama SOP", "Contoh"]], "Langkah": sheets[form.EXAMPLE]}))
    assert [step["shape"] for step in example["steps"]] == ["start", "decision", "process", "end"]
    assert clean(example)["steps"] == clean(form.EXAMPLE_CONTENT)["steps"] and example.notes == []


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_form_helps_the_person_who_fills_it():
    found = members(xlsx.empty_template())
    sheet = found["xl/worksheets/sheet4.xml"]
    for words in (b"Mulai,Proses,Keputusan,Selesai", b"Pelaksana!$B$2", b"<pane ", b'orientation="landscape"'):
        assert words in sheet
    assert b'paperSize="9"' in sheet and b'fitToHeight="0"' in sheet
    assert b"_xlnm.Print_Titles" in found["xl/workbook.xml"]


# Tolerant reading


def test_a_plain_table_of_three_sheets_is_read():
    content = read()
    assert content["name"] == "Surat Contoh" and content["actors"] == ["Pemohon", "Loket"]
    assert [step["next"] for step in content["steps"]] == [2, 3, None]
    assert [step["minutes"] for step in content["steps"]] == [None, 15, 5]
    assert clean(content)


def test_sheets_and_labels_may_be_spelt_otherwise():
    identity = [["IDENTITAS SOP"], ["nama sop :", "Surat"], ["Tgl", "x"], ["Dasar hukum", "UU 1"], ["", "UU 2"]]
    identity += [["Tanggal pembuatan", "31 Januari 2026"], ["Kualifikasi Pelaksana: bisa mengetik"]]
    content = xlsx.read_workbook(workbook({"IDENTITAS ": identity, "langkah": STEPS, "Lembar3": [["catatan"]]}))
    assert (content["name"], content["legal_basis"]) == ("Surat", ["UU 1", "UU 2"])
    assert (content["created"], content["qualifications"]) == ("2026-01-31", ["bisa mengetik"])
    assert content["actors"] == ["Pemohon", "Loket"]
    assert "Lembar “Lembar3” diabaikan." in content.notes
    assert "IDENTITAS, kolom Tgl: tidak dikenal dan diabaikan." in content.notes


@pytest.mark.parametrize("text", ["31/01/2026", "31-1-2026", "31.1.2026", "Sabtu, 31 Januari 2026", "31 jan 2026"])
def test_days_are_read_as_people_write_them(text):
    assert read(Identitas=[["Nama SOP", "x"], ["Tanggal Pembuatan", text]])["created"] == "2026-01-31"


def test_one_sheet_of_any_name_with_the_name_above_the_table_is_enough():
    rows = [["Nama SOP", ":", "Surat Contoh"], ["Nomor SOP : 420/1"], [], *STEPS]
    content = xlsx.read_workbook(workbook({"Sheet1": rows}))
    assert (content["name"], content["number"], len(content["steps"])) == ("Surat Contoh", "420/1", 3)


def test_hidden_and_blank_rows_are_passed_over_and_merged_cells_read():
    steps = [*STEPS[:2], [], [9, "Tersembunyi", "lingkaran", "Siapa"], *STEPS[2:]]

    def change(book, name, sheet):
        if name == "Langkah":
            sheet.set_row(3, None, None, {"hidden": True})
            sheet.merge_range(7, 1, 8, 1, "Mencatat")
            sheet.write(7, 3, "Loket")
            sheet.write(8, 3, "Pemohon")

    content = read(steps, change)
    assert [step["no"] for step in content["steps"]] == [1, 2, 3, 4]
    assert content["steps"][3]["actors"] == ["Loket", "Pemohon"]


def test_numbers_formulas_and_truths_are_read_by_their_values():
    steps = [[*HEADINGS, "Menit kerja", "Langkah berikutnya", "Menerbitkan surat"]]
    steps += [["1", "Mengajukan", "Mulai", "Pemohon", "", "x", "", ("=A3", 2), False]]
    steps += [[2.0, ("=1+1", "Memeriksa"), "Selesai", "Loket", "", "x", 7.5, "", True]]
    content = read(steps)
    assert content["steps"][0]["next"] == 2 and content["steps"][1]["activity"] == "Memeriksa"
    assert content["steps"][1]["minutes"] == 7.5 and content["steps"][1]["issues_letter"] is True


def test_hidden_sheets_are_not_read():
    def change(book, name, sheet):
        if name == "Rahasia":
            sheet.hide()

    content = read(change=change, Rahasia=[["x"]])
    assert content.notes == []


def test_a_file_saved_by_libreoffice_is_read():
    # Peculiarities of the office's form, opened and saved by LibreOffice 25.2.
    content = xlsx.read_workbook((DATA / "libreoffice.xlsx").read_bytes())
    first, last = clean(content)["steps"]
    assert content["actors"] == ["Pemohon", "A; B"] and first["actors"] == ["A; B", "Pemohon"]
    assert content["legal_basis"] == ["=1+1", "+62", "0123", "1/2"] and content["created"] == "2026-01-31"
    assert (first["activity"], first["note"], first["inputs"]) == ('=HYPERLINK("x")\nbaris dua', "@x", "2026-01-01")
    assert (first["seconds"], first["time_text"], first["output"]) == (20, "20 detik", "-")
    assert (last["seconds"], last["time_text"], last["per_item"]) == (None, "10 menit per berkas", False)


def test_text_written_into_its_cells_is_read():
    file = io.BytesIO()
    # A file without a table of shared strings.
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    for name, rows in (SHEETS | {"Langkah": STEPS}).items():
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    book.close()
    assert xlsx.read_workbook(file.getvalue())["steps"] == read()["steps"]


# Refusals


def test_every_problem_is_told_with_sheet_row_and_column():
    steps = [
        [*HEADINGS, "Langkah berikutnya"],
        [1, "Mengajukan", "Lingkaran", "Pemohon", "", "x", 9],
        [1, "", "Proses", "Loked", "", "x", ""],
        [3, "Menyerahkan", "Selesai", "", "", "x", ""],
    ]
    identity = [["Nama SOP", ""], ["Tanggal Pembuatan", "kemarin"], ["SOP Contoh", "barangkali"]]
    actors = [["Pelaksana"], ["Pemohon"], ["Loket"], ["Pemohon"]]
    said = problems(workbook({"Identitas": identity, "Pelaksana": actors, "Langkah": steps}))
    assert set(said) == {
        "Identitas, baris 2, kolom Tanggal Pembuatan: “kemarin” bukan tanggal. Tulis misalnya 31 Januari 2026.",
        "Identitas, baris 3, kolom SOP Contoh: “barangkali” tulis Ya atau Tidak.",
        "Identitas: Nama SOP belum diisi.",
        "Pelaksana, baris 4, kolom Pelaksana: “Pemohon” sudah tertulis di baris 2.",
        "Langkah, baris 2, kolom Bentuk: “Lingkaran” tidak dikenal. Gunakan Mulai, Proses, Keputusan, Selesai.",
        "Langkah, baris 2, kolom Langkah berikutnya: langkah 9 tidak ada dalam tabel.",
        "Langkah, baris 3, kolom No: nomor 1 sudah dipakai di baris 2.",
        "Langkah, baris 3, kolom Uraian Kegiatan: uraian kegiatan belum diisi.",
        "Langkah, baris 3, kolom Pelaksana: “Loked” tidak ada di lembar Pelaksana. Mungkin maksudnya “Loket”?",
        "Langkah, baris 4, kolom Pelaksana: pelaksana belum diisi.",
    }


def test_the_same_problem_in_many_rows_is_told_once_with_its_rows():
    steps = [HEADINGS, *([n, "x", "bulat", "Loket", "", ""] for n in range(1, 13)), [13, "x", "segi", "Loked", "", ""]]
    assert problems(workbook(SHEETS | {"Langkah": steps})) == [
        "Langkah, baris 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, dan 2 lagi, kolom Bentuk: “bulat” tidak dikenal. "
        "Gunakan Mulai, Proses, Keputusan, Selesai.",
        "Langkah, baris 14, kolom Bentuk: “segi” tidak dikenal. Gunakan Mulai, Proses, Keputusan, Selesai.",
        "Langkah, baris 14, kolom Pelaksana: “Loked” tidak ada di lembar Pelaksana. Mungkin maksudnya “Loket”?",
    ]


def test_too_much_of_anything_is_told():
    many = [HEADINGS, *([n, "x", "Proses", "Loket", "", ""] for n in range(1, 202))]
    actors = [["Pelaksana"], *([f"Jabatan {n}"] for n in range(30)), ["Loket"]]
    identity = [["Nama SOP", "x" * 301], *([["Dasar Hukum", "y"]] * 101), ["Peringatan", "z" * 2001]]
    said = " ".join(problems(workbook({"Identitas": identity, "Pelaksana": actors, "Langkah": many})))
    for words in ("paling banyak 200 langkah", "paling banyak 30 pelaksana", "301 huruf", "100 butir", "2001 huruf"):
        assert words in said


def test_a_workbook_without_steps_is_told():
    assert "Lembar “Langkah” tidak ada" in problems(workbook({"Sheet1": [["halo"]]}))[0]


def test_other_kinds_of_files_get_one_clear_sentence():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    for content, words in (
        (b"", "kosong"),
        (b"No,Kegiatan\n1,a", "bukan buku kerja Excel"),
        (ole, "Excel lama"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
        (ods.getvalue(), "OpenDocument"),
        (b"PK\x03\x04", "rusak"),
        (b"PK" + bytes(MAX_BYTES), "terlalu besar"),
    ):
        said = problems(content)
        assert len(said) == 1 and words in said[0]


def repacked(data, change, **options):
    """The workbook with some of its members replaced: name → new content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **{"compression": zipfile.ZIP_DEFLATED} | options) as archive:
        for name, text in (members(data) | change).items():
            archive.writestr(name, text)
    return packed.getvalue()


def test_what_unpacks_beyond_all_bounds_is_refused():
    data = workbook(SHEETS | {"Langkah": STEPS})
    bomb = b"<?xml version='1.0'?><worksheet><sheetData>" + b" " * 60_000_000
    said = problems(repacked(data, {"xl/worksheets/sheet9.xml": bomb}))
    assert "Isi berkas terlalu besar" in said[0]
    assert "rusak" in problems(repacked(data, {}, compression=zipfile.ZIP_LZMA))[0]
    assert "rusak" in problems(repacked(data, {f"xl/{n}.xml": "<x/>" for n in range(600)}))[0]


def test_a_size_that_lies_is_no_way_around_the_bounds():
    data = bytearray(repacked(workbook(SHEETS | {"Langkah": STEPS}), {"xl/a.xml": b" " * 30_000_000}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/a.xml"))
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert "rusak" in problems(bytes(data))[0]


@pytest.mark.parametrize("address", ["XFD1", "A1048576", "ZZZ9999999", "DX5"])
def test_far_cells_are_refused_before_room_is_made_for_them(address):
    data = workbook(SHEETS | {"Langkah": STEPS})
    row = "".join(sign for sign in address if sign.isdigit())
    far = f'<row r="{row}"><c r="{address}"><v>1</v></c></row></sheetData>'.encode()
    sheet = members(data)["xl/worksheets/sheet3.xml"].replace(b"</sheetData>", far)
    assert "terlalu luas" in problems(repacked(data, {"xl/worksheets/sheet3.xml": sheet}))[0]


def test_empty_formatted_cells_far_away_are_no_obstacle():
    def change(book, name, sheet):
        sheet.write_blank(50_000, 500, None, book.add_format({"border": 1}))

    assert len(read(change=change)["steps"]) == 3


def test_entities_are_refused():
    data = workbook(SHEETS | {"Langkah": STEPS})
    sheet = members(data)["xl/sharedStrings.xml"]
    evil = sheet.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst', 1)
    assert "rusak" in problems(repacked(data, {"xl/sharedStrings.xml": evil}))[0]


def test_damaged_files_are_refused_in_words_whatever_is_damaged():
    data, chance = xlsx.write_workbook(make.small_content()), random.Random(7)
    parts = members(data)
    for _round in range(150):
        broken = bytearray(data)
        for _times in range(chance.choice([1, 5, 50])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        only_refused(bytes(broken))
        only_refused(data[: chance.randrange(len(data))])
        name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        text = bytearray(parts[name])
        at = chance.randrange(len(text))
        text[at : at + chance.choice([1, 4, 40])] = chance.choice([b"", b"9", b"<x>", b"-1", b"&", b'"'])
        only_refused(repacked(data, {name: bytes(text)}))


def only_refused(content):
    try:
        xlsx.read_workbook(content)
    except ImportRefused as error:
        assert error.problems


def test_boxes_of_the_identity_block_all_have_a_field():
    assert set(BOXES) <= {field.key for field in form.FIELDS}
