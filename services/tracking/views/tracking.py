"""The tracking page of a request and the applicant's actions on it; access by number and code or secret address."""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from services.applying import queries as applying
from services.applying.actions.messages import write_to_office
from services.applying.forms.apply import BroughtForm, TextForm, TrackForm
from services.applying.receipt import tracking_token
from services.conversation.actions import asking
from services.conversation.queries.asked_items import asked_items, received_sentences
from services.fields import queries as forms
from services.letters.actions import handing_over
from services.letters.queries import issued_letter
from services.papers.queries import slots as documents
from ula_portal.core.files import uploads
from ula_portal.core.journal import actors
from ula_portal.core.security import proof_of_work, throttle
from ula_portal.core.security.secret_pages import form_target, secret_page
from ula_portal.core.verbs.errors import Refused

from ..queries import tracking
from .boxes import boxes_of, track_url


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def track(request):
    """Open a request by number and code. The response to a wrong pair does not reveal which of the two is wrong."""
    who, status = throttle.client_of(request), 200
    form = TrackForm(request.POST) if request.method == "POST" else TrackForm()
    if form.is_valid():
        found, trouble, status = _look_up(who, form.cleaned_data, request.POST)
        if found:
            return redirect("track_detail", tracking_token(found))
        form.add_error(None, trouble)
    context = {"nav": "track", "form": form, "proof": proof_of_work.challenge_for("code", who, request.POST)}
    return render(request, "services/tracking/track.html", context, status=status)


def _look_up(who, typed, posted):
    """Return the request, a message and the status. Only wrong codes are counted, per client and per number."""
    number = typed["number"]
    counted = [("code", who), ("code-number", throttle.digest(tracking.tidy_number(number)))]
    if any(throttle.is_full(name, each) for name, each in counted):
        return None, throttle.too_many("code"), 429
    if trouble := proof_of_work.refusal("code", who, posted):
        return None, trouble, 422
    if found := tracking.request_by_number_and_code(number, typed["code"]):
        return found, "", 200
    for name, each in counted:
        throttle.count(name, each)
    return None, _("Nomor atau kode tidak cocok."), 200


def tracked_page(view):
    """Pass the view the request with this token."""

    @secret_page
    @functools.wraps(view)
    def wrapped(request, token, **kwargs):
        found = applying.request_by_token(token)
        if found is None:
            raise Http404
        return view(request, found, **kwargs)

    return wrapped


def page_of(found):
    """Return the address of the tracking page."""
    return track_url("track_detail", found)


def to_page(found, anchor=""):
    """Redirect to the tracking page."""
    return redirect(page_of(found) + (f"#{anchor}" if anchor else ""))


@require_safe
@tracked_page
def track_detail(request, found):
    """Show where the request is, when it is due, and what the applicant must do."""
    return detail_page(request, found)


def detail_page(request, found, *, boxes=None, answer_form=None, message_form=None, status=200):
    """Render the tracking page, with the given boxes or forms if they contain errors."""
    boxes = boxes or boxes_of(found)
    context = {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "page": tracking.tracking_of(found, missing=bool(boxes.missing)),
        "boxes": boxes,
        "more_open": any(box.error or box.slot.document for box in boxes.more),
        "takes_documents": documents.accepts_documents(found),
        "answer_form": answer_form or _answer_form(),
        "message_form": message_form or TextForm(label=_("Pesan Anda"), auto_id="id_message_%s"),
    }
    return render(request, "services/tracking/track_detail.html", context, status=status)


def _answer_form(data=None):
    return BroughtForm(data, label=_("Jawaban Anda (boleh dikosongkan)"), required=False, auto_id="id_answer_%s")


@tracked_page
@form_target(page_of)
def track_answer(request, found):
    """Answer a question of the office, which restarts the clock."""
    form = _answer_form(request.POST)
    if not form.is_valid():
        return detail_page(request, found, answer_form=form, status=422)
    try:
        asking.applicant_answers(found, by=actors.applicant(found.pk), **form.cleaned_data)
    except Refused as refused:
        if refused.field != "sure":
            messages.error(request, str(refused))
            return to_page(found)
        form.ask_back(refused)
        return detail_page(request, found, answer_form=form, status=422)
    messages.success(request, _thanks(found), extra_tags="arrived")
    return to_page(found)


def _thanks(found):
    """Return the message after an answer, which only thanks for what actually arrived."""
    things = asked_items(found, found.pauses.order_by("from_at").last())
    if all(each.state == "new" for each in things):
        return _("Terima kasih. Kelengkapan Anda telah kami terima dan permohonan dilanjutkan.")
    if any(each.state in ("new", "answered") for each in things):
        return _("Terima kasih. Jawaban Anda telah kami terima. %(came)s") % {"came": received_sentences(things)}
    return _("Permohonan Anda dilanjutkan. %(came)s") % {"came": received_sentences(things)}


@tracked_page
@form_target(page_of)
def track_message(request, found):
    """Send a message to the office."""
    form = TextForm(request.POST, label=_("Pesan Anda"), auto_id="id_message_%s")
    if not throttle.count("message", throttle.client_of(request)):
        sentence = _("Pesan ini belum terkirim: terlalu banyak pesan baru saja. Coba lagi setelah %(time)s.")
        form.add_error("text", sentence % {"time": throttle.wait_of("message")})
        return detail_page(request, found, message_form=form, status=429)
    if not form.is_valid():
        return detail_page(request, found, message_form=form, status=422)
    key = request.POST.get("idempotency_key", "")[:64]
    write_to_office(found, by=actors.applicant(found.pk), text=form.cleaned_data["text"], key=key)
    messages.success(request, _("Pesan Anda sudah kami terima."), extra_tags="arrived")
    return to_page(found, "pesan")


@require_http_methods(["GET", "HEAD", "POST"])
@tracked_page
def track_withdraw(request, found):
    """Ask for confirmation; on POST withdraw the request."""
    if request.method != "POST":
        context = {"nav": "track", "found": found, "token": tracking_token(found)}
        return render(request, "services/tracking/track_withdraw.html", context | {"letter": issued_letter(found)})
    try:
        asking.withdraw_request(found, by=actors.applicant(found.pk))
        messages.success(request, _("Permohonan Anda sudah ditarik."))
    except Refused as refused:
        messages.error(request, str(refused))
    return to_page(found)


@tracked_page
@form_target(page_of)
def track_letter(request, found):
    """Download the letter. By POST, because the first download completes the applicant's last step."""
    letter = tracking.letter_of(found)
    if letter is None or letter.file is None:
        raise Http404
    handing_over.letter_downloaded(letter, by=actors.applicant(found.pk))
    return uploads.serve(letter.file)


@require_safe
@tracked_page
def track_contents(request, found):
    """Show the submitted answers and documents."""
    rows = [
        (document, track_url("track_file", found, document.pk) if document.file_id else "")
        for document in documents.documents_of(found)
    ]
    context = {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "answers": forms.answers_shown(found),
        "documents": rows,
    }
    return render(request, "services/tracking/track_contents.html", context)
