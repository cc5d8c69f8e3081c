"""The visitor's own appointment, by its secret address: view, save, print, move, cancel."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ula_portal.core import clock
from ula_portal.core.documents import pdf
from ula_portal.core.journal import actors
from ula_portal.core.office.queries import office
from ula_portal.core.security import throttle
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.text.words import indonesian
from ula_portal.core.verbs.errors import Refused
from visitors.models import Booking

from ..actions import appointments, seats
from ..calendar_file import calendar_file
from ..notices import booking_url, when_in_words
from ..queries import appointments as queries
from .appointments import chosen_day, own_page, to_bring, too_many_bookings


def _facts(booking):
    """When, what, where and who, as ``components/_success_panel.html`` lists them."""
    place = booking.slot.location
    facts = [
        (_("Waktu"), when_in_words(booking.slot)),
        (_("Layanan"), indonesian(booking.slot.service.name)),
        (_("Tempat"), indonesian(", ".join(filter(None, (place.name, place.address))))),
        (_("Nama"), booking.visitor.name),
        (_("Permohonan"), booking.request.number if booking.request else ""),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _actions(token):
    actions = [
        ("appointment_calendar", _("Simpan ke kalender")),
        ("appointment_paper", _("Cetak")),
        ("appointment_move", _("Pindahkan janji")),
        ("appointment_cancel", _("Batalkan janji")),
    ]
    first = actions[0][0]
    return [{"url": reverse(name, args=[token]), "label": label, "primary": name == first} for name, label in actions]


def _context(booking):
    address = booking_url(booking)
    return {
        "booking": booking,
        "slot": booking.slot,
        "service": booking.slot.service,
        "token": queries.booking_token(booking),
        "code": queries.booking_code(booking),
        "when": when_in_words(booking.slot),
        "qr": pdf.qr_svg(address),
        "address": address,
        "address_words": address.partition("://")[2].rpartition("/janji-temu/")[0] + "/janji-temu/",
        "bring": to_bring(booking),
        "early": queries.COME_EARLY,
        "is_coming": booking.may_change and booking.state == Booking.State.BOOKED,
    }


@require_safe
@own_page
def appointment(request, booking):
    """When, where, what to bring; after a closure by the office, other times."""
    context = _context(booking)
    context |= {"facts": _facts(booking), "actions": _actions(context["token"])}
    if booking.state == Booking.State.DISPLACED:
        context["others"] = queries.nearest_free(booking.slot)
    return render(request, "visitors/appointments/appointment.html", context)


@require_safe
@own_page
def paper(request, booking):
    """The appointment to be printed."""
    return render(request, "visitors/appointments/appointment_paper.html", _context(booking))


@require_safe
@own_page
def calendar(request, booking):
    """The appointment as a calendar file."""
    content = calendar_file(
        booking,
        url=booking_url(booking),
        office=str(office()),
        host=urlsplit(settings.PORTAL_URL).hostname or "portal",
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="janji-temu.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def move(request, booking):
    """Choose another time of the same service; address, code and QR code stay the same."""
    token, status = queries.booking_token(booking), 200
    if request.method == "POST":
        if not throttle.count("book", throttle.client_of(request)):
            return too_many_bookings(request)
        chosen = row_id(request.POST.get("slot"))
        try:
            if not chosen:
                raise Refused(_("Janji belum dipindah. Pilih waktunya dahulu."))
            appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=chosen)
        except Refused as refused:
            messages.error(request, str(refused))
            status = 409 if isinstance(refused, seats.TimeTaken) else 422
        else:
            messages.success(request, _("Janji Anda sudah dipindah."))
            return redirect("appointment", token)
    if not booking.may_change:
        return redirect("appointment", token)
    days = queries.days_of(booking.slot.service)
    day = request.GET.get("hari") or clock.local(booking.slot.starts_at).date().isoformat()
    context = _context(booking) | {"days": days, "chosen": chosen_day(days, day)}
    return render(request, "visitors/appointments/appointment_move.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def cancel(request, booking):
    """Ask for confirmation, then cancel the appointment."""
    token = queries.booking_token(booking)
    if request.method == "POST":
        try:
            appointments.cancel_booking(booking, by=actors.booking(booking.pk))
            messages.success(request, _("Janji Anda sudah dibatalkan. Terima kasih sudah memberi tahu."))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("appointment", token)
    if not booking.may_change:
        return redirect("appointment", token)
    return render(request, "visitors/appointments/appointment_cancel.html", _context(booking))
