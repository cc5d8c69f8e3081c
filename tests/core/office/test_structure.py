"""Many units and positions at once: what a list adds, and which lists are refused."""

import pytest

from tests.factories.core import named_cast
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import JournalEntry, Position, Unit
from ula_portal.core.office.actions.structure import Added, add_positions, add_units
from ula_portal.core.office.rules.names import Directory, Unknown, code_of
from ula_portal.core.office.rules.structure import PositionRow, UnitRow
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db

OFFICE = [
    UnitRow("Seksi Kurikulum", "Kur", "Bidang Pembinaan SD", "Kepala Seksi Kurikulum"),
    UnitRow("Dinas Pendidikan", head="Kepala Dinas"),
    UnitRow("Bidang Pembinaan SD", "SD", head="Kepala Bidang Pembinaan SD"),
    UnitRow("Sekretariat"),
]


def test_an_empty_office_gets_its_units_in_any_order_with_codes_and_heads():
    assert add_units(OFFICE, by=SYSTEM) == Added(4, 3, 0)
    units = {each.name: each for each in Unit.objects.select_related("parent")}
    assert {name: each.parent and each.parent.name for name, each in units.items()} == {
        "Dinas Pendidikan": None,
        "Bidang Pembinaan SD": "Dinas Pendidikan",
        "Sekretariat": "Dinas Pendidikan",
        "Seksi Kurikulum": "Bidang Pembinaan SD",
    }
    section = units["Bidang Pembinaan SD"]
    assert (section.code, section.short_name) == ("SD", "SD")
    heads = {each.name: each.superior and each.superior.name for each in Position.objects.filter(heads_unit=True)}
    assert heads == {
        "Kepala Dinas": None,
        "Kepala Bidang Pembinaan SD": "Kepala Dinas",
        "Kepala Seksi Kurikulum": "Kepala Bidang Pembinaan SD",
    }
    assert JournalEntry.objects.filter(verb="add_unit").count() == 4
    assert JournalEntry.objects.filter(verb="add_position").count() == 3


def test_the_same_list_again_adds_nothing_and_says_so():
    add_units(OFFICE, by=SYSTEM)
    assert add_units(OFFICE, by=SYSTEM) == Added(0, 0, 4)
    rows = [PositionRow("Pengelola", "Sekretariat")]
    assert [add_positions(rows, by=SYSTEM) for _ in range(2)] == [Added(0, 1, 0), Added(0, 0, 1)]


def test_positions_stand_below_whom_they_name_or_whoever_heads_the_unit():
    cast = named_cast()
    rows = [
        PositionRow("Arsiparis", "Unit Layanan (ULA)"),
        PositionRow("Pengolah Data", "bidang pembinaan  pendidikan dasar", "Ketua Tim Data"),
        PositionRow("Ketua Tim Data", "Bidang Pembinaan Pendidikan Dasar"),
        PositionRow("Kepala Unit Layanan", "Unit Layanan (ULA)", "Kepala Dinas", heads_unit=True),
    ]
    assert add_positions(rows, by=SYSTEM).positions == 4
    made = {
        each.name: each
        for each in Position.objects.select_related("superior").filter(
            code__in=["ARSIPARIS", "PENGOLAH-DATA", "KETUA-TIM-DATA", "KEPALA-UNIT-LAYANAN"]
        )
    }
    assert {name: each.superior.name for name, each in made.items()} == {
        "Arsiparis": "Kepala Unit Layanan",
        "Pengolah Data": "Ketua Tim Data",
        "Ketua Tim Data": cast.positions["KABID-DIKDAS"].name,
        "Kepala Unit Layanan": "Kepala Dinas",
    }


