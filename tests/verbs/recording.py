"""Other verbs on steps: recording from paper, undoing, reminding, changes of presence, alarms."""

from services.alarms.actions import reminding
from services.alarms.actions.ringing import ring_alarms
from services.engine.actions import deviating, presence, recording, steps, taking_back
from services.engine.actions.recording import attach_paper, complete_steps, detach_paper, record_on_paper
from services.inbox.actions import in_bulk
from tests.factories.cases import run_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff

from . import given
from .given import DAYS, decide, mailed
from .rows import ONCE, REFUSED, Row, on


def row_of(w, count):
    request = given.disposed(w)
    days = [recording.DoneStep(no, clock.today()) for no in (3, 4, 5)[:count]]
    return on(run_of(request), by=staff(w.cast.official), steps=days, key="k")


def skipped(w):
    """The official asked the applicant; the section head skipped the step before the answer came."""
    request = mailed(w.asked)
    return deviating.skip_step(run_of(request), by=staff(w.cast.section_head), reason="Sudah ada.", to_step_no=4).run


ROWS = [
    Row(
        attach_paper,
        "secretary",
        lambda w: on(run_of(given.paper_case(w)), by=staff(w.cast.secretary), upload=given.photo()),
        wrote=("journal request: attach_paper",),
        again=ONCE,
    ),
    Row(
        detach_paper,
        "secretary",
        lambda w: (
            lambda pk: (
                attach_paper(pk, by=staff(w.cast.secretary), upload=given.photo())
                and on(pk, by=staff(w.cast.secretary))
            )
        )(run_of(given.paper_case(w))),
        wrote=("journal request: detach_paper",),
    ),
    Row(
        record_on_paper,
        "secretary",
        lambda w: on(run_of(given.paper_case(w)), by=staff(w.cast.secretary), **given.on_paper(w), key="k"),
        wrote=(
            "journal request: record_on_paper",
            "notice request: step_offered to official after 70 s",
            "timeline request: step_done",
        ),
    ),
    Row(
        complete_steps,
        "official",
        lambda w: row_of(w, 1),
        case="one",
        wrote=("journal request: complete_step", "timeline request: step_done"),
    ),
    Row(
        complete_steps,
        "official",
        lambda w: row_of(w, 3),
        case="three, told of the last",
        wrote=(
            "journal request: complete_step",
            "journal request: complete_step",
            "journal request: complete_step",
            "notice request: step_offered to counter",
            "timeline request: step_done",
            "timeline request: step_done",
            "timeline request: step_done",
        ),
    ),
    Row(
        taking_back.take_back_step,
        "official",
        lambda w: on(given.undoable(w), by=staff(w.cast.official)),
        case="an ask",
        wrote=(
            "journal case: take_back_step",
            "notice applicant_asked now suppressed",
            "timeline case: step_taken_back (internal)",
        ),
    ),
    Row(
        taking_back.take_back_step,
        "official",
        lambda w: on(decide(w, mailed(w.case), True).run, by=staff(w.cast.official)),
        case="a step",
        wrote=("journal case: take_back_step", "timeline case: step_taken_back (internal)"),
    ),
    Row(
        taking_back.take_back_step,
        "section_head",
        lambda w: on(skipped(w), by=staff(w.cast.section_head)),
        case="ask again",
        wrote=("journal asked: take_back_step", "timeline asked: step_taken_back (internal)"),
    ),
    Row(
        taking_back.take_back_step,
        "counter",
        lambda w: on(
            steps.complete_step(run_of(given.last_step(w)), by=staff(w.cast.counter)).run, by=staff(w.cast.counter)
        ),
        case="a closing",
        wrote=(
            "journal request: take_back_step",
            "notice request_closed now suppressed",
            "timeline request: step_taken_back (internal)",
        ),
    ),
    Row(
        reminding.remind_step,
        "section_head",
        lambda w: on(run_of(w.case), by=staff(w.cast.section_head), key="k"),
        wrote=(
            "journal case: remind_step",
            "notice case: step_reminder to official",
            "timeline case: step_reminded (internal)",
        ),
    ),
    Row(
        reminding.remind_step,
        "official",
        lambda w: on(run_of(given.pooled(w)), by=staff(w.cast.official)),
        case="the other holder",
        wrote=(
            "journal request: remind_step",
            "notice request: step_reminder to outsider",
            "timeline request: step_reminded (internal)",
        ),
        again=REFUSED,
    ),
    Row(
        in_bulk.claim_in_bulk,
        "official",
        lambda w: on([run_of(given.pooled(w)), run_of(w.case)], by=staff(w.cast.official)),
        wrote=("journal request: claim_step", "timeline request: step_claimed (internal)"),
    ),
    Row(
        in_bulk.hand_over_in_bulk,
        "official",
        lambda w: on([run_of(given.claimed(w))], by=staff(w.cast.official), to_user=w.cast.outsider),
        wrote=(
            "journal request: reassign_step",
            "notice request: step_offered to outsider",
            "timeline request: step_reassigned (internal)",
        ),
    ),
    Row(
        in_bulk.remind_in_bulk,
        "section_head",
        lambda w: on([run_of(w.case), run_of(w.signing)], by=staff(w.cast.section_head), key="k"),
        wrote=(
            "journal case: remind_step",
            "notice case: step_reminder to official",
            "timeline case: step_reminded (internal)",
        ),
    ),
    Row(
        presence.follow_presence,
        "system",
        lambda w: given.away(w, w.cast.official, w.cast.outsider) or on(),
        case="away",
        wrote=(
            "journal asked: pass_on_step",
            "journal case: pass_on_step",
            "journal walk_in: pass_on_step",
            "notice asked: step_offered to outsider",
            "notice case: step_offered to outsider",
            "notice walk_in: step_offered to outsider",
            "timeline asked: step_passed_on (internal)",
            "timeline case: step_passed_on (internal)",
            "timeline walk_in: step_passed_on (internal)",
        ),
    ),
    Row(presence.follow_presence, "system", lambda w: on(), case="everybody here"),
    Row(
        ring_alarms,
        "system",
        lambda w: given.only_alarm("step", "assignee") or on(),
        case="to the assignee",
        later=2 * DAYS,
        wrote=("notice official: alarms_rang to official", "notice section_head: alarms_rang to section_head"),
    ),
    Row(
        ring_alarms,
        "system",
        lambda w: given.only_alarm("step", "superior", levels=1) or on(),
        case="to the superior",
        later=2 * DAYS,
        wrote=(
            "journal case: escalate",
            "journal signing: escalate",
            "journal walk_in: escalate",
            "notice head: alarms_rang to head",
            "notice section_head: alarms_rang to section_head",
            "timeline case: escalated (internal)",
            "timeline signing: escalated (internal)",
            "timeline walk_in: escalated (internal)",
        ),
    ),
]
