"""Moving or cancelling an appointment at the desk, for somebody who calls."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.notices import mail
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused
from visitors import permissions
from visitors.models import Booking

from ..actions import seats
from ..actions.appointments import cancel_booking, move_booking
from ..notices import whatsapp_link, when_in_words
from ..queries import appointments
from ..queries import bookings as queries
from .appointments import chosen_day

desk_only = allowed(permissions.may_change_bookings)


def _booking_or_404(request, pk):
    booking = queries.booking_for_staff(request.user, pk)
    if booking is None:
        raise Http404(_("Janji ini tidak ditemukan."))
    return booking


@desk_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_booking(request, pk):
    """An appointment and the times to which it may be moved; POST moves it."""
    found, status = _booking_or_404(request, pk), 200
    if request.method == "POST":
        try:
            chosen = row_id(request.POST.get("slot"))
            if not chosen:
                raise Refused(_("Janji belum dipindah. Pilih waktunya dahulu."))
            seen = row_id(request.POST.get("seen")) or None
            moved = move_booking(found, by=staff(request.user), slot_id=chosen, seen_slot_id=seen)
        except Refused as refused:
            messages.error(request, str(refused))
            status = 409 if isinstance(refused, seats.TimeTaken) else 422
            found = _booking_or_404(request, pk)
        else:
            when = when_in_words(moved.slot)
            messages.success(request, _("Janji dipindah ke %(when)s.") % {"when": when} + _told(moved))
            return redirect("booking", pk)
    return _page(request, found, status)


def _page(request, found, status=200):
    days = appointments.days_of(found.slot.service) if found.may_change else []
    about = "moved" if found.state == Booking.State.BOOKED and found.moves else ""
    gone = found.state in (Booking.State.CANCELLED, Booking.State.DISPLACED)
    by_hand = not mail.deliverable(found.email) and (about or gone)
    context = {
        "booking": found,
        "when": when_in_words(found.slot),
        "days": days,
        "chosen": chosen_day(days, request.GET.get("hari") or clock.local(found.slot.starts_at).date().isoformat()),
        "whatsapp": whatsapp_link(found, about) if by_hand else "",
        "by_hand": by_hand,
    }
    return render(request, "visitors/appointments/booking.html", context, status=status)


@desk_only
@require_POST
def cancel(request, pk):
    """Cancel an appointment; the page has asked for confirmation."""
    found, seen = _booking_or_404(request, pk), row_id(request.POST.get("seen")) or None
    try:
        cancelled = cancel_booking(found, by=staff(request.user), seen_slot_id=seen)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Janji dibatalkan. Tempatnya terbuka lagi.") + _told(cancelled))
    return redirect("booking", pk)


def _told(found):
    """A sentence about how the visitor learns of it."""
    if mail.deliverable(found.email):
        return " " + _("Tamu dikabari lewat surel.")
    if found.email:
        return " " + _("Portal ini tidak mengirim surel. Kabari tamu sendiri.")
    if found.visitor.phone:
        return " " + _("Tamu tidak menulis surel: kabari lewat WhatsApp atau telepon.")
    return " " + _("Tamu tidak meninggalkan surel atau nomor HP.")