@pytest.mark.parametrize(
    ("rows", "field", "word"),
    [
        ([UnitRow("")], "name", "Tulis namanya"),
        ([UnitRow("x" * 201)], "name", "paling banyak 200"),
        ([UnitRow("Baru", head="x" * 201)], "head", "paling banyak 200"),
        ([UnitRow("Baru", parent="Tidak Ada")], "parent", "belum ada"),
        ([UnitRow("Baru"), UnitRow(" baru ")], "name", "Sama dengan baris 1"),
        ([UnitRow("A", parent="B"), UnitRow("B", parent="A")], "parent", "di bawah dirinya"),
        ([UnitRow("A", parent="A")], "parent", "di bawah dirinya"),
        ([UnitRow("Dinas Pendidikan", head="Kepala Badan")], "head", "sudah dipimpin Kepala Dinas"),
        (
            [UnitRow("K"), UnitRow("K", parent="Sekretariat"), UnitRow("X", parent="K")],
            "parent",
            "Ada 2",
        ),
    ],
)
def test_units_are_refused(rows, field, word):
    named_cast()
    before = Unit.objects.count()
    with pytest.raises(Refused, match=word) as told:
        add_units(rows, by=SYSTEM)
    assert told.value.field == field and str(told.value).startswith("Baris ")
    assert Unit.objects.count() == before


def test_with_two_units_at_the_top_the_parent_has_to_be_written():
    named_cast()
    Unit.objects.create(code="LAIN", name="UPTD Lain")
    with pytest.raises(Refused, match="lebih dari satu unit tanpa induk"):
        add_units([UnitRow("Baru")], by=SYSTEM)
    assert add_units([UnitRow("Baru", parent="UPTD Lain")], by=SYSTEM).units == 1


@pytest.mark.parametrize(
    ("rows", "field", "word"),
    [
        ([PositionRow("", "Sekretariat")], "name", "Tulis namanya"),
        ([PositionRow("x" * 201, "Sekretariat")], "name", "paling banyak 200"),
        ([PositionRow("Baru", "")], "unit", "Tulis unit"),
        ([PositionRow("Baru", "Tidak Ada")], "unit", "belum ada"),
        ([PositionRow("Baru", "Sekretariat", "Tidak Ada")], "superior", "belum ada"),
        ([PositionRow("Baru", "Sekretariat", heads_unit=True)], "heads_unit", "sudah dipimpin Sekretaris Dinas"),
        ([PositionRow("Baru", "Sekretariat"), PositionRow("BARU", "Sekretariat")], "name", "Sama dengan baris 1"),
        (
            [PositionRow(n, "Unit Layanan (ULA)", heads_unit=True) for n in ("Satu", "Dua")],
            "heads_unit",
            "sudah dipimpin Satu",
        ),
        ([PositionRow("A", "Sekretariat", "B"), PositionRow("B", "Sekretariat", "A")], "superior", "atasan dirinya"),
    ],
)
def test_positions_are_refused(rows, field, word):
    named_cast()
    before = Position.objects.count()
    with pytest.raises(Refused, match=word) as told:
        add_positions(rows, by=SYSTEM)
    assert told.value.field == field
    assert Position.objects.count() == before


def test_things_of_one_name_are_told_apart_by_what_stands_beside():
    names = Directory()
    names.add(1, "Kepala Seksi", "SD")
    names.add(2, "Kepala Seksi", "SMP")
    names.add(3, "Sekretaris", "Sekretariat")
    assert names.labels() == ["Kepala Seksi (SD)", "Kepala Seksi (SMP)", "Sekretaris"]
    assert [names.find(each) for each in names.labels()] == [1, 2, 3]
    with pytest.raises(Unknown):
        names.find("Kepala Seksi")


def test_codes_are_short_plain_and_never_the_same():
    assert code_of("Bidang Guru dan Tenaga Kependidikan", (), 30) == "BIDANG-GURU-TENAGA"
    assert code_of("Subbagian Umum", ["SUBBAGIAN-UMUM"], 30) == "SUBBAGIAN-UMUM-2"
    assert code_of("ab" * 30, ["AB" * 5], 10) == "ABABABAB-2"
    assert code_of("…", (), 30) == "X"
