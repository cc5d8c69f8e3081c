"""The start page of staff."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from services.inbox.queries.inbox import cases_for, scope_of
from ula_portal.core.office.absences import unseen_absences
from ula_portal.core.security import second_factor
from ula_portal.core.security.access import StaffRequest, staff_required
from ula_portal.opening.overview import overview
from ula_portal.reports import lines
from visitors.hosting.queries.guests import host_calls_waiting
from visitors.models import HostCall
from visitors.permissions import may_host
from visitors.places.views import chosen_place

from . import parts
from .counts import counts_for
from .lead import Today, lead_of
from .rights import HomeRights

GUESTS_SHOWN = 4


@staff_required
@never_cache
@require_safe
def staff_home(request: StaffRequest) -> HttpResponse:
    """What waits for the user, the day at the office, and for those who oversee cases where these wait."""
    rights = HomeRights(scope_of(request.user))
    counts = counts_for(rights)
    rows = cases_for(rights.scope, size=parts.ROWS_SHOWN).rows if counts["mine"] else []
    guests, setup = _guests(rights), overview() if rights.administers else None
    queue = parts.desk_now(rights, lambda places: chosen_place(request, places))
    today = Today(
        counts=counts,
        guests=len(guests),
        rows=rows,
        counter=parts.counter_now(rights),
        queue=queue,
        overview=parts.overview(rights),
        tasks=parts.tasks(counts),
        setup=setup,
    )
    context: dict[str, Any] = {
        "moment": lines.moment_words(rights.scope.at),
        "second_factor_from": second_factor.reminder(request.user),
        "unseen_absences": unseen_absences(request.user).select_related("recorded_by"),
        "lead": lead_of(today),
        "rows": rows,
        "more": parts.shown(counts["mine"]) if counts["mine"] > len(rows) else "",
        "guests": guests,
        "counter": today.counter,
        "queue": queue,
        "tasks": today.tasks,
        "overview": today.overview,
        "places": _places(today.overview),
        "cards": parts.stat_cards(rights, counts, queue),
        "setup": None if setup is None or setup.is_ready else setup,
    }
    return render(request, "home/home.html", context)


def _guests(rights: HomeRights) -> list[HostCall]:
    """Visitors who wait for the user's answer, the longest wait first. One query."""
    if not may_host(rights.user):
        return []
    waiting = host_calls_waiting(rights.user).select_related("visit__visitor", "visit__location", "position")
    return list(waiting.order_by("asked_at", "pk")[:GUESTS_SHOWN])


def _places(overview: parts.Overview | None) -> dict[str, Any] | None:
    """Where cases wait, as a chart with the table of all places; None for those who do not oversee any."""
    if overview is None or not overview.places:
        return None
    rows = lines.wait_lines(overview.places)
    return {"chart": lines.chart_of(_("Tertahan pada"), rows, "places"), "rows": rows, "heads": lines.wait_heads()}
