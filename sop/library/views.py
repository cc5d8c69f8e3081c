"""Public pages: the library of SOPs, and every published version with its flowchart and as PDF."""

import hashlib
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sop.document import content as document
from sop.document import pdf as document_pdf
from sop.exchange import formats
from ula_portal.core import ports
from ula_portal.core.data.pagination import paginate

from . import rows as library
from .queries import search
from .queries.library import public_life, units_with_public_sops

PAGE_SIZE = 20
# An id that no SOP has, so that filtering by an unknown service finds nothing.
NO_SOP = 0


@require_safe
def sop_list(request):
    """SOPs in force, by name, or the best match first if there is a question (``?q=``).

    ``unit``: code of a unit; ``service``: code of a service that uses the SOP; ``exact``: no spelling correction.
    """
    wanted = {key: _plain(request.GET.get(key, "")) for key in ("q", "unit", "service", "exact")}
    services = ports.services_on_sops()
    question = search.parse_question(wanted["q"], exact=bool(wanted["exact"]))
    found = library.find_versions(question, wanted["unit"], _sop_id_of(wanted["service"], services))
    order = [("worse", False), ("pk", False)] if question else [("sop__name", False), ("pk", False)]
    page = paginate(found.versions, order, request.GET.get("page"), PAGE_SIZE)
    parameters = {key: value for key, value in wanted.items() if value}
    context = {
        "nav": "sops",
        "found": found,
        "rows": library.rows(page.rows, found.question, services),
        "page": page,
        "wanted": wanted,
        "filtered": wanted["unit"] or wanted["service"],
        "counted": library.COUNTED,
        "units": units_with_public_sops(),
        "services": services,
        "next_url": page.next and _address(parameters, page=page.next),
        "prev_url": page.previous and _address(parameters, page=page.previous),
        "exact_url": _address(parameters, exact="1"),
        "unfiltered_url": _address(parameters, unit="", service=""),
    }
    return render(request, "sop/library/list.html", context)


@require_safe
def sop_detail(request, slug):
    """The version in force, or else a page that says that there is none and links to the other versions.

    That page has the status 410 (Gone), so that search engines and programs learn that the procedure is no longer in
    force; if a future version is published already, it has the status 200.
    """
    life = _life(slug)
    if life.current:
        return _version_page(request, life, life.current)
    context = {
        "nav": "sops",
        "life": life,
        "latest": life.coming or life.versions[0],
        "standing": life.standing(life.versions[0]),
        "crumbs": _crumbs(life.versions[0].title),
    }
    return render(request, "sop/library/not_in_force.html", context, status=200 if life.coming else 410)


@require_safe
def sop_version(request, slug, ordinal):
    """A version that was once published, clearly marked if it is not in force. Drafts are not found."""
    life = _life(slug)
    return _version_page(request, life, _version(life, ordinal))


@require_safe
def sop_pdf(request, slug):
    """The version in force as PDF, or a redirect to the SOP's page if there is none."""
    life = _life(slug)
    if life.current is None:
        return redirect("sop_detail", slug)
    return _pdf(request, life.current, f"SOP-{slug}.pdf")


@require_safe
def sop_version_pdf(request, slug, ordinal):
    return _pdf(request, _version(_life(slug), ordinal), f"SOP-{slug}-versi-{ordinal}.pdf")


@require_safe
def sop_download(request, slug, kind):
    """The version in force as a file in one of the exchange formats."""
    life = _life(slug)
    if life.current is None or kind not in formats.FORMATS:
        raise Http404
    form = formats.FORMATS[kind]
    # The remark about the source is for the office only.
    life.current.source_confidence = ""
    response = HttpResponse(formats.write_sop_file(life.current, kind), content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="SOP-{slug}{form.suffix}"'
    return response


def _version_page(request, life, version):
    context = {
        "nav": "sops",
        "life": life,
        "version": version,
        "standing": life.standing(version),
        "services": [service for service in ports.services_on_sops() if service.sop_id == life.sop.pk],
        "identity": document.identity_block(version),
        "table": document.table_with_real_times(version),
        "formats": formats.FORMATS.items(),
        "canonical": request.build_absolute_uri(reverse("sop_detail", args=[life.sop.slug])),
        "crumbs": _crumbs(version.title),
    }
    return render(request, "sop/library/detail.html", context)


def _pdf(request, version, name):
    """The PDF with a strong ETag of its content, so that a phone that has it does not download it again."""
    content = document_pdf.pdf_of(version)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    response = HttpResponse(content, content_type="application/pdf", headers={"ETag": etag})
    response["Content-Disposition"] = f'inline; filename="{name}"'
    # Browsers have to revalidate each time, because a version can be withdrawn any day.
    patch_cache_control(response, public=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response)


def _life(slug):
    life = public_life(slug)
    if life is None:
        raise Http404
    return life


def _version(life, ordinal):
    version = life.version(ordinal)
    if version is None:
        raise Http404
    return version


def _crumbs(title):
    return [{"label": _("SOP"), "url": reverse("sop_list")}, {"label": title, "lang": "id"}]


def _sop_id_of(code, services):
    if not code:
        return None
    return next((service.sop_id for service in services if service.code == code), NO_SOP)


def _plain(value):
    """A parameter without NUL characters, which PostgreSQL refuses, and cut to a reasonable length."""
    return value.replace("\0", "").strip()[:200]


def _address(parameters, **changed):
    return "?" + urlencode({key: value for key, value in (parameters | changed).items() if value})
