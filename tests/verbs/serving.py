"""Verbs around a case: requests for documents, routing, originals, letters to applicants, prepared phrases."""

from services.attachments.actions import judging
from services.attachments.actions.documents import EXTRA, attach_document
from services.conversation.actions import asking
from services.letters.actions import handing_over
from services.originals import actions as intake
from services.originals.actions import Tick
from services.papers.queries.brought import intake_slots
from ula_portal.core.journal.actors import staff

from . import given
from .given import DAYS, holder, mailed
from .rows import OUTDATED, Row, on


def answered(w, request, by=None, **more):
    return on(mailed(request), by=by or holder(request), sure=True, **more)


def sent_back(w):
    """A case at the applicant's own step."""
    given.decide(w, w.case, False, note="Lengkapi KTP.")
    return w.case


def unjudged(w):
    """A case with a document that nobody has assessed."""
    attach_document(w.walk_in, by=staff(w.cast.frontdesk), upload=given.photo(), slot_key=EXTRA)
    return w.walk_in


def ticks(w, how, shelf=""):
    return on(w.walk_in, by=staff(w.cast.frontdesk), ticks={intake_slots(w.walk_in)[-1].key: Tick(how, shelf)})


def kept(w):
    call = ticks(w, "kept", "A1")
    found = intake.take_in_papers(*call.args, **call.options)
    return on(found[0], by=staff(w.cast.frontdesk), received_by="Ibu Contoh")


def slipped(w):
    call = ticks(w, "seen")
    intake.take_in_papers(*call.args, **call.options)
    return ticks(w, "")


ROWS = [
    Row(
        asking.ask_applicant,
        "official",
        lambda w: on(mailed(w.case), by=staff(w.cast.official), wanted="KTP", documents=[w.document(w.case).pk]),
        wrote=("journal case: ask_applicant", "notice case: applicant_asked to outside", "timeline case: asked"),
        again=OUTDATED,
    ),
    Row(
        asking.ask_applicant,
        "official",
        lambda w: on(w.case, by=staff(w.cast.official), wanted="KTP"),
        case="without an address",
        wrote=("journal case: ask_applicant", "timeline case: asked"),
        again=OUTDATED,
    ),
    Row(
        asking.applicant_answers,
        "applicant",
        lambda w: answered(w, w.asked, text="Sudah."),
        case="an ask",
        wrote=(
            "journal asked: applicant_answers",
            "notice asked: applicant_answered to official",
            "timeline asked: answered",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.applicant_answers,
        "applicant",
        lambda w: answered(w, sent_back(w)),
        case="their own step",
        wrote=(
            "journal case: applicant_answers",
            "notice case: step_offered to official",
            "timeline case: answered",
            "timeline case: step_done",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.applicant_answers,
        "frontdesk",
        lambda w: answered(w, w.asked, staff(w.cast.frontdesk)),
        case="through the desk",
        wrote=(
            "journal asked: applicant_answers",
            "notice asked: applicant_answered to official",
            "timeline asked: answered",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.declare_complete,
        "frontdesk",
        lambda w: on(w.walk_in, by=staff(w.cast.frontdesk), papers_reason="Diperlihatkan."),
        wrote=("journal walk_in: declare_complete", "timeline walk_in: declared_complete"),
        again=OUTDATED,
    ),
    Row(
        asking.declare_complete,
        "frontdesk",
        lambda w: on(unjudged(w), by=staff(w.cast.frontdesk), papers_reason="Diperlihatkan."),
        case="passes papers over",
        wrote=(
            "journal walk_in: declare_complete",
            "journal walk_in: pass_papers",
            "timeline walk_in: declared_complete",
            "timeline walk_in: papers_passed (internal)",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.withdraw_request,
        "applicant",
        lambda w: on(mailed(w.case), by=holder(w.case)),
        case="working",
        wrote=(
            "journal case: withdraw_request",
            "notice case: request_withdrawn to official",
            "timeline case: step_stopped",
            "timeline case: withdraw_request",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.withdraw_request,
        "frontdesk",
        lambda w: on(w.asked, by=staff(w.cast.frontdesk)),
        case="while asked",
        wrote=(
            "journal asked: withdraw_request",
            "notice asked: request_withdrawn to official",
            "timeline asked: step_stopped",
            "timeline asked: withdraw_request",
        ),
        again=OUTDATED,
    ),
    Row(
        asking.close_unanswered,
        "official",
        lambda w: on(mailed(w.asked), by=staff(w.cast.official), reason="Tidak ada jawaban."),
        later=31 * DAYS,
        wrote=(
            "journal asked: close_unanswered",
            "notice asked: request_rejected to outside",
            "timeline asked: reject_request",
            "timeline asked: step_stopped",
        ),
        again=OUTDATED,
    ),
    Row(
        judging.judge_document,
        "official",
        lambda w: on(w.document(w.case), by=staff(w.cast.official), verdict="mend", note="Buram."),
        wrote=("journal case: judge_document", "timeline case: document_judged (internal)"),
    ),
    Row(
        judging.judge_document,
        "official",
        lambda w: on(given.judged(w), by=staff(w.cast.official), verdict=""),
        case="taken back",
        wrote=("journal case: clear_verdict", "timeline case: verdict_cleared (internal)"),
        again=OUTDATED,
    ),
    Row(
        judging.clear_verdict,
        "official",
        lambda w: on(given.judged(w), by=staff(w.cast.official)),
        wrote=("journal case: clear_verdict", "timeline case: verdict_cleared (internal)"),
        again=OUTDATED,
    ),
    Row(
        intake.take_in_papers,
        "frontdesk",
        lambda w: ticks(w, "kept", "A1"),
        case="kept",
        wrote=("journal walk_in: take_in_papers", "timeline walk_in: original_kept"),
    ),
    Row(
        intake.take_in_papers,
        "frontdesk",
        lambda w: ticks(w, "seen"),
        case="seen",
        wrote=("journal walk_in: take_in_papers", "timeline walk_in: paper_taken (internal)"),
    ),
    Row(
        intake.take_in_papers,
        "frontdesk",
        slipped,
        case="a slip",
        wrote=("journal walk_in: take_in_papers", "timeline walk_in: paper_mark_undone (internal)"),
    ),
    Row(
        intake.return_original,
        "frontdesk",
        kept,
        wrote=("journal walk_in: return_original", "timeline walk_in: original_returned"),
        again=OUTDATED,
    ),
    Row(
        intake.print_shortage,
        "frontdesk",
        lambda w: on(w.walk_in, by=staff(w.cast.frontdesk)),
        wrote=("journal walk_in: print_shortage", "timeline walk_in: shortage_printed (internal)"),
    ),
    Row(
        handing_over.hand_over_letter,
        "counter",
        lambda w: on(w.letter, by=staff(mailed(w.lettered) and w.cast.counter)),
        wrote=(
            "journal lettered: hand_over_letter",
            "notice lettered: request_closed to outside",
            "timeline lettered: complete_request",
            "timeline lettered: letter_handed_over",
            "timeline lettered: step_done",
        ),
        again=OUTDATED,
    ),
    Row(
        handing_over.letter_downloaded,
        "applicant",
        lambda w: on(w.letter, by=holder(mailed(w.lettered))),
        wrote=(
            "journal lettered: download_letter",
            "notice lettered: request_closed to outside",
            "timeline lettered: complete_request",
            "timeline lettered: letter_downloaded",
            "timeline lettered: step_done",
        ),
    ),
]
