"""Verbs on the open step of a case: claiming, completing, issuing its letter, deviating from the SOP."""

from services.engine.actions import deviating, steps
from services.engine.actions.report import StepReport
from services.letters.actions.issuing import issue_letter
from tests.factories.cases import run_of
from ula_portal.core.journal.actors import staff

from . import given
from .given import DAYS, mailed
from .rows import NOT_ALLOWED, OUTDATED, Row, on


def yes(w, request, key="", **report):
    return on(run_of(request), by=staff(w.cast.official), yes=True, report=StepReport(**report), key=key)


def no(w, request, key=""):
    report = StepReport(note="Lengkapi KTP.")
    return on(run_of(request), by=staff(w.cast.official), yes=False, report=report, key=key)


def done(w, request, by, key=""):
    return on(run_of(request), by=staff(getattr(w.cast, by)), key=key)


ROWS = [
    Row(
        steps.claim_step,
        "official",
        lambda w: on(run_of(given.pooled(w)), by=staff(w.cast.official)),
        wrote=("journal request: claim_step", "timeline request: step_claimed (internal)"),
    ),
    Row(
        steps.claim_step,
        "outsider",
        lambda w: on(run_of(given.pooled(w)), by=staff(w.cast.outsider)),
        case="by the other holder",
        wrote=("journal request: claim_step", "timeline request: step_claimed (internal)"),
    ),
    Row(
        steps.start_step,
        "official",
        lambda w: on(run_of(w.case), by=staff(w.cast.official)),
        wrote=("journal case: start_step",),
    ),
    Row(
        steps.start_step,
        "official",
        lambda w: on(run_of(given.pooled(w)), by=staff(w.cast.official)),
        case="of the pool",
        wrote=("journal request: start_step", "timeline request: step_claimed (internal)"),
    ),
    Row(
        steps.decide_step,
        "official",
        lambda w: yes(w, mailed(w.case), key="k"),
        case="goes on",
        wrote=("journal case: complete_step", "timeline case: step_done"),
    ),
    Row(
        steps.decide_step,
        "official",
        lambda w: no(w, mailed(w.case), key="k"),
        case="asks the applicant",
        wrote=(
            "journal case: complete_step",
            "notice case: applicant_asked to outside after 70 s",
            "timeline case: step_done",
        ),
    ),
    Row(
        steps.decide_step,
        "official",
        lambda w: yes(w, given.papers_lacking(w), papers_reason="Diperlihatkan.", key="k"),
        case="finds the file complete",
        wrote=(
            "journal walk_in: complete_step",
            "journal walk_in: declare_complete",
            "timeline walk_in: declared_complete",
            "timeline walk_in: step_done",
        ),
    ),
    Row(
        steps.decide_step,
        "official",
        lambda w: yes(w, mailed(w.case), deviation_reason="Libur.", key="k"),
        case="too late",
        later=6 * DAYS,
        wrote=("journal case: complete_step", "timeline case: step_done"),
    ),
    Row(
        steps.complete_step,
        "official",
        lambda w: done(w, given.drafting(w), "official", key="k"),
        case="for the head",
        wrote=(
            "journal case: complete_step",
            "notice case: step_offered to section_head after 70 s",
            "timeline case: step_done",
        ),
    ),
    Row(
        steps.complete_step,
        "official",
        lambda w: done(w, given.external_case(w), "official", key="k"),
        case="of an agency",
        wrote=("journal case: complete_step", "timeline case: step_done"),
    ),
    Row(
        steps.complete_step,
        "head",
        lambda w: done(w, given.paper_case(w), "head", key="k"),
        case="shares nothing",
        wrote=(
            "journal request: complete_step",
            "notice request: step_offered to official after 70 s",
            "timeline request: step_done",
        ),
    ),
    Row(
        steps.complete_step,
        "counter",
        lambda w: done(w, given.last_step(w), "counter", key="k"),
        case="the last",
        wrote=(
            "journal request: complete_step",
            "notice request: request_closed to outside after 70 s",
            "timeline request: complete_request",
            "timeline request: step_done",
        ),
    ),
    Row(
        steps.complete_step,
        "official",
        lambda w: done(w, mailed(w.lettered), "official", key="k"),
        case="handed over",
        wrote=(
            "journal lettered: complete_step",
            "notice lettered: request_closed to outside",
            "timeline lettered: complete_request",
            "timeline lettered: step_done",
        ),
    ),
    Row(
        deviating.skip_step,
        "section_head",
        lambda w: on(run_of(given.drafting(w)), by=staff(w.cast.section_head), reason="Ada."),
        wrote=("journal case: skip_step", "timeline case: step_skipped"),
        again=OUTDATED,
    ),
    Row(
        deviating.skip_step,
        "section_head",
        lambda w: on(run_of(mailed(w.asked)), by=staff(w.cast.section_head), reason="Ada.", to_step_no=4, key="k"),
        case="ends an ask",
        wrote=("journal asked: skip_step", "timeline asked: step_skipped"),
    ),
    Row(
        deviating.reassign,
        "section_head",
        lambda w: on(run_of(given.pooled(w)), by=staff(w.cast.section_head), to_user=w.cast.outsider, note="Tolong."),
        case="inside",
        wrote=(
            "journal request: reassign_step",
            "notice request: step_offered to outsider",
            "timeline request: step_reassigned (internal)",
        ),
    ),
    Row(
        deviating.reassign,
        "section_head",
        lambda w: on(run_of(w.case), by=staff(w.cast.section_head), to_user=w.cast.secretary, reason="Mendesak."),
        case="outside",
        wrote=(
            "journal case: reassign_step",
            "notice case: step_given_away to official",
            "notice case: step_offered to secretary",
            "timeline case: step_reassigned (internal)",
        ),
    ),
    Row(
        deviating.reassign,
        "official",
        lambda w: on(run_of(given.claimed(w)), by=staff(w.cast.official), to_user=w.cast.outsider),
        case="by who has it",
        wrote=(
            "journal request: reassign_step",
            "notice request: step_offered to outsider",
            "timeline request: step_reassigned (internal)",
        ),
        again=NOT_ALLOWED,
    ),
    Row(
        issue_letter,
        "section_head",
        lambda w: on(run_of(mailed(w.signing)), by=staff(w.cast.section_head)),
        wrote=(
            "journal signing: issue_letter",
            "notice signing: letter_ready to outside",
            "timeline signing: letter_issued",
            "timeline signing: step_done",
        ),
    ),
]
