"""Uploading, removing and viewing documents on the tracking page."""

from django.contrib import messages
from django.http import Http404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from services.applying import queries as applying
from services.applying.views.applicant import too_many_page
from services.attachments.actions.documents import EXTRA, remove_document, restore_document
from services.attachments.queries import removed_document, slot_key_of
from services.attachments.views import answer_upload, is_script_request, receive_upload, within_quota
from services.conversation.queries.asked_items import asked_items, refusal_sentences
from services.papers.queries import slots as paper_slots
from ula_portal.core.files import uploads
from ula_portal.core.journal import actors
from ula_portal.core.security.secret_pages import form_target
from ula_portal.core.verbs.errors import Refused

from .boxes import box_of, boxes_of
from .tracking import back_to_tracking, detail_page, tracking_page_url, with_request


def _document_answer(request, tracked, key, error):
    """Answer a change of a document. A slot that is no longer wanted keeps its box in the answer to its upload."""
    boxes = boxes_of(tracked, error, key)
    if not any(box.slot.key == key for box in boxes.all) and (slot := paper_slots.slot_of(tracked, key)):
        boxes.wanted.append(box_of(tracked, slot, error))
    if error and not paper_slots.accepts_documents(tracked) and not is_script_request(request):
        # The page no longer has upload boxes, so the error is shown at its top.
        messages.error(request, error)
        return back_to_tracking(tracked)
    full_page = detail_page(request, tracked, boxes=boxes) if error else None
    # A paper without a slot gets its own box, followed by the empty one for the next.
    next_box = next((box for box in boxes.more if box.slot.key == EXTRA), None) if key.startswith("d") else None
    return answer_upload(
        request,
        boxes.all,
        key,
        error,
        full_page,
        tracking_page_url(tracked),
        next_box=next_box,
        other_html=_asked_back(request, tracked),
    )


def _asked_back(request, tracked):
    """Return HTML that updates the sentence asking the applicant back about what is still missing; "" if not needed."""
    pause = tracked.pauses.filter(to_at=None).first() if is_script_request(request) else None
    if pause is None:
        return ""
    words = refusal_sentences(asked_items(tracked, pause))
    return render_to_string("services/tracking/_asked_back.html", {"asked_back": words}, request)


@with_request
@form_target(tracking_page_url)
def track_upload(request, tracked, key):
    """Add or replace a document."""
    if not within_quota(request):
        return too_many_page(request, "upload")
    document, error = receive_upload(request, tracked, key, actors.applicant(tracked.pk))
    key = f"d{document.pk}" if document and key == EXTRA else key
    return _document_answer(request, tracked, key, error)


@with_request
@form_target(tracking_page_url)
def track_remove(request, tracked, document_id):
    """Remove a document."""
    document, error, key = applying.document_of_request(tracked, document_id), "", EXTRA
    if document is not None:
        key = slot_key_of(document) or EXTRA
        try:
            remove_document(document, by=actors.applicant(tracked.pk))
        except Refused as refused:
            error = str(refused)
    return _document_answer(request, tracked, key, error)


@with_request
@form_target(tracking_page_url)
def track_restore(request, tracked, document_id):
    """Restore a recently removed document."""
    document, error = removed_document(tracked, document_id), ""
    if document is None:
        return back_to_tracking(tracked)
    try:
        restore_document(document, by=actors.applicant(tracked.pk))
    except Refused as refused:
        error = str(refused)
    return _document_answer(request, tracked, slot_key_of(document) or f"d{document.pk}", error)


@require_GET
@with_request
def track_file(request, tracked, document_id):
    """Serve a document of the request."""
    document = applying.document_of_request(tracked, document_id)
    if document is None:
        raise Http404
    return uploads.serve(document.file, inline=True)
