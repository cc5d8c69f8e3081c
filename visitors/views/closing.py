"""Stopping service at once, and going on."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.access import allowed
from ula_portal.core.errors import Refused
from ula_portal.core.typed import row_id

from .. import actions, permissions, queries
from ..forms import ClosureForm
from .places import chosen_place


@never_cache
@allowed(permissions.may_close)
@require_http_methods(["GET", "HEAD", "POST"])
def service_closure(request):
    """One click stops service at the chosen place; POST ``do``: close, reopen."""
    places = queries.locations()
    if not places:
        return render(request, "visitors/checkin_no_counter.html")
    place = chosen_place(request, places)
    form = ClosureForm()
    if request.method == "POST" and request.POST.get("do") == "reopen":
        return _reopen(request)
    if request.method == "POST":
        form = ClosureForm(request.POST)
        if form.is_valid() and _closed(request, place, form):
            return redirect("service_closure")
    context = {"form": form, "place": place, "closure": queries.closure_of(place)}
    return render(request, "visitors/service_closure.html", context, status=422 if form.errors else 200)


def _closed(request, place, form):
    try:
        actions.close_suddenly(place, request.user, **form.values())
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    messages.success(request, _("Pelayanan dihentikan. Layar, beranda, dan antrean sudah memberitahukannya."))
    return True


def _reopen(request):
    try:
        actions.reopen(row_id(request.POST.get("closure")), request.user)
        messages.success(request, _("Pelayanan dibuka kembali."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("service_closure")
