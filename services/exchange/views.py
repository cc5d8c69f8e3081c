"""A service as a file on the page: taking it out, and bringing one in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from services.models import Service
from services.permissions import may_publish_services
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from .actions.importing import ServiceExists, import_service
from .content import as_file, content_of
from .forms import ServiceFileForm


@allowed(may_publish_services)
@require_safe
def service_export(request: StaffRequest, code: str) -> HttpResponse:
    """The service as a JSON file."""
    service = Service.objects.select_related("unit", "category", "sop", "letter_template").filter(code=code).first()
    if service is None:
        raise Http404(_("Layanan ini tidak ditemukan."))
    response = HttpResponse(as_file(content_of(service)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="layanan-{service.slug}.json"'
    response["Cache-Control"] = "no-store"
    return response


@allowed(may_publish_services)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def service_import(request: StaffRequest) -> HttpResponse:
    """Bring in a service from a file. If its code exists, the user is asked, without choosing the file again."""
    if request.method != "POST":
        return _page(request, ServiceFileForm())
    form = ServiceFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data
    try:
        result = import_service(form.read, by=staff(request.user), unit=chosen["unit"], replace=chosen["replace"])
    except Refused as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, str(refused))
        return _page(request, form, exists=isinstance(refused, ServiceExists), status=422)
    words = {
        "created": _("Layanan “%(name)s” dimasukkan sebagai draf."),
        "changed": _("Layanan “%(name)s” diganti menurut berkas."),
        "unchanged": _("Layanan “%(name)s” sudah sama dengan berkas ini."),
    }[result.state]
    messages.success(request, words % {"name": result.service.name})
    for note in result.notes:
        messages.warning(request, note)
    return redirect("studio_service", result.service.code)


def _page(request: StaffRequest, form: ServiceFileForm, *, exists: bool = False, status: int = 200) -> HttpResponse:
    content = as_file(form.read).decode() if hasattr(form, "read") else ""
    context = {"form": form, "content": content, "exists": exists}
    return render(request, "services/exchange/import.html", context, status=status)
