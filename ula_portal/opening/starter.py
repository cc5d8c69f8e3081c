"""The starter catalogue as the page shows it: what each service brings, and what those that are there still lack."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from services.catalogue.queries.catalogue import unpublished_reasons, with_publication_facts
from services.exchange import starter
from services.models import Service
from sop.models import SopVersion
from sop.states import OPEN
from ula_portal.core.models import Unit

# Names that are less alike are not proposed.
_ALIKE = 0.6


@dataclass(frozen=True)
class Offer:
    """A service of the catalogue that the office does not have. The numbers say what it brings."""

    code: str
    name: str
    summary: str
    unit: str
    fields: int
    requirements: int
    has_letter: bool
    has_sop: bool


@dataclass(frozen=True)
class Present:
    """A service of the catalogue that the office has. ``missing``: why the public does not see it yet."""

    service: Service
    missing: list[str]
    url: str
    takes_sop: bool
    sop_draft: SopVersion | None

    @property
    def sop_url(self) -> str:
        return reverse("sop_edit", args=[self.sop_draft.pk]) if self.sop_draft else ""


@dataclass(frozen=True)
class Catalogue:
    """``offers`` by group, ``present`` in the catalogue's order. ``units``: those of the catalogue that offers need."""

    offers: dict[str, list[Offer]]
    present: list[Present]
    units: dict[str, str]


def catalogue_now() -> Catalogue:
    """The starter catalogue beside the office's services. Two queries."""
    whole = starter.catalogue()
    entries = {entry["code"]: entry for entry in whole["services"]}
    drafts = Prefetch("sop__versions", SopVersion.objects.filter(state__in=OPEN), to_attr="open_versions")
    there = with_publication_facts(Service.objects.filter(code__in=entries)).select_related("sop", "unit")
    present = [_present(service) for service in there.prefetch_related(drafts)]
    have = {each.service.code for each in present}
    letters = {code for template in starter.letters()["templates"] for code in template["services"]}
    common = len(whole["common_fields"])
    offers: dict[str, list[Offer]] = {}
    for code, entry in entries.items():
        if code not in have:
            offers.setdefault(entry["category"], []).append(_offer(entry, common, code in letters))
    needed = {offer.unit for group in offers.values() for offer in group}
    units = {unit["code"]: unit["name"] for unit in whole["units"] if unit["code"] in needed}
    return Catalogue(offers, present, units)


def _offer(entry: dict[str, Any], common: int, has_letter: bool) -> Offer:
    own = len(entry.get("form_fields", []))
    fields = own + common if entry["kind"] == Service.Kind.REQUEST else own
    has_sop = entry["code"] in starter.codes_with_sop()
    requirements = len(entry.get("requirements", []))
    unit = entry.get("unit") or ""
    return Offer(entry["code"], entry["name"], entry["summary"], unit, fields, requirements, has_letter, has_sop)


def _present(service: Service) -> Present:
    missing = [] if service.state == Service.State.PUBLISHED else [str(each) for each in unpublished_reasons(service)]
    url = reverse("studio_service", args=[service.code])
    takes = service.sop_id is None and service.unit_id is not None and service.code in starter.codes_with_sop()
    drafts = getattr(service.sop, "open_versions", []) if service.sop else []
    return Present(service, missing, url, takes, drafts[0] if drafts else None)


def proposed_unit(code: str, name: str, units: Iterable[Unit]) -> Unit | None:
    """The office's unit that a unit of the catalogue most likely is: by code, else by name; None if none is alike."""
    units = list(units)
    same = next((unit for unit in units if unit.code.casefold() == code.casefold()), None)
    if same or not units:
        return same
    alike = {unit.pk: difflib.SequenceMatcher(None, name.casefold(), unit.name.casefold()).ratio() for unit in units}
    best = max(units, key=lambda unit: alike[unit.pk])
    return best if alike[best.pk] >= _ALIKE else None
