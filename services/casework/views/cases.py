"""The page of a case, its verbs, and the files that it links to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from services.conversation.actions.messaging import read_mentions
from services.engine.actions.locked import who_was_faster
from services.engine.queries import cases
from services.inbox.queries import inbox
from services.inbox.queries.inbox import scope_of
from services.inbox.views.finished import remember_finished
from services.letters.actions.issuing import render_preview
from services.permissions import may_see_cases
from services.tracking.views.receipts import receipt_context
from sop.document.content import flow_table as flowchart_table
from ula_portal.core.files import uploads
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..actions.reading import record_reading, record_reading_once_a_day, record_receipt_reprint
from ..queries.history import happened_since
from ..verbs import VERBS
from .checklist import untaken_nos
from .news import case_stream_address
from .page import CasePage
from .side import SidePanel

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
    """The page of a case: its SOP as a checklist, the applicant's papers, and what may be done now.

    With htmx and ``ringkas``: only its facts and its next action, to be shown beside the inbox.
    """
    page = _page_or_404(request, number)
    if request.htmx and request.GET.get("ringkas"):
        forms = {verb.slug: page.form(verb) for verb in page.verbs_by_place["step"]}
        return render(
            request, "services/casework/case_beside.html", {"page": page, "case": page.request, "forms": forms}
        )
    response = _render_page(request, page)
    if request.method == "GET" and request.GET.get("tab") == "catatan":
        read_mentions(page.request, by=staff(request.user))
    return response


def _render_page(request, page, failed=None, form=None, status=200, **more):
    side = SidePanel(page, request.GET, failed, form)
    forms = {verb.slug: form if verb is failed else page.form(verb) for verb in page.shown_verbs}
    if side.opened:
        record_reading_once_a_day(side.opened.document, by=staff(request.user))
    context = {"page": page, "case": page.request, "forms": forms, "failed": failed, "side": side, **more}
    if not request.htmx:
        context |= _confirmed(request)
    context["live_address"] = case_stream_address(page.request)
    if request.GET.get("bagan"):
        lit = page.step.no if page.step else None
        context["chart"] = flowchart_table(page.flow, lit=lit, untaken=untaken_nos(page))
    if request.GET.get("selesai") and not page.has_turn and not page.records_for_official:
        context["next_case"] = _next_case(request.user, page.request)
        context["offer_next"] = True
    return render(request, "services/casework/case_detail.html", context, status=status)


def _confirmed(request):
    """What has just been done, for the row of crumbs; other messages stay below it."""
    told = list(messages.get_messages(request))
    done = [each for each in told if each.level_tag == "success"]
    return {"confirmed": done, "messages": [each for each in told if each not in done]}


def _next_case(user, request):
    """The next case for the person: the most urgent of their list, then of the paper they record; None without any."""
    scope = scope_of(user)
    for tab in ("mine", "paper") if scope.kept_position_ids else ("mine",):
        for row in inbox.cases_for(scope, tab, size=2).rows:
            if row.request.pk != request.pk:
                return row
    return None


@staff_only
@require_POST
def case_act(request, number, slug):
    """Carry out a verb of the case page. If it fails, the page is shown again with the input."""
    page, verb = _page_or_404(request, number), VERBS.get(slug)
    if verb is None:
        raise Http404
    acting = CasePage(page.request, request.user, run_id=request.POST.get("run"))
    if verb.needs_run and acting.run is None:
        return _too_late(request, page, _("Permohonan ini sudah ditutup."))
    form = acting.form(verb, request.POST)
    if not form.is_valid():
        if acting.run and acting.run.finished_at:
            return _too_late(request, page, who_was_faster(acting.run), form)
        return _refused(request, page, verb, form)
    try:
        sentence = verb.act(acting, staff(request.user), form.cleaned_data)
    except Outdated as error:
        return _too_late(request, page, str(error), form)
    except NotAllowed as error:
        messages.error(request, str(error))
        return _render_page(request, _reload(page), status=403, unsaved=form.written_texts())
    except Refused as error:
        for each in error.all:
            form.add_error(each.field if each.field in form.fields else None, str(each))
        return _refused(request, page, verb, form)
    messages.success(request, verb.done_sentence or sentence)
    if verb.finishes:
        remember_finished(request, form.cleaned_data["run"])
    return redirect(reverse("case_detail", args=[number]) + verb.next_address(page, form.cleaned_data))


def _refused(request, page, verb, form):
    """The page with the refused form. If the form is no longer on the page, its errors are shown above."""
    if verb.tab or verb in page.shown_verbs:
        return _render_page(request, page, verb, form, status=422)
    for error in dict.fromkeys(each for errors in form.errors.values() for each in errors):
        messages.warning(request, error)
    return _render_page(request, page, status=422, unsaved=form.written_texts())


def _reload(page):
    return CasePage(cases.case_by_number(page.user, page.request.number) or page.request, page.user)


def _too_late(request, page, sentence, form=None):
    """The page after somebody else was faster: the current case, what they did, and the texts that were written."""
    messages.warning(request, sentence)
    seen = request.POST.get("seen", "")
    since = int(seen) if seen.isdecimal() and len(seen) < 19 else page.newest_entry
    meanwhile = happened_since(page.request, since, but_not=request.user)
    return _render_page(
        request, _reload(page), status=409, meanwhile=meanwhile, unsaved=form.written_texts() if form else []
    )


@staff_only
@require_safe
def case_document(request, number, pk):
    """A document of a case, shown in the browser. Reading it is recorded in the journal."""
    document = cases.visible_document(request.user, number, pk)
    if document is None:
        raise Http404(_("Berkas ini tidak ditemukan."))
    record_reading(document, by=staff(request.user))
    return uploads.serve(document.file, inline=request.GET.get("unduh") is None)


@staff_only
@require_safe
def case_document_page(request, number, pk, page):
    """A page of a PDF as an image, for reading in place."""
    document = cases.visible_document(request.user, number, pk)
    if document is None:
        raise Http404(_("Berkas ini tidak ditemukan."))
    record_reading_once_a_day(document, by=staff(request.user))
    return uploads.serve_page(document.file, page)


@staff_only
@require_safe
def case_letter(request, number, pk):
    """A letter of a case as PDF, including withdrawn ones."""
    page = _page_or_404(request, number)
    letter = next((each for each in page.letters if each.pk == pk and each.file_id), None)
    if letter is None:
        raise Http404(_("Surat ini tidak ditemukan."))
    return uploads.serve(letter.file, inline=request.GET.get("unduh") is None)


@staff_only
@secret_page
@require_safe
def case_receipt(request, number):
    """The receipt again, for an applicant at the desk. Printing it is recorded in the journal."""
    page = _page_or_404(request, number)
    if not page.may_serve:
        raise PermissionDenied
    record_receipt_reprint(page.request, by=staff(request.user))
    # The receipt is for the applicant, so it does not follow the desk's choice of language.
    with translation.override("id"):
        context = receipt_context(page.request) | {"back_url": reverse("case_detail", args=[number])}
        return render(request, "services/tracking/receipt_paper.html", context)


@staff_only
@require_POST
def case_letter_preview(request, number):
    """A preview of the letter as PDF: without a number, marked as a draft. Nothing is stored."""
    page = _page_or_404(request, number)
    if not page.writes_letter:
        messages.warning(request, _("Langkah ini tidak menerbitkan surat."))
        return redirect("case_detail", number=number)
    body = request.POST.get("body", "")[:12000]
    content = render_preview(page.request, page.flow, page.run, request.user, body)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="konsep-surat.pdf"'
    response["Cache-Control"] = "no-store"
    return response
