"""What the desk prints: slips, guest cards, and the list of who is in the building."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ula_portal.core import clock
from ula_portal.core.documents import pdf
from ula_portal.core.office.queries import office
from ula_portal.core.security.access import allowed
from visitors import permissions
from visitors.checkin import slip
from visitors.hosting.queries import presence
from visitors.places.queries.closures import locations
from visitors.places.views import chosen_place
from visitors.queue.actions import tickets

from ..queries import desk


@never_cache
@allowed(permissions.may_check_in)
@require_safe
def ticket_print(request, pk):
    """The visitor's slip. ``?cetak=1``: print it, then show the desk's screen.

    Where the location has a printer, that screen sends it there, and ``?cetak=sini`` opens the browser's dialog.
    """
    ticket = desk.ticket_for_desk(request.user, pk)
    if ticket is None:
        raise Http404
    printer = desk.printer_at(ticket.location_id)
    if printer and request.GET.get("cetak") == "1":
        return redirect(f"{reverse('checkin')}?cetak={ticket.pk}")
    context = {"ticket": ticket, "qr": pdf.qr_svg(_own_address(ticket)), "printer": printer}
    context["at_once"] = "cetak" in request.GET
    # The slip is for the visitor, so it is not in the language that the desk has chosen for its own pages.
    with translation.override("id"):
        return render(request, "visitors/desk/ticket_print.html", context)


def _own_address(ticket):
    return settings.PORTAL_URL + reverse("ticket_own", args=[tickets.ticket_token(ticket)])


@allowed(permissions.may_check_in)
@require_POST
def ticket_to_printer(request, pk):
    """Send the slip to the location's printer; if it does not answer, this computer can print it."""
    ticket = desk.ticket_for_desk(request.user, pk)
    printer = ticket and desk.printer_at(ticket.location_id)
    if not printer:
        raise Http404
    stream = slip.slip_stream(ticket, office().name, _own_address(ticket), printer.width)
    try:
        slip.send(stream, printer.address, printer.port)
    except slip.PrinterSilent:
        state = "failed"
    else:
        state = "printed"
    if request.htmx:
        # Loading the page again must not print again.
        context = {"last": desk.ticket_for_desk(request.user, pk), "printing": state, "printer": printer}
        answer = render(request, "visitors/desk/_last_ticket.html", context)
        answer.headers["HX-Replace-Url"] = reverse("checkin")
        return answer
    if state == "failed":
        return redirect(f"{reverse('checkin')}?gagal={pk}")
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
