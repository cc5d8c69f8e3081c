"""The step of counters and displays."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core.data.idempotency import renew_key
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors.places.actions import open_counters, serve_everywhere

from ..forms.places import CountersForm
from ..pages import go_on, show_step
from ..permissions import may_set_up
from ..place_steps import COUNTERS, places_with_counters


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counters(request: StaffRequest) -> HttpResponse:
    """The waiting rooms with their counters and displays, and the form for more counters."""
    places = places_with_counters()
    form = CountersForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            open_counters(by=staff(request.user), **form.chosen)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            if isinstance(error, Outdated):
                renew_key(form)
        else:
            messages.success(request, _("Loket ditambahkan."))
            return redirect("opening_counters")
    context = {"form": form, "places": places}
    return show_step(request, COUNTERS.key, "opening/counters.html", context, status=422 if form.errors else 200)


@allowed(may_set_up)
@require_POST
def serve_all(request: StaffRequest) -> HttpResponse:
    """Let every counter call for every service."""
    serve_everywhere(by=staff(request.user))
    messages.success(request, _("Semua loket kini melayani semua layanan."))
    return go_on(COUNTERS.key)
