"""The page of internal notes that mention the user."""

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
    """List the notes, newest first. Opening this page does not mark them as read; opening the case's notes does."""
    page = mentions_of(request.user, request.GET.get("hal"))
    return render(request, "services/conversation/mention_list.html", {"page": page, "rows": page.rows})
