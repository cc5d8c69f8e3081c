"""Applying for a service: privacy notice, answers, review, submission.

Applicants need no account; the secret token in a draft's address gives access to it.
"""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.submitting import submit_request
from services.attachments.views import is_script_request, submitted_meanwhile
from services.catalogue.queries import catalogue
from services.fields import queries as field_queries
from services.models import Request, Service
from services.papers.queries import slots as paper_slots
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import applicant
from ula_portal.core.security import proof_of_work, throttle
from ula_portal.core.security.secret_pages import secret_page
from ula_portal.core.text import languages
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import Outdated, Refused

from ..actions.carrying_over import carry_over
from ..forms.apply import AnswersForm, Honeypot, ResumeForm
from ..queries import draft_by_code, draft_by_token, request_by_token
from ..receipt import draft_code, draft_lifetime, tracking_token


def too_many_page(request, limit):
    return render(request, "429.html", {"limit": limit}, status=429)


@require_http_methods(["GET", "HEAD", "POST"])
def apply_start(request, slug):
    """Show the privacy notice; on POST create a draft."""
    service = catalogue.service_by_slug(slug)
    if service is None or service.kind != Service.Kind.REQUEST or "online" not in service.channels:
        raise Http404
    return _begin(request, service) if request.method == "POST" else _start_page(request, service)


def _start_page(request, service, trouble="", *, caught=False):
    context = {
        "nav": "services",
        "service": service,
        "crumbs": _crumbs(service),
        "steps": [_("Isi data"), _("Unggah berkas"), _("Periksa kembali"), _("Kirim permohonan")],
        "trouble": trouble,
        "caught": caught,
        "draft_lifetime": draft_lifetime(),
        "idempotency_key": request.POST.get("idempotency_key", "")[:64],
        "like": request.POST.get("like", "")[:64],
        "proof": proof_of_work.challenge_for("draft", throttle.client_of(request), request.POST),
    }
    return render(request, "services/applying/apply_start.html", context, status=422 if trouble or caught else 200)


def _begin(request, service):
    if Honeypot(request.POST).is_robot:
        return _start_page(request, service, caught=True)
    if trouble := proof_of_work.missing_proof("draft", throttle.client_of(request), request.POST):
        return _start_page(request, service, trouble)
    if not throttle.count("draft", throttle.client_of(request)):
        return too_many_page(request, "draft")
    try:
        draft = create_draft(service, by=applicant(), key=request.POST.get("idempotency_key", "")[:64])
        if not draft.answers and (earlier := request_by_token(request.POST.get("like", "")[:64])):
            carry_over(draft, by=applicant(draft.pk), earlier=earlier)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("service_detail", service.slug)
    return redirect("apply_data", service.slug, tracking_token(draft))


def _crumbs(service):
    return [
        {"label": pgettext("menu", "Layanan"), "url": reverse("service_list")},
        {
            "label": service.name,
            "url": reverse("service_detail", args=[service.slug]),
            "lang": "id",
            "short": _("Keterangan layanan"),
        },
        {"label": _("Ajukan")},
    ]


def with_draft(view):
    """Pass the view the draft with this slug and token; a submitted one redirects to its receipt."""

    @secret_page
    @functools.wraps(view)
    def wrapped(request, slug, token, **kwargs):
        draft = draft_by_token(token)
        if draft is None or draft.service.slug != slug:
            raise Http404
        if draft.state != Request.State.DRAFT:
            receipt_url = reverse("receipt", args=[token])
            return submitted_meanwhile(request, receipt_url) if is_script_request(request) else redirect(receipt_url)
        return view(request, draft, **kwargs)

    return wrapped


def draft_url(draft, name, *more):
    return reverse(name, args=[draft.service.slug, tracking_token(draft), *more])


def part_url(draft, number):
    """Return the address of a part of the questions; the first part has the draft's main address."""
    return draft_url(draft, "apply_part", number) if number > 1 else draft_url(draft, "apply_data")


def _steps(draft, current):
    """Return the draft's steps as pairs of title and address, and the number (from 1) of the step ``current`` or 0."""
    parts = field_queries.applicable_parts(draft)
    keys, steps = [n for n, _part in parts], [(part.title, part_url(draft, n)) for n, part in parts]
    if paper_slots.asks_documents(draft):
        keys.append("documents")
        steps.append((_("Unggah berkas"), draft_url(draft, "apply_documents")))
    keys.append("review")
    steps.append((_("Periksa kembali"), draft_url(draft, "apply_review")))
    return steps, keys.index(current) + 1 if current in keys else 0


