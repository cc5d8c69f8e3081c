"""Public pages: the library of SOPs, each version that was ever published with its flowchart and as PDF."""

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
# No SOP has this id: what is asked of a service that is not published finds nothing.
NO_SOP = 0


@require_safe
def sop_list(request):
    """SOPs in force, by name, or best answer first when words are asked for (``?q=``).

    ``unit``: code of a unit; ``service``: code of a service that stands on the SOP; ``exact``: words as typed.
    """
    wanted = {key: _plain(request.GET.get(key, "")) for key in ("q", "unit", "service", "exact")}
    services = ports.services_on_sops()
    asked = search.question(wanted["q"], exact=bool(wanted["exact"]))
    found = library.find(asked, wanted["unit"], _sop_id_of(wanted["service"], services))
    order = [("worse", False), ("pk", False)] if asked else [("sop__name", False), ("pk", False)]
    page = paginate(found.versions, order, request.GET.get("page"), PAGE_SIZE)
    kept = {key: value for key, value in wanted.items() if value}
    context = {
        "nav": "sops",
        "found": found,
        "rows": library.rows(page.rows, found.asked, services),
        "page": page,
        "wanted": wanted,
        "filtered": wanted["unit"] or wanted["service"],
        "counted": library.COUNTED,
        "units": units_with_public_sops(),
        "services": services,
        "next_url": page.next and _address(kept, page=page.next),
        "prev_url": page.previous and _address(kept, page=page.previous),
        "exact_url": _address(kept, exact="1"),
        "unfiltered_url": _address(kept, unit="", service=""),
    }
    return render(request, "sop/library/list.html", context)


@require_safe
def sop_detail(request, slug):
    """The version in force; without one, a page that says so and leads to the versions there are.

    That page is "410 Gone" once the SOP is withdrawn: people read it all the same, search engines and programs that
    keep the address learn that the procedure no longer holds. A version that is yet to begin makes it an ordinary page.
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
    """One version that was once published, clearly marked when it is not in force; drafts are not found."""
    life = _life(slug)
    return _version_page(request, life, _version(life, ordinal))


@require_safe
def sop_pdf(request, slug):
    """The version in force as PDF; without one, the page says what became of it."""
    life = _life(slug)
    if life.current is None:
        return redirect("sop_detail", slug)
    return _pdf(request, life.current, f"SOP-{slug}.pdf")


@require_safe
def sop_version_pdf(request, slug, ordinal):
    return _pdf(request, _version(_life(slug), ordinal), f"SOP-{slug}-versi-{ordinal}.pdf")


@require_safe
def sop_download(request, slug, kind):
    """The version in force as a file of one of the exchange formats, for who works on with it."""
    life = _life(slug)
    if life.current is None or kind not in formats.FORMATS:
        raise Http404
    form = formats.FORMATS[kind]
    # How sure the importer was is for the office's eyes only.
    life.current.source_confidence = ""
    response = HttpResponse(formats.write(life.current, kind), content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="SOP-{slug}{form.suffix}"'
    return response


def _version_page(request, life, version):
    context = {
        "nav": "sops",
        "life": life,
        "version": version,
        "standing": life.standing(version),
        "services": [service for service in ports.services_on_sops() if service.sop_id == life.sop.pk],
        "identity": document.identity(version),
        "table": document.table_with_real_times(version),
        "formats": formats.FORMATS.items(),
        "canonical": request.build_absolute_uri(reverse("sop_detail", args=[life.sop.slug])),
        "crumbs": _crumbs(version.title),
    }
    return render(request, "sop/library/detail.html", context)


def _pdf(request, version, name):
    """The PDF under a strong ETag of its content, so that a phone that has it fetches nothing."""
    content = document_pdf.pdf_of(version)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    response = HttpResponse(content, content_type="application/pdf", headers={"ETag": etag})
    response["Content-Disposition"] = f'inline; filename="{name}"'
    # Asked again each time: a version can be withdrawn any day.
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
    """A NUL cannot be asked of PostgreSQL; what is longer than any name is cut."""
    return value.replace("\0", "").strip()[:200]


def _address(kept, **changed):
    return "?" + urlencode({key: value for key, value in (kept | changed).items() if value})
