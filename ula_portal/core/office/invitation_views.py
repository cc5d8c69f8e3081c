"""Pages on which invited staff set their first password: by the link of a mail, or by the start code of a slip."""

from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ula_portal.core.journal.actors import staff
from ula_portal.core.security import throttle
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.verbs.errors import Outdated, Refused

from .actions.invitations import accept_invitation
from .invitation_forms import FirstPasswordForm, StartCodeForm
from .invitations import by_code, by_token, secrets_of

BACKEND = "ula_portal.core.security.auth_backend.PortalBackend"


@sensitive_post_parameters()
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def start_code(request: HttpRequest) -> HttpResponse:
    """Ask for the address and the start code of a slip. A wrong address and a wrong code get the same answer."""
    form = StartCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        source, account = throttle.client_of(request), throttle.digest(form.cleaned_data["email"].lower())
        if throttle.is_full("start-code", source):
            form.add_error(None, throttle.too_many_message("start-code"))
        elif throttle.is_full("start-code-account", account):
            form.add_error(None, throttle.too_many_message("start-code-account"))
        elif invitation := by_code(form.cleaned_data["email"], form.cleaned_data["code"]):
            return redirect("invitation", secrets_of(invitation.nonce, invitation.user).token)
        else:
            throttle.count("start-code", source)
            throttle.count("start-code-account", account)
            form.add_error(None, _("Surel atau kode awal tidak cocok, atau slip sudah diganti. Periksa keduanya."))
    return render(request, "core/office/start_code.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters()
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password, and log in with it."""
    found = by_token(token)
    if found is None:
        return render(request, "core/office/invitation_ended.html", status=404)
    form = FirstPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(found, by=staff(found.user), password=form.cleaned_data["password"])
        except Outdated:
            return render(request, "core/office/invitation_ended.html", status=404)
        except Refused as error:
            form.add_error("password", str(error))
        else:
            login(request, user, backend=BACKEND)
            return redirect("staff_home")
    context: dict[str, Any] = {"form": form, "person": found.user}
    return render(request, "core/office/invitation.html", context, status=422 if form.errors else 200)