def render_draft(request, draft, current, template, *, status=200, **context):
    """Render a page of a draft. ``current``: the number of a part, "documents", "review", or None for other pages."""
    steps, number = _steps(draft, current)
    common = {
        "nav": "services",
        "draft": draft,
        "service": draft.service,
        "crumbs": _crumbs(draft.service),
        "steps": steps,
        "step": number,
        "back_url": _previous_url(draft, steps, number),
        "next_url": steps[number][1] if 0 < number < len(steps) else "",
        "urls": {key: draft_url(draft, f"apply_{key}") for key in ("continue", "documents", "review", "saved")},
        "kept_until": clock.local(draft.created_at).date() + draft_lifetime(),
    }
    return render(request, template, common | context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def apply_data(request, draft, part=1):
    """One part of the questions. Every submission saves all inputs, valid or not."""
    if part not in (parts := dict(field_queries.applicable_parts(draft))):
        return redirect(part_url(draft, 1))
    form = AnswersForm(draft, parts[part], request.POST if request.method == "POST" else None)
    if request.method == "POST":
        valid = form.is_valid()
        try:
            draft = save_answers(
                draft, by=applicant(draft.pk), answers=form.stored, invalid_inputs=form.invalid_inputs, only=form.fields
            )
        except Outdated:
            return redirect("receipt", tracking_token(draft))
        if form.act:
            return redirect(f"{request.get_full_path()}#id_{form.act}")
        if "language" in request.POST:
            return languages.set_language_cookie(redirect(request.get_full_path()), request.POST["language"])
        if "later" in request.POST:
            return redirect(draft_url(draft, "apply_saved"))
        if "back" in request.POST:
            return redirect(_previous_url(draft, *_steps(draft, part)))
        if valid:
            return redirect(_next_url(draft, part, "periksa" in request.GET))
    context = {"form": form, "from_review": "periksa" in request.GET, "language_form": "answers"}
    return render_draft(request, draft, part, "services/applying/apply_data.html", title=parts[part].title, **context)


def _previous_url(draft, steps, number):
    """Return the address of the previous step, or of the service's page before the first."""
    return steps[number - 2][1] if number > 1 else reverse("service_detail", args=[draft.service.slug])


def _next_url(draft, part, from_review):
    """Return the address of the next step, or of the review if the part was opened there to change an answer."""
    if from_review and not field_queries.unanswered(draft):
        return draft_url(draft, "apply_review")
    steps, number = _steps(draft, part)
    return steps[number][1]


@require_safe
@with_draft
def apply_continue(request, draft):
    """Continue a draft where it was left. Applicants save this address to come back."""
    return redirect(_resume_url(draft))


def _resume_url(draft):
    """Return the address of the first part with a missing answer, otherwise of the documents or the review."""
    if draft.state != Request.State.DRAFT:
        return reverse("receipt", args=[tracking_token(draft)])
    if open_questions := field_queries.unanswered(draft):
        return part_url(draft, field_queries.part_number_of(draft, open_questions[0].name))
    return draft_url(draft, "apply_documents" if paper_slots.lacks_documents(draft) else "apply_review")


@require_safe
@with_draft
def apply_saved(request, draft):
    """Show the link and the code by which the draft can be opened again."""
    address = request.build_absolute_uri(draft_url(draft, "apply_continue"))
    context = {"address": address, "code": draft_code(draft), "resume_url": reverse("apply_resume")}
    return render_draft(request, draft, None, "services/applying/apply_saved.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def apply_resume(request):
    """Open a draft on another device by its code."""
    client, status = throttle.client_of(request), 200
    form = ResumeForm(request.POST) if request.method == "POST" else ResumeForm()
    if form.is_valid():
        trouble, status = "", 200
        if throttle.is_full("code", client):
            trouble, status = throttle.too_many_message("code"), 429
        elif trouble := proof_of_work.missing_proof("code", client, request.POST):
            status = 422
        elif draft := draft_by_code(form.cleaned_data["code"]):
            return redirect(_resume_url(draft))
        else:
            throttle.count("code", client)
            sentence = _("Kode ini tidak cocok dengan draf mana pun. Draf disimpan %(time)s.")
            trouble = sentence % {"time": duration_text(draft_lifetime())}
        form.add_error(None, trouble)
    context = {"nav": "services", "form": form, "draft_lifetime": draft_lifetime()}
    context["proof"] = proof_of_work.challenge_for("code", client, request.POST)
    return render(request, "services/applying/apply_resume.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def apply_review(request, draft):
    """Review all answers and submit. A repeated submission finds the request the first one made."""
    if request.method != "POST" or field_queries.unanswered(draft):
        return _review_page(request, draft)
    client = throttle.client_of(request)
    if Honeypot(request.POST).is_robot:
        return _review_page(request, draft, caught=True)
    if trouble := proof_of_work.missing_proof("submit", client, request.POST):
        return _review_page(request, draft, trouble=trouble)
    if not throttle.count("submit", client):
        return _review_page(request, draft, trouble=throttle.too_many_message("submit"), status=429)
    return _send(request, draft)


def _review_page(request, draft, *, trouble="", refused=None, caught=False, status=None):
    """Render the review page.

    ``trouble``: message of the rate limit or the proof of work; ``refused``: the verb's refusal; ``caught``: True if
    the honeypot was filled in.
    """
    slots = paper_slots.document_slots(draft)
    return render_draft(
        request,
        draft,
        "review",
        "services/applying/apply_review.html",
        unanswered=[
            (each, part_url(draft, field_queries.part_number_of(draft, each.name)))
            for each in field_queries.unanswered(draft)
        ],
        missing=[slot for slot in slots if slot.is_missing],
        parts=[
            (part.title, part_url(draft, n), field_queries.readable_answers(draft, part=part))
            for n, part in field_queries.applicable_parts(draft)
        ],
        answer_warnings=field_queries.answer_warnings(draft),
        slots=slots,
        available=version_in_force(draft.service.sop_id) is not None,
        may_follow="incomplete" in request.POST,
        trouble=trouble,
        refused=refused,
        caught=caught,
        proof=proof_of_work.challenge_for("submit", throttle.client_of(request), request.POST),
        status=status or (422 if trouble or refused or caught else 200),
    )


def _send(request, draft):
    actor, may_follow = actors.applicant(draft.pk), "incomplete" in request.POST
    try:
        sent = submit_request(draft, by=actor, documents_may_follow=may_follow)
    except Refused as refused:
        return _review_page(request, draft, refused=refused)
    return redirect("receipt", tracking_token(sent))
