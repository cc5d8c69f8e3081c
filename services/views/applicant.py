"""Applying for a service: privacy notice, answers, documents, review, sending. No account; the address is the key."""

import datetime
import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from sop.queries import version_in_force
from ula_portal.core import actors, clock, proof_of_work, throttle, uploads
from ula_portal.core.errors import Outdated, Refused

from ..actions import requests as verbs
from ..forms.apply import AnswersForm, Honeypot
from ..models import Request, Service
from ..queries import catalogue, forms
from ..queries.tracking import document_of, draft_by_token
from ..receipt import tracking_token
from .private import private_page
from .uploading import UploadBox, answer_upload, within_quota

# How long a draft that is not sent is kept.
DRAFT_DAYS = 30


def too_many(request):
    return render(request, "429.html", {"message": throttle.TOO_MANY}, status=429)


@require_http_methods(["GET", "HEAD", "POST"])
def apply_start(request, slug):
    """What happens with the data, and begin."""
    service = catalogue.service_by_slug(slug)
    if service is None or service.kind != Service.Kind.REQUEST or "online" not in service.channels:
        raise Http404
    return _begin(request, service) if request.method == "POST" else _start_page(request, service)


def _start_page(request, service, trouble=""):
    context = {
        "nav": "services",
        "service": service,
        "crumbs": _crumbs(service),
        "trouble": trouble,
        "idempotency_key": request.POST.get("idempotency_key", "")[:64],
        "proof": proof_of_work.challenge_for("draft", throttle.client_of(request)),
    }
    return render(request, "services/apply_start.html", context, status=422 if trouble else 200)


def _begin(request, service):
    if Honeypot(request.POST).is_robot:
        return redirect("service_detail", service.slug)
    if trouble := proof_of_work.refusal("draft", throttle.client_of(request), request.POST):
        return _start_page(request, service, trouble)
    if not throttle.count("draft", throttle.client_of(request)):
        return too_many(request)
    try:
        draft = verbs.create_draft(service, idempotency_key=request.POST.get("idempotency_key", "")[:64])
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("service_detail", service.slug)
    return redirect("apply_data", service.slug, tracking_token(draft))


def _crumbs(service):
    return [
        {"label": pgettext("menu", "Layanan"), "url": reverse("service_list")},
        {"label": service.name, "url": reverse("service_detail", args=[service.slug])},
        {"label": _("Ajukan")},
    ]


def draft_page(view):
    """Hand the view the draft behind slug and token; what was sent already leads to its receipt."""

    @private_page
    @functools.wraps(view)
    def wrapped(request, slug, token, **kwargs):
        draft = draft_by_token(token)
        if draft is None or draft.service.slug != slug:
            raise Http404
        if draft.state != Request.State.DRAFT:
            return redirect("receipt", token)
        return view(request, draft, **kwargs)

    return wrapped


def _address(name, draft, *more):
    return reverse(name, args=[draft.service.slug, tracking_token(draft), *more])


