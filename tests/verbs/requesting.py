"""Verbs around a request: drafts, documents, submission, codes, messages, the catalogue, what an office sets up."""

from services.applying.actions import again, completing, drafts
from services.applying.actions import requests as req
from services.applying.receipt import renewal_token
from services.attachments.actions import documents
from services.models import Request, RoutingRule
from services.papers.queries.slots import document_slots
from services.tracking import actions as lost_code
from tests.factories.services import answers_for, picture
from ula_portal.core.journal.actors import staff

from .given import DAYS, holder, mailed
from .rows import ONCE, OUTDATED, REFUSED, SAME, Row, on


def slot(request, required=True):
    return next(each.key for each in document_slots(request) if each.required is required)


def upload(w, request, color, **more):
    return on(request, picture("b.png", color), key=slot(request), actor=holder(request), **more)


def restorable(w, request):
    document = w.document(request)
    documents.remove_document(document, actor=holder(request))
    return on(document, actor=holder(request))


def reachable_draft(w):
    req.save_answers(w.draft, answers_for(w.service, surel="siti@example.id"))
    return w.draft


def by_phone(w):
    Request.objects.filter(pk=w.lettered.pk).update(applicant_phone="+6281234567890", responsible=w.cast.official)
    return on(w.lettered.number, "081234567890")


def renewable(w):
    lost_code.ask_for_new_code(mailed(w.case).number, "siti@example.id")
    w.case.refresh_from_db()
    return on(renewal_token(w.case))


def walk_in(w, **more):
    return on(w.service, user=w.cast.frontdesk, applicant_name="Ibu Contoh", **more)


def by_rule(w, **more):
    """The same as submitting, with a rule that gives the case to the official."""
    RoutingRule.objects.update(automatic=True)
    return on(reachable_draft(w), actor=holder(w.draft), **more)


ROWS = [
    Row(req.create_draft, "applicant", lambda w: on(w.service, idempotency_key="k")),
    Row(req.save_answers, "applicant", lambda w: on(w.draft, {"nama_pemohon": "Siti"})),
    Row(again.carry_over, "applicant", lambda w: on(w.draft, w.case)),
    Row(
        req.submit_request,
        "applicant",
        lambda w: on(reachable_draft(w), actor=holder(w.draft)),
        case="reachable",
        wrote=(
            "journal draft: submit_request",
            "notice draft: request_received to outside",
            "notice draft: step_offered to official",
            "timeline draft: submitted",
        ),
    ),
    Row(
        req.submit_request,
        "applicant",
        lambda w: on(w.draft, actor=holder(w.draft)),
        case="without an address",
        wrote=("journal draft: submit_request", "notice draft: step_offered to official", "timeline draft: submitted"),
    ),
    Row(
        req.submit_request,
        "applicant",
        by_rule,
        case="routed by a rule",
        wrote=(
            "journal draft: submit_request",
            "notice draft: request_received to outside",
            "notice draft: step_offered to official",
            "timeline draft: routed (internal) @system",
            "timeline draft: submitted",
        ),
    ),
    Row(
        req.open_walk_in_request,
        "frontdesk",
        lambda w: walk_in(w, idempotency_key="k"),
        wrote=(
            "journal request: submit_request",
            "notice request: step_offered to official",
            "timeline request: submitted",
        ),
    ),
    Row(
        req.open_walk_in_request,
        "frontdesk",
        lambda w: walk_in(w, applicant_email="siti@example.id", idempotency_key="k"),
        case="reachable",
        wrote=(
            "journal request: submit_request",
            "notice request: request_received to outside",
            "notice request: step_offered to official",
            "timeline request: submitted",
        ),
    ),
    Row(
        req.write_to_office,
        "applicant",
        lambda w: on(w.case, "Kapan selesai?", actor=holder(w.case), idempotency_key="k"),
        wrote=(
            "journal case: write_to_office",
            "notice case: applicant_message to official",
            "timeline case: message_received",
        ),
    ),
    Row(
        documents.attach_document,
        "applicant",
        lambda w: upload(w, w.draft, "red"),
        case="of a draft",
        again=ONCE,
    ),
    Row(
        documents.attach_document,
        "applicant",
        lambda w: upload(w, w.asked, "red"),
        case="in place of another",
        wrote=("journal asked: document_added", "timeline asked: document_added"),
        again=REFUSED,
    ),
    Row(
        documents.attach_document,
        "official",
        lambda w: on(w.case, picture("s.png", "red"), key=slot(w.case), actor=staff(w.cast.official)),
        case="by the office",
        wrote=("journal case: document_added", "timeline case: document_added"),
    ),
    Row(
        documents.remove_document,
        "applicant",
        lambda w: on(w.document(w.draft), actor=holder(w.draft)),
        case="of a draft",
    ),
    Row(
        documents.remove_document,
        "applicant",
        lambda w: on(w.document(w.asked), actor=holder(w.asked)),
        wrote=("journal asked: document_removed", "timeline asked: document_removed"),
    ),
    Row(documents.restore_document, "applicant", lambda w: restorable(w, w.draft), case="of a draft"),
    Row(
        documents.restore_document,
        "applicant",
        lambda w: restorable(w, w.asked),
        wrote=("journal asked: document_added", "timeline asked: document_added"),
    ),
    Row(drafts.drop_old_drafts, "system", lambda w: on(), later=100 * DAYS),
    Row(
        completing.complete_answers,
        "frontdesk",
        lambda w: on(w.walk_in, {"jenis": "Rusak"}, w.cast.frontdesk),
        wrote=("journal walk_in: complete_answers", "timeline walk_in: answers_completed (internal)"),
    ),
    Row(
        lost_code.ask_for_new_code,
        "applicant",
        lambda w: on(mailed(w.case).number, "siti@example.id"),
        case="by mail",
        wrote=(
            "journal case: ask_for_new_code",
            "notice case: code_wanted to outside",
            "timeline case: code_wanted (internal)",
        ),
        again=SAME,
    ),
    Row(
        lost_code.ask_for_new_code,
        "applicant",
        by_phone,
        case="by phone",
        wrote=(
            "journal lettered: ask_for_new_code",
            "notice lettered: code_wanted_by_phone to official",
            "timeline lettered: code_wanted (internal)",
        ),
        again=SAME,
    ),
    Row(lost_code.ask_for_new_code, "applicant", lambda w: on(w.case.number, "x@example.id"), case="who fits nothing"),
    Row(
        lost_code.renew_code,
        "applicant",
        renewable,
        wrote=("journal case: renew_code", "timeline case: code_renewed"),
        again=OUTDATED,
    ),
]
