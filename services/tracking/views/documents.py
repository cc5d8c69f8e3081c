"""Uploading, removing and viewing documents on the tracking page."""

from django.contrib import messages
from django.http import Http404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from services.applying import queries as applying
from services.applying.views.applicant import too_many
from services.attachments.actions.documents import EXTRA, remove_document, restore_document
from services.attachments.queries import key_of, removed_document
from services.attachments.views import answer_upload, is_scripted, take_in, within_quota
from services.conversation.queries.asked_items import asked_items, refusal_sentences
from services.papers.queries import slots as documents
from ula_portal.core.files import uploads
from ula_portal.core.journal import actors
from ula_portal.core.security.secret_pages import form_target
from ula_portal.core.verbs.errors import Refused

from .boxes import box_of, boxes_of
from .tracking import detail_page, page_of, to_page, tracked_page


def _document_answer(request, found, key, error):
    """Answer a change of a document. A slot that is no longer wanted keeps its box in the answer to its upload."""
    boxes = boxes_of(found, error, key)
    if not any(box.slot.key == key for box in boxes.all) and (slot := documents.slot_of(found, key)):
        boxes.wanted.append(box_of(found, slot, error))
    if error and not documents.accepts_documents(found) and not is_scripted(request):
        # The page no longer has upload boxes, so the error is shown at its top.
        messages.error(request, error)
        return to_page(found)
    whole = detail_page(request, found, boxes=boxes) if error else None
    # A paper without a slot gets its own box, followed by the empty one for the next.
    also = next((box for box in boxes.more if box.slot.key == EXTRA), None) if key.startswith("d") else None
    return answer_upload(
        request, boxes.all, key, error, whole, page_of(found), also=also, beside=_asked_back(request, found)
    )


def _asked_back(request, found):
    """Return HTML that updates the sentence asking the applicant back about what is still missing; "" if not needed."""
    pause = found.pauses.filter(to_at=None).first() if is_scripted(request) else None
    if pause is None:
        return ""
    words = refusal_sentences(asked_items(found, pause))
    return render_to_string("services/tracking/_asked_back.html", {"asked_back": words}, request)


@tracked_page
@form_target(page_of)
def track_upload(request, found, key):
    """Add or replace a document."""
    if not within_quota(request):
        return too_many(request, "upload")
    document, error = take_in(request, found, key, actors.applicant(found.pk))
    key = f"d{document.pk}" if document and key == EXTRA else key
    return _document_answer(request, found, key, error)


@tracked_page
@form_target(page_of)
def track_remove(request, found, document_id):
    """Remove a document."""
    document, error, key = applying.document_of(found, document_id), "", EXTRA
    if document is not None:
        key = key_of(document) or EXTRA
        try:
            remove_document(document, by=actors.applicant(found.pk))
        except Refused as refused:
            error = str(refused)
    return _document_answer(request, found, key, error)


@tracked_page
@form_target(page_of)
def track_restore(request, found, document_id):
    """Restore a recently removed document."""
    document, error = removed_document(found, document_id), ""
    if document is None:
        return to_page(found)
    try:
        restore_document(document, by=actors.applicant(found.pk))
    except Refused as refused:
        error = str(refused)
    return _document_answer(request, found, key_of(document) or f"d{document.pk}", error)


@require_GET
@tracked_page
def track_file(request, found, document_id):
    """Serve a document of the request."""
    document = applying.document_of(found, document_id)
    if document is None:
        raise Http404
    return uploads.serve(document.file, inline=True)
