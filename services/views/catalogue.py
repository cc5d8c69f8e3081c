"""Public pages of the catalogue: start page, list and search, one service."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from sop.queries import flow_of, version_in_force
from ula_portal.core.ports import queue_now

from ..models import Requirement, Service
from ..queries import catalogue
from ..queries.opening import opening_now, week

# Shown under the search box until people start typing.
EXAMPLES = ("pindah sekolah", "legalisasi ijazah", "NISN")


@require_safe
def home(request):
    """What do you want to do? Search, groups, how busy it is now."""
    services = list(catalogue.published_services())
    return render(
        request,
        "services/home.html",
        {
            "examples": EXAMPLES,
            "groups": _groups(services),
            "audiences": _audiences(services),
            "queue": queue_now(None),
            "opening": opening_now(),
            "week": week(),
            "latest_sops": catalogue.latest_sops(),
        },
    )


def _groups(services):
    """Pairs of category and its services, in the catalogue's order."""
    groups = {}
    for service in services:
        groups.setdefault(service.category, []).append(service)
    return sorted(groups.items(), key=lambda pair: (pair[0].order, pair[0].name))


def _audiences(services):
    present = {name for service in services for name in service.audiences}
    return [(name, label) for name, label in Service.AUDIENCES if name in present]


@require_safe
def service_list(request):
    """All services, or those that fit a search; by group or audience."""
    q = request.GET.get("q", "").strip()[:200]
    everything = catalogue.search_services(q)
    services, group, audience = everything, request.GET.get("kelompok", ""), request.GET.get("untuk", "")
    if group:
        services = [service for service in services if service.category.slug == group]
    if audience:
        services = [service for service in services if audience in service.audiences]
    context = {
        "nav": "services",
        "q": q,
        "services": services,
        "groups": None if q else _groups(services),
        "audiences": Service.AUDIENCES,
        "audience": audience,
        "audience_label": dict(Service.AUDIENCES).get(audience, ""),
        "group": next((s.category for s in everything if s.category.slug == group), None),
    }
    return render(request, "services/service_list.html", context)


@require_safe
def service_detail(request, slug):
    """One service: four facts, what to bring, the six public components of its standard."""
    service = catalogue.service_by_slug(slug)
    if service is None:
        raise Http404
    crumbs = [{"label": pgettext("menu", "Layanan"), "url": reverse("service_list")}, {"label": service.name}]
    context = {"nav": "services", "service": service, "crumbs": crumbs}
    if service.kind == Service.Kind.ELSEWHERE:
        return render(request, "services/service_elsewhere.html", context)
    requirements = catalogue.requirements_of(service)
    version = version_in_force(service.sop_id) if service.sop_id else None
    context |= {
        "requirements": [(requirement, _condition(requirement)) for requirement in requirements],
        "to_bring": _to_bring(requirements),
        "version": version,
        "steps": catalogue.usual_way(flow_of(version.pk)) if version else (),
        "queue": queue_now([service.pk]),
        "opening": opening_now(),
        "online": "online" in service.channels and service.kind == Service.Kind.REQUEST,
    }
    return render(request, "services/service_detail.html", context)


def _condition(requirement):
    return " / ".join(_(" atau ").join(wanted) for wanted in requirement.show_if.values())


def _to_bring(requirements):
    """Value of the first tile: how many papers, told apart by what is done with them."""
    kinds = Requirement.Kind
    uploads = sum(r.kind == kinds.UPLOAD and r.required for r in requirements)
    originals = sum(r.kind == kinds.ORIGINAL and r.required for r in requirements)
    counted = [
        (uploads, ngettext("%(n)d berkas", "%(n)d berkas", uploads)),
        (originals, ngettext("%(n)d dokumen asli", "%(n)d dokumen asli", originals)),
    ]
    return ", ".join(words % {"n": number} for number, words in counted if number) or _("Tidak ada yang wajib")
