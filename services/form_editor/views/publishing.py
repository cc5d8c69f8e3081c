"""The page that checks a draft and publishes it, and the button that uses a former version again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from services.models import FormVersion, Service
from ula_portal.core.journal.actors import staff
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused

from ..actions.publishing import publish_form, reuse_form
from ..queries.editing import versions_of
from ..queries.publishing import changes_of, kept_by_requests
from .page import Listed, draft_page, editor_page, render_page, tell, to_editor


@require_http_methods(["GET", "HEAD", "POST"])
@draft_page
def form_publish(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """What is wrong with the draft, what changes, and the button that publishes it."""
    if request.method != "POST":
        return _page(request, version)
    try:
        published = publish_form(version, by=staff(request.user), revision=row_id(request.POST.get("revision")))
    except Refused as refused:
        tell(request, refused)
        return _page(request, version, 409)
    messages.success(request, _("Formulir versi %(n)s diterbitkan dan langsung dipakai.") % {"n": published.ordinal})
    return to_editor(version.service)


def _page(request: HttpRequest, version: FormVersion, status: int = 200) -> HttpResponse:
    context = {
        "version": version,
        "listed": Listed(version),
        "changes": changes_of(version),
        "kept": kept_by_requests(version.service),
        "versions": versions_of(version.service),
    }
    return render_page(request, version.service, "publish.html", context, status)


@editor_page
@require_POST
def form_reuse(request: HttpRequest, service: Service, ordinal: int) -> HttpResponse:
    """Use a former version again."""
    version = next((each for each in versions_of(service) if each.ordinal == ordinal), None)
    if version is None:
        raise Http404
    try:
        reuse_form(version, by=staff(request.user))
        messages.success(request, _("Formulir versi %(n)s dipakai lagi.") % {"n": ordinal})
    except Refused as refused:
        tell(request, refused)
    return to_editor(service)
