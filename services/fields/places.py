"""Types of form fields for places: an address with district and village, and a school of the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.models import School
from services.schools import queries as schools
from ula_portal.core.text.cleaning import plain_line

from .base import Definition, FieldType
from .parts import MAIN, PartsField, PartsWidget, kept_parts

PART_LIMIT = 120
# The choice of a school that the register does not have.
OUTSIDE = "luar"


@dataclass(frozen=True)
class AddressPart:
    """An input of an address. ``length``: how many characters it takes, at most."""

    name: str
    label: StrOrPromise
    needed: bool
    length: int
    autocomplete: str = "off"


ADDRESS = (
    AddressPart("street", gettext_lazy("Jalan dan nomor, atau dusun"), True, PART_LIMIT, "street-address"),
    AddressPart("rt", gettext_lazy("RT"), False, 3),
    AddressPart("rw", gettext_lazy("RW"), False, 3),
    AddressPart("district", gettext_lazy("Kecamatan"), True, 60),
    AddressPart("village", gettext_lazy("Desa atau kelurahan"), True, 60),
)


class AddressType(FieldType):
    """Stored as a dict of the parts filled in. Districts and villages of the school register are suggested."""

    name = "address"
    title = gettext_lazy("Alamat dengan kecamatan dan desa")
    settings = ("prefill",)
    seconds = 60
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        return AddressField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            widget=PartsWidget(tuple(part.name for part in ADDRESS)),
        )

    def to_keep(self, typed: Any) -> Any:
        return kept_parts(typed)

    def from_plain(self, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {"street": str(value)}

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        lane = "/".join(f"{key.upper()} {stored[key]}" for key in ("rt", "rw") if stored.get(key))
        street = " ".join(part for part in (stored.get("street", ""), lane) if part)
        return ", ".join(part for part in (street, *_village_and_district(stored)) if part)


def _village_and_district(stored: Mapping[str, str]) -> list[str]:
    village, district = stored.get("village"), stored.get("district")
    # Registers write some villages with the word in front.
    bare = not (village or "").lower().startswith(("desa ", "kelurahan ", "kel. "))
    return [
        _("Desa/Kelurahan %(name)s") % {"name": village} if village and bare else village or "",
        _("Kecamatan %(name)s") % {"name": district} if district else "",
    ]


class AddressField(PartsField):
    template = "services/fields/address.html"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        # Part → message; shown beside the part.
        self.part_errors: dict[str, str] = {}

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return AddressBoundField(form, self, field_name)

    def clean(self, value: Any) -> dict[str, str]:
        typed = {part.name: plain_line(str(value.get(part.name) or "")) for part in ADDRESS}
        self.part_errors = {}
        if not any(typed.values()) and not self.required:
            return {}
        for part in ADDRESS:
            if message := _part_error(part, typed[part.name]):
                self.part_errors[part.name] = message
        if self.part_errors:
            raise ValidationError(list(self.part_errors.values()))
        return {name: text for name, text in typed.items() if text}


def _part_error(part: AddressPart, text: str) -> str:
    words = {"label": part.label, "n": part.length}
    if part.needed and not text:
        return _("%(label)s belum diisi.") % words
    if len(text) > part.length:
        return _("%(label)s paling banyak %(n)s huruf.") % words
    if text and not part.needed and not text.isdecimal():
        return _("%(label)s hanya angka.") % words
    return ""


@dataclass(frozen=True)
class ShownPart:
    """An input of an address as the template shows it."""

    part: AddressPart
    name: str
    id: str
    value: str
    error: str
    suggestions: tuple[str, ...]


class AddressBoundField(BoundField):
    field: AddressField

    @property
    def parts(self) -> list[ShownPart]:
        value = self.value() or {}
        districts, villages = schools.known_places()
        suggested = {"district": districts, "village": villages}
        errors: dict[str, str] = self.field.part_errors if self.form.is_bound else {}
        return [
            ShownPart(
                part,
                f"{self.html_name}.{part.name}",
                f"{self.auto_id}.{part.name}",
                str(value.get(part.name) or ""),
                errors.get(part.name, ""),
                suggested.get(part.name, ()),
            )
            for part in ADDRESS
        ]


class SchoolType(FieldType):
    """A school of the register, or one outside it by name and regency.

    Stored with its name and place at that time, so that a later change of the register does not change an answer.
    """

    name = "school"
    title = gettext_lazy("Sekolah dari daftar sekolah")
    settings = ("paper_hint",)
    seconds = 25
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        return SchoolField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            widget=PartsWidget(("search", "name", "regency")),
        )

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        if "npsn" in stored:
            return {MAIN: stored["npsn"]}
        return {MAIN: OUTSIDE, "name": stored["name"], "regency": stored["regency"]}

    def to_keep(self, typed: Any) -> Any:
        return kept_parts(typed)

    def from_plain(self, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {"search": str(value)}

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        if "npsn" in stored:
            return _("%(name)s (NPSN %(npsn)s)") % {"name": stored["name"], "npsn": stored["npsn"]}
        return ", ".join([str(stored["name"]), str(stored["regency"])])

    def read(self, stored: Any, definition: Definition) -> str:
        place = ", ".join(part for part in _village_and_district(stored) if part)
        return "\n".join(part for part in (self.display(stored), place) if part)


class SchoolField(PartsField):
    template = "services/fields/school.html"

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return SchoolBoundField(form, self, field_name)

    def clean(self, value: Any) -> dict[str, str]:
        chosen, search = str(value.get(MAIN) or ""), plain_line(str(value.get("search") or ""))
        name, regency = (plain_line(str(value.get(part) or "")) for part in ("name", "regency"))
        if chosen == OUTSIDE or (not chosen and (name or regency)):
            return _outside(name, regency)
        if found := schools.school_by_npsn(chosen or search):
            return {"npsn": found.npsn, "name": found.name, "village": found.village, "district": found.district}
        if chosen or search:
            raise ValidationError(_("Pilih satu sekolah dari hasil pencarian."))
        if self.required:
            raise ValidationError(self.error_messages["required"])
        return {}


def _outside(name: str, regency: str) -> dict[str, str]:
    if not name or not regency:
        raise ValidationError(_("Tulis nama sekolah dan kabupaten atau kotanya."))
    if max(len(name), len(regency)) > PART_LIMIT:
        raise ValidationError(_("Nama sekolah dan kabupaten paling banyak %(n)s huruf.") % {"n": PART_LIMIT})
    return {"name": name, "regency": regency}


class SchoolBoundField(BoundField):
    """A school's question: the search, its results with the school chosen, and the inputs for a school outside."""

    @property
    def typed(self) -> dict[str, str]:
        value = self.value() or {}
        return {part: str(value.get(part) or "") for part in (MAIN, "search", "name", "regency")}

    @property
    def results(self) -> list[School]:
        """The school chosen before, and those that the search finds."""
        typed = self.typed
        chosen = schools.school_by_npsn(typed[MAIN])
        found = schools.search_schools(typed["search"])
        return ([chosen] if chosen else []) + [school for school in found if school != chosen]

    @property
    def outside(self) -> str:
        return OUTSIDE
