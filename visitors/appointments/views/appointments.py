"""Booking pages for everybody: service, day, time, name. No account; the secret address is the key afterwards."""

import datetime
import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from services.catalogue.queries.catalogue import requirements_of
from services.tracking.queries.tracking import request_by_number_and_code, tidy_number
from ula_portal.core.journal import actors
from ula_portal.core.security import proof_of_work, throttle
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused
from visitors.queue.queries.ports import queue_now

from ..actions import appointments as booking_actions
from ..actions import seats
from ..forms import BookingCodeForm, BookingForm
from ..queries import appointments as queries


def too_many_bookings(request):
    return render(request, "429.html", {"limit": "book"}, status=429)


@never_cache
@require_safe
def appointments(request):
    """Choose a service, then a day and a time. The address holds all choices, which are not personal."""
    slug = request.GET.get("layanan", "")
    service = queries.service_to_book(slug) if slug else None
    if service is None:
        stopped = queue_now([])["stopped"]
        context = {"services": queries.services_to_book(), "unknown": bool(slug), "stopped": stopped}
        return render(request, "visitors/appointments/appointments.html", context)
    days = queries.days_of(service)
    context = {
        "service": service,
        "days": days,
        "chosen": chosen_day(days, request.GET.get("hari", "")),
        "asked": "hari" in request.GET,
    }
    return render(request, "visitors/appointments/appointment_times.html", context)


def chosen_day(days, typed):
    """The requested day, or else the first with a free seat; None when there is neither."""
    try:
        date = datetime.date.fromisoformat(typed)
    except ValueError:
        date = None
    return next((day for day in days if day.date == date), None) or next((day for day in days if day.free), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request, slot):
    """The form for a time. If the time is gone meanwhile, the input is kept and the nearest other times are offered."""
    slot = queries.slot_offered(row_id(request.POST.get("slot")) or slot)
    if slot is None:
        raise Http404
    if request.method == "POST":
        return _book(request, slot)
    return _form_page(request, slot, BookingForm(), taken=not queries.is_free(slot))


def _form_page(request, slot, form, *, taken=False, caught=False, status=200):
    """``taken``: nobody can book the slot any more, so others are offered; ``caught``: the honeypot was filled in."""
    context = {
        "slot": slot,
        "service": slot.service,
        "form": form,
        "taken": taken,
        "caught": caught,
        "typed": form.data.get("situs_web", ""),
        "others": queries.nearest_free(slot) if taken else [],
        "proof": proof_of_work.challenge_for("book", throttle.client_of(request), request.POST),
    }
    return render(request, "visitors/appointments/appointment_book.html", context, status=status)


def _book(request, slot):
    form, who = BookingForm(request.POST), throttle.client_of(request)
    if form.is_robot:
        return _form_page(request, slot, form, caught=True, status=422)
    if not form.is_valid():
        return _form_page(request, slot, form, taken=not queries.is_free(slot), status=422)
    if trouble := proof_of_work.missing_proof("book", who, request.POST):
        form.add_error(None, trouble)
        return _form_page(request, slot, form, status=422)
    if not throttle.count("book", who):
        form.add_error(None, throttle.too_many_message("book"))
        return _form_page(request, slot, form, status=429)
    mine, trouble = _request(who, form.cleaned_data)
    if trouble:
        form.add_error("request_number", trouble)
        return _form_page(request, slot, form, status=422)
    try:
        booking = booking_actions.book(slot, by=actors.booking(""), request=mine, **form.values())
    except seats.TimeTaken as gone:
        form.add_error(None, str(gone))
        return _form_page(request, slot, form, taken=True, status=409)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _form_page(request, slot, form, status=422)
    messages.success(request, _("Janji Anda tercatat."))
    return redirect("appointment", queries.booking_token(booking))


def _request(who, typed):
    """The request whose number and code were submitted, or a refusal; wrong codes are counted as in tracking."""
    number = typed["request_number"]
    if not number:
        return None, ""
    counted = [("code", who), ("code-number", throttle.digest(tidy_number(number)))]
    if any(throttle.is_full(name, each) for name, each in counted):
        return None, throttle.too_many_message("code")
    if found := request_by_number_and_code(number, typed["request_code"]):
        return found, ""
    for name, each in counted:
        throttle.count(name, each)
    return None, _("Nomor atau kode tidak cocok. Periksa keduanya pada tanda terima.")


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def find(request):
    """Open an appointment on another device by its code."""
    who, status = throttle.client_of(request), 200
    form = BookingCodeForm(request.POST) if request.method == "POST" else BookingCodeForm()
    if form.is_valid():
        trouble = ""
        if throttle.is_full("code", who):
            trouble, status = throttle.too_many_message("code"), 429
        elif trouble := proof_of_work.missing_proof("code", who, request.POST):
            status = 422
        elif booking := queries.booking_by_code(form.cleaned_data["code"]):
            return redirect("appointment", queries.booking_token(booking))
        else:
            throttle.count("code", who)
            trouble = _("Kode tidak cocok. Periksa penulisannya atau hubungi kami.")
        form.add_error(None, trouble)
    context = {"form": form, "proof": proof_of_work.challenge_for("code", who, request.POST)}
    return render(request, "visitors/appointments/appointment_find.html", context, status=status)


def own_page(view):
    """Decorate a view of the booking that its secret address names."""

    @secret_page
    @functools.wraps(view)
    def wrapped(request, token):
        booking = queries.booking_by_token(token)
        if booking is None:
            raise Http404
        return view(request, booking)

    return wrapped


def to_bring(booking):
    """The papers that the visitor should bring, originals first."""
    wanted = [each for each in requirements_of(booking.slot.service) if each.kind != each.Kind.CONDITION]
    return sorted(wanted, key=lambda each: (each.kind != each.Kind.ORIGINAL, each.order))
