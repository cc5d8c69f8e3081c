"""Public pages of the catalogue: home page, list and search, a service's page and its poster."""

import functools

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from services.deadlines.queries.statistics import popular_services
from services.models import Service
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import version_in_force
from ula_portal.core.documents import pdf
from ula_portal.core.office.queries import awaits_setup, office
from ula_portal.core.ports import queue_now, satisfaction

from .facts import facts_of
from .queries import catalogue
from .queries.opening import opening_now, usual_week, week
from .queries.search import suggestion_for
from .short_names import with_short_names
from .standard import cases_not_needed, internal_components
from .structured_data import as_json_ld, government_service

# A poster must fit on one sheet; the sizes are tried from the largest type to the smallest.
POSTER, POSTER_SIZES = "services/catalogue/service_poster.html", ("roomy", "usual", "tight")


@require_safe
def home(request):
    """The home page: search, whether the office is open, the four tasks, and all services by group."""
    services = list(catalogue.published_services())
    context = {
        "popular": with_short_names(popular_services(services), services),
        "groups": _groups(services),
        "audiences": _audiences(services),
        "all_free": not any(service.fee_idr for service in services),
        "satisfaction": satisfaction(None),
        "status": _status(None),
        "week": week(),
    }
    description = _("Cari layanan, lihat persyaratan, ajukan permohonan, dan ikuti perkembangannya. Gratis.")
    context["share"] = _share(_("Layanan pendidikan"), description, reverse("home"))
    page = "core/office/awaits_setup.html" if awaits_setup() else "services/catalogue/home.html"
    return render(request, page, context)


def _status(service_ids):
    """Return what ``components/_status_hero.html`` shows: whether the office is open, and how many people wait.

    A stopped queue overrides the hours.
    """
    queue, opening = queue_now(service_ids), opening_now()
    if queue and queue["stopped"]:
        return {"state": "stopped", "title": _("Pelayanan dihentikan"), "text": queue["stopped"], "all_day": False}
    text = opening.note
    if queue and opening.state == "open":
        waiting = queue["waiting"]
        waiting_text = ngettext("%(n)d orang menunggu", "%(n)d orang menunggu", waiting) % {"n": waiting}
        queue_text = waiting_text if waiting else _("Tidak ada antrean")
        if service_ids:
            queue_text = _("%(queue)s untuk layanan ini") % {"queue": queue_text}
        text = " · ".join(filter(None, [queue_text, text]))
    return {"state": opening.state, "title": opening.title, "text": text, "all_day": opening.all_day}


def _groups(services):
    """Return pairs of category and its services, in the catalogue's order."""
    groups = {}
    for service in services:
        groups.setdefault(service.category, []).append(service)
    return sorted(groups.items(), key=lambda pair: (pair[0].order, pair[0].name))


def _audiences(services):
    """Return name and label of each audience that has at least one of the services."""
    present = {name for service in services for name in service.audiences}
    return [(name, label) for name, label in Service.AUDIENCES if name in present]


def _share(title, description, path):
    """Return the data for link previews of a page and its canonical address."""
    return {
        "title": title,
        "description": description,
        "url": settings.PORTAL_URL + path,
        "image": settings.PORTAL_URL + static("img/share.png"),
    }


@require_safe
def service_list(request):
    """All services by group, or the results of a search; both can be narrowed to an audience or a group."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    results = catalogue.search_services(q)
    services, group, audience = results, request.GET.get("kelompok", ""), request.GET.get("untuk", "")
    if group:
        services = [service for service in services if service.category.slug == group]
    if audience:
        services = [service for service in services if audience in service.audiences]
    context = {
        "nav": "services",
        "q": q,
        "number": len(services),
        "sections": [_section("results", "", services)] if q else _by_group(services),
        "audiences": _audiences(results),
        "audience": audience,
        "audience_label": dict(Service.AUDIENCES).get(audience, ""),
        "group": next((s.category for s in results if s.category.slug == group), None),
        "all_free": not any(service.fee_idr for service in services),
    }
    if q and not services:
        context |= _without_results(q)
    return render(request, "services/catalogue/service_list.html", context)


def _by_group(services):
    return [_section(category.slug, category.name, each, "id") for category, each in _groups(services)]


def _section(slug, heading, services, lang=""):
    """Return a list of services with its heading, for the list's template."""
    return {"slug": slug, "heading": heading, "lang": lang, "rows": [_row(service) for service in services]}


