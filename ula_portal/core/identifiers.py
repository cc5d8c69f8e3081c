"""Indonesian identity numbers: a wrong shape or an impossible date is an error, a doubtful value a warning.

No database. Messages are written for the person who typed the number, in the language of the page. No message and no
`repr` contains the number, so that it cannot end up in a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import phonenumbers
from django.utils.translation import gettext as _

from . import clock
from .text.cleaning import plain_line

CHILD_AGE, OLD_AGE = 15, 90
PENSION_AGE = 70
FIRST_CONTRACT_CODE = 21
WOMEN_DAY_OFFSET = 40

# Province codes of the ministry of home affairs. A new one only causes a warning until it is listed here.
PROVINCES = frozenset(
    (
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    )
)


class Sex(StrEnum):
    """As printed on identity cards: L *laki-laki*, P *perempuan*."""

    MALE = "L"
    FEMALE = "P"


@dataclass(frozen=True, repr=False)
class Nik:
    """A population number. `province`, `regency` and `district`, two digits each, are the place of first registration,
    not of residence.
    """

    number: str
    province: str
    regency: str
    district: str
    birth_date: date
    sex: Sex
    serial: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Nik({mask_nik(self.number)})"


@dataclass(frozen=True, repr=False)
class Nip:
    """A civil servant's number. PPPK have a `contract_code` instead of an `appointed_month`."""

    number: str
    birth_date: date
    appointed_year: int
    appointed_month: int | None
    contract_code: int | None
    sex: Sex
    serial: str
    warnings: tuple[str, ...] = ()

    @property
    def is_pppk(self) -> bool:
        """Employed by contract (*Pegawai Pemerintah dengan Perjanjian Kerja*)."""
        return self.contract_code is not None

    def __repr__(self) -> str:
        return f"Nip(**************{self.number[-4:]})"


# Labels that people write before a number: "NIP. 1986…", "No. NISN: 0012…", "HP 0812…".
_LABEL = re.compile(
    r"(?:(?:NO(?:MOR|MER)?|NIK|NIP|NISN|NPSN|NUPTK|KTP|HP|WA|WHATSAPP|TELP|TEL|TELEPON|SELULER)[\s.:=/-]+)+"
    r"|^(?:NIK|NIP|NISN|NPSN|NUPTK|HP|WA)(?=[0-9])"
)
_SEPARATORS = re.compile(r"[\s._:/'\u2010-\u2015\u2212-]")


def bare_number(text: str) -> str:
    """A number in capitals without the label before it, spaces, dots, hyphens and invisible characters."""
    text = plain_line(unicodedata.normalize("NFKC", text)).upper()
    found = _LABEL.match(text)
    return _SEPARATORS.sub("", text[found.end() :] if found else text)


def parse_nik(text: str, today: date | None = None) -> Nik:
    """Read a NIK: province 2, regency 2, district 2, DDMMYY (women: day + 40), serial 4.

    Spaces are allowed. The birth is placed in the latest century in which it is not after `today` (default: the
    portal's clock).
    Raises: ValueError for a wrong shape, an impossible date or the serial 0000.
    """
    digits = _digits(text, 16, "NIK")
    today = today or clock.today()
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = Sex.MALE
    if day > WOMEN_DAY_OFFSET:
        day, sex = day - WOMEN_DAY_OFFSET, Sex.FEMALE
    birth_date = _birth_in_latest_century(year, month, day, today)
    if digits[12:] == "0000":
        raise ValueError(_("NIK tidak benar. Empat angka terakhir tidak boleh 0000."))
    return Nik(
        number=digits,
        province=digits[:2],
        regency=digits[2:4],
        district=digits[4:6],
        birth_date=birth_date,
        sex=sex,
        serial=digits[12:],
        warnings=tuple(_nik_warnings(digits, birth_date, today)),
    )


def mask_nik(nik: str) -> str:
    """A NIK with all but its last four digits masked; a shorter text is masked completely."""
    return "*" * (len(nik) - 4) + nik[-4:] if len(nik) > 4 else "*" * len(nik)


def parse_nip(text: str, today: date | None = None) -> Nip:
    """Read a NIP: birth YYYYMMDD, appointment YYYYMM, sex 1 or 2, serial 3.

    Spaces are allowed. For PPPK, digits 13 and 14 are a contract code of 21 or more. `today` defaults to the portal's
    clock.
    Raises: ValueError for a wrong shape or an impossible date.
    """
    digits = _digits(text, 18, "NIP")
    today = today or clock.today()
    birth_date = _date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), "NIP")
    year, month = int(digits[8:12]), int(digits[12:14])
    is_pppk = month >= FIRST_CONTRACT_CODE
    if not is_pppk and not 1 <= month <= 12:
        raise ValueError(_("NIP tidak benar. Angka ke-13 dan ke-14 bukan bulan pengangkatan (01 sampai 12)."))
    if digits[14] not in "12":
        raise ValueError(_("NIP tidak benar. Angka ke-15 harus 1 (laki-laki) atau 2 (perempuan)."))
    return Nip(
        number=digits,
        birth_date=birth_date,
        appointed_year=year,
        appointed_month=None if is_pppk else month,
        contract_code=month if is_pppk else None,
        sex=Sex.MALE if digits[14] == "1" else Sex.FEMALE,
        serial=digits[15:],
        warnings=tuple(_nip_warnings(birth_date, year, None if is_pppk else month, today)),
    )


