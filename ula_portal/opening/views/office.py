"""The steps about the office itself: name and address, letterhead."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core.journal.actors import staff
from ula_portal.core.office.actions.office import set_up_office
from ula_portal.core.office.queries import office
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from ..forms.office import LetterheadForm, OfficeForm, OfficePart
from ..office_steps import LETTERHEAD, OFFICE
from ..pages import go_on, show_step
from ..permissions import may_set_up
from ..rules import Step


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: StaffRequest) -> HttpResponse:
    """Name, address and how to reach the office."""
    return _part_of_office(request, OFFICE, OfficeForm, "opening/office.html")


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: StaffRequest) -> HttpResponse:
    """The lines of the letterhead, postal code and site, with the paper beside them."""
    return _part_of_office(request, LETTERHEAD, LetterheadForm, "opening/letterhead.html")


def _part_of_office(request: StaffRequest, step: Step, form_class: type[OfficePart], template: str) -> HttpResponse:
    row = office()
    # An unsaved office carries a neutral name for pages, which is no suggestion.
    form = form_class(request.POST or None, office=row)
    if request.method == "POST" and form.is_valid():
        try:
            if form.changed:
                set_up_office(by=staff(request.user), **form.changed)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("%(what)s tersimpan.") % {"what": step.title})
            return go_on(step.key)
    context: dict[str, Any] = {"form": form, "shown": row}
    return show_step(request, step.key, template, context, status=422 if form.errors else 200)


@allowed(may_set_up)
@require_POST
def letterhead_preview(request: StaffRequest) -> HttpResponse:
    """The paper with the letterhead as typed; nothing is stored. With errors the form stays as it was typed."""
    row = office()
    form = LetterheadForm(request.POST, office=row)
    form.is_valid()
    for name, value in form.cleaned_data.items():
        setattr(row, name, value)
    context = {"form": form, "shown": row}
    if getattr(request, "htmx", False):
        return render(request, "opening/_paper.html", context)
    return show_step(request, LETTERHEAD.key, "opening/letterhead.html", context, status=422 if form.errors else 200)
