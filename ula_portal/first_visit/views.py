"""The page of the first visit."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.office import queries
from ula_portal.core.office.actions.first_administrator import make_first_administrator
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.verbs.errors import Outdated, Refused

from .forms import FirstVisitForm


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def first_visit(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator, log them in and lead to the set-up of the office."""
    address = queries.setup_address(token)
    if address is None:
        return _over(request)
    form = FirstVisitForm(request.POST or None, named=queries.office().pk is not None)
    if request.method == "POST" and form.is_valid():
        try:
            user = make_first_administrator(address, by=SYSTEM, **form.given)
        except Outdated:
            return _over(request)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            login(request, user)
            messages.success(request, _("Akun administrator Anda sudah dibuat. Sekarang siapkan kantor Anda."))
            return redirect("opening")
    return render(request, "first_visit/first_visit.html", {"form": form}, status=422 if form.errors else 200)


def _over(request: HttpRequest) -> HttpResponse:
    """Say that the address no longer works, and what to do."""
    context = {"has_administrator": queries.administrators().exists()}
    return render(request, "first_visit/over.html", context, status=410)
