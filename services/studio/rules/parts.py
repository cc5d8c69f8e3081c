"""The parts of a service's page in their order, and which field stands in which part."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from services.models import Service

from .values import IDENTITY, LETTER, PROCEDURE, REQUIREMENTS, STANDARD


@dataclass(frozen=True)
class Part:
    """``fields``: the names of its fields; ``but_for``: kinds of service that do not have it."""

    slug: str
    label: StrOrPromise
    fields: tuple[str, ...] = ()
    but_for: tuple[str, ...] = ()


_ELSEWHERE, _VISIT = str(Service.Kind.ELSEWHERE), str(Service.Kind.VISIT)
PARTS = (
    Part("identitas", _("Identitas"), IDENTITY),
    Part("sop", _("SOP dan waktu"), PROCEDURE, (_ELSEWHERE,)),
    Part("formulir", _("Formulir"), ("form",), (_ELSEWHERE, _VISIT)),
    Part("persyaratan", _("Persyaratan"), (REQUIREMENTS,), (_ELSEWHERE,)),
    Part("surat", _("Surat"), LETTER, (_ELSEWHERE, _VISIT)),
    Part("standar", _("Standar pelayanan"), STANDARD, (_ELSEWHERE,)),
    Part("pratinjau", _("Pratinjau")),
    Part("terbitkan", _("Terbitkan")),
)


def parts_of(service: Service) -> list[Part]:
    """The parts that a service of its kind has."""
    return [part for part in PARTS if service.kind not in part.but_for]


def part_of(field: str) -> Part:
    """The part in which a field stands; the first one for a field of none."""
    return next((part for part in PARTS if field in part.fields), PARTS[0])


def address_of(service: Service, field: str = "") -> str:
    """The address of a service's page; with a field, of its part with the focus in that field."""
    part = part_of(field)
    address = part_address(service, part)
    return f"{address}?fokus={field}#id_{field}" if field and field not in ("form", REQUIREMENTS) else address


def part_address(service: Service, part: Part) -> str:
    """The address of a part of a service's page."""
    if part is PARTS[0]:
        return reverse("studio_service", args=[service.code])
    return reverse("studio_part", args=[service.code, part.slug])
