"""The fourteen components of a service standard, for public pages.

Source: UU 25/2009 art. 21, PermenPAN-RB 15/2014.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from services.models import Requirement, Service

# Components 8 to 14 are texts in ``Service.internal_components``; component 7 is the list ``Service.legal_basis``.
EDITED = {
    8: _("Sarana, prasarana, dan/atau fasilitas"),
    9: _("Kompetensi pelaksana"),
    10: _("Pengawasan internal"),
    11: _("Jumlah pelaksana"),
    12: _("Jaminan pelayanan"),
    13: _("Jaminan keamanan dan keselamatan pelayanan"),
    14: _("Evaluasi kinerja pelaksana"),
}


@dataclass(frozen=True)
class Component:
    number: int
    name: StrOrPromise
    lines: tuple[str, ...]


def internal_components(service: Service) -> list[Component]:
    """Return the filled-in components among 7 to 14, in order. Runs no query."""
    words = service.internal_components or {}
    basis = [*(service.legal_basis or []), *_lines(words.get("7", ""))]
    components = [Component(7, _("Dasar hukum"), tuple(basis))]
    components += [Component(number, name, _lines(words.get(str(number), ""))) for number, name in EDITED.items()]
    return [component for component in components if component.lines]


def missing_components(service: Service) -> list[int]:
    """Return the numbers of the components 8 to 14 that are still empty."""
    words = service.internal_components or {}
    return [number for number in EDITED if not str(words.get(str(number), "")).strip()]


def cases_not_needed(service: Service) -> tuple[str, ...]:
    """Return the cases in which nobody has to come or apply: the lines of ``Service.when_not``."""
    return _lines(service.when_not)


def asks_for_stamp_duty(requirements: Iterable[Requirement]) -> bool:
    """Tell whether a requirement names a duty stamp (meterai), which costs money but is no fee of the service."""
    return any("meterai" in requirement.text.lower() for requirement in requirements)


def _lines(text: object) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text).splitlines() if line.strip())
