"""The routing screen in the admin panel: walk-ins wait here for a responsible official."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.errors import Refused

from ..actions.cases import route_case
from ..permissions import may_route_somewhere
from ..queries import routing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def routing_page(request):
    """Waiting requests, oldest first, each with a suggestion; one click routes one, a tick box many.

    Administrators see all units, section heads theirs; everybody else is refused.
    """
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    if request.method == "POST":
        _route(request)
        return redirect(f"{reverse('admin:routing')}{_cursor_of(request.POST)}")
    page = routing.waiting_for_routing(request.user, request.GET.get("hal"))
    officials = routing.officials_today()
    context = {
        **admin.site.each_context(request),
        "title": _("Penerusan"),
        "rows": routing.routing_rows(page.rows, officials),
        "page": page,
        "officials": officials,
    }
    return render(request, "admin/services/routing.html", context)


def _cursor_of(data):
    return f"?hal={data['hal']}" if data.get("hal") else ""


def _route(request):
    """Route what was chosen: the row whose button was pressed, else every ticked row. Rights are checked per row."""
    one = request.POST.get("one", "")
    chosen = [one] if one else request.POST.getlist("chosen")
    if not chosen:
        messages.warning(request, _("Pilih dahulu permohonan yang akan diteruskan."))
    people = {str(each.user.pk): each.user for each in routing.officials_today()}
    routed = []
    for pk in chosen[:100]:
        to_user = people.get(request.POST.get(f"to_{pk}", ""))
        if to_user is None or not pk.isdigit():
            messages.error(request, _("Pilih dahulu pejabat untuk permohonan ini."))
            continue
        try:
            case = route_case(int(pk), to_user, by=request.user, note=request.POST.get(f"note_{pk}", ""))
        except Refused as error:
            messages.error(request, str(error))
        else:
            routed.append((case, to_user))
    _say(request, routed)


def _say(request, routed):
    if len(routed) == 1:
        case, official = routed[0]
        words = {"number": case.number, "name": official.full_name}
        messages.success(request, _("%(number)s diteruskan kepada %(name)s.") % words)
    elif routed:
        text = ngettext("%(n)d permohonan diteruskan.", "%(n)d permohonan diteruskan.", len(routed))
        messages.success(request, text % {"n": len(routed)})
