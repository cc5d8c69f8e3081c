"""The results of a search for a school, as a piece of a form."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ula_portal.core.security import throttle

from .queries import search_schools


@require_safe
def school_search(request: HttpRequest) -> HttpResponse:
    """Radio buttons for the schools that a text finds. ``field``: the name of the radio buttons."""
    field = request.GET.get("field", "school")
    if not field.replace("-", "_").isidentifier() or len(field) > 60:
        raise Http404
    if not throttle.count("school", throttle.client_of(request)):
        return HttpResponse(throttle.too_many_message("school"), status=429, content_type="text/plain; charset=utf-8")
    context = {"results": search_schools(request.GET.get("q", "")), "name": field, "chosen": "", "searched": True}
    return render(request, "services/fields/_schools.html", context)
