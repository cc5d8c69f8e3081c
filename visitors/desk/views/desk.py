"""The front desk: look up, check in, print, check out. Input travels by POST, never in addresses."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ula_portal.core import clock
from ula_portal.core.documents import pdf
from ula_portal.core.journal.actors import staff
from ula_portal.core.office.queries import office
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.checkin import slip
from visitors.checkin.actions import correcting
from visitors.checkin.actions.checkin import GROUNDS, check_in
from visitors.counter.actions import serving
from visitors.hosting.actions import leaving
from visitors.hosting.queries import presence
from visitors.places.queries import closures, service_points
from visitors.places.queries.closures import locations, notice_at
from visitors.places.views import LOCATION, chosen_place
from visitors.queue.actions import tickets
from visitors.queue.addresses import staff_address

from ..forms import CheckInForm, VisitCorrectionForm
from ..queries import desk

# Session key of the visit that this browser checked out last, so that a wrong click can be taken back.
LAST_LEFT_KEY = "left_visit"


@never_cache
@allowed(permissions.may_check_in)
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request):
    """The desk's screen. POST ``do``: search, choose (fill the form), check_in, correct, place (choose a location)."""
    places = locations()
    if not places:
        return render(request, "visitors/closing/checkin_no_counter.html")
    place = chosen_place(request, places)
    step = request.POST.get("do") if request.method == "POST" else None
    if step == "place":
        request.session[LOCATION] = request.POST.get("location", "")
        return redirect("checkin")
    if step == "check_in":
        return _check_in(request, places, place)
    if step == "correct":
        return _correct(request, places, place)
    context = {"grounds": GROUNDS}
    if step == "search":
        context["found"] = desk.find_for_desk(request.user, place, request.POST.get("q", ""))
        if request.htmx:
            return render(request, "visitors/desk/_checkin_found.html", context)
    form = _filled(request) if step == "choose" else CheckInForm(initial=_name_typed(context.get("found")))
    return _page(request, places, place, form, **context)


def _name_typed(found):
    """A name or phone for which nothing was found need not be typed a second time."""
    if found is None or not found.nothing:
        return {}
    return {found.kind: found.typed} if found.kind in ("name", "phone") else {}


def _filled(request):
    """The form for a visitor or request that was chosen among the search results."""
    number = request.POST.get("request_number", "").strip()
    known = _known(request)
    visit = desk.visit_to_correct(request.user, row_id(request.POST.get("visit")))
    if visit:
        own = {"visitor": visit.visitor_id, "visit": visit.pk, "purpose": visit.purpose, "service": visit.service_id}
        return VisitCorrectionForm(initial=own | {"host": visit.host_id}, known=visit.visitor)
    initial = {}
    if known:
        initial["visitor"] = known.pk
    if number:
        found = desk.request_for_desk(request.user, number)
        if found:
            purpose = "collect" if found.letter_ready else "follow_up"
            initial |= {"request_number": found.request.number, "purpose": purpose}
            initial |= {"name": found.request.applicant_name, "phone": found.request.applicant_phone}
    return CheckInForm(initial=initial, known=known)


def _known(request):
    """The chosen visitor; None when none was chosen."""
    visitor_id = row_id(request.POST.get("visitor"))
    return desk.visitor_for_desk(request.user, visitor_id) if visitor_id else None


def _check_in(request, places, place):
    known = _known(request)
    form = CheckInForm(request.POST, known=known)
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
    form = VisitCorrectionForm(request.POST, known=_known(request))
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
    context |= {
        "form": form,
        "places": places,
        "place": place,
        "numbers": desk.numbers_today(request.user, place),
        "inside": presence.inside(request.user, place),
        "gone_after": presence.PROBABLY_GONE,
        "live": staff_address(place.pk),
        "left": desk.just_left(request.user, request.session.get(LAST_LEFT_KEY)),
        "notice": notice_at(clock.now(), False, closures.closure_of(place)),
        "too_late": closures.last_ticket_passed(clock.now()),
    }
    return render(request, "visitors/desk/checkin.html", context, status=status)


@never_cache
@allowed(permissions.may_check_in)
@require_safe
def ticket_print(request, pk):
    """The visitor's slip; the print dialog opens when the desk has just issued the ticket."""
    ticket = desk.ticket_for_desk(request.user, pk)
    if ticket is None:
        raise Http404
    printer = desk.printer_at(ticket.location_id)
    # Where the office has a network printer, the browser's print dialog does not open by itself.
    failed = printer is not None and "gagal" in request.GET
    at_once = failed or ("cetak" in request.GET and printer is None)
    context = {"ticket": ticket, "qr": pdf.qr_svg(_own_address(ticket)), "at_once": at_once}
    context |= {"printer": printer, "failed": failed}
    # The slip is for the visitor, so it is not in the language that the desk has chosen for its own pages.
    with translation.override("id"):
        return render(request, "visitors/desk/ticket_print.html", context)


def _own_address(ticket):
    return settings.PORTAL_URL + reverse("ticket_own", args=[tickets.ticket_token(ticket)])


@allowed(permissions.may_check_in)
@require_POST
def ticket_to_printer(request, pk):
    """Send the slip to the location's printer; if it does not answer, the browser can print it."""
    ticket = desk.ticket_for_desk(request.user, pk)
    printer = ticket and desk.printer_at(ticket.location_id)
    if not printer:
        raise Http404
    stream = slip.slip_stream(ticket, office().name, _own_address(ticket), printer.width)
    try:
        slip.send(stream, printer.address, printer.port)
    except slip.PrinterSilent:
        return redirect(reverse("ticket_print", args=[pk]) + "?gagal=1")
    messages.success(request, _("%(label)s dicetak di %(printer)s.") % {"label": ticket.label, "printer": printer})
    return redirect("checkin")


@never_cache
@allowed(permissions.may_check_in)
@require_safe
def badge_print(request, pk):
    """The card of a visitor who goes into the building."""
    visit = desk.visit_for_badge(request.user, pk)
    if visit is None:
        raise Http404
    with translation.override("id"):
        return render(request, "visitors/desk/badge_print.html", {"visit": visit})


@never_cache
@allowed(permissions.may_check_in)
@require_safe
def inside_print(request):
    """The list of who is in the building, to be taken along in an emergency."""
    places = locations()
    if not places:
        raise Http404
    place = chosen_place(request, places)
    with translation.override("id"):
        rows, gone = presence.in_the_building(request.user, place)
        context = {"rows": rows, "people": sum(row.people for row in rows), "gone": gone}
        context |= {"place": place, "now": clock.now(), "gone_after": presence.PROBABLY_GONE}
        return render(request, "visitors/desk/inside_print.html", context)


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
