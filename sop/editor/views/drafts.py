"""The start page of the editor: versions that wait for the user, drafts, SOPs in force; starting a new one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sop.approval.queries import deciding
from sop.drafting.actions import starting
from sop.drafting.queries import editing, workbench
from sop.permissions import loses_approval, may_import
from ula_portal.core.data.pagination import paginate
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from ..forms.identity import NewSopForm
from .page import crumbs, drafter_page

PAGE_SIZE = 30
TABS = {
    "menunggu": gettext_lazy("Menunggu saya"),
    "draf": gettext_lazy("Draf"),
    "berlaku": gettext_lazy("Berlaku"),
}


@drafter_page
@require_safe
def drafts(request):
    """``?bagian=``: one of TABS (default: what waits, if anything does); ``?q=``: words of the name."""
    waiting = deciding.waiting_count(request.user)
    tab = request.GET.get("bagian") or ("menunggu" if waiting else "draf")
    if tab not in TABS:
        raise Http404
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = {
        "menunggu": deciding.waiting_for,
        "draf": editing.drafts_for,
        "berlaku": workbench.revisable_for,
    }[tab](request.user)
    for word in q.split()[:8]:
        rows = rows.filter(Q(sop__name__icontains=word) | Q(name__icontains=word))
    page = paginate(rows, [("sop__name", False), ("pk", False)], request.GET.get("hal"), PAGE_SIZE)
    parameters = {"bagian": tab} | ({"q": q} if q else {})
    context = {
        "tab": tab,
        "tabs": [(key, label, waiting if key == "menunggu" else None) for key, label in TABS.items()],
        "q": q,
        "rows": page.rows,
        "may_import": may_import(request.user),
        "next_url": page.next and f"?{urlencode(parameters | {'hal': page.next})}",
        "prev_url": page.previous and f"?{urlencode(parameters | {'hal': page.previous})}",
    }
    return render(request, "sop/editor/drafts.html", context)


@drafter_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Start a new SOP with name and unit; the page of its identity block follows."""
    units = workbench.units_to_draft_for(request.user)
    form = NewSopForm(units, request.POST or None)
    if form.is_valid():
        try:
            version = starting.start_sop(by=staff(request.user), **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Draf SOP dibuat. Lengkapi identitasnya, lalu pelaksana dan langkahnya."))
            return redirect("sop_edit_identity", version.pk)
    trail = [{"label": _("SOP"), "url": reverse("sop_drafts")}, {"label": _("SOP baru")}]
    context = {"form": form, "crumbs": trail, "loses_approval": loses_approval(request.user)}
    return render(request, "sop/editor/new.html", context, status=422 if form.errors else 200)


@drafter_page
@require_POST
def revise(request, pk):
    """Start a new version of the SOP with id ``pk``. A head of office is asked to confirm first (``sure``)."""
    if loses_approval(request.user) and "sure" not in request.POST:
        source = workbench.revisable_for(request.user).filter(sop_id=pk).first()
        if source is None:
            raise Http404
        context = {"version": source, "crumbs": crumbs(source), "key": request.POST.get("key", "")[:64]}
        return render(request, "sop/editor/ask_revise.html", context)
    sop = workbench.sop_to_revise(pk)
    if sop is None:
        messages.error(request, _("SOP ini tidak ada lagi. Muat ulang daftar SOP."))
        return redirect(f"{reverse('sop_drafts')}?bagian=berlaku")
    try:
        version = starting.start_revision(sop, by=staff(request.user), key=request.POST.get("key", "")[:64])
    except Refused as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('sop_drafts')}?bagian=berlaku")
    messages.success(request, _("Draf versi baru dibuat dari versi yang ada."))
    return redirect("sop_edit", version.pk)
