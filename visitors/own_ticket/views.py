"""The queue for everybody: how busy it is, and one's own ticket."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from services.catalogue.queries.opening import opening_now
from ula_portal.core.journal.actors import visitor
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Refused
from visitors.counter.actions import serving
from visitors.display.queries import board
from visitors.places.queries import service_points
from visitors.queue.actions import tickets
from visitors.queue.addresses import ticket_address

from . import queries as own_ticket


@never_cache
@require_safe
def queue_public(request):
    """How many visitors wait for each service and how long, and whether the counters are open."""
    context = {"halls": own_ticket.halls_now(), "opening": opening_now(), "nav": "queue"}
    return render(request, "visitors/own_ticket/queue_public.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_own(request, token):
    """The visitor's own ticket; the secret in the address is the right to see it, give it back or report back."""
    ticket = board.ticket_by_token(codes.stored_hash(token))
    if ticket is None:
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("do") == "back":
                serving.report_back(ticket, by=visitor(ticket.visit_id))
                messages.success(request, _back_words(service_points.own_rule(ticket.location).numbers_before_return))
            else:
                tickets.leave_queue(ticket, by=visitor(ticket.visit_id))
                messages.success(request, _("Nomor Anda sudah dikembalikan. Terima kasih."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("ticket_own", token)
    words = board.status_words(board.status_of(ticket), get_language())
    context = {"ticket": ticket, "words": words, "live": ticket_address(token, get_language()), "nav": "queue"}
    return render(request, "visitors/own_ticket/ticket_own.html", context)


def _back_words(number):
    words = ngettext(
        "Terima kasih. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
        "Terima kasih. Anda dipanggil lagi setelah %(n)d nomor berikutnya.",
        number,
    )
    return words % {"n": number}
