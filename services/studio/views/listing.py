"""The list of services, and making a new one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from services.catalogue.rules.rights import edits_all_services
from services.models import Service
from services.permissions import may_publish_services
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from ..actions.making import add_service, copy_service
from ..forms.making import NewServiceForm
from ..queries import editing, listing
from ..rules.parts import address_of
from .page import studio_page


@studio_page
@require_safe
def services(request):
    """The services that the user may prepare, page by page."""
    q, state = request.GET.get("q", "").replace("\0", "").strip()[:200], request.GET.get("keadaan", "")
    found = listing.listed_services(request.user, q, state, request.GET.get("mulai"))
    kept = {name: value for name, value in (("q", q), ("keadaan", state)) if value}
    options = [("", _("Semua keadaan")), *Service.State.choices]
    context = {
        "rows": [listing.row_of(service, request.user) for service in found.rows],
        "q": q,
        "filtered": bool(kept),
        "may_publish": may_publish_services(request.user),
        "clear_url": reverse("studio") if kept else "",
        "states": [
            {
                "name": "keadaan",
                "label": _("Keadaan"),
                "options": [{"value": key, "label": label, "selected": key == state} for key, label in options],
            }
        ],
        "prev_url": _page_url(kept, found.previous),
        "next_url": _page_url(kept, found.next),
    }
    return render(request, "services/studio/services.html", context)


def _page_url(kept, cursor):
    return f"?{urlencode({**kept, 'mulai': cursor})}" if cursor else ""


@studio_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_service(request):
    """Make a service, or a copy of the one named by ``salin``."""
    source = None
    if code := request.GET.get("salin", ""):
        source = editing.service_edited_by(request.user, code)
        if source is None:
            raise Http404
    units = editing.units_edited_by(request.user)
    posted = [request.POST] if request.method == "POST" else []
    form = NewServiceForm(units, *posted, source=source, may_leave_out=edits_all_services(request.user))
    if form.is_valid():
        try:
            made = _made(request, form.cleaned_data, units, source)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Draf layanan dibuat. Lengkapi bagian demi bagian."))
            return redirect(address_of(made))
    context = {
        "form": form,
        "source": source,
        "categories": [name for _pk, name in editing.categories_to_choose()],
        "crumbs": [{"label": _("Layanan"), "url": reverse("studio")}, {"label": _("Layanan baru")}],
    }
    return render(request, "services/studio/new.html", context, status=422 if form.errors else 200)


def _made(request, given, units, source):
    by = staff(request.user)
    unit = next((unit for unit in units if unit.pk == given["unit"]), None)
    if source:
        return copy_service(source, by=by, name=given["name"], unit=unit, key=given["key"])
    return add_service(by=by, **{**given, "unit": unit})
