"""Fields with several inputs: choices, address, school, group; what they take, keep, show and refuse."""

import re

import pytest
from django.core.exceptions import ValidationError

from services.fields.groups import rearranged
from services.fields.types import TYPES, type_of
from services.models import Field, School
from services.schools.rules import SchoolRow, search_words

JENIS = {"options": ["KIP", "KKS"], "other": True}
ROW = [
    {"name": "nama", "label": "Nama", "type": "text", "required": True},
    {"name": "nisn", "label": "NISN", "type": "nisn"},
    {"name": "alasan", "label": "Alasan", "type": "text", "required": True, "show_if": {"nisn": {"filled": False}}},
]


def field(type, required=True, **rules):
    return Field(name="x", label="Isian", type=type, required=required, rules=rules)


def cleaned(definition, typed):
    return type_of(definition.type).form_field(definition).clean(typed)


@pytest.fixture
def school(db):
    row = SchoolRow("69990001", "SD Negeri 1 Contoh", "SD", "Negeri", "Talawi", "Desa Contoh")
    return School.objects.create(words=search_words(row), **vars(row))


@pytest.mark.parametrize(
    ("definition", "typed", "kept", "words"),
    [
        (field("yes_no"), "Ya", "Ya", "Ya"),
        (field("choice", **JENIS), {"main": "KIP"}, "KIP", "KIP"),
        (field("choice", **JENIS), {"main": "Lainnya", "other": " PKH "}, {"other": "PKH"}, "PKH"),
        (field("choice", **JENIS), {"main": "KIP", "other": "PKH"}, "KIP", "KIP"),
        (field("choice", False, **JENIS), {"main": "", "other": "PKH"}, "", ""),
        (field("choices", options=["a", "b", "c"]), {"main": ["c", "a"]}, ["a", "c"], "a, c"),
        (
            field("choices", **JENIS),
            {"main": ["KKS", "Lainnya"], "other": "PKH"},
            ["KKS", {"other": "PKH"}],
            "KKS, PKH",
        ),
        (field("choices", False, options=["a"]), {"main": []}, [], ""),
        (
            field("address"),
            {"street": "Jalan Contoh 1", "rt": "01", "rw": "2", "district": "Talawi", "village": "Contoh"},
            {"street": "Jalan Contoh 1", "rt": "01", "rw": "2", "district": "Talawi", "village": "Contoh"},
            "Jalan Contoh 1 RT 01/RW 2, Desa/Kelurahan Contoh, Kecamatan Talawi",
        ),
        (
            field("school"),
            {"main": "luar", "name": "SD Contoh", "regency": "Kota Contoh"},
            {"name": "SD Contoh", "regency": "Kota Contoh"},
            "SD Contoh, Kota Contoh",
        ),
        (
            field("group", columns=ROW),
            [{"nama": "Siti", "nisn": "0012345678"}, {"nama": " ", "nisn": ""}, {"nama": "Budi", "alasan": "baru"}],
            [{"nama": "Siti", "nisn": "0012345678"}, {"nama": "Budi", "alasan": "baru"}],
            "Siti, 0012345678; Budi, baru",
        ),
        (field("group", False, columns=ROW, min_items=2), [{}], [], ""),
    ],
)
def test_takes_keeps_and_shows(definition, typed, kept, words):
    assert cleaned(definition, typed) == kept
    assert type_of(definition.type).display(kept, definition) == words


@pytest.mark.parametrize(
    ("definition", "typed", "words"),
    [
        (field("yes_no"), "Mungkin", "tidak ada dalam daftar"),
        (field("yes_no"), "", None),
        (field("choice", **JENIS), {"main": "PKH"}, "tidak ada dalam daftar"),
        (field("choice", **JENIS), {"main": ""}, None),
        (field("choice", **JENIS), {"main": "Lainnya", "other": " "}, "Tulis isi"),
        (field("choice", **JENIS), {"main": "Lainnya", "other": "x" * 301}, "paling banyak 300 huruf"),
        (field("choices", options=["a"]), {"main": ["a", "b"]}, "tidak ada dalam daftar"),
        (field("choices", options=["a", "b"], min_items=2), {"main": ["a"]}, "paling sedikit 2"),
        (field("choices", options=["a", "b"], max_items=1), {"main": ["a", "b"]}, "paling banyak 1"),
        (field("address"), {}, "Kecamatan belum diisi"),
        (field("address", False), {"rt": "1"}, "belum diisi"),
        (field("address"), {"street": "a", "rt": "I", "district": "b", "village": "c"}, "RT hanya angka"),
        (field("address"), {"street": "x" * 121, "district": "b", "village": "c"}, "paling banyak 120"),
        (field("school"), {"main": "luar", "name": "SD"}, "kabupaten atau kotanya"),
        (field("school"), {"main": "luar", "name": "x" * 121, "regency": "y"}, "paling banyak 120"),
        (field("group", columns=ROW), [{"nama": "", "nisn": ""}], None),
        (field("group", columns=ROW), [{"nama": "Siti", "nisn": "1"}], "Baris 1, NISN: .*10 angka"),
        (field("group", columns=ROW), [{"nisn": "0012345678"}], "Baris 1, Nama"),
        (field("group", columns=ROW), [{"nama": "Siti"}], "Baris 1, Alasan"),
        (field("group", columns=ROW, item={"label": "Siswa"}), [{}, {"nisn": "1"}], "Siswa 2"),
        (field("group", columns=ROW, max_items=1), [{"nama": "A", "alasan": "x"}] * 2, "Paling banyak 1"),
        (field("group", columns=ROW, min_items=2), [{"nama": "A", "alasan": "x"}], "Paling sedikit 2"),
    ],
)
def test_refuses(definition, typed, words):
    with pytest.raises(ValidationError, match=words):
        cleaned(definition, typed)