def _row(service):
    """Return what a line of the list shows: the service, its kind in a word, its time, its fee unless it is free."""
    if service.kind == Service.Kind.ELSEWHERE:
        return service, _("Kantor lain"), ""
    kind = _("Permohonan") if service.kind == Service.Kind.REQUEST else _("Kunjungan")
    days = service.working_days
    time = ngettext("%(n)d hari kerja", "%(n)d hari kerja", days) % {"n": days} if days else _("Langsung di tempat")
    return service, kind, f"{time} · {service.fee}" if service.fee_idr else time


def _without_results(q):
    """Return the context for a search without results: a corrected search with its services, or the popular ones."""
    services = list(catalogue.published_services())
    suggestion, suggested = suggestion_for(services, q)
    if suggested:
        sections = [_section("similar", _("Mungkin yang Anda cari"), suggested)]
    else:
        sections = [_section("popular", _("Layanan yang sering diurus"), popular_services(services))]
    return {"suggestion": suggestion, "sections": sections}


@require_safe
def service_detail(request, slug):
    """A service's page: key facts, checklist, and the components of its standard."""
    return service_page(request, _service(slug))


def service_page(request, service, requirements=None):
    """The public page of a service. ``requirements``: those to show instead of its own, for a preview."""
    crumbs = [
        {"label": pgettext("menu", "Layanan"), "url": reverse("service_list")},
        {"label": service.name, "lang": "id"},
    ]
    path = reverse("service_detail", args=[service.slug])
    context = {
        "nav": "services",
        "service": service,
        "crumbs": crumbs,
        "share": _share(service.name, service.summary or service.where or service.name, path),
    }
    if service.kind == Service.Kind.ELSEWHERE:
        context |= {
            "ours": list(map(_row, catalogue.ours_instead_of(service))),
            "not_needed": cases_not_needed(service),
        }
        return render(request, "services/catalogue/service_elsewhere.html", context)
    version = version_in_force(service.sop_id) if service.sop_id else None
    online = "online" in service.channels and service.kind == Service.Kind.REQUEST
    own_office = office()
    apply_url = settings.PORTAL_URL + reverse("apply_start", args=[service.slug]) if online else ""
    described = government_service(service, own_office, url=settings.PORTAL_URL + path, apply_url=apply_url)
    context |= facts_of(service, requirements) | {
        "version": version,
        "steps": catalogue.usual_path(flow_of(version.pk)) if version else (),
        "satisfaction": satisfaction(service),
        "status": _status([service.pk]),
        "week": week(),
        "online": online,
        "office": own_office,
        "components": internal_components(service),
        "structured": as_json_ld(described),
    }
    return render(request, "services/catalogue/service_detail.html", context)


def _service(slug):
    service = catalogue.service_by_slug(slug)
    if service is None:
        raise Http404
    return service


@require_safe
def service_poster(request, slug):
    """A one-page poster of a service, to print from the browser; always in Indonesian."""
    with translation.override("id"):
        context = _poster(slug)
        size, _content = _on_one_sheet(context)
        return render(request, POSTER, context | {"size": size, "back_url": reverse("service_detail", args=[slug])})


@require_safe
def service_poster_pdf(request, slug):
    """The poster as a PDF."""
    with translation.override("id"):
        _size, content = _on_one_sheet(_poster(slug))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="poster-{slug}.pdf"'
    return response


def _on_one_sheet(context):
    """Return the largest size at which the poster fits on one page, or the smallest if none fits, and its PDF."""
    for size in POSTER_SIZES:
        content, pages = _rendered_poster(render_to_string(POSTER, context | {"size": size, "for_pdf": True}))
        if pages == 1:
            break
    return size, content


@functools.lru_cache(maxsize=64)
def _rendered_poster(html):
    """Return the PDF and its number of pages. Cached, since layout takes about a second."""
    document = pdf.lay_out(html)
    return document.write_pdf(), len(document.pages)


def _poster(slug):
    """Return the poster's context.

    Raises: Http404 if the service is not public or is handled by another office.
    """
    service = _service(slug)
    if service.kind == Service.Kind.ELSEWHERE:
        raise Http404
    address = settings.PORTAL_URL + reverse("service_detail", args=[slug])
    return facts_of(service) | {
        "office": office(),
        "week": usual_week(),
        "online": "online" in service.channels and service.kind == Service.Kind.REQUEST,
        "qr": pdf.qr_svg(address),
        "address": address.partition("://")[2],
    }
