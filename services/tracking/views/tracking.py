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
from services.fields import queries as field_queries
from services.letters.actions import handing_over
from services.letters.queries import issued_letter, letter_for_applicant
from services.papers.queries import slots as paper_slots
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
    client, status = throttle.client_of(request), 200
    form = TrackForm(request.POST) if request.method == "POST" else TrackForm()
    if form.is_valid():
        tracked, trouble, status = _look_up(client, form.cleaned_data, request.POST)
        if tracked:
            return redirect("track_detail", tracking_token(tracked))
        form.add_error(None, trouble)
    context = {"nav": "track", "form": form, "proof": proof_of_work.challenge_for("code", client, request.POST)}
    return render(request, "services/tracking/track.html", context, status=status)


def _look_up(client, typed, posted):
    """Return the request, a message and the status. Only wrong codes are counted, per client and per number."""
    number = typed["number"]
    counted = [("code", client), ("code-number", throttle.digest(tracking.tidy_number(number)))]
    if any(throttle.is_full(name, each) for name, each in counted):
        return None, throttle.too_many_message("code"), 429
    if trouble := proof_of_work.missing_proof("code", client, posted):
        return None, trouble, 422
    if tracked := tracking.request_by_number_and_code(number, typed["code"]):
        return tracked, "", 200
    for name, each in counted:
        throttle.count(name, each)
    return None, _("Nomor atau kode tidak cocok. Periksa keduanya pada tanda terima."), 200


def with_request(view):
    """Pass the view the request with this token."""

    @secret_page
    @functools.wraps(view)
    def wrapped(request, token, **kwargs):
        tracked = applying.request_by_token(token)
        if tracked is None:
            return _continue_draft(token)
        return view(request, tracked, **kwargs)

    return wrapped


def _continue_draft(token):
    """A request that was not submitted yet is continued where it was left."""
    draft = applying.draft_by_token(token)
    if draft is None:
        raise Http404
    return redirect("apply_continue", draft.service.slug, token)


def tracking_page_url(tracked):
    """Return the address of the tracking page."""
    return track_url("track_detail", tracked)


def back_to_tracking(tracked, anchor=""):
    """Redirect to the tracking page."""
    return redirect(tracking_page_url(tracked) + (f"#{anchor}" if anchor else ""))


@require_safe
@with_request
def track_detail(request, tracked):
    """Show where the request is, when it is due, and what the applicant must do."""
    return detail_page(request, tracked)


def detail_page(request, tracked, *, boxes=None, answer_form=None, message_form=None, status=200):
    """Render the tracking page, with the given boxes or forms if they contain errors."""
    boxes = boxes or boxes_of(tracked)
    context = {
        "nav": "track",
        "tracked": tracked,
        "token": tracking_token(tracked),
        "page": tracking.tracking_of(tracked, missing=bool(boxes.missing), to_mend=bool(boxes.mend)),
        "boxes": boxes,
        "more_open": any(box.error or box.slot.document for box in boxes.more),
        "takes_documents": paper_slots.accepts_documents(tracked),
        "answer_form": answer_form or _answer_form(),
        "message_form": message_form or TextForm(label=_("Pesan Anda"), auto_id="id_message_%s"),
    }
    return render(request, "services/tracking/track_detail.html", context, status=status)


def _answer_form(data=None):
    return BroughtForm(data, label=_("Jawaban Anda (tidak wajib)"), required=False, auto_id="id_answer_%s")


@with_request
@form_target(tracking_page_url)
def track_answer(request, tracked):
    """Answer a question of the office, which restarts the clock."""
    form = _answer_form(request.POST)
    if not form.is_valid():
        return detail_page(request, tracked, answer_form=form, status=422)
    try:
        asking.applicant_answers(tracked, by=actors.applicant(tracked.pk), **form.cleaned_data)
    except Refused as refused:
        if refused.field != "sure":
            messages.error(request, str(refused))
            return back_to_tracking(tracked)
        form.ask_back(refused)
        return detail_page(request, tracked, answer_form=form, status=422)
    messages.success(request, _thanks(tracked), extra_tags="arrived")
    return back_to_tracking(tracked)


def _thanks(tracked):
    """Return the message after an answer, which only thanks for what actually arrived."""
    things = asked_items(tracked, tracked.pauses.order_by("from_at").last())
    if all(each.state == "new" for each in things):
        return _("Terima kasih. Kelengkapan Anda telah kami terima dan permohonan dilanjutkan.")
    if any(each.state in ("new", "answered") for each in things):
        return _("Terima kasih. Jawaban Anda telah kami terima. %(came)s") % {"came": received_sentences(things)}
    return _("Permohonan Anda dilanjutkan. %(came)s") % {"came": received_sentences(things)}


@with_request
@form_target(tracking_page_url)
def track_message(request, tracked):
    """Send a message to the office."""
    form = TextForm(request.POST, label=_("Pesan Anda"), auto_id="id_message_%s")
    if not throttle.count("message", throttle.client_of(request)):
        sentence = _(
            "Pesan ini belum terkirim karena baru saja ada terlalu banyak pesan. Tulisan Anda tetap ada. Coba lagi "
            "setelah %(time)s."
        )
        form.add_error("text", sentence % {"time": throttle.wait_of("message")})
        return detail_page(request, tracked, message_form=form, status=429)
    if not form.is_valid():
        return detail_page(request, tracked, message_form=form, status=422)
    key = request.POST.get("idempotency_key", "")[:64]
    write_to_office(tracked, by=actors.applicant(tracked.pk), text=form.cleaned_data["text"], key=key)
    messages.success(request, _("Pesan Anda sudah kami terima."), extra_tags="arrived")
    return back_to_tracking(tracked, "pesan")


@require_http_methods(["GET", "HEAD", "POST"])
@with_request
def track_withdraw(request, tracked):
    """Ask for confirmation; on POST withdraw the request."""
    if request.method != "POST":
        context = {"nav": "track", "tracked": tracked, "token": tracking_token(tracked)}
        return render(request, "services/tracking/track_withdraw.html", context | {"letter": issued_letter(tracked)})
    try:
        asking.withdraw_request(tracked, by=actors.applicant(tracked.pk))
        messages.success(request, _("Permohonan Anda sudah ditarik."))
    except Refused as refused:
        messages.error(request, str(refused))
    return back_to_tracking(tracked)


@with_request
@form_target(tracking_page_url)
def track_letter(request, tracked):
    """Download the letter. By POST, because the first download completes the applicant's last step."""
    letter = letter_for_applicant(tracked)
    if letter is None or letter.file is None:
        raise Http404
    handing_over.letter_downloaded(letter, by=actors.applicant(tracked.pk))
    return uploads.serve(letter.file)


@require_safe
@with_request
def track_contents(request, tracked):
    """Show the submitted answers and documents."""
    rows = [
        (document, track_url("track_file", tracked, document.pk) if document.file_id else "")
        for document in paper_slots.documents_of(tracked)
    ]
    context = {
        "nav": "track",
        "tracked": tracked,
        "token": tracking_token(tracked),
        "answers": field_queries.readable_answers(tracked),
        "documents": rows,
    }
    return render(request, "services/tracking/track_contents.html", context)
