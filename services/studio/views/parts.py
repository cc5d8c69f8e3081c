"""The parts of a service's page that have fields, or only show something."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services.catalogue import views as catalogue
from ula_portal.core.journal.actors import staff
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.web.field_saving import saving

from ..actions.saving import save_service, undo_change
from ..forms.making import NewTemplateForm
from ..queries import editing, facts
from ..rules.parts import PARTS, address_of, part_address, part_of, parts_of
from .page import FORMS, changed_by_others, choices_for, fragments, frame, page, service_page
from .publishing import comparison
from .requirements import new_requirement, requirement_attempts


@service_page
@require_http_methods(["GET", "HEAD", "POST"])
def service_overview(request, service):
    """The first part of a service's page."""
    return _part(request, service, PARTS[0])


@service_page
@require_http_methods(["GET", "HEAD", "POST"])
def service_part(request, service, part):
    """One of the other parts."""
    found = next((each for each in parts_of(editing.drafted(service)) if each.slug == part), None)
    if found is None:
        raise Http404
    return _part(request, service, found)


def _part(request, service, part):
    if part.slug not in FORMS:
        if request.method == "POST":
            raise Http404
        return page(request, service, part, _shown(request, service, part))
    build = FORMS[part.slug]
    choices = choices_for(request, service)
    if request.method != "POST":
        values = {name: value for name, value in editing.current_values(service).items() if name in build.INPUTS}
        form = build(values=values, choices=choices)
        form.focus(request.GET.get("fokus", ""))
        return page(request, service, part, _with_form(service, part, saving.opened(form, values)))
    note = changed_by_others(request, service)
    attempt = saving.save(
        request.POST,
        lambda data: build(data, choices=choices),
        lambda fields, was: save_service(service, by=staff(request.user), fields=fields, was=was),
        lambda: editing.current_values(editing.service_edited_by(request.user, service.code)),
    )
    if attempt.error and not attempt.error.field:
        attempt.form.add_error(None, str(attempt.error))
    service = editing.service_edited_by(request.user, service.code) or service
    context = _with_form(service, part, attempt) | {"note": note}
    if request.htmx:
        return fragments(request, service, part, context, attempt.status)
    if attempt.settled:
        following = frame(request, service, part)["following"]
        messages.success(request, _("Perubahan tersimpan."))
        return redirect(following["url"] if "go_on" in request.POST and following else part_address(service, part))
    return page(request, service, part, context, attempt.status)


def _with_form(service, part, attempt):
    context = {"attempt": attempt, "form_id": part.slug}
    if part.slug == "sop":
        context["sop"] = facts.sop_facts(editing.drafted(service))
    if part.slug == "surat":
        context["letter"] = facts.letter_facts(service)
        context["new"] = NewTemplateForm(editing.drafted(service).name[:150])
    return context


def _shown(request, service, part):
    """The context of a part without a form of its own."""
    if part.slug == "formulir":
        return {"form_facts": facts.form_facts(service)}
    if part.slug == "persyaratan":
        return {"requirements": requirement_attempts(service), "new": new_requirement()}
    if part.slug == "terbitkan":
        return {"differences": comparison(request, service)}
    return {}


@service_page
@require_POST
def undo(request, service):
    """Undo the last change, and return to the field."""
    field = next((change["field"] for change in reversed(editing.draft_of(service).changes)), "name")
    try:
        undo_change(service, by=staff(request.user), no=row_id(request.POST.get("no")))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Perubahan terakhir diurungkan."))
    service = editing.service_edited_by(request.user, service.code)
    if service is None:
        return redirect("studio")
    shown = part_of(field) in parts_of(editing.drafted(service))
    return redirect(address_of(service, field) if shown else address_of(service))


@service_page
@require_safe
def preview(request, service):
    """The public page of the service as it will be once its changes are published."""
    return catalogue.service_page(request, editing.drafted(service), editing.drafted_requirements(service))
