"""The common base of the studio's pages: the service, access to it, and the frame around its parts."""

import functools

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from services.catalogue.rules.rights import may_edit_services
from services.permissions import may_publish_services
from ula_portal.core.security.access import allowed

from ..forms.parts import IdentityForm, LetterForm, ProcedureForm, StandardForm
from ..queries import editing
from ..rules.parts import address_of, part_address, part_of, parts_of
from ..rules.values import REQUIREMENTS

FORMS = {"identitas": IdentityForm, "sop": ProcedureForm, "surat": LetterForm, "standar": StandardForm}


def studio_page(view):
    """A page for users who may prepare services. Browsers must not cache it."""
    return allowed(may_edit_services)(never_cache(view))


def service_page(view):
    """A page of one service. The view gets it instead of its code; services of other units are not found."""

    @functools.wraps(view)
    def wrapped(request, code, *args, **kwargs):
        service = editing.service_edited_by(request.user, code)
        if service is None:
            raise Http404
        return view(request, service, *args, **kwargs)

    return studio_page(wrapped)


def frame(request, service, part=None):
    """The context around a part: the index with what each part lacks, undo, and what may be done next."""
    shown, draft = editing.drafted(service), editing.draft_of(service)
    last = editing.last_change(draft)
    missing = editing.missing_of(service)
    counts = {}
    for gap in (*missing.reasons, *missing.gaps):
        counts[part_of(gap.field).slug] = counts.get(part_of(gap.field).slug, 0) + 1
    parts = [
        {
            "slug": each.slug,
            "label": each.label,
            "url": part_address(service, each),
            "is_current": each is part,
            "lacking": counts.get(each.slug, 0),
        }
        for each in parts_of(shown)
    ]
    place = next((n for n, each in enumerate(parts) if each["is_current"]), 0)
    return {
        "service": shown,
        "stored": service,
        "draft": draft,
        "part": part,
        "parts": parts,
        "following": parts[place + 1] if place + 1 < len(parts) else None,
        "complete": sum(not each["lacking"] for each in parts),
        "reasons": [(gap, address_of(service, gap.field)) for gap in missing.reasons],
        "gaps": [(gap, address_of(service, gap.field)) for gap in missing.gaps],
        "last_change": last and {"label": label_of(last.field), "change": last},
        "is_public": editing.is_public(service),
        "is_asked": editing.is_asked(service),
        "may_publish": may_publish_services(request.user),
        "crumbs": [{"label": _("Layanan"), "url": reverse("studio")}, {"label": shown.name, "lang": "id"}],
    }


def label_of(name):
    """The label of a value, as its form shows it."""
    if name == REQUIREMENTS:
        return _("Persyaratan")
    return FORMS[part_of(name).slug].base_fields[name].label


def page(request, service, part, context, status=200):
    """Render a part in its frame."""
    context = frame(request, service, part) | context
    return render(request, "services/studio/service.html", context, status=status)


def fragments(request, service, part, context, status):
    """The answer to an autosave: fragments for htmx to replace, but never the form the user is typing in."""
    context = frame(request, service, part) | context
    response = render(request, "services/studio/_saved.html", context, status=status)
    # By this header, the page's script can tell the response from a log-in page.
    response["X-Saved"] = "1"
    return response


def changed_by_others(request, service):
    """Whether somebody else changed the service since the posting page was loaded. Call it before saving."""
    draft = editing.draft_of(service)
    try:
        seen = int(request.POST.get("revision", ""))
    except ValueError:
        return False
    return draft.revision > seen and draft.edited_by_id not in (None, request.user.pk)


def choices_for(request, service):
    """The rows that the selects of the forms offer, by the field's name."""
    chosen = editing.current_values(service)
    return {
        "category_id": editing.categories_to_choose(),
        "unit_id": [(unit.pk, unit.name) for unit in editing.units_edited_by(request.user)],
        "sop_id": editing.sops_to_choose(request.user, chosen["sop_id"]),
        "letter_template_id": editing.templates_to_choose(),
    }
