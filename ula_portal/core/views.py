"""Pages of the core floor."""

import logging
import secrets

from django.db import connection
from django.http import HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import navigation, second_factor
from .access import staff_required

logger = logging.getLogger(__name__)


def trouble(request):
    """Answer to an unexpected error: a code that the person can tell and that stands in the log beside the cause."""
    code = secrets.token_hex(4).upper()
    logger.error("trouble code %s", code)
    # Without the request: whatever broke must not break its own explanation.
    return HttpResponseServerError(render_to_string("500.html", {"trouble_code": code}))


@never_cache
@require_safe
def health(request):
    """For supervisors and load balancers: 200 while pages and database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def privacy(request):
    return render(request, "core/privacy.html")


@require_safe
def accessibility(request):
    return render(request, "core/accessibility.html")


@staff_required
@require_safe
def staff_home(request):
    """Where staff land after the log-in: what each may open."""
    return render(request, "core/staff_home.html", {"second_factor_from": second_factor.reminder(request.user)})


@never_cache
@staff_required
@require_safe
def staff_rail(request):
    """What waits behind each entry of the rail now, by its address, and where to listen on."""
    entries = navigation.entries_for(request.user, "")
    badges = {entry["url"]: {"badge": str(entry["badge"] or ""), "news": str(entry["news"])} for entry in entries}
    return JsonResponse({"badges": badges, "live": navigation.live_address(request.user)})
