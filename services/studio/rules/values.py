"""The values of a service as they are edited: by name, as JSON can store them, and back."""

import copy
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from services.catalogue.standard import EDITED
from services.models import Requirement, Service
from ula_portal.core.data.field_changes import Values

COMPONENTS = tuple(f"component_{number}" for number in EDITED)
DATES = ("decree_date", "reviewed_on")
IDENTITY = (
    *("name", "official_name", "kind", "category_id", "unit_id", "audiences", "summary", "synonyms", "channels"),
    *("when_not", "where", "after", "ticket_letter"),
)
PROCEDURE = ("sop_id", "working_days")
LETTER = ("letter_template_id",)
STANDARD = (
    *("product", "fee_idr", "complaint_handling", "legal_basis", "decree", "decree_date", "reviewed_on"),
    *COMPONENTS,
)
COLUMNS = (*IDENTITY, *PROCEDURE, *LETTER, *STANDARD)
# The name under which the list of requirements is stored among the values.
REQUIREMENTS = "requirements"


class RequirementValues(TypedDict):
    """A requirement as it is edited. ``key``: the id of its row, or a name of its own while it has none."""

    key: str
    text: str
    kind: str
    required: bool
    show_if: dict[str, Any]
    issued_by: str


def service_values(service: Service, names: Sequence[str] = COLUMNS) -> Values:
    """The values of a service by name; serialisable as JSON."""
    return {name: _value_of(service, name) for name in names}


def _value_of(service: Service, name: str) -> Any:
    if name in COMPONENTS:
        return str((service.internal_components or {}).get(name.removeprefix("component_"), ""))
    value = getattr(service, name)
    return value.isoformat() if isinstance(value, datetime.date) else value


def with_values(service: Service, values: Mapping[str, Any]) -> Service:
    """A copy of a service, not to be saved, that has other values."""
    return apply_values(copy.copy(service), values) if values else service


def apply_values(service: Service, values: Mapping[str, Any]) -> Service:
    """Set values on the object, without saving it. Requirements are left out: they are rows of their own."""
    for name, value in values.items():
        if name in COMPONENTS:
            texts = dict(service.internal_components or {}) | {name.removeprefix("component_"): value}
            service.internal_components = {number: text for number, text in texts.items() if text}
        elif name in DATES:
            setattr(service, name, datetime.date.fromisoformat(value) if value else None)
        elif name != REQUIREMENTS:
            setattr(service, name, value)
    return service


def columns_of(names: Sequence[str]) -> list[str]:
    """The columns in which values are stored, for ``update_fields``."""
    columns = ["internal_components" if name in COMPONENTS else name for name in names if name != REQUIREMENTS]
    return list(dict.fromkeys(columns))


def requirement_values(requirement: Requirement) -> RequirementValues:
    """A requirement's row as it is edited."""
    return {
        "key": str(requirement.pk),
        "text": requirement.text,
        "kind": requirement.kind,
        "required": requirement.required,
        "show_if": requirement.show_if,
        "issued_by": requirement.issued_by,
    }


def requirement_of(service: Service, values: RequirementValues, order: int) -> Requirement:
    """A requirement, not to be saved, for the preview."""
    columns: dict[str, Any] = {name: value for name, value in values.items() if name != "key"}
    return Requirement(service=service, order=order, active=True, **columns)
