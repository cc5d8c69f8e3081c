"""Each type of field: what it accepts, stores and displays, and the messages with which it refuses."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from services.fields.show_if import holds, may_hold, visible_fields
from services.fields.types import TYPES, type_of
from services.models import Field
from tests.factories.services import NIK


def field(type, required=True, **rules):
    return Field(name="x", label="Isian", type=type, required=required, rules=rules)


def stored(definition, typed):
    kind = type_of(definition.type)
    return kind.to_stored(kind.form_field(definition).clean(typed), definition)


@pytest.mark.parametrize(
    ("definition", "typed", "kept", "words"),
    [
        (field("text"), "  Siti  ", "Siti", "Siti"),
        (field("text"), "Si\u200bti\u202e\n Amin\x07ah\u00a0", "Siti Aminah", "Siti Aminah"),
        (field("text"), "Re\u0301ne\u0301e", "R\u00e9n\u00e9e", "R\u00e9n\u00e9e"),
        (field("textarea"), "a\nb", "a\nb", "a\nb"),
        (field("textarea"), "a\x00\r\nb\u2028c\u202e", "a\nb\nc", "a\nb\nc"),
        (field("number", min=1, max=10), "\u200b10\u00a0", 10, "10"),
        (field("email"), "\u200bsiti @contoh.id", "siti@contoh.id", "siti@contoh.id"),
        (field("nip"), "NIP. 19860926 201505 1 001", "198609262015051001", "19860926 201505 1 001"),
        (field("npsn"), "NPSN 10204567", "10204567", "10204567"),
        (field("nisn"), "NISN: 0012-345-678", "0012345678", "0012345678"),
        (field("phone"), "62812\u20113456\u20117890", "+6281234567890", "0812-3456-7890"),
        (field("number", min=1, max=10), "10", 10, "10"),
        (field("decimal", min=-11, max=6.5), "3,25", "3.25", "3,25"),
        (field("decimal"), "-0.5", "-0.5", "-0,5"),
        (field("date"), "2026-11-26", "2026-11-26", "26 November 2026"),
        (field("date"), "26/11/2026", "2026-11-26", "26 November 2026"),
        (field("date"), "12 Agustus 2010", "2010-08-12", "12 Agustus 2010"),
        (field("date"), "3-mei-2011", "2011-05-03", "3 Mei 2011"),
        (field("date"), "1 Nov. 2010", "2010-11-01", "1 November 2010"),
        (field("date"), "5 August 2010", "2010-08-05", "5 Agustus 2010"),
        (field("month"), "2026-04", "2026-04", "April 2026"),
        (field("month"), "4/2026", "2026-04", "April 2026"),
        (field("choice", options=["Hilang", "Rusak"]), "Hilang", "Hilang", "Hilang"),
        (field("phone"), "0812-3456-7890", "+6281234567890", "0812-3456-7890"),
        (field("email"), "siti@contoh.id", "siti@contoh.id", "siti@contoh.id"),
        (field("nip"), "19860926 201505 1 001", "198609262015051001", "19860926 201505 1 001"),
        (field("nisn"), "00 1234 5678", "0012345678", "0012345678"),
        (field("npsn"), "p1234567", "P1234567", "P1234567"),
        (field("nuptk"), "1234567890123456", "1234567890123456", "1234567890123456"),
        (
            field("list", item={"type": "npsn", "label": "NPSN"}, max_items=3),
            "10204567\n\n k1234567",
            ["10204567", "K1234567"],
            "10204567, K1234567",
        ),
    ],
)
def test_takes_keeps_and_shows(definition, typed, kept, words):
    assert stored(definition, typed) == kept
    assert type_of(definition.type).display(kept, definition) == words


@pytest.mark.parametrize(
    ("definition", "typed", "words"),
    [
        (field("text"), "", None),
        (field("text"), "x" * 301, None),
        (field("text"), "\u200b\u3164", None),
        (field("text"), "x" * 2_000_000, "Terlalu panjang: 2000000 huruf, paling banyak 300. Hanya 600"),
        (field("number", min=1, max=10), "11", None),
        (field("number"), "dua", None),
        (field("decimal", max=6.5), "6,51", None),
        (field("date"), "31/02/2026", "Tanggal tidak benar"),
        (field("date"), "0026-11-26", "Tahun tidak benar"),
        (field("month"), "13/2026", "Bulan tidak benar"),
        (field("choice", options=["Hilang"]), "Dicuri", "tidak ada dalam daftar"),
        (field("phone"), "021 123", "Nomor HP tidak benar"),
        (field("email"), "siti@", "Alamat surel tidak benar"),
        (field("nik"), "3515140508680000", "0000"),
        (field("nik"), "123", "16 angka"),
        (field("nik"), "3515143202680001", "Tanggal lahirnya tidak ada"),
        (field("nip"), "198609262015131001", "bulan pengangkatan"),
        (field("nisn"), "12345", "10 angka"),
        (field("npsn"), "1234", "8 karakter"),
        (field("nuptk"), "1", "16 angka"),
        (field("list", item={"type": "npsn"}, max_items=3), "10204567\nsalah", "Baris 2: NPSN"),
        (field("list", item={"type": "npsn"}, max_items=1), "10204567\n10204568", "Paling banyak 1 baris"),
    ],
)
def test_refuses_with_words(definition, typed, words):
    with pytest.raises(ValidationError) as error:
        stored(definition, typed)
    assert words is None or words in error.value.messages[0]


def test_nik_is_kept_encrypted_and_shown_by_its_last_digits():
    kept = stored(field("nik"), "3515 1405 0868 0001")
    kind = type_of("nik")
    assert NIK not in str(kept) and kind.display(kept) == "•••• •••• •••• 0001"
    assert kind.reveal(kept) == NIK
    assert kept["hash"] == stored(field("nik"), NIK)["hash"] and kept["cipher"] != stored(field("nik"), NIK)["cipher"]


def test_doubtful_numbers_warn_and_pass():
    assert type_of("nik").warnings(stored(field("nik"), "0015140508680001"))
    assert not type_of("nik").warnings(stored(field("nik"), NIK))
    assert type_of("nip").warnings("204009262015051001")


def test_the_form_offers_again_what_was_kept():
    for definition, typed, offered in [
        (field("decimal"), "3,25", "3,25"),
        (field("date"), "2026-11-26", datetime.date(2026, 11, 26)),
        (field("phone"), "0812 3456 7890", "0812-3456-7890"),
        (field("list", item={"type": "npsn"}), "10204567,10204568", "10204567\n10204568"),
        (field("nik"), NIK, None),
    ]:
        kind = type_of(definition.type)
        assert kind.to_initial(stored(definition, typed), definition) == offered


def test_optional_choices_can_be_left_open():
    assert type_of("choice").form_field(field("choice", required=False, options=["A"])).clean("") == ""


@pytest.mark.parametrize(
    ("definition", "width"),
    [
        (field("npsn"), 12),
        (field("nisn"), 14),
        (field("nik"), 20),
        (field("nip"), 22),
        (field("phone"), 18),
        (field("number", min=1, max=12), 6),
        (field("number"), 12),
        (field("decimal", min=0, max="6.5"), 7),
        (field("text"), 40),
        (field("email"), 40),
        (field("date"), None),
        (field("month"), None),
        (field("textarea"), None),
    ],
)
def test_a_box_is_as_wide_as_what_is_typed_into_it(definition, width):
    assert type_of(definition.type).form_field(definition).widget.attrs.get("size") == width


def test_a_file_is_no_form_field():
    with pytest.raises(TypeError):
        type_of("file").form_field(field("file"))


def test_the_catalogue_uses_only_known_types():
    from tests.factories.services import CATALOGUE

    text = CATALOGUE.read_text(encoding="utf-8")
    for name in ("text", "textarea", "number", "decimal", "date", "month", "choice", "list", "phone", "email", "file"):
        assert f'"type": "{name}"' in text and name in TYPES


class TestShowIf:
    LOST = {"jenis": ["Hilang", "Rusak"]}

    def test_holds(self):
        assert holds({}, {}) and holds(self.LOST, {"jenis": "Rusak"})
        assert not holds(self.LOST, {}) and not holds(self.LOST, {"jenis": "Lain"})
        assert holds({"a": ["1"]}, {"a": 1}) and holds({"a": ["x"]}, {"a": ["w", "x"]})
        assert not holds({"a": ["1"], "b": ["2"]}, {"a": "1"})

    def test_may_hold_while_the_answer_is_open(self):
        assert may_hold(self.LOST, {}) and not may_hold(self.LOST, {"jenis": "Lain"})

    def test_a_condition_on_a_hidden_field_does_not_hold(self):
        fields = [Field(name="a"), Field(name="b", show_if={"a": ["1"]}), Field(name="c", show_if={"b": ["2"]})]
        answers = {"a": "0", "b": "2", "c": "x"}
        assert [each.name for each in visible_fields(fields, answers)] == ["a"]
        assert [each.name for each in visible_fields(fields, {**answers, "a": "1"})] == ["a", "b", "c"]
