"""The part of a service's page with its requirements."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from services.fields.queries import current_form, fields_of
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.web.field_saving import saving

from ..actions import requirements as verbs
from ..forms.requirements import NewRequirementForm, RequirementForm, conditions_from
from ..queries import editing
from ..rules.parts import part_address, part_of
from ..rules.values import REQUIREMENTS
from .page import changed_by_others, fragments, page, service_page

PART = part_of(REQUIREMENTS)


def requirement_attempts(service, changed=None):
    """The requirements with their forms. ``changed``: (key, attempt) of the one that was just posted."""
    conditions = _conditions(service)
    rows = []
    for values in editing.current_requirements(service):
        name = values["key"]
        attempt = changed[1] if changed and changed[0] == name else _opened(values, conditions)
        rows.append({"name": name, "values": values, "attempt": attempt, "form_id": f"syarat-{name}"})
    return rows


def new_requirement():
    return NewRequirementForm()


def _conditions(service):
    form = current_form(service)
    return conditions_from(fields_of(form.pk)) if form else []


def _opened(values, conditions):
    form = RequirementForm(conditions, values["show_if"], values=values, prefix=values["key"])
    return saving.opened(form, _stored(values))


def _stored(values):
    return {name: value for name, value in values.items() if name != "key"}


@service_page
@require_POST
def add(request, service):
    """Add a requirement at the end."""
    form = NewRequirementForm(request.POST)
    if form.is_valid():
        try:
            verbs.add_requirement(service, by=staff(request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Persyaratan ditambahkan."))
            return redirect(f"{part_address(service, PART)}#persyaratan-baru")
    return page(request, service, PART, {"requirements": requirement_attempts(service), "new": form}, 422)


@service_page
@require_POST
def change(request, service, name):
    """Save, move or remove a requirement."""
    by, do = staff(request.user), request.POST.get("do", "save")
    known = {values["key"]: values for values in editing.current_requirements(service)}
    if name not in known:
        if request.htmx:
            raise Http404
        messages.warning(request, _("Persyaratan itu sudah dihapus."))
        return redirect(part_address(service, PART))
    if do == "remove":
        return _act(request, service, verbs.remove_requirement, _("Persyaratan dihapus."), by=by, name=name)
    note = changed_by_others(request, service)
    conditions = _conditions(service)

    def stored():
        fresh = editing.service_edited_by(request.user, service.code)
        return _stored(next((row for row in editing.current_requirements(fresh) if row["key"] == name), known[name]))

    attempt = saving.save(
        request.POST,
        lambda data: RequirementForm(conditions, known[name]["show_if"], data, prefix=name),
        lambda fields, was: verbs.save_requirement(service, by=by, name=name, fields=fields, was=was),
        stored,
    )
    if attempt.error and not attempt.error.field:
        attempt.form.add_error(None, str(attempt.error))
    service = editing.service_edited_by(request.user, service.code) or service
    if request.htmx:
        context = {"attempt": attempt, "form_id": f"syarat-{name}", "note": note}
        return fragments(request, service, PART, context, attempt.status)
    if not attempt.settled:
        context = {"requirements": requirement_attempts(service, (name, attempt)), "new": new_requirement()}
        return page(request, service, PART, context, attempt.status)
    if do in ("up", "down"):
        words = _("Urutan persyaratan diubah.")
        return _act(request, service, verbs.move_requirement, words, by=by, name=name, up=do == "up")
    messages.success(request, _("Persyaratan tersimpan."))
    return redirect(f"{part_address(service, PART)}#syarat-{name}")


def _act(request, service, verb, words, *, by, name, **more):
    try:
        verb(service, by=by, name=name, **more)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)
    return redirect(f"{part_address(service, PART)}{f'#syarat-{name}' if more else ''}")
