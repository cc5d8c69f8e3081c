"""Identity numbers: a wrong shape is an error, an implausible content a warning. All numbers are fictional."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ula_portal.core import clock
from ula_portal.core.identifiers import (
    Sex,
    bare_number,
    check_nisn,
    check_npsn,
    check_nuptk,
    dialled,
    format_nip,
    mask_nik,
    parse_nik,
    parse_nip,
    parse_phone,
)

TODAY = date(2026, 11, 24)


def test_nik_of_a_man():
    nik = parse_nik("3515140508680001", today=TODAY)
    assert (nik.province, nik.regency, nik.district) == ("35", "15", "14")
    assert nik.birth_date == date(1968, 8, 5)
    assert nik.sex is Sex.MALE
    assert nik.serial == "0001"
    assert nik.warnings == ()


def test_nik_of_a_woman_has_forty_added_to_the_day():
    nik = parse_nik("3515144508680002", today=TODAY)
    assert nik.birth_date == date(1968, 8, 5)
    assert nik.sex is Sex.FEMALE
    assert nik.serial == "0002"


def test_nik_may_be_typed_in_groups():
    assert parse_nik(" 3515 1405 0868 0001 ", today=TODAY).number == "3515140508680001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "351514050868000",
        "35151405086800011",
        "351514050868000A",
        "3515-1405-0868-01",
        "٣٥١٥١٤٠٥٠٨٦٨٠٠٠١",
        "3515140508680000",
        "3515140008680001",
        "3515143208680001",
        "3515144008680001",
        "3515147208680001",
        "3515143102680001",
        "3515140513680001",
        "3515140500680001",
        "3515142902270001",
        None,
        3515140508680001,
    ],
)
def test_nik_of_wrong_shape_or_impossible_date_is_refused(text):
    with pytest.raises(ValueError, match="NIK"):
        parse_nik(text, today=TODAY)


def test_refusal_does_not_repeat_the_number():
    with pytest.raises(ValueError) as refusal:
        parse_nik("3515143108690000", today=TODAY)
    assert "3515" not in str(refusal.value)


@pytest.mark.parametrize(
    ("digits", "born"),
    [
        ("241126", date(2026, 11, 24)),
        ("251126", date(1926, 11, 25)),
        ("010127", date(1927, 1, 1)),
        ("290200", date(2000, 2, 29)),
        ("311299", date(1999, 12, 31)),
    ],
)
def test_nik_century_is_the_latest_not_in_the_future(digits, born):
    assert parse_nik(f"121901{digits}0001", today=TODAY).birth_date == born


def test_today_is_the_portals_unless_given():
    with clock.at(datetime(2026, 11, 24, 18, 0, tzinfo=UTC)):
        assert parse_nik("1219012511260001").birth_date == date(2026, 11, 25)
    with clock.at(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)):
        assert parse_nik("1219012511260001").birth_date == date(1926, 11, 25)
        assert parse_nip("198609262026121001").warnings


def test_nik_of_29_february_1900_is_impossible():
    with pytest.raises(ValueError, match="kalender"):
        parse_nik("1219012902000001", today=date(2000, 2, 28))


def test_nik_doubtful_meaning_is_a_warning():
    assert "98 tahun" in " ".join(parse_nik("1219010101280001", today=TODAY).warnings)
    assert "provinsi" in " ".join(parse_nik("9919010101900001", today=TODAY).warnings)
    assert "kecamatan" in " ".join(parse_nik("1219000101900001", today=TODAY).warnings)


def test_nik_does_not_show_itself_and_cannot_be_changed():
    nik = parse_nik("3515140508680001", today=TODAY)
    assert repr(nik) == "Nik(************0001)"
    with pytest.raises(FrozenInstanceError):
        nik.serial = "0002"


def test_mask_shows_the_last_four():
    assert mask_nik("3515140508680001") == "************0001"
    assert mask_nik("0001") == "****"
    assert mask_nik("") == ""


@given(
    born=st.dates(date(1927, 1, 1), TODAY),
    woman=st.booleans(),
    serial=st.integers(1, 9999),
)
def test_every_nik_of_the_last_century_is_read_back(born, woman, serial):
    day = born.day + 40 * woman
    nik = parse_nik(f"121901{day:02}{born:%m%y}{serial:04}", today=TODAY)
    assert nik.birth_date == born
    assert (nik.sex is Sex.FEMALE) == woman
    assert int(nik.serial) == serial


def test_nip_of_a_civil_servant():
    nip = parse_nip("198609262015051001", today=TODAY)
    assert nip.birth_date == date(1986, 9, 26)
    assert (nip.appointed_year, nip.appointed_month) == (2015, 5)
    assert nip.sex is Sex.MALE
    assert nip.serial == "001"
    assert not nip.is_pppk
    assert nip.contract_code is None
    assert nip.warnings == ()


def test_nip_of_a_pppk():
    nip = parse_nip("199001012022211001", today=TODAY)
    assert nip.is_pppk
    assert nip.contract_code == 21
    assert (nip.appointed_year, nip.appointed_month) == (2022, None)
    assert nip.birth_date == date(1990, 1, 1)
    assert nip.warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "198609262015131001",
        "198609262015001001",
        "198609262015201001",
        "198609262015053001",
        "198609262015050001",
        "198602302015051001",
        "000001012015051001",
        "19860926201505100",
        "1986092620150510011",
        "19860926201505100A",
        "",
        None,
    ],
)
def test_nip_of_wrong_shape_or_impossible_date_is_refused(text):
    with pytest.raises(ValueError, match="NIP"):
        parse_nip(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("202801012030011001", "Tanggal lahir pada NIP berada di masa depan"),
        ("198609262026121001", "Pengangkatan pada NIP berada di masa depan"),
        ("198609262027211001", "Pengangkatan pada NIP berada di masa depan"),
        ("200609262021081001", "sebelum usia 15 tahun"),
        ("200609262020211001", "sebelum usia 15 tahun"),
        ("193001011955051001", "96 tahun"),
    ],
)
def test_nip_doubtful_meaning_is_a_warning(text, word):
    assert word in " ".join(parse_nip(text, today=TODAY).warnings)


@pytest.mark.parametrize("text", ["200609262021091001", "200609262021211001", "198609262026111001"])
def test_nip_is_not_doubted_without_ground(text):
    assert parse_nip(text, today=TODAY).warnings == ()


def test_nip_is_printed_in_groups_and_read_back():
    printed = format_nip("198609262015051001")
    assert printed == "19860926 201505 1 001"
    assert parse_nip(printed, today=TODAY).number == "198609262015051001"
    with pytest.raises(ValueError, match="18 angka"):
        format_nip("1986")


def test_nip_does_not_show_itself():
    assert repr(parse_nip("198609262015051001", today=TODAY)) == "Nip(**************1001)"


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (check_nisn, ["0012345678", "9999999999"]),
        (check_nuptk, ["1234567890123456"]),
        (check_npsn, ["10203040", "P1234567", "K9999999"]),
    ],
)
def test_opaque_numbers_of_right_shape_pass(check, right):
    for text in right:
        assert check(text) is None


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (check_nisn, ["", "123456789", "12345678901", "12345678A0", "1234567890\n", "١٢٣٤٥٦٧٨٩٠", None]),
        (check_nuptk, ["", "123456789012345", "12345678901234567", "P123456789012345", None]),
        (check_npsn, ["", "1234567", "123456789", "p1234567", "PP123456", "1234567P", "P1234567\n", None]),
    ],
)
def test_opaque_numbers_of_wrong_shape_are_refused(check, wrong):
    for text in wrong:
        with pytest.raises(ValueError, match="harus terdiri atas"):
            check(text)


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "+6281234567890",
        "+62 812-3456-7890",
        "6281234567890",
        "81234567890",
        "62 812 3456 7890",
        "0062 812 3456 7890",
        "+62 (0) 812-3456-7890",
        "(+62) 812 3456 7890",
        "+62 0812 3456 7890",
        "\u202a+62\u00a0812\u20113456\u20117890\u202c",
        "0812\u20133456\u20137890",
        "0812.3456.7890",
        "\ufeff0812\u200b34567890",
        "\uff10\uff18\uff11\uff1234567890",
        "HP: 0812 3456 7890",
        "No. WA 0812-3456-7890",
    ],
)
def test_mobile_number_is_stored_as_e164(text):
    assert parse_phone(text) == "+6281234567890"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0812",
        "081234567890123456",
        "0622123456",
        "0215551234",
        "+60123456789",
        "0812-FLOWERS",
        "081234567890 ext 5",
        "8123",
        "+6208",
        "62",
        "HP:",
        None,
    ],
)
def test_anything_but_an_indonesian_mobile_is_refused(text):
    with pytest.raises(ValueError, match="Nomor HP"):
        parse_phone(text)


@pytest.mark.parametrize(
    ("written", "dialled_as"),
    [
        ("(0622) 123-456", "+62622123456"),
        ("0622 123456", "+62622123456"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("112", "112"),
        ("0622 123456 / 123457", ""),
        ("hubungi loket 3", ""),
        ("0622 KANTOR", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_what_a_link_to_a_telephone_dials(written, dialled_as):
    assert dialled(written) == dialled_as


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NIP. 19860926 201505 1 001", "198609262015051001"),
        ("nip:19860926-201505-1-001", "198609262015051001"),
        ("NIP198609262015051001", "198609262015051001"),
        ("NPSN 10204567", "10204567"),
        ("npsn: k1234567", "K1234567"),
        ("No. NISN : 0012.3456.78", "0012345678"),
        ("0012\u00a0345\u2011678", "0012345678"),
        ("\u200e3515\u20091405\u20090868\u20090001\u200b", "3515140508680001"),
        ("NUPTK = 1234 5678 9012 3456", "1234567890123456"),
        ("salah", "SALAH"),
        ("", ""),
    ],
)
def test_a_number_is_taken_as_people_write_it(typed, meant):
    assert bare_number(typed) == meant
