"""Following a request: by number and code, or by the secret address. What the applicant can do there."""

import functools

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ula_portal.core import actors, pdf, proof_of_work, throttle, uploads
from ula_portal.core.errors import Refused

from ..actions import cases
from ..actions import requests as verbs
from ..forms.apply import TextForm, TrackForm
from ..models import Document
from ..queries import forms, tracking
from ..receipt import receipt_whatsapp, spaced_code, tracking_token, tracking_url
from .applicant import too_many
from .private import private_page
from .uploading import UploadBox, answer_upload, is_scripted, within_quota


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def track(request):
    """Number and code lead to the request; the answer to a wrong pair never tells which of the two is wrong."""
    who, status = throttle.client_of(request), 200
    form = TrackForm(request.POST) if request.method == "POST" else TrackForm()
    if form.is_valid():
        found, trouble, status = _look_up(who, form.cleaned_data, request.POST)
        if found:
            return redirect("track_detail", tracking_token(found))
        form.add_error(None, trouble)
    context = {"nav": "track", "form": form, "proof": proof_of_work.challenge_for("code", who)}
    return render(request, "services/track.html", context, status=status)


def _look_up(who, typed, posted):
    """The request, or what to tell and its status. Only wrong codes are counted, by source and by number."""
    number = typed["number"]
    counted = [("code", who), ("code-number", throttle.digest(tracking.tidy_number(number)))]
    if any(throttle.is_full(name, each) for name, each in counted):
        return None, throttle.TOO_MANY, 429
    if trouble := proof_of_work.refusal("code", who, posted):
        return None, trouble, 422
    if found := tracking.request_by_number_and_code(number, typed["code"]):
        return found, "", 200
    for name, each in counted:
        throttle.count(name, each)
    return None, _("Nomor atau kode tidak cocok."), 200


def tracked_page(view):
    """Hand the view the request behind the token."""

    @private_page
    @functools.wraps(view)
    def wrapped(request, token, **kwargs):
        found = tracking.request_by_token(token)
        if found is None:
            raise Http404
        return view(request, found, **kwargs)

    return wrapped


def _address(name, found, *more):
    return reverse(name, args=[tracking_token(found), *more])


def _to_page(found, anchor=""):
    return redirect(_address("track_detail", found) + (f"#{anchor}" if anchor else ""))


@require_safe
@tracked_page
def track_detail(request, found):
    """Where the request is, until when, what is wanted from the applicant."""
    return _detail(request, found)


def _detail(request, found, *, boxes=None, answer_form=None, message_form=None, status=200):
    takes_documents = forms.accepts_documents(found)
    if boxes is None:
        boxes = _boxes(found) if takes_documents else []
    context = {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "page": tracking.tracking_of(found),
        "boxes": boxes,
        "missing": [box for box in boxes if box.slot.is_missing],
        "takes_documents": takes_documents,
        "answer_form": answer_form
        or TextForm(label=_("Jawaban Anda (boleh dikosongkan)"), required=False, auto_id="id_answer_%s"),
        "message_form": message_form or TextForm(label=_("Pesan Anda"), auto_id="id_message_%s"),
    }
    return render(request, "services/track_detail.html", context, status=status)


def _boxes(found, error="", key=""):
    """Boxes for what is missing, must be mended or was added since, and one for anything else that was asked for."""
    slots = [slot for slot in forms.document_slots(found) if slot.is_missing or _in_hand(found, slot)]
    extra = forms.DocumentSlot(verbs.EXTRA, _("Berkas lain yang diminta"), False)
    boxes = [_box(found, slot, error if slot.key == key else "") for slot in [*slots, extra]]
    for document in forms.loose_documents(found):
        slot = forms.DocumentSlot(f"d{document.pk}", _("Berkas tambahan"), False, document=document)
        boxes.append(_box(found, slot, "", fixed=True))
    return boxes


def _in_hand(found, slot):
    asked_at = next((pause.from_at for pause in found.pauses.all() if pause.to_at is None), found.received_at)
    document = slot.document
    return document and (document.verdict == Document.Verdict.MEND or document.added_at > asked_at)


def _box(found, slot, error, fixed=False):
    document = slot.document if slot.document and slot.document.file_id else None
    return UploadBox(
        slot,
        upload_url="" if fixed else _address("track_upload", found, slot.key),
        remove_url=_address("track_remove", found, document.pk) if document else "",
        view_url=_address("track_file", found, document.pk) if document else "",
        error=error,
    )


def _document_answer(request, found, key, error):
    """A new or mended file leaves the list of what is wanted, but stays on the page as the box that was just used."""
    boxes = _boxes(found, error, key)
    if not any(box.slot.key == key for box in boxes) and (slot := forms.slot_of(found, key)):
        boxes.append(_box(found, slot, error))
    if error and not forms.accepts_documents(found) and not is_scripted(request):
        # The boxes are gone from the page: say it above.
        messages.error(request, error)
        return _to_page(found)
    whole = _detail(request, found, boxes=boxes) if error else None
    return answer_upload(request, boxes, key, error, whole, _address("track_detail", found))


