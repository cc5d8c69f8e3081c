"""Set up the office: its letterhead, units, positions and places where visitors are received."""

from typing import TypedDict, Unpack

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import Location, Office, Position, Secretariat, Unit
from ula_portal.core.verbs.errors import Refused

from ..queries import office_cache


class Details(TypedDict, total=False):
    """``letterhead``: lines; ``specimen_mark``: printed across letters of a demonstration."""

    letterhead: list[str]
    address: str
    phone: str
    email: str
    city: str
    specimen_mark: str
    default_unit: Unit | None


@transaction.atomic
def set_up_office(*, name: str, regency: str, actor: Actor = SYSTEM, **details: Unpack[Details]) -> Office:
    """Write the office's single row, made at the first call.

    Details that are not given stay as they are. Administrators and set-up only.
    """
    with connection.cursor() as cursor:
        # Two set-ups at once must not make two offices.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-office'))")
    office = Office.objects.first() or Office()
    for field, value in {"name": name, "regency": regency, **details}.items():
        setattr(office, field, value)
    office.save()
    office_cache.clear()
    journal.record("set_up_office", "office", office.pk, actor)
    return office


@transaction.atomic
def add_unit(code: str, name: str, *, short_name: str = "", parent: Unit | None = None, actor: Actor = SYSTEM) -> Unit:
    """Add a unit below ``parent`` (None: the office itself). Raises Refused when the code is taken."""
    _refuse_taken(Unit, code, _("Kode unit %(code)s sudah dipakai."))
    unit = Unit.objects.create(code=code, name=name, short_name=short_name, parent=parent)
    journal.record("add_unit", "unit", unit.pk, actor)
    return unit


@transaction.atomic
def add_position(
    code: str,
    name: str,
    unit: Unit,
    *,
    superior: Position | None = None,
    heads_unit: bool = False,
    deputy_decides: bool = True,
    actor: Actor = SYSTEM,
) -> Position:
    """Add a post to a unit. Raises Refused when the code is taken.

    ``deputy_decides``: whether a deputy of its absent holder may take its decisions.
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
    journal.record("add_position", "position", position.pk, actor)
    return position


@transaction.atomic
def entrust_paper(keeper: Position, position: Position, *, actor: Actor = SYSTEM) -> Secretariat:
    """Make one position the secretariat of another: its holders record what the other's holder wrote on paper.

    Administrators and set-up only. Again: nothing. Raises Refused for a position and itself.
    """
    if keeper.pk == position.pk:
        raise Refused(_("Jabatan tidak dapat menjadi sekretariat dirinya sendiri."), field="position")
    kept, created = Secretariat.objects.get_or_create(keeper=keeper, position=position)
    if created:
        journal.record("entrust_paper", "position", keeper.pk, actor, secretariat_of=position.pk)
    return kept


@transaction.atomic
def add_location(code: str, name: str, *, address: str = "", actor: Actor = SYSTEM) -> Location:
    """Add a place where visitors are received. Raises Refused when the code is taken."""
    _refuse_taken(Location, code, _("Kode lokasi %(code)s sudah dipakai."))
    location = Location.objects.create(code=code, name=name, address=address)
    journal.record("add_location", "location", location.pk, actor)
    return location


def _refuse_taken(model: type[Unit] | type[Position] | type[Location], code: str, sentence: str) -> None:
    if model.objects.filter(code=code).exists():
        raise Refused(sentence % {"code": code}, field="code")
