"""The starter catalogue: services to tick, and what those that are there still lack."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from services.exchange.actions.starting import add_starter_services, take_in_starter_sop
from services.models import Service
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from ..balance_steps import STARTER
from ..pages import show_step
from ..permissions import may_set_up
from ..starter import catalogue_now
from ..starter_forms import StarterForm


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def starter(request: StaffRequest) -> HttpResponse:
    """Tick services of the catalogue; they become drafts, with their SOPs if wanted."""
    catalogue = catalogue_now()
    form = StarterForm(request.POST if request.method == "POST" else None, catalogue=catalogue)
    if request.method == "POST" and form.is_valid():
        try:
            result = add_starter_services(by=staff(request.user), units=form.units_by_code())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            n = len(result.created)
            words = ngettext("%(n)s layanan dibuat sebagai draf.", "%(n)s layanan dibuat sebagai draf.", n)
            messages.success(request, words % {"n": n})
            if form.cleaned_data["sops"]:
                _take_in_sops(request, result.created)
            return redirect("opening_starter")
    context = {"form": form, "catalogue": catalogue}
    return show_step(request, STARTER.key, "opening/starter.html", context, status=422 if form.errors else 200)


def _take_in_sops(request: StaffRequest, codes: list[str]) -> None:
    """Take in the example SOPs one by one: a refusal of one is told and does not undo the others."""
    with_unit = Service.objects.filter(code__in=codes, sop=None, unit__isnull=False)
    for service in with_unit.exclude(kind=Service.Kind.ELSEWHERE):
        try:
            take_in_starter_sop(service, by=staff(request.user))
        except Refused as refused:
            messages.warning(request, f"{service}: {refused}")


@allowed(may_set_up)
@require_POST
def starter_sop(request: StaffRequest, code: str) -> HttpResponse:
    """Take in the example SOP of a service that has none."""
    service = Service.objects.filter(code=code).first()
    try:
        if service is None:
            raise Refused(_("Layanan ini tidak ditemukan."))
        take_in_starter_sop(service, by=staff(request.user))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Contoh SOP “%(name)s” masuk sebagai draf.") % {"name": service.name})
    return redirect("opening_starter")
