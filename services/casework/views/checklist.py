"""The SOP as a checklist: who did each step, when, and how long it took."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.engine.queries.recording import done_by_words
from ula_portal.core import clock


@dataclass(frozen=True)
class CheckLine:
    """A step in the checklist.

    ``state``: done, skipped, now, waiting (for the applicant), next, or untaken (the case went another way). ``time``:
    how long it took, in words.
    """

    step: object
    state: str
    meta: str
    note: str = ""
    late: bool = False
    time: str = ""
    # Id of the run if it has the photo of a sheet.
    paper: int | None = None


def lines_of(page) -> list[CheckLine]:
    """The steps of the SOP of a case page, each with its newest run."""
    newest, rounds, ahead = {}, {}, ahead_of(page)
    for run in page.runs:
        newest[run.step_id] = run
        rounds[run.step_id] = rounds.get(run.step_id, 0) + 1
    return [_line(page, step, newest.get(step.id), rounds.get(step.id, 0), ahead) for step in page.flow.steps]


def ahead_of(page) -> set[int]:
    """Ids of the steps that may follow the open one; empty for a closed case."""
    return page.flow.after(page.step.id) if page.step and page.request.is_open else set()


def untaken_nos(page) -> set[int]:
    """Numbers of the steps that a case has not taken and cannot take any more by its SOP."""
    known = ahead_of(page) | {run.step_id for run in page.runs}
    return {step.no for step in page.flow.steps if step.id not in known}


def _line(page, step, run, rounds, ahead):
    repetition = _("putaran %(n)d") % {"n": rounds} if rounds > 1 else ""
    if run is None:
        return CheckLine(step, "next" if step.id in ahead else "untaken", step.lead_name)
    if run is page.run:
        who = run.assignee.full_name if run.assignee_id else ""
        parts = [step.lead_name, who, repetition]
        return CheckLine(step, "waiting" if page.pause else "now", " · ".join(filter(None, parts)))
    who = done_by_words(run) or step.lead_name
    answer = {"yes": step.yes_label, "no": step.no_label}.get(run.outcome, "")
    parts = [who, _moment(run.finished_at), answer, repetition]
    state = "skipped" if run.outcome in ("skipped", "cancelled") else "done"
    late = bool(run.worked_seconds and step.seconds and run.worked_seconds > step.seconds)
    time = page.times.runs[run.pk].text if run.led_by != "applicant" else ""
    words, note = " · ".join(filter(None, parts)), run.deviation_reason or run.note
    return CheckLine(step, state, words, note, late, time, run.pk if run.paper_id else None)


def _moment(at):
    local = clock.local(at)
    return f"{date_format(local, 'j M')} {date_format(local, 'H.i')}"
