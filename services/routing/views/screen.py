"""The routing screen in the admin panel: requests that wait for a responsible official."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from services.permissions import may_route_somewhere
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.text.fields import LineField
from ula_portal.core.verbs.errors import NotAllowed, Refused

from ..actions.routing import NOT_YOURS, RoutingChoice, route_many, undo_routing
from ..queries import routing
from ..queries.trial import request_to_try
from ..queries.undo import UNDO, routings_by, undoable_by

MAX_PER_FORM = 100
NOTE = LineField(required=False, max_length=500)


@dataclass(frozen=True)
class RoutingLine:
    """A row of the list with its form fields as they were sent, and the error in them."""

    row: routing.RoutingRow
    to: str
    note: str
    chosen: bool
    error: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def routing_page(request):
    """The waiting requests, the most urgent first, each with a suggestion. A click routes one, tick boxes many.

    Any open request can be found by its number, to route it to somebody else. Rows that fail keep what was sent.

    Allowed: administrators for all units, section heads for theirs.
    """
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    officials = routing.officials_today()
    errors = {}
    if request.method == "POST":
        errors = _route(request, {str(each.user.pk): each.user for each in officials})
        if not errors:
            return redirect(_address(request.POST.get("hal")))
        # Routing has changed the loads.
        officials = routing.officials_today()
    return _render(request, officials, errors)


def _address(cursor=""):
    return f"{reverse('admin:routing')}{f'?hal={cursor}' if cursor else ''}"


def _render(request, officials, errors):
    query = request.POST if errors else request.GET
    cursor, number = query.get("hal", ""), query.get("nomor", "").strip().upper()[:30]
    page = routing.waiting_for_routing(request.user, cursor)
    found = request_to_try(request.user, number) if number else None
    # The request that was searched for is shown above the list, with its current official.
    searched = [found] if found is not None and found.is_open else []
    rows = routing.routing_rows([*searched, *(each for each in page.rows if each not in searched)], officials)
    lines = [_line(row, request.POST, errors.get(str(row.request.pk), "")) for row in rows]
    # Errors of requests that are no longer on the page are shown above the list.
    for pk in errors.keys() - {str(row.request.pk) for row in rows}:
        messages.warning(request, errors[pk])
    undoable, visible = undoable_by(request.user), routing.officials_for(request.user, officials, rows)
    context = {
        **admin.site.each_context(request),
        "title": _("Penerusan"),
        "searched": lines[: len(searched)],
        "lines": lines[len(searched) :],
        "number": number,
        "found": found,
        "page": page,
        "cursor": cursor,
        "officials": visible,
        "present": [each for each in visible if each.absence is None],
        "sent": request.POST,
        "undoable": undoable,
        "undo": UNDO,
        "undo_seconds": int((undoable[0].at + UNDO - clock.now()).total_seconds()) if undoable else 0,
    }
    return render(request, "services/routing/routing.html", context, status=422 if errors else 200)


def _line(row, data, error):
    pk = str(row.request.pk)
    # Nobody is preselected for a request that has an official: replacing one is a deliberate choice.
    suggested = row.suggestion if row.request.responsible_id is None else None
    to = data.get(f"to_{pk}") or (str(suggested.pk) if suggested else "")
    chosen = pk in data.getlist("chosen") if data else False
    return RoutingLine(row, to, data.get(f"note_{pk}", ""), chosen, error)


def _route(request, people):
    """Route the row whose button was pressed, or every ticked row.

    Returns the errors: sentences by request id as it was sent, "" for the form as a whole.
    """
    data = request.POST
    single = data.get("one", "")
    picked = [single] if single else data.getlist("chosen")
    if not picked:
        return {"": _("Pilih dahulu permohonan yang akan diteruskan.")}
    if len(picked) > MAX_PER_FORM:
        return {"": _("Paling banyak %(n)d permohonan sekaligus.") % {"n": MAX_PER_FORM}}
    choices, errors = [], {}
    requests = routing.requests_by_id([row_id(pk) for pk in picked])
    for pk in picked:
        try:
            choices.append(_choice(data, pk, people, requests, together=not single))
        except ValidationError as error:
            errors[pk] = error.messages[0]
    results = route_many(choices, by=staff(request.user), key=data.get("key", "")[:64])
    _report(request, [each for each in results if each.request])
    return errors | {str(each.choice.request.pk): str(each.refusal) for each in results if each.refusal}


def _choice(data, pk, people, requests, *, together):
    """The choice in a row. If many are routed together, one official and one note may serve all rows.

    Raises: ValidationError.
    """
    to, note = data.get(f"to_{pk}", ""), data.get(f"note_{pk}", "")
    if together:
        to, note = data.get("to_all") or to, note or data.get("note_all", "")
    if to not in people or not row_id(pk):
        raise ValidationError(_("Pilih dahulu pejabat untuk permohonan ini."))
    if row_id(pk) not in requests:
        raise ValidationError(_("Permohonan ini tidak ditemukan."))
    return RoutingChoice(requests[row_id(pk)], people[to], NOTE.clean(note), row_id(data.get(f"from_{pk}")) or None)


def _report(request, routed):
    if len(routed) == 1:
        words = {"number": routed[0].request.number, "name": routed[0].choice.to_user.full_name}
        messages.success(request, _("%(number)s diteruskan kepada %(name)s.") % words)
    elif routed:
        text = ngettext("%(n)d permohonan diteruskan.", "%(n)d permohonan diteruskan.", len(routed))
        messages.success(request, text % {"n": len(routed)})


@never_cache
@require_POST
def routing_undo(request):
    """Undo one routing of the last minute, or all that the page showed."""
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    single = request.POST.get("routing", "")
    picked = [single] if single else request.POST.getlist("shown")
    undone, picked = [], picked[:MAX_PER_FORM]
    routings = routings_by(request.user, [row_id(pk) for pk in picked])
    for pk in picked:
        try:
            if row_id(pk) not in routings:
                raise NotAllowed(NOT_YOURS)
            undone.append(undo_routing(routings[row_id(pk)], by=staff(request.user)))
        except Refused as error:
            messages.warning(request, str(error))
    if len(undone) == 1:
        messages.success(request, _("Penerusan %(number)s diurungkan.") % {"number": undone[0].number})
    elif undone:
        text = ngettext("Penerusan %(n)d permohonan diurungkan.", "Penerusan %(n)d permohonan diurungkan.", len(undone))
        messages.success(request, text % {"n": len(undone)})
    return redirect(_address(request.POST.get("hal")))
