"""Notes that call the person by name, newest first: what colleagues want of them."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from services.permissions import may_see_cases
from ula_portal.core.security.access import allowed

from .queries.colleagues import mentions_of


@allowed(may_see_cases)
@never_cache
@require_safe
def mention_list(request):
    """The notes stay new until their case's notes were opened."""
    page = mentions_of(request.user, request.GET.get("hal"))
    return render(request, "services/conversation/mention_list.html", {"page": page, "rows": page.rows})
