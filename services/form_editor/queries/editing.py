"""Reads for the editor: services whose form a user may edit, the versions of a form, its pages and fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import override

from services.catalogue.rules.rights import edits_all_services
from services.fields.base import FieldType, type_of
from services.fields.columns import Column, columns_of
from services.fields.queries import FieldDefinition, divided
from services.fields.show_if import names_in
from services.models import Field, FormPage, FormVersion, Service
from ula_portal.core.data.field_changes import Values
from ula_portal.core.models import User
from ula_portal.core.permissions import unit_ids_led_by

from ..rules import FIRST_PAGE, condition_of, groups_of

# The content of a field.
SNAPSHOT = ("name", "label", "type", "required", "help", "rules", "show_if", "is_common")


def services_edited_by(user: User) -> QuerySet[Service]:
    """The services whose form the user may edit, except those that are applied for elsewhere."""
    services = Service.objects.exclude(kind=Service.Kind.ELSEWHERE)
    return services if edits_all_services(user) else services.filter(unit_id__in=unit_ids_led_by(user))


def service_for(user: User, code: str) -> Service | None:
    """One of the services of ``services_edited_by``, or None."""
    return services_edited_by(user).filter(code=code).first()


def services_to_copy(service: Service) -> QuerySet[Service]:
    """The other services with a form in use. It is public, so whoever edits a form may copy each of them."""
    return Service.objects.filter(form_versions__is_current=True).exclude(pk=service.pk).order_by("name")


def draft_of(service: Service) -> FormVersion | None:
    """The draft of a service's form, with its last editor; None if there is none."""
    return FormVersion.objects.filter(service=service, is_draft=True).select_related("service", "edited_by").first()


def versions_of(service: Service) -> list[FormVersion]:
    """The published versions of a service's form, the newest first."""
    return list(FormVersion.objects.filter(service=service, published_at__isnull=False).order_by("-ordinal"))


@dataclass(frozen=True)
class Place:
    """A field of a form, or a column of its field if that is a group, with what can be set of it."""

    field: Field
    column: Column | None = None

    @property
    def definition(self) -> Field | Column:
        return self.column or self.field

    @property
    def kind(self) -> FieldType:
        return type_of(self.definition.type)

    @property
    def columns(self) -> list[Column]:
        """The columns of the field, if it is a group."""
        return columns_of(self.field) if self.field.type == "group" else []

    def values(self) -> Values:
        """The values that ``save_field`` writes; serialisable as JSON."""
        return values_of(self.definition)


def values_of(definition: Field | Column) -> Values:
    """What can be edited of a field or column, by name: its texts, whether it is required, condition and settings."""
    found: Values = {name: getattr(definition, name) for name in ("label", "help", "required")}
    groups = groups_of(definition.show_if)
    # Written alike whatever way it was stored, so that an untouched condition is not taken for a change.
    found["show_if"] = definition.show_if if groups is None else condition_of(groups)
    return found | {name: definition.rules.get(name) for name in settings_of(definition)}


def settings_of(definition: Field | Column) -> list[str]:
    """The settings of a field's type; columns of a group and the words of its rows are edited as fields are."""
    return [name for name in type_of(definition.type).settings if name != "columns"]


class Form:
    """A form as it is now: its pages and their fields, read by two statements however long it is."""

    def __init__(self, version: FormVersion) -> None:
        self.version = version
        self.pages = list(version.pages.order_by("order"))
        self.fields = list(version.fields.order_by("order"))

    @property
    def by_page(self) -> list[tuple[FormPage, list[Field]]]:
        """The pages with their fields; of a form without pages as it is divided today.

        There, files stand at the end of the page that they depend on, or of the last.
        """
        if self.pages or not self.fields:
            return [(page, [field for field in self.fields if field.page_id == page.pk]) for page in self.pages]
        by_name = {field.name: field for field in self.fields}
        # Titles become the office's own words, which are Indonesian whatever the language of the user.
        with override("id"):
            found = [
                (FormPage(order=order, title=part.title), [by_name.pop(field.name) for field in part.fields])
                for order, part in enumerate(divided(self.definitions), 1)
            ]
        found = found or [(FormPage(order=1, title=FIRST_PAGE), [])]
        for file in by_name.values():
            asked = set(names_in(file.show_if))
            places = [n for n, (_page, fields) in enumerate(found) if asked & {field.name for field in fields}]
            found[places[-1] if places else -1][1].append(file)
        return found

    @property
    def definitions(self) -> tuple[FieldDefinition, ...]:
        pages = {page.pk: page for page in self.pages}
        return tuple(_definition(field, pages.get(field.page_id or 0)) for field in self.fields)

    def place(self, field_id: int, column: str = "") -> Place | None:
        """The field with this id, or its column; None if it is gone."""
        field = next((field for field in self.fields if field.pk == field_id), None)
        if field is None:
            return None
        if not column:
            return Place(field)
        found = next((each for each in columns_of(field) if each.name == column), None)
        return Place(field, found) if found else None

    def before(self, place: Place) -> Sequence[Field | Column]:
        """What the condition of a field can ask about: the fields before it; of a column, the columns before it."""
        if place.column is None:
            return [field for field in self.fields if field.order < place.field.order]
        columns = columns_of(place.field)
        return columns[: [each.name for each in columns].index(place.column.name)]


def _definition(field: Field, page: FormPage | None) -> FieldDefinition:
    values: dict[str, Any] = {name: getattr(field, name) for name in SNAPSHOT}
    return FieldDefinition(**values, page=page.order if page else None, page_title=page.title if page else None)


def snapshot_of(field: Field) -> dict[str, Any]:
    """A field's content, from which it can be made again."""
    return {name: getattr(field, name) for name in SNAPSHOT}
