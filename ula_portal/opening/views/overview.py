"""The page of the office: what is in order, what is missing, and where it is mended."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ula_portal.core.security.access import StaffRequest, allowed

from ..overview import overview
from ..permissions import may_set_up


@allowed(may_set_up)
@never_cache
@require_safe
def opening(request: StaffRequest) -> HttpResponse:
    """All steps with their gaps."""
    return render(request, "opening/overview.html", {"overview": overview()})
