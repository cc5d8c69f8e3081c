"""Verbs that set up the office: its letterhead, units, positions and places where visitors are received."""

from typing import TypedDict, Unpack

from django.db import connection
from django.utils.translation import gettext as _

from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, Office, Position, Secretariat, Unit
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries import office_cache


class Details(TypedDict, total=False):
    """``letterhead``: its lines; ``specimen_mark``: text printed across the letters of a demonstration."""

    name: str
    regency: str
    letterhead: list[str]
    address: str
    postal_code: str
    website: str
    phone: str
    email: str
    city: str
    specimen_mark: str
    default_unit: Unit | None


@part
def lock_office() -> None:
    """Make concurrent writers of the office's row wait, so that they neither create two nor overwrite each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-office'))")


@verb
def set_up_office(*, by: Actor, **details: Unpack[Details]) -> Office:
    """Write the office's single row; the first call creates it. Omitted details stay unchanged.

    Allowed: administrators and the set-up commands; the callers check this, here and in this whole module.
    Effects: journal.
    Raises: Refused while the office has no name.
    """
    lock_office()
    office = Office.objects.first() or Office()
    for field, value in details.items():
        setattr(office, field, value)
    if not office.name:
        raise Refused(_("Isi nama kantor terlebih dahulu."), field="name")
    office.save()
    office_cache.clear()
    journal.record("set_up_office", "office", office.pk, by)
    return office


@verb
def add_unit(*, by: Actor, code: str, name: str, short_name: str = "", parent: Unit | None = None) -> Unit:
    """Add a unit below ``parent`` (None: the office itself).

    Effects: journal.
    Raises: Refused if the code is taken.
    """
    _refuse_taken(Unit, code, _("Kode unit %(code)s sudah dipakai."))
    unit = Unit.objects.create(code=code, name=name, short_name=short_name, parent=parent)
    journal.record("add_unit", "unit", unit.pk, by)
    return unit


@verb
def add_position(
    *,
    by: Actor,
    code: str,
    name: str,
    unit: Unit,
    superior: Position | None = None,
    heads_unit: bool = False,
    deputy_decides: bool = True,
) -> Position:
    """Add a position to a unit.

    ``deputy_decides``: whether the deputy of an absent holder may take the position's decisions.
    Effects: journal.
    Raises: Refused if the code is taken.
    """
    _refuse_taken(Position, code, _("Kode jabatan %(code)s sudah dipakai."))
    position = Position.objects.create(
        code=code,
        name=name,
        unit=unit,
        superior=superior,
        heads_unit=heads_unit,
        deputy_decides=deputy_decides,
    )
    journal.record("add_position", "position", position.pk, by)
    return position


@verb
def entrust_paper(keeper: Position, *, by: Actor, position: Position) -> Secretariat:
    """Make ``keeper`` the secretariat of ``position``: its holders record what that position's holder decided on paper.

    Calling it again does nothing.
    Effects: journal.
    Raises: Refused if both are the same position.
    """
    if keeper.pk == position.pk:
        raise Refused(_("Jabatan tidak dapat menjadi sekretariat dirinya sendiri."), field="position")
    secretariat, created = Secretariat.objects.get_or_create(keeper=keeper, position=position)
    if created:
        journal.record("entrust_paper", "position", keeper.pk, by, secretariat_of=position.pk)
    return secretariat


@verb
def add_location(*, by: Actor, code: str, name: str, address: str = "") -> Location:
    """Add a place where visitors are received.

    Effects: journal.
    Raises: Refused if the code is taken.
    """
    _refuse_taken(Location, code, _("Kode lokasi %(code)s sudah dipakai."))
    location = Location.objects.create(code=code, name=name, address=address)
    journal.record("add_location", "location", location.pk, by)
    return location


def _refuse_taken(model: type[Unit] | type[Position] | type[Location], code: str, sentence: str) -> None:
    if model.objects.filter(code=code).exists():
        raise Refused(sentence % {"code": code}, field="code")
