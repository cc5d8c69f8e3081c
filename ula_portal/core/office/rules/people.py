"""Rows of people, typed or from a workbook: whom each would add, and what is wrong with it. No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from ula_portal.core import identifiers
from ula_portal.core.models import Position, Role

from .names import Directory, Unknown, folded

# Several positions or roles in one cell are separated by one of these.
SEPARATORS = ";\n"
COLUMNS = ("full_name", "front_title", "back_title", "nip", "rank", "email", "positions", "roles")
# In letters. A NIP is checked by itself; positions and roles are found by name.
_CELL = 2000
_LONGEST = {"full_name": 150, "front_title": 40, "back_title": 80, "rank": 80, "email": 254}


@dataclass(frozen=True)
class PersonRow:
    """The texts of a row; ``number`` is its number in the file. ``positions`` and ``roles``: names, separated by ";".

    Without ``roles``, a person gets those of the positions: who heads a unit decides for it, who sits at the desk or a
    counter by the position's name serves visitors, everybody else works on steps.
    """

    number: int
    full_name: str = ""
    front_title: str = ""
    back_title: str = ""
    nip: str = ""
    rank: str = ""
    email: str = ""
    positions: str = ""
    roles: str = ""


@dataclass
class CheckedPerson:
    """``known``: the account exists already, so the row adds nothing. ``problems``: pairs (column, sentence)."""

    row: PersonRow
    email: str = ""
    nip: str = ""
    positions: list[Position] = field(default_factory=list)
    roles: list[tuple[str, int | None]] = field(default_factory=list)
    known: bool = False
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role, _unit in self.roles]


@dataclass(frozen=True)
class Surroundings:
    """What the rows are compared with: names of accounts by address and by NIP, and the office's positions."""

    names_by_email: Mapping[str, str]
    names_by_nip: Mapping[str, str]
    positions: Directory[Position | int]


def check_people(rows: Iterable[PersonRow], known: Surroundings) -> list[CheckedPerson]:
    """Each row with what is wrong with it, also in comparison with the rows before it."""
    emails: dict[str, int] = {}
    nips: dict[str, int] = {}
    checked = []
    for row in rows:
        person = CheckedPerson(row, row.email.strip().lower())
        _check_texts(person)
        _check_email(person, known, emails)
        if not person.known:
            _check_nip(person, known, nips)
            _check_work(person, known)
        checked.append(person)
    return checked


def _check_texts(person: CheckedPerson) -> None:
    texts = {name: getattr(person.row, name) for name in COLUMNS}
    if not person.row.full_name:
        person.problems.append(("full_name", _("Tulis namanya.")))
    for name, text in texts.items():
        if text.startswith("="):
            person.problems.append((name, _("Sel ini berisi rumus. Tulis isinya saja.")))
        elif len(text) > _LONGEST.get(name, _CELL):
            sentence = _("Terlalu panjang: paling banyak %(count)s huruf.") % {"count": _LONGEST.get(name, _CELL)}
            person.problems.append((name, sentence))


def _check_email(person: CheckedPerson, known: Surroundings, seen: dict[str, int]) -> None:
    row = person.row
    if row.email.startswith("="):
        return
    try:
        validate_email(person.email)
    except ValidationError:
        given = (
            _("Surel tidak benar. Contoh: nama@contoh.id.")
            if row.email
            else _("Tulis surelnya. Surel dipakai untuk masuk.")
        )
        person.problems.append(("email", given))
        return
    first = seen.setdefault(person.email, row.number)
    if first != row.number:
        person.problems.append(("email", _("Surel ini sama dengan baris %(row)s.") % {"row": first}))
    elif (name := known.names_by_email.get(person.email)) is not None:
        person.known = folded(name) == folded(row.full_name)
        if not person.known:
            person.problems.append(("email", _("Surel ini sudah dipakai %(name)s.") % {"name": name}))


def _check_nip(person: CheckedPerson, known: Surroundings, seen: dict[str, int]) -> None:
    row = person.row
    if not row.nip or row.nip.startswith("="):
        return
    try:
        nip = identifiers.parse_nip(row.nip)
    except ValueError as error:
        person.problems.append(("nip", str(error)))
        return
    person.nip = nip.number
    first = seen.setdefault(nip.number, row.number)
    if nip.serial == "000":
        # Spreadsheets keep fifteen digits of a number and make the rest zeros.
        sentence = _("Tiga angka terakhir NIP hilang. Jadikan kolomnya teks, lalu tulis lagi.")
    elif first != row.number:
        sentence = _("NIP ini sama dengan baris %(row)s.") % {"row": first}
    elif nip.number in known.names_by_nip:
        sentence = _("NIP ini sudah dipakai %(name)s.") % {"name": known.names_by_nip[nip.number]}
    else:
        return
    person.problems.append(("nip", sentence))


def _check_work(person: CheckedPerson, known: Surroundings) -> None:
    """The positions and roles of the row, with the unit in which each role applies."""
    for name in _parts(person.row.positions):
        try:
            found = known.positions.find(name)
            assert isinstance(found, Position)
            if found not in person.positions:
                person.positions.append(found)
        except Unknown as error:
            person.problems.append(("positions", str(error)))
    unit = person.positions[0].unit if person.positions else None
    names = _parts(person.row.roles)
    if not names and not _parts(person.row.positions):
        person.problems.append(("positions", _("Tulis jabatan atau perannya.")))
    named = [(name, _role(name)) for name in names]
    for name, role in named or [("", role) for role in _roles_of(person.positions)]:
        if role is None:
            message = _("Peran “%(name)s” tidak dikenal. Pilih: %(roles)s.")
            person.problems.append(("roles", message % {"name": name, "roles": "; ".join(role_names())}))
        elif role in Role.with_unit() and unit is None:
            person.problems.append(("positions", _("Peran ini memerlukan jabatan, agar unitnya diketahui.")))
        else:
            reach = None if role in (Role.HEAD, Role.ADMINISTRATOR) or unit is None else unit.pk
            person.roles.append((role, reach))
    person.roles = list(dict.fromkeys(person.roles))


def _parts(text: str) -> list[str]:
    for separator in SEPARATORS[1:]:
        text = text.replace(separator, SEPARATORS[0])
    return [] if text.startswith("=") else [part.strip() for part in text.split(SEPARATORS[0]) if part.strip()]


def role_names() -> list[str]:
    """The roles as files name them: in Indonesian, in every language of the page."""
    with override("id"):
        return [str(label) for label in Role.labels]


def _role(name: str) -> str | None:
    names = {folded(label): value for label, value in zip(role_names(), Role.values, strict=True)}
    names |= {folded(str(label)): value for value, label in Role.choices}
    return names.get(folded(name))


# Words in the names of positions at the desk and the counters.
_DESK_WORDS = {Role.FRONT_DESK: ("front office", "meja depan", "resepsionis"), Role.COUNTER: ("loket",)}


def _roles_of(positions: list[Position]) -> list[str]:
    """The roles of somebody who holds these positions."""
    heading = [each for each in positions if each.heads_unit]
    if any(each.unit.parent_id is None for each in heading):
        return [Role.HEAD, Role.OFFICIAL]
    if heading:
        return [Role.SECTION_HEAD, Role.OFFICIAL]
    names = " ".join(folded(each.name) for each in positions)
    return [role for role, words in _DESK_WORDS.items() if any(word in names for word in words)] or [Role.OFFICIAL]
