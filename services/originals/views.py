"""Pages for papers at the desk: taking them in, returning originals, and the sheet of missing papers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services.engine.queries import cases
from services.engine.queries.recording import unit_of_case
from services.papers.queries.brought import (
    CORRECTION_WINDOW,
    ended_holdings,
    intake_slots,
    is_correctable,
    lacks_of,
    paper_label,
)
from services.permissions import may_see_cases, may_serve_applicant
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.verbs.errors import Outdated, Refused

from .actions import NAME_LENGTH, SHELF_LENGTH, print_shortage, return_original, take_in_papers
from .forms import BroughtPapersForm
from .queries import all_held

staff_only = allowed(may_see_cases)


def _case_or_404(request, number):
    case = cases.case_by_number(request.user, number)
    if case is None:
        raise Http404(_("Permohonan ini tidak ditemukan."))
    if not may_serve_applicant(request.user, unit_of_case(case)):
        raise PermissionDenied
    return case


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_intake(request, number):
    """Tick the papers that were brought; on a closed case only return held originals."""
    case = _case_or_404(request, number)
    form = BroughtPapersForm(intake_slots(case), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, case, form)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    try:
        changed = take_in_papers(case, by=staff(request.user), ticks=form.ticks)
    except Outdated as refused:
        messages.error(request, str(refused))
    except Refused as refused:
        form.refuse(refused)
        return _page(request, case, form, status=422)
    else:
        text = ngettext("%(n)d dokumen dicatat.", "%(n)d dokumen dicatat.", len(changed)) % {"n": len(changed)}
        messages.success(request, text if changed else _("Tidak ada yang berubah."))
    return redirect("case_intake", number=number)


def _page(request, case, form, status=200, **returning):
    documents = [slot.document for slot in form.slots if slot.document and slot.document.is_held]
    context = {
        "case": case,
        "form": form,
        "held": [_held_row(form, each, **returning) for each in documents],
        "returned": ended_holdings(case),
        "lacks": lacks_of(case) if case.is_open else [],
        "name_length": NAME_LENGTH,
        "shelf_length": SHELF_LENGTH,
    }
    return render(request, "services/originals/case_intake.html", context, status=status)


def _held_row(form, document, refused_id=None, error="", typed=""):
    """Return a held original for the page; ``error`` and ``typed`` belong to the one whose return was refused."""
    is_refused = document.pk == refused_id
    key = next(slot.key for slot in form.slots if slot.document and slot.document.pk == document.pk)
    changing = form[f"shelf-{key}"]
    return {
        "document": document,
        "label": paper_label(document),
        "key": key,
        "correction_window": CORRECTION_WINDOW if is_correctable(document) else None,
        "shelf": changing.value() or "",
        "shelf_id": changing.id_for_label,
        "shelf_errors": [*changing.errors, *form[f"how-{key}"].errors],
        "error": error if is_refused else "",
        "typed": typed[: NAME_LENGTH * 2] if is_refused else "",
    }


@staff_only
@never_cache
@require_safe
def held_list(request):
    """All originals the office holds and the user may return."""
    page = all_held(request.user, request.GET.get("hal"))
    rows = [(paper_label(each), each) for each in page.rows]
    return render(request, "services/originals/held_list.html", {"page": page, "rows": rows})


@staff_only
@require_POST
def case_return(request, number, pk):
    """Return an original, recording the name of the person who signed for it."""
    case = _case_or_404(request, number)
    present = (slot.document for slot in intake_slots(case) if slot.document)
    document = next((each for each in present if each.pk == pk), None)
    if document is None:
        raise Http404(_("Berkas ini tidak ditemukan."))
    typed = request.POST.get("received_by", "")
    try:
        document = return_original(document, by=staff(request.user), received_by=typed)
    except Outdated as refused:
        messages.warning(request, str(refused))
    except Refused as refused:
        form = BroughtPapersForm(intake_slots(case))
        return _page(request, case, form, status=422, refused_id=pk, error=str(refused), typed=typed)
    else:
        words = {"paper": paper_label(document), "name": document.returned_to}
        messages.success(request, _("%(paper)s dikembalikan kepada %(name)s.") % words)
    return redirect("case_intake", number=number)


@staff_only
@secret_page
@require_safe
def case_shortage(request, number):
    """The sheet of missing papers, to print; each different sheet is recorded once a day."""
    case = _case_or_404(request, number)
    # The sheet is for the applicant, so it ignores the language that the staff member chose.
    with translation.override("id"):
        try:
            lacks = print_shortage(case, by=staff(request.user))
        except Refused as refused:
            messages.warning(request, str(refused))
            return redirect("case_intake", number=number)
        context = {
            "case": case,
            "lacks": lacks,
            "printed_at": clock.now(),
            "back_url": reverse("case_intake", args=[number]),
        }
        return render(request, "services/originals/shortage.html", context)
