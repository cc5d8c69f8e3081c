"""General pages: the rail of staff, health, errors, privacy, accessibility."""

import logging
import secrets
import sys
from datetime import timedelta

from allauth.account import views as account
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ula_portal.core.data import outage
from ula_portal.core.notices import mail
from ula_portal.core.security.access import StaffRequest, staff_required

from . import navigation

logger = logging.getLogger(__name__)


def trouble(request: HttpRequest) -> HttpResponse:
    """Response to an unexpected error: shows a code that is also in the log next to the cause.

    While the database is unavailable: 503 with Retry-After, and one line in the log.
    """
    if outage.is_cause_of(sys.exc_info()[1]):
        return _unavailable(request)
    code = secrets.token_hex(4).upper()
    logger.error("trouble code %s", code)
    # Rendered without the request, so that the same error cannot happen again here.
    return HttpResponseServerError(render_to_string("500.html", {"trouble_code": code}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Response to a form with a wrong CSRF token: usually one opened before another log-in."""
    if request.path == reverse("account_login") and request.user.is_authenticated:
        # The log-in form of a second tab, after log-in in the first one.
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return redirect(wanted if safe else "staff_home")
    response = csrf.csrf_failure(request, reason=reason)
    # Only for our own forms: input sent from another site must not appear in a page of the portal.
    vars(response)["csrf_refused"] = reason.startswith("CSRF ")
    return response


def _unavailable(request: HttpRequest) -> HttpResponse:
    logger.warning("the database does not answer: %s", request.path)
    again = request.get_full_path() if request.method == "GET" else ""
    return _in_a_moment(HttpResponse(render_to_string("503.html", {"again": again}), status=503))


def _in_a_moment(response: HttpResponse) -> HttpResponse:
    response.headers["Retry-After"], response.headers["Cache-Control"] = str(outage.RETRY_SECONDS), "no-store"
    # Otherwise Django would log a traceback for every request meanwhile.
    vars(response)["_has_been_logged"] = True
    return response


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Health check for supervisors and load balancers: 200 while pages and database work, else 503.

    ``status`` is ``degraded`` (200) without a worker, since no mail is sent then, and while page processes are missing.
    ``parts`` has the state of each part; ``page_processes`` their number, if a supervisor counts them.
    """
    processes = outage.page_processes()
    counted = {"page_processes": processes} if processes else {}
    try:
        worker = "ok" if outage.worker_is_connected() else "down"
    except (DatabaseError, InterfaceError):
        parts = {"pages": "ok", "database": "down", "worker": "unknown"}
        return _in_a_moment(JsonResponse({"status": "down", "parts": parts, **counted}, status=503))
    whole = worker == "ok" and (not processes or processes["living"] >= processes["expected"])
    parts = {"pages": "ok", "database": "ok", "worker": worker}
    return JsonResponse({"status": "ok" if whole else "degraded", "parts": parts, **counted})


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Request a link for a new password; if the portal sends no mail, the page says whom to ask."""
    if not mail.is_sent():
        return render(request, "account/password_reset_in_person.html")
    page: HttpResponseBase = account.password_reset(request)
    return page


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/web/privacy.html", {"draft_lasts": timedelta(days=settings.DRAFT_DAYS)})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "core/web/accessibility.html")


@never_cache
@staff_required
@require_safe
def staff_rail(request: StaffRequest) -> HttpResponse:
    """The current badges of the staff rail by address, and the address of its stream, as JSON."""
    entries = navigation.entries_for(request.user, "")
    badges = {entry["url"]: {"badge": str(entry["badge"] or ""), "news": str(entry["news"])} for entry in entries}
    return JsonResponse({"badges": badges, "live": navigation.live_address(request.user)})
