"""The page of corrections proposed to the drafter, who compares each with the draft and accepts or declines it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sop.approval.actions.corrections import ANSWERED, decline_correction, take_over_correction
from sop.approval.queries.corrections import correction_by_id, corrections_of
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from .page import editing_page, page, version_draft_page


@version_draft_page
@require_safe
def corrections(request, version):
    return _page(request, version)


@editing_page
@require_POST
def answer(request, version, correction_id):
    """Accept a correction (``do`` = take) or decline it with a ``reason``."""
    correction = correction_by_id(correction_id)
    if correction is None:
        messages.error(request, ANSWERED)
        return redirect("sop_edit_corrections", version.pk)
    if correction.version_id != version.pk:
        raise Http404
    try:
        if request.POST.get("do") == "take":
            take_over_correction(correction, by=staff(request.user), seen=request.POST.get("seen", ""))
            messages.success(request, _("Usulan dipakai dan tertulis dalam draf."))
        else:
            decline_correction(correction, by=staff(request.user), reason=request.POST.get("reason", ""))
            messages.success(request, _("Usulan ditolak. Pengusul membaca alasannya."))
    except Refused as error:
        if error.field == "reason":
            failed = {"pk": correction_id, "reason": request.POST.get("reason", ""), "error": str(error)}
            return _page(request, version, failed, 422)
        messages.error(request, str(error))
    return redirect("sop_edit_corrections", version.pk)


def _page(request, version, failed=None, status=200):
    context = {"shown": corrections_of(version), "failed": failed or {"pk": None, "reason": "", "error": ""}}
    return page(request, version, "", "sop/editor/corrections.html", context, status)
