"""Appointments at the desk: who is expected and who has come. Addresses hold days, never people."""

import datetime

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import staff
from ula_portal.core.notices import mail
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Refused
from visitors import permissions
from visitors.checkin.actions import checkin
from visitors.models import Booking
from visitors.places.views import LOCATION, chosen_place

from ..actions import arriving
from ..notices import whatsapp_link
from ..queries import bookings as queries


def _day(typed):
    try:
        return datetime.date.fromisoformat(typed)
    except (TypeError, ValueError):
        return clock.today()


def _address(day, **more):
    query = {**({} if day == clock.today() else {"hari": day.isoformat()}), **more}
    return reverse("bookings") + (f"?{urlencode(query)}" if query else "")


@never_cache
@allowed(permissions.may_see_bookings)
@require_http_methods(["GET", "HEAD", "POST"])
def bookings(request):
    """A day's appointments at one location; POST chooses the location."""
    if request.method == "POST":
        request.session[LOCATION] = request.POST.get("location", "")
        return redirect("bookings")
    places = queries.places_of_bookings()
    if not places:
        return render(request, "visitors/appointments/bookings_none.html")
    place = chosen_place(request, places)
    day, today = _day(request.GET.get("hari")), clock.today()
    page = queries.bookings_of_day(request.user, place, day, request.GET.get("lanjut"))
    displaced = queries.displaced_of_day(request.user, place, day)
    tally = queries.tally_of_day(request.user, place, day)
    context = {
        "place": place,
        "places": places,
        "day": day,
        "today": today,
        "next_day": workdays.add_working_days(today, 1),
        "rows": [(booking, _reminding(booking, day, today)) for booking in page.rows],
        "displaced": [(booking, whatsapp_link(booking)) for booking in displaced],
        "tally": tally,
        "closed": queries.closed_on(place, day),
        "grounds": checkin.GROUNDS,
        "may_check_in": permissions.may_check_in(request.user),
        "next_url": _address(day, lanjut=page.next) if page.next else "",
        "prev_url": _address(day, lanjut=page.previous) if page.previous else "",
        "closing_url": reverse("slots_close") + f"?hari={day.isoformat()}",
    }
    return render(request, "visitors/appointments/bookings.html", context)


def _reminding(booking, day, today):
    """A WhatsApp link for visitors who asked for a reminder and cannot be reached by e-mail; "" for others."""
    wanted = booking.wants_reminder and not mail.deliverable(booking.email)
    if not wanted or booking.state != Booking.State.BOOKED or day <= today:
        return ""
    return whatsapp_link(booking)


@allowed(permissions.may_check_in)
@require_POST
def arrive(request, pk):
    """Check a booked visitor in at the desk and print the ticket."""
    try:
        booking = queries.booking_for_staff(request.user, pk)
        if booking is None:
            raise Refused(_("Janji ini tidak ditemukan."))
        made = arriving.arrive(booking, by=staff(request.user), ground=request.POST.get("ground", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if made.ticket is not None:
            return redirect(reverse("ticket_print", args=[made.ticket.pk]) + "?cetak=1")
        messages.success(request, _("Kunjungan tercatat."))
    return redirect("bookings")