def format_nip(nip: str) -> str:
    """A NIP in printed groups: 19860926 201505 1 001.

    Raises: ValueError unless it has 18 digits.
    """
    digits = _digits(nip, 18, "NIP")
    return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"


def check_nisn(text: str) -> None:
    """Raise ValueError unless the text is a pupil's number (exactly 10 digits)."""
    _check(r"[0-9]{10}", text, _digits_wanted("NISN", 10))


def check_nuptk(text: str) -> None:
    """Raise ValueError unless the text is a teacher's number (exactly 16 digits)."""
    _check(r"[0-9]{16}", text, _digits_wanted("NUPTK", 16))


def check_npsn(text: str) -> None:
    """Raise ValueError unless the text is a school's number (a digit or capital letter, then 7 digits)."""
    _check(
        r"[0-9A-Z][0-9]{7}",
        text,
        _("NPSN harus terdiri atas 8 karakter, yaitu angka atau huruf besar, lalu 7 angka."),
    )


def parse_phone(text: str) -> str:
    """An Indonesian mobile number as E.164, from any usual spelling: 0812…, 812…, 62812…, +62 (0) 812….

    Raises: ValueError for anything else.
    """
    wrong = _("Nomor HP tidak benar. Tulis nomor seluler Indonesia, misalnya 0812 3456 7890.")
    digits = re.sub("[()]", "", bare_number(text)) if isinstance(text, str) else ""
    # Letters are refused here because the library would dial them.
    found = re.fullmatch(r"(?:\+?62|0062)?0?(8[0-9]+)", digits)
    if not found:
        raise ValueError(wrong)
    try:
        number = phonenumbers.parse(f"+62{found[1]}", "ID")
    except phonenumbers.NumberParseException as error:
        raise ValueError(wrong) from error
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 62 or not mobile:
        raise ValueError(wrong)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def dialled(text: str) -> str:
    """A number as offices write it, "(0622) 123-456", as E.164 for a ``tel:`` link; "" if it is not a number.

    Short numbers such as 112 are returned unchanged.
    """
    plain = bare_number(text) if isinstance(text, str) else ""
    if re.fullmatch("[0-9]{3,5}", plain):
        return plain
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return ""
    possible = not re.search("[A-Za-z/,;]", text) and phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else ""


def _check(pattern: str, text: str, message: str) -> None:
    if not isinstance(text, str) or not re.fullmatch(pattern, text):
        raise ValueError(message)


def _digits_wanted(label: str, length: int) -> str:
    return _("%(label)s harus terdiri atas %(length)d angka.") % {"label": label, "length": length}


def _no_such_day(label: str) -> str:
    return _("%(label)s tidak benar. Tanggal lahirnya tidak ada pada kalender.") % {"label": label}


def _digits(text: str, length: int, label: str) -> str:
    digits = bare_number(text) if isinstance(text, str) else ""
    _check(f"[0-9]{{{length}}}", digits, _digits_wanted(label, length))
    return digits


def _date(year: int, month: int, day: int, label: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(_no_such_day(label)) from error


def _birth_in_latest_century(year: int, month: int, day: int, today: date) -> date:
    """The date in the latest year with these two last digits in which it exists and is not after `today`."""
    latest = today.year - (today.year - year) % 100
    for candidate in (latest, latest - 100):
        try:
            birth_date = date(candidate, month, day)
        except ValueError:
            continue
        if birth_date <= today:
            return birth_date
    raise ValueError(_no_such_day("NIK"))


def _age(birth_date: date, on: date) -> int:
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _nik_warnings(digits: str, birth_date: date, today: date) -> Iterator[str]:
    if int(digits[:2]) not in PROVINCES:
        yield _("Kode provinsi pada NIK tidak dikenal. Periksa kembali.")
    if "00" in (digits[2:4], digits[4:6]):
        yield _("Kode kabupaten atau kecamatan pada NIK tidak lazim. Periksa kembali.")
    age = _age(birth_date, today)
    if age >= OLD_AGE:
        yield _("Usia menurut NIK %(age)d tahun. Periksa kembali.") % {"age": age}


def _nip_warnings(birth_date: date, year: int, month: int | None, today: date) -> Iterator[str]:
    if birth_date > today:
        yield _("Tanggal lahir pada NIP berada di masa depan. Periksa kembali.")
    elif not CHILD_AGE <= _age(birth_date, today) <= PENSION_AGE:
        yield _("Usia menurut NIP %(age)d tahun. Periksa kembali.") % {"age": _age(birth_date, today)}
    if (year, month or 1) > (today.year, today.month):
        yield _("Pengangkatan pada NIP berada di masa depan. Periksa kembali.")
    # An unknown month counts as December, so that there is no warning without reason.
    if (year, month or 12) < (birth_date.year + CHILD_AGE, birth_date.month):
        yield _("Pengangkatan pada NIP terjadi sebelum usia %(age)d tahun. Periksa kembali.") % {"age": CHILD_AGE}
