"""Stopping service immediately, changing the announced end, and reopening."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.notices import mail
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import permissions
from visitors.appointments.actions.seats import NOTICE_DELAY
from visitors.places.queries import closures
from visitors.places.queries.closures import locations
from visitors.places.views import chosen_place

from .. import actions as closing
from ..forms import ClosureEndForm, ClosureForm


@never_cache
@allowed(permissions.may_close)
@require_http_methods(["GET", "HEAD", "POST"])
def service_closure(request):
    """Stop service at the chosen location after showing what that affects; POST ``do``: close, move_end, reopen."""
    places = locations()
    if not places:
        return render(request, "visitors/closing/checkin_no_counter.html")
    place = chosen_place(request, places)
    verb = request.POST.get("do") if request.method == "POST" else ""
    if verb == "reopen":
        return _reopen(request)
    if verb == "move_end":
        return _move_end(request, place)
    form = ClosureForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (answer := _close(request, place, form)):
        return answer
    return _page(request, place, form)


def _page(request, place, form, end_form=None):
    closure = closures.closure_of(place)
    context = {"form": form, "place": place, "closure": closure, "end_form": end_form or _end_form(closure)}
    if closure:
        told_at = closure.closed_at + NOTICE_DELAY
        context |= {
            "impact": closures.impact_of_closure(closure),
            "told_at": told_at if told_at > clock.now() else None,
            "bookings_url": reverse("bookings"),
        }
    failed = form.errors or context["end_form"].errors
    return render(request, "visitors/closing/service_closure.html", context, status=422 if failed else 200)


def _end_form(closure):
    """The announced end, to be changed; empty where none was announced."""
    said = closure and closure.until < closures.end_of_service(clock.now())
    return ClosureEndForm(initial={"until": f"{clock.local(closure.until):%H:%M}"} if said else None)


def _close(request, place, form):
    """Show what closing affects, or close once that was confirmed; None when the form has an error."""
    values, standing = form.values(), closures.closure_of(place)
    try:
        if standing is None and "confirmed" not in request.POST:
            return _ask(request, place, form, closing.closure_end(values["until"]))
        closure = closing.close_suddenly(place, by=staff(request.user), **values)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    if standing or closure.closed_by_id != request.user.pk:
        messages.info(request, _("Pelayanan sudah dihentikan sebelumnya."))
    else:
        messages.success(request, _("Pelayanan dihentikan. Layar, beranda, dan antrean sudah memberitahukannya."))
    return redirect("service_closure")


def _ask(request, place, form, until):
    context = {
        "title": _("Hentikan pelayanan?"),
        "fields": [("do", "close"), *((name, request.POST.get(name, "")) for name in form.fields)],
        "reason": form.cleaned_data["reason"],
        "first": None,
        "last": until,
        "open_ended": form.cleaned_data["until"] is None,
        "impact": closures.impact_of_closing(place, clock.now(), until),
        "button": _("Ya, hentikan pelayanan"),
        "back_url": reverse("service_closure"),
    }
    return ask_to_close(request, place, context)


def ask_to_close(request, place, context):
    """Show what closing affects and when visitors are notified, before anything is closed."""
    context |= {"place": place, "minutes": int(NOTICE_DELAY.total_seconds() // 60)}
    return render(request, "visitors/closing/closing_confirm.html", context)


def _move_end(request, place):
    form = ClosureEndForm(request.POST)
    if not form.is_valid():
        return _page(request, place, ClosureForm(), form)
    try:
        closing.move_end(_closure(request), by=staff(request.user), until=form.moment())
    except Refused as refusal:
        if refusal.field:
            form.add_error(refusal.field, str(refusal))
            return _page(request, place, ClosureForm(), form)
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Jam dilanjutkan sudah diubah. Janji di luar waktu itu berlaku lagi."))
    return redirect("service_closure")


def _closure(request):
    closure = closures.closure_by_id(row_id(request.POST.get("closure")))
    if closure is None:
        raise Outdated(_("Pelayanan sudah dibuka kembali."))
    return closure


def _reopen(request):
    try:
        opening = closing.reopen(_closure(request), by=staff(request.user))
        messages.success(request, _("Pelayanan dibuka kembali.") + words_of_opening(opening))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("service_closure")


def words_of_opening(opening) -> str:
    """A sentence on the appointments that were restored, and on who has to be called."""
    words = ""
    if restored := len(opening.restored):
        words += " " + ngettext(
            "%(n)d janji berlaku lagi.", "%(n)d janji berlaku lagi.", restored
        ) % {"n": restored}  # fmt: skip
    if opening.restored and not mail.is_sent():
        words += " " + _("Kabari mereka bila tadi sudah dihubungi.")
    elif unmailed := sum(not booking.email for booking in opening.restored):
        words += " " + ngettext(
            "%(n)d di antaranya tanpa surel. Kabari bila tadi sudah dihubungi.",
            "%(n)d di antaranya tanpa surel. Kabari bila tadi sudah dihubungi.",
            unmailed,
        ) % {"n": unmailed}  # fmt: skip
    if left := len(opening.left):
        words += " " + ngettext(
            "%(n)d janji tetap perlu waktu lain karena tempatnya sudah terisi.",
            "%(n)d janji tetap perlu waktu lain karena tempatnya sudah terisi.",
            left,
        ) % {"n": left}  # fmt: skip
    return words
