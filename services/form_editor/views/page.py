"""The common base of the editor's pages: the service, access to its form, and the frame around the parts."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from services.catalogue.rules.rights import may_edit_services
from services.fields.base import type_of
from services.fields.show_if import words_of
from services.models import Field, FormPage, FormVersion, Service
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Refused

from ..queries.editing import Form, Place, draft_of, service_for
from ..queries.problems import Problem, problems_of


def editor_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one service's form. The view gets the service instead of its code; other units' are not found."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        service = service_for(request.user, code)
        if service is None:
            raise Http404
        return view(request, service, *args, **kwargs)

    return allowed(may_edit_services)(never_cache(wrapped))


def draft_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page on which a draft is read or changed; without one it leads to the start of the editor."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, service: Service, *args: Any, **kwargs: Any) -> HttpResponse:
        version = draft_of(service)
        if version is None:
            if request.method in ("GET", "HEAD"):
                return redirect("form_editor", service.code)
            return render(request, "services/form_editor/closed.html", frame(service), status=409)
        return view(request, version, *args, **kwargs)

    return editor_page(wrapped)


@dataclass(frozen=True)
class Row:
    """A field in the list of the editor. ``columns``: of a group; ``problems``: how many concern it."""

    field: Field
    type_title: str
    condition: str
    columns: list[Any]
    problems: int
    is_open: bool


class Listed:
    """The pages of a draft with their fields as the list shows them, and the field that is open, if any."""

    def __init__(self, version: FormVersion, field_id: int | None = None, column: str = "") -> None:
        self.version, self.form = version, Form(version)
        self.open = self.form.place(field_id, column) if field_id else None
        self.problems: list[Problem] = problems_of(self.form)

    @property
    def pages(self) -> list[tuple[FormPage, list[Row]]]:
        labels = {field.name: field.label for field in self.form.fields}
        return [(page, [self._row(field, labels) for field in fields]) for page, fields in self.form.by_page]

    def _row(self, field: Field, labels: dict[str, str]) -> Row:
        return Row(
            field,
            str(type_of(field.type).title),
            words_of(field.show_if, labels),
            Place(field).columns,
            sum(problem.field_id == field.pk for problem in self.problems),
            self.open is not None and self.open.field.pk == field.pk,
        )

    @property
    def open_page(self) -> int:
        """The number of the page on which the open field stands."""
        return next((page.order for page in self.form.pages if self.open and page.pk == self.open.field.page_id), 1)

    @property
    def of_open(self) -> list[Problem]:
        """The problems of the open field."""
        return [problem for problem in self.problems if self.open and problem.field_id == self.open.field.pk]

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)

    @property
    def order(self) -> str:
        """The ids of the fields in order. A page compares them to find out whether its list is outdated."""
        return ",".join(str(field.pk) for field in self.form.fields)


def frame(service: Service) -> dict[str, Any]:
    """The context that all pages of the editor have."""
    return {
        "service": service,
        "crumbs": [
            {"label": pgettext("menu", "Layanan"), "url": reverse("studio")},
            {"label": service.name, "url": reverse("studio_service", args=[service.code])},
            {"label": _("Formulir")},
        ],
    }


def render_page(
    request: HttpRequest, service: Service, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, f"services/form_editor/{template}", frame(service) | context, status=status)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Show a refusal on the next page."""
    for each in refused.all:
        messages.error(request, str(each))


def to_field(version: FormVersion, place: Place, focus: str = "") -> HttpResponse:
    """Redirect to the editor with a field, or a column of a group, open. ``focus``: what gets the focus there."""
    names = [version.service.code, place.field.pk] + ([place.column.name] if place.column else [])
    address = reverse("form_column" if place.column else "form_field", args=names)
    return redirect(f"{address}{'?fokus=' + focus if focus else ''}#isian")


def to_editor(service: Service, anchor: str = "") -> HttpResponse:
    return redirect(reverse("form_editor", args=[service.code]) + anchor)
