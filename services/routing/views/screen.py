"""The routing screen in the admin panel: requests wait here for a responsible official."""

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

MOST_AT_ONCE = 100
NOTE = LineField(required=False, max_length=500)


@dataclass(frozen=True)
class Line:
    """A row of the list with what was typed into it and what is wrong there."""

    row: routing.RoutingRow
    to: str
    note: str
    chosen: bool
    error: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def routing_page(request):
    """Waiting requests, the most urgent first, each with a suggestion; one click routes one, tick boxes many.

    Another one is found by its number, to give it to somebody else.

    Administrators see all units, section heads theirs; everybody else is refused. What fails stays on the page with
    what was typed.
    """
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    officials = routing.officials_today()
    errors = {}
    if request.method == "POST":
        errors = _route(request, {str(each.user.pk): each.user for each in officials})
        if not errors:
            return redirect(_address(request.POST.get("hal")))
        # Loads have changed by what was routed.
        officials = routing.officials_today()
    return _render(request, officials, errors)


def _address(cursor=""):
    return f"{reverse('admin:routing')}{f'?hal={cursor}' if cursor else ''}"


def _render(request, officials, errors):
    asked = request.POST if errors else request.GET
    cursor, number = asked.get("hal", ""), asked.get("nomor", "").strip().upper()[:30]
    page = routing.waiting_for_routing(request.user, cursor)
    found = request_to_try(request.user, number) if number else None
    # The one that was looked for stands alone above the list, with whoever has it now.
    wanted = [found] if found is not None and found.is_open else []
    rows = routing.routing_rows([*wanted, *(each for each in page.rows if each not in wanted)], officials)
    lines = [_line(row, request.POST, errors.get(str(row.request.pk), "")) for row in rows]
    # Of those that wait here no more the reason stands above the list.
    for pk in errors.keys() - {str(row.request.pk) for row in rows}:
        messages.warning(request, errors[pk])
    undoable, seen = undoable_by(request.user), routing.officials_for(request.user, officials, rows)
    context = {
        **admin.site.each_context(request),
        "title": _("Penerusan"),
        "wanted": lines[: len(wanted)],
        "lines": lines[len(wanted) :],
        "number": number,
        "found": found,
        "page": page,
        "cursor": cursor,
        "officials": seen,
        "present": [each for each in seen if each.absence is None],
        "typed": request.POST,
        "undoable": undoable,
        "undo": UNDO,
        "undo_seconds": int((undoable[0].at + UNDO - clock.now()).total_seconds()) if undoable else 0,
    }
    return render(request, "services/routing/routing.html", context, status=422 if errors else 200)


def _line(row, typed, error):
    pk = str(row.request.pk)
    # Who takes a request from somebody chooses the next one deliberately.
    suggested = row.suggestion if row.request.responsible_id is None else None
    to = typed.get(f"to_{pk}") or (str(suggested.pk) if suggested else "")
    return Line(row, to, typed.get(f"note_{pk}", ""), pk in typed.getlist("chosen") if typed else False, error)


def _route(request, people):
    """Route what was chosen: the row whose button was pressed, else every ticked row.

    Returns sentences by request id (as typed; "" for the form as a whole) for what was not routed.
    """
    data = request.POST
    one = data.get("one", "")
    picked = [one] if one else data.getlist("chosen")
    if not picked:
        return {"": _("Pilih dahulu permohonan yang akan diteruskan.")}
    if len(picked) > MOST_AT_ONCE:
        return {"": _("Paling banyak %(n)d permohonan sekaligus.") % {"n": MOST_AT_ONCE}}
    choices, errors = [], {}
    requests = routing.requests_by_id([row_id(pk) for pk in picked])
    for pk in picked:
        try:
            choices.append(_choice(data, pk, people, requests, together=not one))
        except ValidationError as error:
            errors[pk] = error.messages[0]
    results = route_many(choices, by=staff(request.user), key=data.get("key", "")[:64])
    _say(request, [each for each in results if each.request])
    return errors | {str(each.choice.request.pk): str(each.refusal) for each in results if each.refusal}


def _choice(data, pk, people, requests, *, together):
    """What was chosen for a row; of many routed together, one official and one note may serve all.

    Raises ValidationError with what is wrong.
    """
    to, note = data.get(f"to_{pk}", ""), data.get(f"note_{pk}", "")
    if together:
        to, note = data.get("to_all") or to, note or data.get("note_all", "")
    if to not in people or not row_id(pk):
        raise ValidationError(_("Pilih dahulu pejabat untuk permohonan ini."))
    if row_id(pk) not in requests:
        raise ValidationError(_("Permohonan ini tidak ditemukan."))
    return RoutingChoice(requests[row_id(pk)], people[to], NOTE.clean(note), row_id(data.get(f"from_{pk}")) or None)


def _say(request, routed):
    if len(routed) == 1:
        words = {"number": routed[0].request.number, "name": routed[0].choice.to_user.full_name}
        messages.success(request, _("%(number)s diteruskan kepada %(name)s.") % words)
    elif routed:
        text = ngettext("%(n)d permohonan diteruskan.", "%(n)d permohonan diteruskan.", len(routed))
        messages.success(request, text % {"n": len(routed)})


@never_cache
@require_POST
def routing_undo(request):
    """Take back one routing of the last minute, or all that the page showed."""
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    one = request.POST.get("routing", "")
    picked = [one] if one else request.POST.getlist("shown")
    undone, picked = [], picked[:MOST_AT_ONCE]
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
