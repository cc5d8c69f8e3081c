"""The front desk: look up, check in, check out. Input travels by POST, never in addresses."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.checkin.actions import correcting
from visitors.checkin.actions.checkin import GROUNDS, check_in
from visitors.counter.actions import serving
from visitors.hosting.actions import leaving
from visitors.hosting.queries import presence
from visitors.places.queries import closures, service_points
from visitors.places.queries.closures import locations, notice_at
from visitors.places.views import LOCATION, chosen_place
from visitors.queue.addresses import staff_address

from ..forms import CheckInForm, VisitCorrectionForm
from ..queries import desk

# Session key of the visit that this browser checked out last, so that a wrong click can be taken back.
LAST_LEFT_KEY = "left_visit"
# Fields whose content is kept when a visitor is chosen in the middle of typing.
_TYPED = ("purpose", "service", "open_request", "host", "ground", "head_count", "companion", "represents", "proxy_seen")
_TYPED += ("note", "off_queue", "came_at", "name", "phone", "institution")


@never_cache
@allowed(permissions.may_check_in)
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request):
    """The desk's screen. POST ``do``: search, choose (fill the form), check_in, correct, place (choose a location).

    ``pick`` or ``pick_request`` in the form's own POST chooses somebody who was found and keeps what was typed.
    """
    places = locations()
    if not places:
        return render(request, "visitors/closing/checkin_no_counter.html")
    place = chosen_place(request, places)
    if "bagian" in request.GET:
        return render(request, "visitors/desk/_desk_lists.html", _lists(request, place))
    step = request.POST.get("do") if request.method == "POST" else None
    if step == "place":
        request.session[LOCATION] = request.POST.get("location", "")
        return redirect("checkin")
    if step == "choose" or "pick" in request.POST or "pick_request" in request.POST:
        return _page(request, places, place, _filled(request, place))
    if step == "check_in":
        return _check_in(request, places, place)
    if step == "correct":
        return _correct(request, places, place)
    context = {"grounds": GROUNDS}
    if step == "search":
        context["found"] = desk.find_for_desk(request.user, place, request.POST.get("q", ""))
        if request.htmx:
            return render(request, "visitors/desk/_checkin_found.html", context)
    form = CheckInForm(place=place, initial=_name_typed(context.get("found")))
    return _page(request, places, place, form, **context)


def _name_typed(found):
    """A name or phone for which nothing was found need not be typed a second time."""
    if found is None or not found.nothing:
        return {}
    return {found.kind: found.typed} if found.kind in ("name", "phone") else {}


def _filled(request, place):
    """The form for a visitor or request that was chosen among the search results or in a list."""
    number = (request.POST.get("pick_request") or request.POST.get("request_number") or "").strip()
    known = _known(request, "pick" if "pick" in request.POST else "visitor")
    visit = desk.visit_to_correct(request.user, row_id(request.POST.get("visit")))
    if visit and "pick" not in request.POST:
        own = {"visitor": visit.visitor_id, "visit": visit.pk, "purpose": visit.purpose, "service": visit.service_id}
        return VisitCorrectionForm(place=place, initial=own | {"host": visit.host_id}, known=visit.visitor)
    initial = {name: request.POST[name] for name in _TYPED if request.POST.get(name)}
    if known:
        initial["visitor"] = known.pk
    if number:
        found = desk.request_for_desk(request.user, number)
        if found:
            purpose = "collect" if found.letter_ready else "follow_up"
            initial |= {"request_number": found.request.number, "purpose": purpose}
            initial |= {"name": found.request.applicant_name, "phone": found.request.applicant_phone}
    return CheckInForm(place=place, initial=initial, known=known)


def _known(request, name="visitor"):
    """The chosen visitor; None when none was chosen."""
    visitor_id = row_id(request.POST.get(name))
    return desk.visitor_for_desk(request.user, visitor_id) if visitor_id else None


def _check_in(request, places, place):
    known = _known(request)
    form = CheckInForm(request.POST, place=place, known=known)
    if form.is_valid():
        try:
            made = check_in(place, by=staff(request.user), **form.values())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if made.request is not None and form.cleaned_data["open_request"]:
                messages.success(request, _opened(made.request.number))
            if made.ticket is None:
                messages.success(request, _("Kunjungan tercatat."))
                return redirect("checkin")
            return redirect(reverse("ticket_print", args=[made.ticket.pk]) + "?cetak=1")
    return _page(request, places, place, form, status=422)


def _correct(request, places, place):
    form = VisitCorrectionForm(request.POST, place=place, known=_known(request))
    if form.is_valid():
        try:
            made = correcting.correct_visit(
                _visit(request, form.cleaned_data["visit"]), by=staff(request.user), **form.values()
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Keperluan %(name)s diganti.") % {"name": made.visit.visitor.name})
            if made.ticket is None:
                return redirect("checkin")
            return redirect(reverse("ticket_print", args=[made.ticket.pk]) + "?cetak=1")
    return _page(request, places, place, form, status=422)


def _opened(number):
    """A message with a link to the receipt, since the applicant also needs number and code."""
    words = _("Permohonan %(number)s dibuka.") % {"number": number}
    address = reverse("case_receipt", args=[number])
    return format_html('{} <a href="{}">{}</a>', words, address, _("Cetak tanda terima"))


def _page(request, places, place, form, *, status=200, **context):
    context |= _lists(request, place)
    context |= {
        "form": form,
        "places": places,
        "place": place,
        "live": staff_address(place.pk),
        "notice": notice_at(clock.now(), False, closures.closure_of(place)),
        "too_late": closures.last_ticket_passed(clock.now()),
    }
    return render(request, "visitors/desk/checkin.html", context, status=status)


def _lists(request, place):
    """What changes without the desk: who waits, who is in the building, the last number."""
    numbers = desk.numbers_today(request.user, place)
    context = {
        "numbers": numbers,
        "inside": presence.inside(request.user, place),
        "gone_after": presence.PROBABLY_GONE,
        "left": desk.just_left(request.user, request.session.get(LAST_LEFT_KEY)),
        "now": clock.now(),
    }
    failed, sent = (row_id(request.GET.get(name)) for name in ("gagal", "cetak"))
    context["last"], context["position"] = numbers.last_of(request.user, failed or sent)
    if context["last"] and (failed or sent) == context["last"].pk:
        context["printer"] = desk.printer_at(place.pk)
        context["printing"] = "failed" if failed else "printing"
    return context


@allowed(permissions.may_check_in)
@require_POST
def check_out(request, pk):
    """Check a visitor out; with ``batal`` in the form, take that back."""
    if "batal" in request.POST:
        request.session.pop(LAST_LEFT_KEY, None)
        words = _("Diurungkan. Tamu masih di sini.")
        return _after(request, lambda: leaving.take_back_leaving(_visit(request, pk), by=staff(request.user)), words)
    request.session[LAST_LEFT_KEY] = pk
    return _after(request, lambda: leaving.check_out(_visit(request, pk), by=staff(request.user)), "")


def _visit(request, pk):
    visit = desk.visit_for_desk(request.user, pk)
    if visit is None:
        raise Refused(_("Kunjungan ini tidak ditemukan."))
    return visit


@allowed(permissions.may_check_in)
@require_POST
def report_back(request, pk):
    """Return a visitor who missed the call and came to the desk to the queue."""
    return _after(request, lambda: serving.report_back(_ticket(request, pk), by=staff(request.user)), _back_words)


def _ticket(request, pk):
    ticket = desk.ticket_for_desk(request.user, pk)
    if ticket is None:
        raise NotAllowed(_("Anda tidak berwenang atas nomor antrean ini."))
    return ticket


def _back_words(ticket):
    number = service_points.rule_of(ticket.location_id).numbers_before_return
    words = ngettext(
        "Nomor dipanggil lagi setelah %(n)d nomor berikutnya.",
        "Nomor dipanggil lagi setelah %(n)d nomor berikutnya.",
        number,
    )
    return words % {"n": number}


def _after(request, act, words):
    """Run a verb and show its refusal, or ``words``: a sentence or a function of what the verb returns."""
    try:
        done = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        # Without words, the page itself shows what happened.
        if words:
            messages.success(request, words(done) if callable(words) else words)
    return redirect("checkin")
