"""Closing a day's times of appointments, and reopening them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core.journal.actors import staff
from ula_portal.core.notices import mail
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Refused
from visitors import permissions
from visitors.appointments.actions import slots
from visitors.appointments.queries import bookings as queries
from visitors.appointments.views.bookings import _address, _day
from visitors.closing.forms import ClosingForm
from visitors.closing.views.sudden import ask_to_close, words_of_opening
from visitors.places.queries.closures import impact_of_closing
from visitors.places.views import chosen_place


@never_cache
@allowed(permissions.may_close)
@require_http_methods(["GET", "HEAD", "POST"])
def close_times(request):
    """Close a day's times, all or some; booked visitors are notified."""
    places = queries.places_of_bookings()
    if not places:
        return redirect("bookings")
    place = chosen_place(request, places)
    form = ClosingForm(request.POST if request.method == "POST" else None, initial=_initial(request))
    if form.is_valid():
        try:
            if "confirmed" not in request.POST:
                return _ask(request, place, form)
            closure = slots.close_slots(place, by=staff(request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            _say_closed(request, closure)
            return redirect(_address(form.cleaned_data["day"]))
    context = {"form": form, "place": place, "back_url": reverse("bookings")}
    return render(request, "visitors/closing/slots_close.html", context, status=422 if form.is_bound else 200)


def _ask(request, place, form):
    data = form.cleaned_data
    first, last = slots.closing_period(data["day"], data["from_time"], data["to_time"])
    context = {
        "title": _("Tutup waktu janji?"),
        "fields": [(name, request.POST.get(name, "")) for name in form.fields],
        "reason": data["reason"],
        "day": data["day"],
        "first": first if data["from_time"] else None,
        "last": last if data["to_time"] else None,
        "impact": impact_of_closing(place, first, last),
        "button": _("Ya, tutup waktu janji"),
        "back_url": _address(data["day"]),
    }
    return ask_to_close(request, place, context)


def _initial(request):
    return {"day": _day(request.GET.get("hari"))}


def _say_closed(request, closure):
    if not closure.slots:
        messages.info(request, _("Tidak ada waktu yang masih terbuka pada jam itu."))
        return
    displaced_count = len(closure.bookings)
    words = ngettext("%(n)d waktu ditutup.", "%(n)d waktu ditutup.", closure.slots) % {"n": closure.slots}
    if displaced_count:
        by_phone = sum(not mail.deliverable(booking.email) for booking in closure.bookings)
        words += " " + ngettext(
            "%(n)d tamu perlu waktu lain.", "%(n)d tamu perlu waktu lain.", displaced_count
        ) % {"n": displaced_count}  # fmt: skip
        if by_phone:
            by_hand = _("%(n)d di antaranya tanpa surel: hubungi mereka dari daftar “Perlu dikabari”.")
            if not mail.is_sent():
                by_hand = _("Hubungi mereka dari daftar “Perlu dikabari”.")
            words += " " + by_hand % {"n": by_phone}
    messages.success(request, words)


@allowed(permissions.may_close)
@require_POST
def reopen_times(request):
    """Reopen what was closed by hand on a day."""
    day, places = _day(request.POST.get("day")), queries.places_of_bookings()
    if places:
        opening = slots.reopen_slots(chosen_place(request, places), by=staff(request.user), day=day)
        count = opening.slots
        words = ngettext("%(n)d waktu dibuka lagi.", "%(n)d waktu dibuka lagi.", count) % {"n": count}
        messages.success(request, words + words_of_opening(opening))
    return redirect(_address(day))
