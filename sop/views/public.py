"""Public pages: SOPs in force, each with its flowchart and as PDF."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ula_portal.core.pagination import paginate

from .. import document, document_pdf, queries

PAGE_SIZE = 30


@require_safe
def sop_list(request):
    """SOPs in force, by name; ``?q=`` words of name or number, ``?unit=`` code of a unit."""
    q, unit = request.GET.get("q", "").strip()[:200], request.GET.get("unit", "")[:30]
    # A NUL cannot be asked of PostgreSQL.
    q, unit = q.replace("\0", ""), unit.replace("\0", "")
    order = [("sop__name", False), ("pk", False)]
    page = paginate(queries.public_versions(q, unit), order, request.GET.get("page"), PAGE_SIZE)
    kept = {key: value for key, value in (("q", q), ("unit", unit)) if value}
    context = {
        "nav": "sops",
        "page": page,
        "q": q,
        "unit": unit,
        "units": queries.units_with_public_sops(),
        "next_url": page.next and f"?{urlencode(kept | {'page': page.next})}",
        "prev_url": page.previous and f"?{urlencode(kept | {'page': page.previous})}",
    }
    return render(request, "sop/list.html", context)


@require_safe
def sop_detail(request, slug):
    version = _version(slug)
    context = {
        "nav": "sops",
        "version": version,
        "identity": document.identity(version),
        "table": document.table_with_real_times(version),
        "crumbs": [{"label": _("SOP"), "url": reverse("sop_list")}, {"label": version.title}],
    }
    return render(request, "sop/detail.html", context)


@require_safe
def sop_pdf(request, slug):
    version = _version(slug)
    response = HttpResponse(document_pdf.pdf_of(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="SOP-{version.sop.slug}.pdf"'
    return response


def _version(slug):
    version = queries.public_version(slug)
    if version is None:
        raise Http404
    return version
