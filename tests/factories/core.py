"""Units, positions and people for tests, made through the portal's own actions."""

import datetime
import itertools
from dataclasses import dataclass

from tests.snapshots import repeated
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Position, Role, Unit, User
from ula_portal.core.office.actions import office, people

# All positions are held since this day, so that tests can take place in the past.
LONG_AGO = datetime.date(2020, 1, 1)
_numbers = itertools.count(1)


def make_unit(code=None, name=None, parent=None) -> Unit:
    code = code or f"UNIT-{next(_numbers)}"
    return office.add_unit(by=SYSTEM, code=code, name=name or f"Bidang {code}", short_name=code.title(), parent=parent)


def make_position(code=None, name=None, unit=None, superior=None, heads_unit=False) -> Position:
    code = code or f"JABATAN-{next(_numbers)}"
    return office.add_position(
        by=SYSTEM,
        code=code,
        name=name or f"Jabatan {code}",
        unit=unit or make_unit(),
        superior=superior,
        heads_unit=heads_unit,
    )


def make_user(role=None, position=None, unit=None, email=None, full_name=None, password=None, **titles) -> User:
    """An account with one role (or a list of them) and one position (or a list), held since ``LONG_AGO``.

    ``unit`` goes with the role; a section head without one gets the unit of the first position. Log in with the test
    client's ``force_login``: without ``password`` the account has none, which keeps tests fast.
    """
    number = next(_numbers)
    positions = _listed(position)
    user = people.create_staff_member(
        by=SYSTEM,
        email=email or f"petugas{number}@example.id",
        full_name=full_name or f"Petugas Contoh {number}",
        password=password,
        **titles,
    )
    for each in positions:
        people.begin_tenure(user, by=SYSTEM, position=each, from_date=LONG_AGO)
    for each in _listed(role):
        reach = unit
        if each == Role.SECTION_HEAD and reach is None:
            reach = positions[0].unit if positions else make_unit()
        people.assign_role(user, by=SYSTEM, role=each, unit=reach)
    return user


def anew(user) -> User:
    """The user as the next request reads them, without cached relations."""
    return User.objects.get(pk=user.pk)


def day(distance) -> datetime.date:
    """The day this many days from today."""
    return clock.today() + datetime.timedelta(days=distance)


def order(by="Kepala Dinas", number="800/1/2026", day=LONG_AGO) -> people.Order:
    """The order that appoints an acting holder of a position."""
    return people.Order(number, day, by)


def make_acting(user, position, kind="plh", from_date=None, to_date=None):
    """Appoint an acting holder of a position; default: for today only."""
    first = from_date or clock.today()
    return people.begin_tenure(
        user, by=SYSTEM, position=position, kind=kind, from_date=first, to_date=to_date or first, order=order()
    )


def _listed(value):
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class Cast:
    """People, units and positions that tests share; positions are named as in the demo office's SOPs."""

    office_unit: Unit
    unit: Unit
    other_unit: Unit
    ula: Unit
    frontdesk: User
    counter: User
    official: User
    section_head: User
    secretary: User
    head: User
    admin: User
    outsider: User
    positions: dict[str, Position]


@repeated
def named_cast() -> Cast:
    """Front desk, counter, official and section head of one unit, secretary, head, administrator, and an official of
    another unit (``outsider``). ``positions`` by code: KADIS, SEKDIS, KABID-DIKDAS, PENGELOLA-DIKDAS, PENGELOLA-GTK,
    PENGELOLA-DATA, FRONT-OFFICE, LOKET.
    """
    top = make_unit("DINAS", "Dinas Pendidikan")
    secretariat = make_unit("SEKRETARIAT", "Sekretariat", top)
    unit = make_unit("DIKDAS", "Bidang Pembinaan Pendidikan Dasar", top)
    other = make_unit("GTK", "Bidang Pembinaan Guru dan Tenaga Kependidikan", top)
    ula = make_unit("ULA", "Unit Layanan (ULA)", secretariat)
    posts = _posts(top, secretariat, unit, other, ula)
    return Cast(
        office_unit=top,
        unit=unit,
        other_unit=other,
        ula=ula,
        frontdesk=make_user(Role.FRONT_DESK, posts["FRONT-OFFICE"], ula, "frontoffice@example.id", "Putri Contoh"),
        counter=make_user(Role.COUNTER, posts["LOKET"], ula, "loket@example.id", "Andi Contoh"),
        official=make_user(Role.OFFICIAL, posts["PENGELOLA-DIKDAS"], unit, "layanan@example.id", "Sri Contoh"),
        section_head=make_user(
            [Role.SECTION_HEAD, Role.OFFICIAL], posts["KABID-DIKDAS"], unit, "kabid@example.id", "Fauziah Contoh"
        ),
        secretary=make_user(
            [Role.SECTION_HEAD, Role.OFFICIAL],
            posts["SEKDIS"],
            secretariat,
            "sekretaris@example.id",
            "Nurhayati Contoh",
        ),
        head=make_user([Role.HEAD, Role.OFFICIAL], posts["KADIS"], None, "kadis@example.id", "Rahmat Contoh"),
        admin=make_user(Role.ADMINISTRATOR, posts["PENGELOLA-DATA"], None, "admin@example.id", "Rizki Contoh"),
        outsider=make_user(Role.OFFICIAL, posts["PENGELOLA-GTK"], other, "gtk@example.id", "Maya Contoh"),
        positions=posts,
    )


def _posts(top, secretariat, unit, other, ula):
    head = make_position("KADIS", "Kepala Dinas", top, heads_unit=True)
    secretary = make_position("SEKDIS", "Sekretaris Dinas", secretariat, head, heads_unit=True)
    section = make_position("KABID-DIKDAS", "Kepala Bidang Pembinaan Pendidikan Dasar", unit, head, heads_unit=True)
    below = [
        make_position("PENGELOLA-DIKDAS", "Pengelola Layanan Pendidikan Dasar", unit, section),
        make_position("PENGELOLA-GTK", "Pengelola Layanan Guru dan Tenaga Kependidikan", other, head),
        make_position("PENGELOLA-DATA", "Pengelola Data dan Informasi", secretariat, secretary),
        make_position("FRONT-OFFICE", "Petugas Front Office", ula, secretary),
        make_position("LOKET", "Petugas Loket", ula, secretary),
    ]
    return {position.code: position for position in (head, secretary, section, *below)}
