"""What importing a file would do: which unit its SOP would belong to, and which draft it would replace."""

from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from sop.exchange import json as exchange
from sop.exchange.export import content_of
from sop.exchange.json import Content
from sop.exchange.words import folded
from sop.models import Sop, SopVersion
from sop.permissions import may_import, unit_ids_written_by
from sop.states import OPEN
from ula_portal.core.models import Role, Unit
from ula_portal.core.permissions import AnyUser, has_role

# Minimum similarity for the best match to be preselected.
ALIKE = 0.35


@dataclass(frozen=True)
class Intake:
    """What importing a file would do.

    ``unit``: the unit in the file, or None if it is not recognised. ``near``: units to choose from, the most likely
    first. ``proposed``: the first of them, if it is similar enough. ``edited``: the open draft that was edited by hand
    and would be replaced by other content, else None. ``revision``: that of the open draft, 0 if there is none.
    """

    name: str
    written_unit: str
    unit: Unit | None
    near: list[Unit]
    proposed: Unit | None
    edited: SopVersion | None
    revision: int


def intake_of(data: Content, user: AnyUser) -> Intake:
    """What importing the content of a file would do. Raises ImportRefused, see ``json.clean``."""
    content = exchange.clean(data)
    unit = unit_of_content(content)
    written = content["unit"] or content["unit_code"]
    near = [] if unit else _near_units(written, user)
    proposed = near[0][1] if near and near[0][0] >= ALIKE else None
    draft = _open_draft(content, user)
    differs = draft and draft.revision and _compared(exchange.normal(content_of(draft))) != _compared(content)
    edited = draft if differs else None
    units = [each for _alike, each in near]
    return Intake(content["name"], written, unit, units, proposed, edited, draft.revision if draft else 0)


def units_to_take_in_for(user: AnyUser) -> QuerySet[Unit]:
    """The units for which a user may import SOPs."""
    units = Unit.objects.all()
    return units if has_role(user, Role.ADMINISTRATOR) else units.filter(pk__in=unit_ids_written_by(user))


def unit_of_content(content: Content) -> Unit | None:
    """The unit that a clean content names by code or name, or None if there is no such unit."""
    unit = None
    if content["unit_code"]:
        unit = Unit.objects.filter(code__iexact=content["unit_code"]).first()
    if unit is None and content["unit"]:
        unit = Unit.objects.filter(name__iexact=content["unit"]).order_by("pk").first()
    return unit


def sop_of_content(content: Content) -> QuerySet[Sop]:
    """The SOPs that a clean content may belong to, the right one first.

    They are found by number, or else by unit and name as written in the file.
    """
    if content["number"]:
        return Sop.objects.filter(number=content["number"])
    same = Sop.objects.filter(source_unit=content["unit"], name=content["name"])
    return same.order_by("-number_is_generated", "pk")


def _near_units(text: str, user: AnyUser) -> list[tuple[float, Unit]]:
    """The units for which a user may import SOPs, with their similarity to a text (0 to 1), the most similar first.

    If the text contains a unit's code, the similarity is 1.
    """
    alike = Greatest(TrigramSimilarity("name", text), TrigramWordSimilarity(text, "name") * Value(0.9))
    units = units_to_take_in_for(user).annotate(alike=alike if text else Value(0.0))
    written = folded(text).split()
    found: list[tuple[float, Unit]] = []
    for unit in units.order_by(F("alike").desc(), "name"):
        found.append((1.0 if folded(unit.code) in written else unit.alike, unit))
    return sorted(found, key=lambda pair: -pair[0])


def _open_draft(content: Content, user: AnyUser) -> SopVersion | None:
    """The draft that the content would replace, or None if there is none or the user may not replace it."""
    sop = sop_of_content(content).first()
    if sop is None or not may_import(user, sop.unit_id):
        return None
    return sop.versions.filter(state__in=OPEN).select_related("sop", "edited_by").first()


def _compared(content: Content) -> Content:
    """The part of a content that is compared: everything except number and unit."""
    return {key: value for key, value in content.items() if key not in ("number", "unit", "unit_code")}