def _page(request, draft, step, template, *, status=200, **context):
    """Render a step; ``step`` counts from 1."""
    names = {
        "data": "apply_data",
        "documents": "apply_documents",
        "review": "apply_review",
        "saved": "apply_saved",
    }
    return render(
        request,
        template,
        {
            "nav": "services",
            "draft": draft,
            "service": draft.service,
            "crumbs": _crumbs(draft.service),
            "step": step,
            "urls": {key: _address(name, draft) for key, name in names.items()},
            "kept_until": clock.local(draft.created_at).date() + datetime.timedelta(days=DRAFT_DAYS),
            **context,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@draft_page
def apply_data(request, draft):
    """The questions. Everything typed is kept at each sending, right or wrong."""
    if request.method != "POST":
        return _page(request, draft, 1, "services/apply_data.html", form=AnswersForm(draft))
    form = AnswersForm(draft, request.POST)
    valid = form.is_valid()
    try:
        verbs.save_answers(draft, form.stored, typed=form.typed)
    except Outdated:
        return redirect("receipt", tracking_token(draft))
    if "later" in request.POST:
        return redirect(_address("apply_saved", draft))
    if valid:
        return redirect(_address("apply_documents", draft))
    return _page(request, draft, 1, "services/apply_data.html", form=form)


@require_safe
@draft_page
def apply_saved(request, draft):
    """Where to find the draft again."""
    return _page(
        request,
        draft,
        None,
        "services/apply_saved.html",
        address=request.build_absolute_uri(_address("apply_data", draft)),
    )


def _boxes(draft, error="", key=""):
    return [
        UploadBox(
            slot,
            upload_url=_address("apply_upload", draft, slot.key),
            remove_url=_address("apply_remove", draft, slot.document.pk) if slot.document else "",
            view_url=_address("apply_file", draft, slot.document.pk) if slot.document else "",
            error=error if slot.key == key else "",
        )
        for slot in forms.document_slots(draft)
    ]


@require_safe
@draft_page
def apply_documents(request, draft):
    """The documents, each kept as soon as it is chosen."""
    boxes = _boxes(draft)
    if not boxes:
        return redirect(_address("apply_review", draft))
    return _page(request, draft, 2, "services/apply_documents.html", boxes=boxes)


def _document_answer(request, draft, key, error):
    """The box again for a script, the whole page for a browser without."""
    boxes = _boxes(draft, error, key)
    whole = _page(request, draft, 2, "services/apply_documents.html", boxes=boxes) if error else None
    return answer_upload(request, boxes, key, error, whole, _address("apply_documents", draft))


@require_POST
@draft_page
def apply_upload(request, draft, key):
    """Keep one file for one slot."""
    upload, error = request.FILES.get("file"), ""
    if not within_quota(request, upload):
        return too_many(request)
    try:
        if upload is None:
            raise Refused(_("Pilih berkas terlebih dahulu."))
        verbs.attach_document(draft, upload, key=key, actor=actors.applicant(draft.pk))
    except Refused as refused:
        error = str(refused)
    return _document_answer(request, draft, key, error)


@require_POST
@draft_page
def apply_remove(request, draft, document_id):
    """Take a file out again."""
    document = document_of(draft, document_id)
    if document is None:
        return redirect(_address("apply_documents", draft))
    key = f"r{document.requirement_id}" if document.requirement_id else f"f-{document.field_name}"
    verbs.remove_document(document, actor=actors.applicant(draft.pk))
    return _document_answer(request, draft, key, "")


@require_GET
@draft_page
def apply_file(request, draft, document_id):
    """Look at one's own file."""
    document = document_of(draft, document_id)
    if document is None:
        raise Http404
    return uploads.serve(document.file, inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@draft_page
def apply_review(request, draft):
    """Everything once more, then send. A second tap finds the request that the first one made."""
    unanswered, trouble = forms.unanswered(draft), ""
    if request.method == "POST" and not unanswered:
        if Honeypot(request.POST).is_robot:
            return redirect("home")
        trouble = proof_of_work.refusal("submit", throttle.client_of(request), request.POST)
        if not trouble:
            return _send(request, draft) if throttle.count("submit", throttle.client_of(request)) else too_many(request)
    slots = forms.document_slots(draft)
    return _page(
        request,
        draft,
        3,
        "services/apply_review.html",
        unanswered=unanswered,
        missing=[slot for slot in slots if slot.is_missing],
        answers=forms.answers_shown(draft),
        doubts=forms.doubts(draft),
        slots=slots,
        available=version_in_force(draft.service.sop_id) is not None,
        trouble=trouble,
        proof=proof_of_work.challenge_for("submit", throttle.client_of(request)),
        status=422 if trouble else 200,
    )


def _send(request, draft):
    actor, may_follow = actors.applicant(draft.pk), "incomplete" in request.POST
    try:
        sent = verbs.submit_request(draft, actor=actor, documents_may_follow=may_follow)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_address("apply_review", draft))
    return redirect("receipt", tracking_token(sent))