def test_a_school_is_kept_as_it_was(school):
    kept = {"npsn": school.npsn, "name": school.name, "village": "Desa Contoh", "district": "Talawi"}
    for typed in ({"main": school.npsn}, {"search": "6999 0001"[:4] + "0001"}):
        assert cleaned(field("school"), typed) == kept
    kind = type_of("school")
    assert kind.display(kept) == "SD Negeri 1 Contoh (NPSN 69990001)"
    assert kind.read(kept, field("school")).endswith("\nDesa Contoh, Kecamatan Talawi")
    assert kind.to_initial(kept, field("school")) == {"main": school.npsn}


@pytest.mark.parametrize("typed", [{"main": "69990002"}, {"search": "contoh"}])
def test_a_school_that_was_not_chosen_from_the_register_is_refused(school, typed):
    with pytest.raises(ValidationError, match="Pilih satu sekolah"):
        cleaned(field("school"), typed)


def test_every_answer_is_offered_again():
    for definition, kept, offered in [
        (field("choice", **JENIS), {"other": "PKH"}, {"main": "Lainnya", "other": "PKH"}),
        (field("choices", **JENIS), ["KIP", {"other": "PKH"}], {"main": ["KIP", "Lainnya"], "other": "PKH"}),
        (field("group", columns=ROW), [{"nama": "Siti", "gone": "x"}], [{"nama": "Siti"}]),
        (field("school"), {"name": "A", "regency": "B"}, {"main": "luar", "name": "A", "regency": "B"}),
    ]:
        assert type_of(definition.type).to_initial(kept, definition) == offered


def test_a_draft_keeps_a_bounded_part_of_anything():
    kept = type_of("group").to_keep([{"nama": "x" * 100_000}] * 1000)
    assert len(kept) == 100 and len(kept[0]["nama"]) == 600


@pytest.mark.parametrize(
    ("act", "index", "rows"),
    [
        ("add", 0, "a b c _"),
        ("copy", 1, "a b b c"),
        ("remove", 0, "b c"),
        ("up", 0, "a b c"),
        ("up", 2, "a c b"),
        ("down", 0, "b a c"),
        ("down", 2, "a b c"),
        ("copy", 9, "a b c"),
        ("nonsense", 1, "a b c"),
    ],
)
def test_rows_can_be_rearranged(act, index, rows):
    found = rearranged([{"n": "a"}, {"n": "b"}, {"n": "c"}], act, index)
    assert " ".join(row.get("n", "_") for row in found) == rows


def test_a_group_warns_of_odd_answers_in_its_rows():
    columns = [{"name": "nip", "label": "NIP", "type": "nip"}]
    definition = field("group", columns=columns, item={"label": "Guru"})
    warnings = type_of("group").warnings([{}, {"nip": "204009262015051001"}], definition)
    assert warnings and all(warning.startswith("Guru 2, NIP: ") for warning in warnings)


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (field("choice"), "belum ditulis"),
        (field("choice", options=["a", "a"]), "kosong atau sama"),
        (field("choice", options=["a", " "]), "kosong atau sama"),
        (field("choice", options=["a", "Lainnya"], other=True), "kosong atau sama"),
        (field("choices", options=["a"], min_items=2), "kurang"),
        (field("choices", options=["a", "b"], min_items=2, max_items=1), "lebih besar"),
        (field("number", min=2, max=1), "lebih besar"),
        (field("decimal", min="1.5", max=1), "lebih besar"),
        (field("list", item={"type": "nik"}), "tidak dapat"),
        (field("group"), "Kolomnya belum ada"),
        (field("group", columns=ROW * 5), "Paling banyak 12"),
        (field("group", columns=[{"name": "a"}]), "belum lengkap"),
        (field("group", columns=[ROW[0], ROW[0]]), "namanya"),
        (field("group", columns=[{**ROW[0], "name": "a.b"}]), "namanya"),
        (field("group", columns=[{**ROW[0], "type": "group"}]), "tidak dapat menjadi kolom"),
        (field("group", columns=[{**ROW[0], "type": "nik"}]), "tidak dapat menjadi kolom"),
        (field("group", columns=[{**ROW[0], "type": "?"}]), "tidak dapat menjadi kolom"),
        (field("group", columns=[ROW[2], ROW[1]]), "kolom sebelumnya"),
        (field("group", columns=[{**ROW[0], "type": "choice"}]), "Nama.*belum ditulis"),
        (field("group", columns=ROW, max_items=51), "antara"),
        (field("group", columns=ROW, min_items=3, max_items=2), "antara"),
    ],
)
def test_wrong_settings_are_named(definition, words):
    (problem,) = type_of(definition.type).problems(definition)
    assert re.search(words, problem)


def test_good_settings_have_no_problem():
    for definition in (
        field("choice", **JENIS),
        field("yes_no"),
        field("choices", options=["a"], max_items=1),
        field("number", min=1, max=1),
        field("list", item={"type": "npsn"}),
        field("group", columns=ROW, max_items=50),
        field("info", text="Bawa KTP."),
    ):
        assert type_of(definition.type).problems(definition) == []


def test_every_type_says_what_an_editor_needs():
    for kind in TYPES.values():
        assert str(kind.title) and kind.seconds and isinstance(kind.settings, tuple)
    assert len({str(kind.title) for kind in TYPES.values()}) == len(TYPES)
