"""Verbs around a request: drafts, documents, submission, codes, messages, the catalogue, the office's settings."""

from services.applying.actions import carrying_over, completing, drafts
from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.messages import write_to_office
from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.applying.receipt import renewal_token
from services.attachments.actions import documents
from services.models import Request, RoutingRule
from services.papers.queries.slots import document_slots
from services.tracking import actions as lost_code
from tests.factories.services import answers_for, picture
from ula_portal.core.journal.actors import applicant, staff

from .given import DAYS, holder, mailed
from .rows import ONCE, OUTDATED, REFUSED, SAME, Row, on


def slot(request, required=True):
    return next(each.key for each in document_slots(request) if each.required is required)


def upload(w, request, color, **more):
    return on(request, by=holder(request), upload=picture("b.png", color), slot_key=slot(request), **more)


def restorable(w, request):
    document = w.document(request)
    documents.remove_document(document, by=holder(request))
    return on(document, by=holder(request))


def reachable_draft(w):
    save_answers(w.draft, by=holder(w.draft), answers=answers_for(w.service, surel="siti@example.id"))
    return w.draft


def by_phone(w):
    Request.objects.filter(pk=w.lettered.pk).update(applicant_phone="+6281234567890", responsible=w.cast.official)
    return on(w.lettered, by=holder(w.lettered), contact="081234567890")


def renewable(w):
    lost_code.ask_for_new_code(mailed(w.case), by=holder(w.case), contact="siti@example.id")
    w.case.refresh_from_db()
    return on(w.case, by=holder(w.case), token=renewal_token(w.case))


def walk_in(w, email=""):
    return on(w.service, by=staff(w.cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh", email=email), key="k")


def by_rule(w, **more):
    """Submitting with a rule that routes the case to the official."""
    RoutingRule.objects.update(automatic=True)
    return on(reachable_draft(w), by=holder(w.draft), **more)


ROWS = [
    Row(create_draft, "applicant", lambda w: on(w.service, by=applicant(), key="k")),
    Row(save_answers, "applicant", lambda w: on(w.draft, by=holder(w.draft), answers={"nama_pemohon": "Siti"})),
    Row(carrying_over.carry_over, "applicant", lambda w: on(w.draft, by=holder(w.draft), earlier=w.case)),
    Row(
        submit_request,
        "applicant",
        lambda w: on(reachable_draft(w), by=holder(w.draft)),
        case="reachable",
        wrote=(
            "journal draft: submit_request",
            "notice draft: request_received to outside",
            "notice draft: step_offered to official",
            "timeline draft: submitted",
        ),
    ),
    Row(
        submit_request,
        "applicant",
        lambda w: on(w.draft, by=holder(w.draft)),
        case="without an address",
        wrote=("journal draft: submit_request", "notice draft: step_offered to official", "timeline draft: submitted"),
    ),
    Row(
        submit_request,
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
        open_walk_in_request,
        "frontdesk",
        walk_in,
        wrote=(
            "journal request: submit_request",
            "notice request: step_offered to official",
            "timeline request: submitted",
        ),
    ),
    Row(
        open_walk_in_request,
        "frontdesk",
        lambda w: walk_in(w, email="siti@example.id"),
        case="reachable",
        wrote=(
            "journal request: submit_request",
            "notice request: request_received to outside",
            "notice request: step_offered to official",
            "timeline request: submitted",
        ),
    ),
    Row(
        write_to_office,
        "applicant",
        lambda w: on(w.case, by=holder(w.case), text="Kapan selesai?", key="k"),
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
        lambda w: on(w.case, by=staff(w.cast.official), upload=picture("s.png", "red"), slot_key=slot(w.case)),
        case="by the office",
        wrote=("journal case: document_added", "timeline case: document_added"),
    ),
    Row(
        documents.remove_document,
        "applicant",
        lambda w: on(w.document(w.draft), by=holder(w.draft)),
        case="of a draft",
    ),
    Row(
        documents.remove_document,
        "applicant",
        lambda w: on(w.document(w.asked), by=holder(w.asked)),
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
        lambda w: on(w.walk_in, by=staff(w.cast.frontdesk), answers={"jenis": "Rusak"}),
        wrote=("journal walk_in: complete_answers", "timeline walk_in: answers_completed (internal)"),
    ),
    Row(
        lost_code.ask_for_new_code,
        "applicant",
        lambda w: on(mailed(w.case), by=holder(w.case), contact="siti@example.id"),
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
    Row(
        lost_code.ask_for_new_code,
        "applicant",
        lambda w: on(w.case, by=holder(w.case), contact="x@example.id"),
        case="who fits nothing",
    ),
    Row(
        lost_code.renew_code,
        "applicant",
        renewable,
        wrote=("journal case: renew_code", "timeline case: code_renewed"),
        again=OUTDATED,
    ),
]
