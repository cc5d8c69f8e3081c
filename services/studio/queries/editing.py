"""The services that a user may prepare, and each of them as it will be once its changes are published."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from services.catalogue.queries.catalogue import Gap, gaps_of, requirements_of, unpublished_reasons
from services.catalogue.rules.rights import edits_all_services
from services.models import Category, LetterTemplate, Requirement, Service, ServiceDraft
from services.permissions import standing_of
from sop.models import Sop
from ula_portal.core.data.field_changes import Values
from ula_portal.core.models import Unit, User

from ..rules.values import (
    COLUMNS,
    REQUIREMENTS,
    RequirementValues,
    requirement_of,
    requirement_values,
    service_values,
    with_values,
)


def services_edited_by(user: User) -> QuerySet[Service]:
    """The services that a user may prepare: administrators all, section heads those of their unit and below."""
    services = Service.objects.select_related("unit", "category", "draft")
    return services if edits_all_services(user) else services.filter(unit_id__in=standing_of(user).led_unit_ids)


def service_edited_by(user: User, code: str) -> Service | None:
    """One of the services that a user may prepare, or None."""
    return services_edited_by(user).select_related("sop", "letter_template").filter(code=code).first()


def units_edited_by(user: User) -> list[Unit]:
    """The units whose services a user may prepare, by name."""
    units = Unit.objects.order_by("name")
    return list(units if edits_all_services(user) else units.filter(pk__in=standing_of(user).led_unit_ids))


def is_public(service: Service) -> bool:
    """Whether the changes of a service wait for publication; those of others are stored at once."""
    return service.state == Service.State.PUBLISHED


def is_asked(service: Service) -> bool:
    """Whether somebody asked for the publication of a service or its changes, and it has not come yet."""
    draft = draft_of(service)
    return bool(draft.asked_at and (draft.values or not is_public(service)))


def draft_of(service: Service) -> ServiceDraft:
    """The editing of a service; a new row, not saved, if nobody has edited it."""
    return getattr(service, "draft", None) or ServiceDraft(service=service)


@dataclass(frozen=True)
class LastChange:
    """What undo would take back. ``by``: the user's name; "" if it is not known."""

    no: int
    field: str
    by: str
    at: datetime.datetime


def last_change(draft: ServiceDraft) -> LastChange | None:
    """The last change of a service that can be undone."""
    if not draft.changes:
        return None
    last = draft.changes[-1]
    user = User.objects.filter(pk=last["by"]).first()
    at = datetime.datetime.fromisoformat(last["at"])
    return LastChange(last["no"], last["field"], user.full_name if user else "", at)


def drafted(service: Service) -> Service:
    """The service as it will be once its changes are published; not to be saved."""
    return with_values(service, draft_of(service).values)


def current_values(service: Service) -> Values:
    """The values of ``drafted`` by name, as ``save_service`` expects them."""
    return service_values(drafted(service), COLUMNS)


def current_requirements(service: Service) -> list[RequirementValues]:
    """The requirements in order, as they will be once the changes are published."""
    values: Values = draft_of(service).values
    if REQUIREMENTS in values:
        return list(values[REQUIREMENTS])
    return stored_requirements(service)


def stored_requirements(service: Service) -> list[RequirementValues]:
    """The requirements in order, as the public sees them."""
    return [requirement_values(row) for row in requirements_of(service)]


def drafted_requirements(service: Service) -> list[Requirement]:
    """The requirements of ``current_requirements`` as rows for the preview, not to be saved."""
    values = enumerate(current_requirements(service), 1)
    return [requirement_of(service, each, order) for order, each in values]


@dataclass(frozen=True)
class Missing:
    """What a service still lacks: ``reasons`` prevent its publication, ``gaps`` do not."""

    reasons: list[Gap]
    gaps: list[Gap]

    def __len__(self) -> int:
        return len(self.reasons) + len(self.gaps)


def missing_of(service: Service) -> Missing:
    """What a service lacks once its changes are published."""
    shown = drafted(service)
    return Missing(unpublished_reasons(shown), gaps_of(shown))


def sops_to_choose(user: User, chosen_id: int | None) -> list[tuple[int, str]]:
    """SOPs that a service may stand on, as (id, name and number): of the user's units, and the one chosen already."""
    sops = Sop.objects.order_by("name", "pk")
    if not edits_all_services(user):
        sops = sops.filter(Q(unit_id__in=standing_of(user).led_unit_ids) | Q(pk=chosen_id))
    return [(pk, f"{name} ({number})") for pk, name, number in sops.values_list("pk", "name", "number")]


def categories_to_choose() -> list[tuple[int, str]]:
    return list(Category.objects.values_list("pk", "name"))


def templates_to_choose() -> list[tuple[int, str]]:
    """Letter templates of approvals as (id, name); the office has one template for all refusals."""
    return list(LetterTemplate.objects.filter(is_refusal=False).values_list("pk", "name"))
