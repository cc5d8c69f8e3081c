"""Invitations from the list of people: by mail, or as slips to print, cut and hand over."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ula_portal.core.documents.pdf import qr_svg, render_template
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Invitation, User
from ula_portal.core.office.actions.invitations import MOST, invite
from ula_portal.core.office.invitation_notices import link_of
from ula_portal.core.office.invitations import secrets_of
from ula_portal.core.office.queries import office
from ula_portal.core.office.roster import not_invited, people_with_ids
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused

from ..permissions import may_set_up


@allowed(may_set_up)
@never_cache
@require_POST
def people_invite(request: StaffRequest) -> HttpResponse:
    """Invite the chosen people, or the next ones who were never invited. Slips come back as a PDF."""
    way = Invitation.Way.SLIP if request.POST.get("way") == "slip" else Invitation.Way.MAIL
    try:
        invitations = invite(_chosen(request), by=staff(request.user), way=way)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("opening_people")
    if way == Invitation.Way.SLIP:
        return _slips(invitations)
    n = len(invitations)
    words = ngettext("%(n)s petugas diundang lewat surel.", "%(n)s petugas diundang lewat surel.", n)
    messages.success(request, words % {"n": n})
    return redirect("opening_people")


def _chosen(request: StaffRequest) -> list[User]:
    """Raises: Refused if nobody is chosen."""
    if "all" in request.POST:
        if waiting := list(not_invited()[:MOST]):
            return waiting
        raise Refused(_("Semua petugas sudah diundang. Centang namanya untuk mengundang lagi."))
    people = people_with_ids(row_id(pk) for pk in request.POST.getlist("chosen")[: MOST + 1])
    if not people:
        raise Refused(_("Centang dahulu petugas yang akan diundang."))
    return people


def _slips(invitations: list[Invitation]) -> HttpResponse:
    slips = []
    for each in invitations:
        code = secrets_of(each.nonce, each.user).code
        slips.append({"invitation": each, "code": f"{code[:4]} {code[4:]}", "qr": qr_svg(link_of(each))})
    address = settings.PORTAL_URL + reverse("start_code")
    context = {"slips": slips, "office": office(), "address": address.split("://")[-1]}
    response = HttpResponse(render_template("opening/slips.html", context), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="slip-undangan.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
