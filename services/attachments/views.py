"""Upload boxes, shared by the pages of drafts, tracking and the desk, which only differ in addresses."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from services.papers.queries.slots import DocumentSlot
from ula_portal.core.security import throttle
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.errors import Refused

from .actions.documents import attach_document


@dataclass(frozen=True)
class UploadBox:
    """A document slot with the addresses and states that ``components/_upload_row.html`` shows."""

    slot: DocumentSlot
    upload_url: str
    remove_url: str = ""
    view_url: str = ""
    # The file recently removed from an empty box, and the address that restores it.
    removed_name: str = ""
    restore_url: str = ""
    error: str = ""
    # Uploaded since the office asked for something.
    is_new: bool = False
    # False for staff, because each file they open is recorded in the journal.
    thumbnail: bool = True

    @property
    def badge(self) -> Badge | None:
        fresh = self.is_new and not self.slot.to_mend
        return Badge("good", _("Terunggah: berkas baru")) if fresh else self.slot.badge

    @property
    def max_bytes(self) -> int:
        return settings.UPLOAD_MAX_BYTES


def within_quota(request) -> bool:
    """Count an upload of this client by number and size; return whether both are within the limits."""
    upload = _uploaded_file(request)
    client, kilobytes = throttle.client_of(request), (upload.size + 1023) // 1024 if upload else 0
    within = throttle.count("upload", client)
    return throttle.count("upload-size", client, kilobytes) and within


def is_script_request(request) -> bool:
    """Tell whether the request comes from a script, which expects a fragment of the page."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _uploaded_file(request):
    return request.FILES.get("photo") or request.FILES.get("file")


def receive_upload(request, holder, key, actor):
    """Store the uploaded file, chosen or photographed, in one slot of a request.

    Returns (document, ""), or (None, sentence) if it was refused.
    """
    upload = _uploaded_file(request)
    if upload is None:
        return None, _("Belum ada berkas yang dipilih. Pilih berkas, lalu unggah lagi.")
    try:
        return attach_document(holder, by=actor, upload=upload, slot_key=key), ""
    except Refused as refused:
        return None, str(refused)


def submitted_meanwhile(request, address):
    """Tell a script that its draft was submitted in another window or on another device, with a link to go on."""
    return render(request, "services/attachments/_upload_sent.html", {"address": address}, status=409)


def answer_upload(request, boxes, key, error, full_page, address, *, next_box=None, other_html=""):
    """Answer an upload or a removal.

    A script receives the box with ``key`` as HTML, with status 422 and the message inside if it was refused. A browser
    without scripts is redirected to ``address``, or shown ``full_page``, which has the message next to the box.

    ``next_box``: another box to insert after it. ``other_html``: HTML for other parts of the page, marked
    ``data-upload-also``.
    """
    box = next((box for box in boxes if box.slot.key == key), None)
    if is_script_request(request):
        if box is None:
            # The slot no longer exists, so js/services/attachments.js shows the sentence and offers no retry.
            return HttpResponse(error, status=422, content_type="text/plain; charset=utf-8")
        pieces = [
            render_to_string("components/_upload_row.html", {"box": each}, request) for each in (box, next_box) if each
        ]
        return HttpResponse("".join([*pieces, other_html]), status=422 if error else 200)
    if full_page is not None:
        full_page.status_code = 422
        return full_page
    return redirect(f"{address}#{key}")
