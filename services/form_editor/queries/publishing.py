"""Reads before a draft is published: what changes, and which requests keep the form that they began with."""

from dataclasses import dataclass

from services.models import Field, FormVersion, Request, Service

from .editing import SNAPSHOT

ENDED = ("completed", "rejected", "withdrawn")


@dataclass(frozen=True)
class Changes:
    """The labels of fields that a draft adds, removes and changes; whether the fields stand in another order."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    moved: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def changes_of(version: FormVersion) -> Changes | None:
    """What a draft changes of the form in use; None if there is none."""
    current = FormVersion.objects.filter(service_id=version.service_id, is_current=True).first()
    if current is None:
        return None
    old, new = _fields(current), _fields(version)
    both = old.keys() & new.keys()
    return Changes(
        [field.label for name, field in new.items() if name not in old],
        [field.label for name, field in old.items() if name not in new],
        [new[name].label for name in new if name in both and _content(old[name]) != _content(new[name])],
        [name for name in old if name in both] != [name for name in new if name in both],
    )


def _fields(version: FormVersion) -> dict[str, Field]:
    return {field.name: field for field in version.fields.order_by("order")}


def _content(field: Field) -> list[object]:
    return [getattr(field, name) for name in SNAPSHOT]


def kept_by_requests(service: Service) -> tuple[int, int]:
    """How many requests under way, and how many drafts of applicants, keep the form that they began with."""
    requests = Request.objects.filter(service=service).exclude(state__in=ENDED)
    return requests.exclude(state="draft").count(), requests.filter(state="draft").count()
