"""The page on which verifiers and approvers propose corrections to the drafter, in the admin panel."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sop.permissions import may_correct
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Outdated, Refused

from ..actions.corrections import propose_correction, withdraw_correction
from ..forms import CorrectionForm
from ..queries.corrections import corrections_of, places_of
from .version_page import version_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def propose_corrections(request, pk, admin_context):
    """All corrections of a version. ``?bagian=``: key of the place (see ``places_of``) to be corrected."""
    version = version_or_404(request, pk)
    if "withdraw" in request.POST:
        return _withdraw(request, version)
    places = places_of(version)
    key = request.POST.get("place") if request.method == "POST" else request.GET.get("bagian")
    place = next((each for each in places if each.key == key), None)
    if key and place is None:
        messages.warning(request, _("Bagian ini tidak ada lagi dalam draf. Pilih bagian lain."))
        return redirect("admin:sop_version_correct", version.pk)
    form = None
    if request.method == "POST":
        if place is None:
            raise Http404
        form = CorrectionForm(request.POST)
        response = _propose(request, version, place, form)
        if response:
            return response
    elif place:
        form = CorrectionForm(initial={"text": _start(request.user, version, place), "key": new_key()})
    context = {
        **admin_context,
        "title": _("Usulan perbaikan"),
        "version": version,
        "may_correct": may_correct(request.user, version),
        "places": places,
        "place": place,
        "form": form,
        "shown": corrections_of(version, places),
    }
    return render(request, "sop/approval/corrections.html", context, status=422 if form and form.is_bound else 200)


def _start(user, version, place):
    """The initial text of the form: the user's open correction of this place, else its present content."""
    for shown in corrections_of(version):
        row = shown.row
        own = row.state == row.State.OPEN and row.proposed_by_id == user.pk
        if own and (row.step_id, row.field) == (place.step_id, place.field):
            return row.text
    return place.text


def _propose(request, version, place, form):
    if not form.is_valid():
        return None
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    try:
        propose_correction(version, by=staff(request.user), place=place.key, text=text, key=key)
    except Outdated as error:
        messages.error(request, str(error))
    except Refused as error:
        form.add_error("text", str(error))
        return None
    else:
        messages.success(request, _("Usulan dikirim kepada penyusun."))
    return redirect("admin:sop_version_correct", version.pk)


def _withdraw(request, version):
    chosen = request.POST["withdraw"]
    correction = next((each.row for each in corrections_of(version) if str(each.row.pk) == chosen), None)
    if correction is None:
        raise Http404
    try:
        withdraw_correction(correction, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Usulan ditarik."))
    return redirect("admin:sop_version_correct", version.pk)
