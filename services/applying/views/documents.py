"""The documents of a draft: each is stored as soon as it is chosen, and can be replaced, removed or restored."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_safe

from services.attachments.actions.documents import remove_document, restore_document
from services.attachments.queries import recently_removed, removed_document, slot_id_of, slot_key_of
from services.attachments.views import UploadBox, answer_upload, receive_upload, within_quota
from services.papers.queries import slots as paper_slots
from ula_portal.core.files import uploads
from ula_portal.core.journal import actors
from ula_portal.core.security.secret_pages import form_target
from ula_portal.core.verbs.errors import Refused

from ..queries import document_of_request
from .applicant import draft_url, render_draft, too_many_page, with_draft


def _boxes(draft, error="", key=""):
    removed_by_slot = recently_removed(draft)
    return [
        _box(draft, slot, removed_by_slot.get(slot_id_of(slot)), error if slot.key == key else "")
        for slot in paper_slots.document_slots(draft)
    ]


def _box(draft, slot, removed, error):
    document, removed = slot.document, None if slot.document else removed
    return UploadBox(
        slot,
        upload_url=draft_url(draft, "apply_upload", slot.key),
        remove_url=draft_url(draft, "apply_remove", document.pk) if document else "",
        view_url=draft_url(draft, "apply_file", document.pk) if document else "",
        removed_name=removed.file.name if removed else "",
        restore_url=draft_url(draft, "apply_restore", removed.pk) if removed else "",
        error=error,
    )


def _page_of(draft):
    return draft_url(draft, "apply_documents")


@require_safe
@with_draft
def apply_documents(request, draft):
    """The page with an upload box for each document."""
    boxes = _boxes(draft)
    if not boxes:
        return redirect(draft_url(draft, "apply_review"))
    return render_draft(request, draft, "documents", "services/applying/apply_documents.html", boxes=boxes)


def _document_answer(request, draft, key, error):
    """Answer with the box for a script, or the whole page for a browser without scripts."""
    boxes = _boxes(draft, error, key)
    full_page = (
        render_draft(request, draft, "documents", "services/applying/apply_documents.html", boxes=boxes)
        if error
        else None
    )
    return answer_upload(request, boxes, key, error, full_page, draft_url(draft, "apply_documents"))


@with_draft
@form_target(_page_of)
def apply_upload(request, draft, key):
    """Store a file in one slot."""
    if not within_quota(request):
        return too_many_page(request, "upload")
    _document, error = receive_upload(request, draft, key, actors.applicant(draft.pk))
    return _document_answer(request, draft, key, error)


@with_draft
@form_target(_page_of)
def apply_remove(request, draft, document_id):
    """Remove a document."""
    document = document_of_request(draft, document_id)
    if document is None:
        return redirect(draft_url(draft, "apply_documents"))
    remove_document(document, by=actors.applicant(draft.pk))
    return _document_answer(request, draft, slot_key_of(document), "")


@with_draft
@form_target(_page_of)
def apply_restore(request, draft, document_id):
    """Restore a recently removed document."""
    document, error = removed_document(draft, document_id), ""
    if document is None:
        return redirect(_page_of(draft))
    try:
        restore_document(document, by=actors.applicant(draft.pk))
    except Refused as refused:
        error = str(refused)
    return _document_answer(request, draft, slot_key_of(document), error)


@require_GET
@with_draft
def apply_file(request, draft, document_id):
    """Serve a document of the draft; ``?kecil`` returns a thumbnail."""
    document = document_of_request(draft, document_id)
    if document is None:
        raise Http404
    return uploads.serve_small(document.file) if "kecil" in request.GET else uploads.serve(document.file, inline=True)
