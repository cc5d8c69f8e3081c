"""Pages for a lost tracking code: asking for a new one, and creating it by the link that was sent."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from services.applying.forms.apply import LostCodeForm
from services.applying.receipt import RENEWAL_LIFETIME, tracking_token
from ula_portal.core.journal.actors import applicant
from ula_portal.core.notices import mail
from ula_portal.core.security import proof_of_work, throttle
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.verbs.errors import Outdated, Refused

from .. import actions as lost_code
from ..queries import tracking


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def code_lost(request):
    """Ask for number and contact. The response is the same whether they match a request or not."""
    if not mail.is_sent():
        # Without e-mail neither the link nor a notice to an official could be sent.
        return render(request, "services/tracking/code_lost_in_person.html", {"nav": "track"})
    client, status = throttle.client_of(request), 200
    form = LostCodeForm(request.POST) if request.method == "POST" else LostCodeForm()
    if form.is_valid():
        trouble, status = _ask(client, form.cleaned_data, request.POST)
        if not trouble:
            return render(
                request, "services/tracking/code_lost_done.html", {"nav": "track", "lifetime": RENEWAL_LIFETIME}
            )
        form.add_error(None, trouble)
    context = {"nav": "track", "form": form, "proof": proof_of_work.challenge_for("lost-code", client, request.POST)}
    return render(request, "services/tracking/code_lost.html", context, status=status)


def _ask(client, typed, posted):
    """Ask for a new code once; return ("", 200), or a message and the status if it is not possible now."""
    number = throttle.digest(tracking.tidy_number(typed["number"]))
    if throttle.is_full("lost-code", client):
        return throttle.too_many_message("lost-code"), 429
    if trouble := proof_of_work.missing_proof("lost-code", client, posted):
        return trouble, 422
    throttle.count("lost-code", client)
    # Beyond the limit for a number no more mail is sent, but the response stays the same.
    within_limit = throttle.count("lost-code-number", number)
    if within_limit and (tracked := tracking.request_by_number(typed["number"])):
        lost_code.ask_for_new_code(tracked, by=applicant(tracked.pk), contact=typed["contact"])
    return "", 200


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def code_renew(request, token):
    """Ask for confirmation, since mail programs may open links automatically; on POST create and show the new code."""
    tracked = tracking.request_by_renewal(token)
    if request.method != "POST":
        context = {"nav": "track", "tracked": tracked, "token": token, "lifetime": RENEWAL_LIFETIME}
        return render(request, "services/tracking/code_renew.html", context)
    try:
        if tracked is None:
            raise Outdated(lost_code.LINK_EXPIRED)
        renewed = lost_code.renew_code(tracked, by=applicant(tracked.pk), token=token)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("code_lost")
    messages.success(request, _("Kode baru sudah dibuat. Kode lama tidak berlaku lagi."))
    return redirect("receipt", tracking_token(renewed))
