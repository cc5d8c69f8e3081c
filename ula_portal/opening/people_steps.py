"""Steps about units, positions and people."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ula_portal.core import clock
from ula_portal.core.models import Position, Role, Tenure, Unit, User
from ula_portal.core.office.queries import in_office
from ula_portal.core.permissions import acting_heads

from .rules import Found, Gap, Step

# Without them nobody checks visitors in, calls them, works on requests, or approves.
_NEEDED = {
    Role.FRONT_DESK: gettext_lazy("Belum ada petugas meja depan."),
    Role.COUNTER: gettext_lazy("Belum ada petugas loket."),
    Role.OFFICIAL: gettext_lazy("Belum ada pejabat yang mengerjakan permohonan."),
    Role.HEAD: gettext_lazy("Belum ada kepala dinas."),
}


def _unit_rows() -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "units": Unit.objects.all(),
        "headless": Unit.objects.exclude(Exists(Position.objects.filter(unit=OuterRef("pk"), heads_unit=True))),
        "positions": Position.objects.all(),
    }


def _unit_gaps(found: Found) -> Iterator[Gap]:
    if not found["units"]:
        yield Gap(_("Unit belum ada."))
    elif not found["positions"]:
        yield Gap(_("Jabatan belum ada."), reverse("opening_positions"))
    elif n := found["headless"]:
        words = ngettext("%(n)s unit belum mempunyai pimpinan.", "%(n)s unit belum mempunyai pimpinan.", n)
        yield Gap(words % {"n": n}, reverse("opening_positions"), advised=True)


def _unit_summary(found: Found) -> str:
    return _("%(units)s unit, %(positions)s jabatan") % {"units": found["units"], "positions": found["positions"]}


def _people_rows() -> Mapping[str, QuerySet[Any, Any]]:
    today = clock.today()
    held = Tenure.objects.filter(in_office(today), position=OuterRef("pk"), user__is_active=True)
    acting = acting_heads(today).filter(acting_role=Role.HEAD).values("user_id")
    rows: dict[str, QuerySet[Any, Any]] = {
        "people": User.objects.filter(is_active=True),
        "vacant": Position.objects.exclude(Exists(held)),
    }
    for role in _NEEDED:
        has = Q(staff_roles__role=role)
        rows[f"role_{role}"] = User.objects.filter(has | Q(pk__in=acting) if role == Role.HEAD else has, is_active=True)
    return rows


def _people_gaps(found: Found) -> Iterator[Gap]:
    for role, words in _NEEDED.items():
        if not found[f"role_{role}"]:
            yield Gap(words)
    if n := found["vacant"]:
        counted = ngettext("%(n)s jabatan belum ada pemegangnya.", "%(n)s jabatan belum ada pemegangnya.", n)
        yield Gap(counted % {"n": n}, advised=True)


UNITS = Step("units", gettext_lazy("Unit dan jabatan"), "opening_units", _unit_gaps, _unit_summary, _unit_rows)
PEOPLE = Step(
    "people",
    gettext_lazy("Petugas dan peran"),
    "opening_people",
    _people_gaps,
    lambda found: _("%(n)s petugas") % {"n": found["people"]},
    _people_rows,
)
