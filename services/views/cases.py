"""The page of a case and its verbs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ula_portal.core import uploads
from ula_portal.core.access import allowed
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.private import private_page

from ..actions.letters import render_preview
from ..actions.reading import record_reading, record_reprint
from ..permissions import may_see_cases
from ..queries import cases
from .case_page import FORMS, CasePage
from .case_verbs import VERBS
from .receipts import receipt_context

staff_only = allowed(may_see_cases)


def _page_or_404(request, number) -> CasePage:
    case = cases.case_by_number(request.user, number)
    if case is None:
        raise Http404(_("Permohonan ini tidak ditemukan."))
    return CasePage(case, request.user)


@staff_only
@never_cache
@require_safe
def case_detail(request, number):
    """One case: its SOP as a checklist, what the applicant brought, and what may be done now."""
    return _render_page(request, _page_or_404(request, number))


def _render_page(request, page, failed=None, form=None, status=200):
    verbs = {verb: page.form(verb) for verb in _shown_forms(page)}
    if failed is not None:
        verbs[failed] = form
    context = {"page": page, "case": page.request, "forms": verbs, "failed": failed}
    return render(request, "services/cases/case_detail.html", context, status=status)


def _shown_forms(page):
    """The verbs whose forms stand on the page; others would only ask the database in vain."""
    actions = {
        "claim": "ambil",
        "complete": "selesai",
        "decide": "putuskan",
        "letter": "surat",
        "answer": "jawaban",
        "hand_over": "serahkan",
    }
    shown = ["catatan", "pesan"]
    if page.action:
        shown.append(actions[page.action])
    if page.action in ("complete", "decide", "letter") and page.run.led_by == "position" and not page.run.started_at:
        shown.append("mulai")
    if page.may_ask:
        shown.append("minta")
    if page.may_skip:
        shown.append("lewati")
    if page.may_reassign and (page.takers or page.other_takers):
        shown.append("alihkan")
    if page.may_declare_complete:
        shown.append("lengkap")
    if page.may_close_unanswered:
        shown.append("tutup")
    if page.request.is_open and page.may_serve and page.letter is None:
        shown.append("tarik")
    return shown


@staff_only
@require_POST
def case_act(request, number, verb):
    """One verb of the case page. What fails shows the page again, with what was typed."""
    page = _page_or_404(request, number)
    if verb not in FORMS:
        raise Http404
    if verb in ("alihkan", "lewati", "selesai", "putuskan", "surat") and page.run is None:
        messages.warning(request, _("Permohonan ini sudah ditutup."))
        return redirect("case_detail", number=number)
    form = page.form(verb, request.POST)
    if not form.is_valid():
        return _render_page(request, page, verb, form, status=422)
    try:
        said = VERBS[verb](page, request.user, form.cleaned_data)
    except Outdated as error:
        messages.warning(request, str(error))
    except NotAllowed as error:
        messages.error(request, str(error))
        return _render_page(request, CasePage(page.request, request.user), status=403)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _render_page(request, page, verb, form, status=422)
    else:
        messages.success(request, said)
    return redirect("case_detail", number=number)


@staff_only
@require_safe
def case_document(request, number, pk):
    """A document of a case, shown in the browser; who read it stands in the journal."""
    document = cases.document_of(request.user, number, pk)
    if document is None:
        raise Http404(_("Berkas ini tidak ditemukan."))
    record_reading(document, request.user)
    return uploads.serve(document.file, inline=request.GET.get("unduh") is None)


@staff_only
@require_safe
def case_letter(request, number, pk):
    """A letter of a case as PDF, withdrawn ones too."""
    page = _page_or_404(request, number)
    letter = next((each for each in page.letters if each.pk == pk and each.file_id), None)
    if letter is None:
        raise Http404(_("Surat ini tidak ditemukan."))
    return uploads.serve(letter.file, inline=request.GET.get("unduh") is None)


@staff_only
@private_page
@require_safe
def case_receipt(request, number):
    """The receipt once more, for an applicant at the desk; that it was printed stands in the journal."""
    page = _page_or_404(request, number)
    if not page.may_serve:
        raise PermissionDenied
    record_reprint(page.request, request.user)
    # For the applicant, so not in the language that the desk has chosen for its own pages.
    with translation.override("id"):
        context = receipt_context(page.request) | {"back_url": reverse("case_detail", args=[number])}
        return render(request, "services/receipt_paper.html", context)


@staff_only
@require_POST
def case_letter_preview(request, number):
    """The letter as PDF before it is issued: without number, marked as a draft; nothing is kept."""
    page = _page_or_404(request, number)
    if page.action != "letter":
        messages.warning(request, _("Langkah ini tidak menerbitkan surat."))
        return redirect("case_detail", number=number)
    body = request.POST.get("body", "")[:12000]
    content = render_preview(page.request, page.flow, page.run, request.user, body)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="konsep-surat.pdf"'
    response["Cache-Control"] = "no-store"
    return response
