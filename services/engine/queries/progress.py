"""Progress of a request along its SOP, as the citizen's progress list and the official's checklist show it."""

import datetime
from collections.abc import Collection, Iterable, Set
from typing import TypedDict

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from services.models import Request, StepRun
from sop.rules.flow import Flow, FlowStep
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock
from ula_portal.core.text.words import filled_sentence, indonesian


class ProgressLine(TypedDict):
    """One step of the progress list.

    ``state``: done, now, waiting, next or skipped. ``meta``: who has it and since when. ``note``: what the applicant
    is asked for. ``step``: its number in the SOP.
    """

    state: str
    title: str
    meta: str
    note: str
    step: int


class NumberedProgressLine(ProgressLine):
    """``number``: position in the list, from 1."""

    number: int


def progress_of(request: Request) -> list[NumberedProgressLine]:
    """Steps of a request: those done, the current one, and those ahead on the shortest way to a completed end.

    Names positions, never people. A repeated step is shown once, and branches not taken leave no gap in ``number``. A
    step ahead that depends on a decision says on which answer. Empty for drafts. One query for the runs and one for an
    open pause (none when both are prefetched); the flow is cached in the process.
    """
    if request.sop_version_id is None:
        return []
    flow = flow_of(request.sop_version_id)
    runs = _without_loops(request.runs.all())
    lines = [_done_line(flow.step(run.step_id), run) for run in runs]
    current = runs[-1] if runs and runs[-1].finished_at is None else None
    if current is not None:
        lines[-1] = _current_line(flow.step(current.step_id), current, request)
        ahead = _steps_ahead(flow, current.step_id, {run.step_id for run in runs})
        previous = [flow.step(current.step_id), *ahead]
        lines += [_line_ahead(step, earlier) for earlier, step in zip(previous, ahead, strict=False)]
    return [{**line, "number": number} for number, line in enumerate(lines, 1)]


def _without_loops(runs: Iterable[StepRun]) -> list[StepRun]:
    """Runs in order without those taken back; a loop is cut out, so a repeated step appears once."""
    path: list[StepRun] = []
    for run in sorted((each for each in runs if each.taken_back_at is None), key=lambda run: run.ordinal):
        for index, earlier in enumerate(path):
            if earlier.step_id == run.step_id:
                del path[index:]
                break
        path.append(run)
    return path


def _line(state: str, step: FlowStep, meta: str = "", note: str = "") -> ProgressLine:
    return {"state": state, "title": step.activity, "meta": meta, "note": note, "step": step.no}


def _line_ahead(step: FlowStep, earlier: FlowStep) -> ProgressLine:
    """Line of a step ahead; if ``earlier`` is a decision, with the answer that leads to the step."""
    who = indonesian(step.lead_name) if step.lead_kind != "applicant" else _("Anda")
    if earlier.shape != "decision":
        return _line("next", step, who)
    answer = earlier.yes_label if earlier.if_yes_id == step.id else earlier.no_label
    return _line("next", step, filled_sentence(_("%(who)s · bila “%(answer)s”"), who=who, answer=indonesian(answer)))


def _moment(at: datetime.datetime) -> str:
    at = clock.local(at)
    return _("%(date)s pukul %(time)s WIB") % {"date": date_format(at, "j F Y"), "time": date_format(at, "H.i")}


def _done_line(step: FlowStep, run: StepRun) -> ProgressLine:
    if run.outcome in ("skipped", "cancelled"):
        return _line("skipped", step, _("Dihentikan") if run.outcome == "cancelled" else _("Dilewati dengan alasan"))
    answer = {"yes": step.yes_label, "no": step.no_label}.get(run.outcome, "")
    at = _moment(run.finished_at) if run.finished_at else ""
    if run.recorded_from_paper and run.happened_on:
        at = _("menurut lembar bertanggal %(day)s") % {"day": date_format(run.happened_on, "j F Y")}
    who = indonesian(step.lead_name) if step.lead_kind != "applicant" else ""
    parts = [part for part in (who, at, indonesian(answer)) if part]
    return _line("done", step, format_html_join(" · ", "{}", ([part] for part in parts)))


def _current_line(step: FlowStep, run: StepRun, request: Request) -> ProgressLine:
    pause = next((pause for pause in request.pauses.all() if pause.to_at is None), None)
    since, who = _("sejak %(moment)s") % {"moment": _moment(run.offered_at)}, indonesian(step.lead_name)
    if pause is not None:
        return _line("waiting", step, _("Menunggu kelengkapan dari Anda"), pause.wanted)
    if step.lead_kind == "applicant":
        return _line("now", step, _("Siap diambil") if step.shape == "end" else _("Menunggu Anda"))
    if step.lead_kind == "external":
        return _line("now", step, filled_sentence(_("Menunggu %(who)s, %(since)s"), who=who, since=since))
    return _line("now", step, filled_sentence(_("Saat ini di: %(who)s, %(since)s"), who=who, since=since))


def _steps_ahead(flow: Flow, step_id: int, done_step_ids: set[int]) -> list[FlowStep]:
    """Steps after the current one on the shortest way to a completed end, else to any end.

    Ways that avoid steps already done are preferred.
    """
    for kinds in (("completed", "passed_on"), ("completed", "passed_on", "rejected")):
        for excluded in (done_step_ids - {step_id}, set()):
            path = _shortest(flow, step_id, kinds, excluded)
            if path is not None:
                return path
    return []


def _shortest(flow: Flow, origin: int, kinds: Collection[str], excluded: Set[int]) -> list[FlowStep] | None:
    came_from: dict[int, int | None] = {origin: None}
    layer = [origin]
    while layer:
        following = []
        for current in layer:
            step = flow.step(current)
            if step.shape == "end" and step.end_kind in kinds:
                return _trace(flow, came_from, current)
            for pk in step.exit_ids:
                if pk not in came_from and pk not in excluded:
                    came_from[pk] = current
                    following.append(pk)
        layer = following
    return None


def _trace(flow: Flow, came_from: dict[int, int | None], current: int) -> list[FlowStep]:
    path = []
    while (before := came_from[current]) is not None:
        path.append(flow.step(current))
        current = before
    return path[::-1]
