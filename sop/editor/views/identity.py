"""The page of a draft's identity block."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sop.drafting.actions.identity import save_identity
from sop.drafting.queries import editing, workbench
from ula_portal.core.journal.actors import staff
from ula_portal.core.web.field_saving import saving

from ..forms.identity import IdentityForm
from .page import changed_by_others, editing_page, fragments, page


@editing_page
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request, version):
    units = workbench.units_to_draft_for(request.user)
    numbered = version.ordinal == 1
    if request.method != "POST":
        values = editing.identity_values(version)
        form = IdentityForm(units, values=values, numbered=numbered)
        form.focus(request.GET.get("fokus", ""))
        return _page(request, version, saving.opened(form, values))
    note = changed_by_others(request, version)
    attempt = saving.save(
        request.POST,
        lambda data: IdentityForm(units, data, numbered=numbered),
        lambda fields, was: save_identity(version, by=staff(request.user), fields=fields, was=was),
        lambda: editing.identity_values(editing.draft_for(request.user, version.pk)),
    )
    version = editing.draft_for(request.user, version.pk) or version
    if request.htmx:
        return fragments(request, version, {"attempt": attempt, "note": note, "form_id": "identitas"}, attempt.status)
    if attempt.settled:
        messages.success(request, _("Identitas tersimpan."))
        return redirect("sop_edit_actors" if "go_on" in request.POST else "sop_edit_identity", version.pk)
    return _page(request, version, attempt, attempt.status)


def _page(request, version, attempt, status=200):
    return page(request, version, "sop_edit_identity", "sop/editor/identity.html", {"attempt": attempt}, status)
