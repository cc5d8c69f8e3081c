"""One upload box, in a draft and on the tracking page: the same markup, other addresses."""

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
    """What ``services/attachments/_upload.html`` shows of a slot."""

    slot: DocumentSlot
    upload_url: str
    remove_url: str = ""
    view_url: str = ""
    # The file just taken out of an empty box, and the address that puts it back.
    removed_name: str = ""
    restore_url: str = ""
    error: str = ""
    # Came since the office asked for something.
    is_new: bool = False
    # For staff, whose every look at a file stands in the journal, none is fetched unasked.
    thumbnail: bool = True

    @property
    def badge(self) -> Badge | None:
        fresh = self.is_new and not self.slot.to_mend
        return Badge("good", _("Terunggah: berkas baru")) if fresh else self.slot.badge

    @property
    def max_bytes(self) -> int:
        return settings.UPLOAD_MAX_BYTES


def within_quota(request) -> bool:
    """Count one upload of this source, by number and by size; whether both are within the limits."""
    upload = _sent(request)
    who, kilobytes = throttle.client_of(request), (upload.size + 1023) // 1024 if upload else 0
    within = throttle.count("upload", who)
    return throttle.count("upload-size", who, kilobytes) and within


def is_scripted(request) -> bool:
    """Whether a script asks, which wants a piece of the page."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _sent(request):
    return request.FILES.get("photo") or request.FILES.get("file")


def take_in(request, holder, key, actor):
    """Keep the file that was sent, chosen or photographed, for one slot of a request.

    Returns the document and "", or None and the sentence that tells why it was refused.
    """
    upload = _sent(request)
    if upload is None:
        return None, _("Pilih berkas terlebih dahulu.")
    try:
        return attach_document(holder, upload, key=key, actor=actor), ""
    except Refused as refused:
        return None, str(refused)


def sent_meanwhile(request, address):
    """Tell a script that the draft it works on was sent, in another window or on another device; with the way on."""
    return render(request, "services/attachments/_upload_sent.html", {"address": address}, status=409)


def answer_upload(request, boxes, key, error, whole_page, address, *, also=None, beside=""):
    """Answer an upload or a removal; ``also``: a box that stands behind the one with ``key`` and was its place before.
    ``beside``: HTML of what else it changes on the page, marked ``data-upload-also``.

    A script gets the box as HTML (422 with the message inside when it was refused), a browser without scripts is sent
    back to ``address``, or shown ``whole_page`` with the message beside the box.
    """
    box = next((box for box in boxes if box.slot.key == key), None)
    if is_scripted(request):
        if box is None:
            # The box is gone from the page: js/services/attachments.js tells the sentence and offers no other try.
            return HttpResponse(error, status=422, content_type="text/plain; charset=utf-8")
        pieces = [
            render_to_string("services/attachments/_upload.html", {"box": each}, request)
            for each in (box, also)
            if each
        ]
        return HttpResponse("".join([*pieces, beside]), status=422 if error else 200)
    if whole_page is not None:
        whole_page.status_code = 422
        return whole_page
    return redirect(f"{address}#{key}")
