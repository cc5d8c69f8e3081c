"""The register of schools: reading the public reference data, loading it, finding a school."""

import io

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.urls import reverse

from services.models import School
from services.schools import rules
from services.schools.actions.importing import import_schools
from services.schools.queries import known_places, search_schools
from services.schools.rules import SchoolRow, read_schools
from tests.factories.core import named_cast
from tests.factories.pages import text
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import NotAllowed, Refused

HEADINGS = ["No", "NPSN", "Nama Satuan Pendidikan", "Bentuk Pendidikan", "Status", "Kecamatan", "Desa/Kelurahan"]
ROWS = [
    ["1", "69990001", "SD NEGERI 1 CONTOH", "SD", "NEGERI", "Talawi", "Desa Contoh"],
    ["2", "P9990002", "TK Contoh Ceria", "TK", "SWASTA", "Sei Balai", "Contoh Hilir"],
]


def csv(*rows, delimiter=","):
    return "\n".join(delimiter.join(row) for row in (HEADINGS, *rows)).encode()


def workbook(*rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((["Daftar Satuan Pendidikan"], [], HEADINGS, *rows)):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", csv(*ROWS)),
        ("a.csv", b"\xef\xbb\xbf" + csv(*ROWS, delimiter=";")),
        ("a.txt", csv(*ROWS, delimiter="\t")),
        ("A.XLSX", workbook(*ROWS)),
    ],
)
def test_a_file_is_read_by_its_headings(name, content):
    found = read_schools(name, content)
    assert found.problems == []
    assert found.schools == [
        SchoolRow("69990001", "SD NEGERI 1 CONTOH", "SD", "NEGERI", "Talawi", "Desa Contoh"),
        SchoolRow("P9990002", "TK Contoh Ceria", "TK", "SWASTA", "Sei Balai", "Contoh Hilir"),
    ]


def test_columns_can_stand_in_any_order_and_a_lost_zero_comes_back():
    (school,) = read_schools("a.csv", b"Nama Sekolah,Jenjang,npsn\nTK Contoh,TK,1234567").schools
    assert school == SchoolRow("01234567", "TK Contoh", "TK")


def test_bad_rows_are_named_and_left_out():
    bad = [["3", "12", *ROWS[0][2:]], ["4", "69990004", "", *ROWS[0][3:]], ROWS[0], ["", *[""] * 6]]
    bad.append(["5", "69990005", "x" * 151, *ROWS[0][3:]])
    found = read_schools("a.csv", csv(*ROWS, *bad))
    assert [school.npsn for school in found.schools] == ["69990001", "P9990002"]
    assert [problem.partition(":")[0] for problem in found.problems] == ["Baris 4", "Baris 5", "Baris 6", "Baris 8"]
    assert "sudah ada" in found.problems[2]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "baris judul"),
        ("a.csv", b"NPSN,Alamat\n1,2", "baris judul"),
        ("a.xlsx", b"PK nothing", "rusak"),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "terlalu besar"),
        ("a.csv", b"NPSN,Nama\n" + b"69990001,A\n" * 10_001, "10.000"),
    ],
)
def test_other_files_are_refused(name, content, words):
    with pytest.raises(Refused, match=words):
        read_schools(name, content)


def test_a_formula_is_only_text():
    (school,) = read_schools("a.csv", csv(["1", "69990001", "=1+1", *ROWS[0][3:]])).schools
    assert school.name == "=1+1"


def test_loading_again_updates_and_changes_nothing_twice(db):
    rows = read_schools("a.csv", csv(*ROWS)).schools
    first, same = import_schools(rows, by=SYSTEM), import_schools(rows, by=SYSTEM)
    assert (first.created, first.changed, first.unchanged) == (2, 0, 0)
    assert (same.created, same.changed, same.unchanged) == (0, 0, 2)
    renamed = import_schools([SchoolRow("69990001", "UPTD SDN 1 Contoh")], by=SYSTEM)
    assert (renamed.created, renamed.changed) == (0, 1)
    assert School.objects.get(npsn="69990001").name == "UPTD SDN 1 Contoh" and School.objects.count() == 2
    assert JournalEntry.objects.filter(verb="import_schools").count() == 2


def test_only_administrators_load_the_register(db):
    cast = named_cast()
    for person in (cast.frontdesk, cast.head, cast.section_head):
        with pytest.raises(NotAllowed):
            import_schools([], by=staff(person))
    assert import_schools([SchoolRow("69990001", "A")], by=staff(cast.admin)).created == 1


@pytest.fixture
def register(db):
    import_schools(read_schools("a.csv", csv(*ROWS)).schools, by=SYSTEM)


@pytest.mark.parametrize(
    ("searched", "found"),
    [
        ("sd negeri contoh", ["69990001"]),
        ("SDN 1", ["69990001"]),
        ("desa contoh", ["69990001"]),
        ("sei balai", ["P9990002"]),
        ("p999", ["P9990002"]),
        ("contoh", ["69990001", "P9990002"]),
        ("ceriia", ["P9990002"]),
        ("sma", []),
        ("", []),
        ("%_", []),
    ],
)
def test_a_school_is_found_by_name_place_or_number(register, searched, found):
    assert [school.npsn for school in search_schools(searched)] == found


def test_a_search_shows_a_bounded_number(db):
    import_schools([SchoolRow(f"6999{n:04}", f"SD Contoh {n}") for n in range(15)], by=SYSTEM)
    assert len(search_schools("contoh")) == 10


def test_districts_and_villages_are_suggested(register):
    assert known_places() == (("Sei Balai", "Talawi"), ("Contoh Hilir", "Desa Contoh"))


def test_the_search_answers_with_choices(client, register, settings):
    page = reverse("school_search")
    shown = text(client.get(page, {"q": "sdn", "field": "sekolah-asal"}))
    assert 'name="sekolah-asal" value="69990001"' in shown and "Kecamatan Talawi" in shown
    assert "belum ditemukan" in text(client.get(page, {"q": "sma", "field": "x"}))
    for bad in ("", "a b", '"><script>', "x" * 61):
        assert client.get(page, {"q": "sd", "field": bad}).status_code == 404
    assert client.post(page).status_code == 405


def test_searches_are_limited(client, register, settings):
    settings.THROTTLES = {"school": (1, 300)}
    assert client.get(reverse("school_search"), {"q": "sd", "field": "x"}).status_code == 200
    assert client.get(reverse("school_search"), {"q": "sd", "field": "x"}).status_code == 429


def test_the_command_loads_and_names_bad_rows(db, tmp_path):
    file, out, err = tmp_path / "a.csv", io.StringIO(), io.StringIO()
    file.write_bytes(csv(*ROWS, ["3", "12", "A", "", "", "", ""]))
    call_command("import_schools", str(file), stdout=out, stderr=err)
    assert out.getvalue() == "2 baru, 0 diubah, 0 tetap, 1 dilewati.\n" and err.getvalue().startswith("Baris 4: ")
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        call_command("import_schools", str(tmp_path / "b.csv"))
    file.write_bytes(b"?")
    with pytest.raises(CommandError, match="baris judul"):
        call_command("import_schools", str(file))


def test_the_words_have_the_usual_short_names():
    assert rules.search_words(SchoolRow("69990001", "UPT SD Negeri 1")) == " 69990001 upt sd negeri 1 sdn"
    assert rules.search_words(SchoolRow("69990001", "TK Swasta A")).endswith(" tks")
