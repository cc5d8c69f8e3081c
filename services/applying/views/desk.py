"""Completing a request at the desk with the applicant's answers and scans."""

import functools

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from services.attachments.actions.documents import EXTRA
from services.attachments.views import UploadBox, answer_upload, receive_upload
from services.engine.queries import cases
from services.engine.queries.recording import unit_of_case
from services.papers.queries.brought import lacks_of
from services.papers.queries.slots import DocumentSlot, document_slots
from services.permissions import may_see_cases, may_serve_applicant
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Refused

from ..actions.completing import complete_answers
from ..forms.desk import DeskAnswersForm

staff_only = allowed(may_see_cases)


def with_open_case(view):
    """Pass the view an open case whose applicant the user may serve; a closed case redirects to its page."""

    @functools.wraps(view)
    def wrapped(request, number, **kwargs):
        case = cases.case_by_number(request.user, number)
        if case is None:
            raise Http404(_("Permohonan ini tidak ditemukan."))
        if not may_serve_applicant(request.user, unit_of_case(case)):
            raise PermissionDenied
        if not case.is_open:
            messages.warning(request, _("Permohonan ini sudah ditutup."))
            return redirect("case_detail", number=number)
        return view(request, case, **kwargs)

    return wrapped


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_open_case
def case_answers(request, case):
    """The form in parts and the upload boxes. Valid answers are saved, invalid ones are shown again."""
    form = DeskAnswersForm(case, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, case, form)
    if form.act:
        return _page(request, case, form.as_typed())
    valid = form.is_valid()
    try:
        complete_answers(case, by=staff(request.user), answers=form.stored)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("case_detail", number=case.number)
    if not valid:
        return _page(request, case, form, status=422)
    messages.success(request, _("Isian permohonan disimpan."))
    return redirect("case_detail", number=case.number)


def _page(request, case, form, boxes=None, status=200):
    # lacks: what is still missing before the request counts as complete.
    context = {"case": case, "form": form, "boxes": boxes or _boxes(case), "lacks": lacks_of(case)}
    return render(request, "services/applying/case_answers.html", context, status=status)


def _boxes(case, error="", key=""):
    slots = [*document_slots(case), DocumentSlot(EXTRA, _("Berkas lain"), False)]
    return [_box(case, slot, error if slot.key == key else "") for slot in slots]


def _box(case, slot, error=""):
    # Paper kept at the desk is a document without a file: there is nothing to open.
    document = slot.document if slot.document and slot.document.file_id else None
    return UploadBox(
        slot,
        upload_url=reverse("case_upload", args=[case.number, slot.key]),
        view_url=reverse("case_document", args=[case.number, document.pk]) if document else "",
        error=error,
        thumbnail=False,
    )


@staff_only
@require_POST
@with_open_case
def case_upload(request, case, key):
    """Store a scan, replacing the one in its slot; ``key``: the slot's key, or ``EXTRA`` for any other document."""
    document, error = receive_upload(request, case, key, staff(request.user))
    boxes = _boxes(case, error, key)
    if key == EXTRA and document is not None:
        # The box shows the stored file until the page is loaded again; then it is empty.
        slot = DocumentSlot(EXTRA, _("Berkas lain"), False, document=document)
        boxes[-1] = _box(case, slot)
    full_page = _page(request, case, DeskAnswersForm(case), boxes) if error else None
    return answer_upload(request, boxes, key, error, full_page, reverse("case_answers", args=[case.number]))
