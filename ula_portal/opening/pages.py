"""The frame of the pages of the steps: where they lead, and what all of them show."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ula_portal.core.security.access import StaffRequest

from .overview import overview


def show_step(
    request: StaffRequest, key: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of the step ``key``. ``template`` extends ``opening/step.html`` and fills its block ``step``."""
    now = overview()
    this = next(each for each in now.steps if each.step.key == key)
    crumbs = [{"label": _("Kantor"), "url": reverse("opening")}, {"label": this.title}]
    frame = {"overview": now, "this": this, "after": now.after(key), "crumbs": crumbs}
    return render(request, template, frame | context, status=status)


def go_on(key: str) -> HttpResponseRedirect:
    """After the step ``key`` was saved: to the next open step during the set-up, later to the overview."""
    now = overview()
    after = None if now.is_ready else now.after(key)
    return HttpResponseRedirect(after.url if after else reverse("opening"))
