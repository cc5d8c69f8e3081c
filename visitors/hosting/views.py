"""The official's page with the visitors who have come for them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.places.queries import closures
from visitors.queue.addresses import staff_address

from .actions import hosts, leaving
from .queries.guests import (
    delegates_for,
    guest_just_left,
    guests_of,
    host_call_of,
    host_calls_for,
    room_guests_of,
)

# Session key of the guest whom this browser checked out last, so that a wrong click can be taken back.
LAST_LEFT_KEY = "left_guest"


@never_cache
@allowed(permissions.may_host)
@require_http_methods(["GET", "HEAD", "POST"])
def guests(request):
    """Show waiting visitors and take the official's answer, or their note that a guest has left.

    POST ``do``: ``leave`` or ``undo`` with ``visit``; without it, the answer to ``call``. The page follows the queue of
    the location where the first visitor waits.
    """
    if request.method == "POST":
        return _note_leaving(request) if request.POST.get("do") else _answer(request)
    calls = host_calls_for(request.user)
    colleagues = delegates_for(calls, request.user)
    rows = [(call, colleagues.get(call.position.unit_id, [])) for call in calls]
    places = closures.locations()
    place = calls[0].visit.location_id if calls else (places[0].pk if places else 0)
    template = "visitors/hosting/_guests.html" if "bagian" in request.GET else "visitors/hosting/guests.html"
    context = {"rows": rows, "in_room": room_guests_of(request.user), "live": staff_address(place)}
    context["left"] = guest_just_left(request.user, request.session.get(LAST_LEFT_KEY))
    return render(request, template, context)


def _note_leaving(request):
    undo = request.POST["do"] == "undo"
    try:
        visit = guests_of(request.user).filter(pk=row_id(request.POST.get("visit"))).first()
        if visit is None:
            raise NotAllowed(_("Anda tidak berwenang mencatat kepulangan tamu."))
        (leaving.take_back_leaving if undo else leaving.check_out)(visit, by=staff(request.user))
        request.session[LAST_LEFT_KEY] = None if undo else visit.pk
        if undo:
            messages.success(request, _("Diurungkan. Tamu masih di sini."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("guests")


def _answer(request):
    delegate_id = row_id(request.POST.get("delegate")) or None
    try:
        call = host_call_of(request.user, row_id(request.POST.get("call")))
        if call is None:
            raise NotAllowed(_("Tamu ini bukan untuk Anda."))
        answer = request.POST.get("answer", "")
        hosts.answer_host(call, by=staff(request.user), answer=answer, delegate_id=delegate_id)
        messages.success(request, _("Jawaban Anda sudah tampil di meja depan."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("guests")