@require_POST
@tracked_page
def track_upload(request, found, key):
    """Add or replace a document while the office waits for one."""
    upload, error = request.FILES.get("file"), ""
    if not within_quota(request, upload):
        return too_many(request)
    try:
        if upload is None:
            raise Refused(_("Pilih berkas terlebih dahulu."))
        document = verbs.attach_document(found, upload, key=key, actor=actors.applicant(found.pk))
        key = f"d{document.pk}" if key == verbs.EXTRA else key
    except Refused as refused:
        error = str(refused)
    return _document_answer(request, found, key, error)


@require_POST
@tracked_page
def track_remove(request, found, document_id):
    """Take a document out again while the office waits for one."""
    document, error, key = tracking.document_of(found, document_id), "", verbs.EXTRA
    if document is not None:
        key = f"r{document.requirement_id}" if document.requirement_id else key
        key = f"f-{document.field_name}" if document.field_name else key
        try:
            verbs.remove_document(document, actor=actors.applicant(found.pk))
        except Refused as refused:
            error = str(refused)
    return _document_answer(request, found, key, error)


@require_GET
@tracked_page
def track_file(request, found, document_id):
    """One's own file."""
    document = tracking.document_of(found, document_id)
    if document is None:
        raise Http404
    return uploads.serve(document.file, inline=True)


@require_POST
@tracked_page
def track_answer(request, found):
    """What was asked for is there: the clock runs again."""
    form = TextForm(request.POST, label=_("Jawaban Anda (boleh dikosongkan)"), required=False, auto_id="id_answer_%s")
    if form.is_valid() and not form.cleaned_data["text"] and _is_owed(found):
        form.add_error("text", _("Unggah dahulu berkas yang diminta, atau tuliskan mengapa belum dapat."))
    if not form.is_valid():
        return _detail(request, found, answer_form=form, status=422)
    try:
        cases.applicant_answers(found, actor=actors.applicant(found.pk), text=form.cleaned_data["text"])
        messages.success(request, _("Terima kasih. Kelengkapan Anda telah kami terima dan permohonan dilanjutkan."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_page(found)


def _is_owed(found):
    """Is a document still missing or not yet mended? A tap by mistake must not set the clock running."""
    slots = forms.document_slots(found) if forms.accepts_documents(found) else []
    return any(s.is_missing or (s.document and s.document.verdict == Document.Verdict.MEND) for s in slots)


@require_POST
@tracked_page
def track_message(request, found):
    """A message to the office."""
    if not throttle.count("message", throttle.client_of(request)):
        return too_many(request)
    form = TextForm(request.POST, label=_("Pesan Anda"), auto_id="id_message_%s")
    if not form.is_valid():
        return _detail(request, found, message_form=form, status=422)
    key = request.POST.get("idempotency_key", "")[:64]
    verbs.write_to_office(found, form.cleaned_data["text"], actor=actors.applicant(found.pk), idempotency_key=key)
    messages.success(request, _("Pesan Anda sudah kami terima."))
    return _to_page(found, "pesan")


@require_http_methods(["GET", "HEAD", "POST"])
@tracked_page
def track_withdraw(request, found):
    """Ask once more, then withdraw."""
    if request.method != "POST":
        return render(
            request, "services/track_withdraw.html", {"nav": "track", "found": found, "token": tracking_token(found)}
        )
    try:
        cases.withdraw_request(found, actor=actors.applicant(found.pk))
        messages.success(request, _("Permohonan Anda sudah ditarik."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_page(found)


@require_POST
@tracked_page
def track_letter(request, found):
    """Fetch the letter; by POST, because the first time it closes the applicant's last step."""
    letter = tracking.letter_of(found)
    if letter is None or letter.file is None:
        raise Http404
    cases.letter_downloaded(letter, actor=actors.applicant(found.pk))
    return uploads.serve(letter.file)


@require_safe
@tracked_page
def track_contents(request, found):
    """What was sent: answers and documents."""
    documents = [
        (document, _address("track_file", found, document.pk) if document.file_id else "")
        for document in forms.documents_of(found)
    ]
    context = {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "answers": forms.answers_shown(found),
        "documents": documents,
    }
    return render(request, "services/track_contents.html", context)


def receipt_context(found) -> dict:
    """What stands on a receipt: code, QR, what is still to come."""
    address = tracking_url(found)
    return {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "code": spaced_code(found),
        "address": address,
        "address_words": address.partition("://")[2].rpartition("/lacak/")[0] + "/lacak/",
        "qr": pdf.qr_svg(address),
        "missing": forms.missing_documents(found),
        "originals": forms.originals_of(found),
        "whatsapp": receipt_whatsapp(found),
    }


@require_safe
@tracked_page
def receipt(request, found):
    """On the screen after sending: number, code, what happens next."""
    return render(request, "services/receipt.html", receipt_context(found))


@require_safe
@tracked_page
def receipt_paper(request, found):
    """The receipt as a paper, to print from the browser."""
    return render(request, "services/receipt_paper.html", receipt_context(found))


@require_safe
@tracked_page
def receipt_pdf(request, found):
    """The receipt as a PDF, for phones that cannot print."""
    from ula_portal.core.queries import office

    content = pdf.render_template(
        "services/receipt_paper.html", {**receipt_context(found), "office": office(), "for_pdf": True}
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="tanda-terima-{found.number}.pdf"'
    return response
