"""What an answer to a decision step means: where it leads, whether it needs a reason. Pure functions, no database."""

from collections.abc import Iterable

from services.models import StepRun
from sop.rules.flow import Flow, FlowStep


def target_of(flow: Flow, step: FlowStep, outcome: str) -> FlowStep | None:
    """The step that the answer "yes" or "no" leads to; None when the SOP names none."""
    pk = {"yes": step.if_yes_id, "no": step.if_no_id}.get(outcome)
    return flow.step(pk) if pk else None


def leads_to_applicant(flow: Flow, step: FlowStep, outcome: str) -> bool:
    """Whether this answer asks the applicant for something; the applicant then reads the reason given."""
    target = target_of(flow, step, outcome)
    return target is not None and target.lead_kind == "applicant" and target.shape != "end"


def refuses(flow: Flow, step: FlowStep, outcome: str) -> bool:
    """Whether this answer refuses the request: only ends of kind "rejected" can follow it, and others could before."""
    target = target_of(flow, step, outcome)
    return target is not None and is_refusal_step(flow, target) and not is_refusal_step(flow, step)


def finds_complete(flow: Flow, step: FlowStep, outcome: str) -> bool:
    """Whether this answer of the office says that nothing is missing, because the other one would ask the applicant."""
    if step.shape != "decision" or step.lead_kind != "position" or outcome not in ("yes", "no"):
        return False
    other = "no" if outcome == "yes" else "yes"
    goes_on = not leads_to_applicant(flow, step, outcome) and not refuses(flow, step, outcome)
    return goes_on and leads_to_applicant(flow, step, other)


def letter_ahead(flow: Flow, step: FlowStep) -> tuple[FlowStep | None, int]:
    """The next letter step if nothing is refused or sent back, and its distance in steps; (None, 0) without one."""
    seen, away, each = {step.id}, 0, step
    while each.lead_kind == "position":
        if each.issues_letter:
            return each, away
        following = _only_way_forward(flow, each)
        if following is None or following.id in seen:
            break
        each, away = following, away + 1
        seen.add(each.id)
    return None, 0


def _only_way_forward(flow: Flow, step: FlowStep) -> FlowStep | None:
    """The only step that follows without going back, to the applicant or to a refusal; None if several could."""
    if step.shape != "decision":
        return flow.step(step.next_id) if step.next_id else None
    ways = {}
    for outcome in ("yes", "no"):
        target = target_of(flow, step, outcome)
        ends = leads_to_applicant(flow, step, outcome) or refuses(flow, step, outcome)
        if target is not None and target.no > step.no and not ends:
            ways[target.id] = target
    return next(iter(ways.values())) if len(ways) == 1 else None


def reason_is_due(flow: Flow, step: FlowStep, outcome: str) -> bool:
    """Whether the office must give a reason for this answer.

    It must for every "no", and for an answer that leads back, to the applicant or to a refusal. Decisions of the
    applicant need no reason.
    """
    if step.shape != "decision" or step.lead_kind == "applicant" or outcome not in ("yes", "no"):
        return False
    target = target_of(flow, step, outcome)
    back = target is not None and target.no <= step.no
    return outcome == "no" or back or leads_to_applicant(flow, step, outcome) or refuses(flow, step, outcome)


def reason_of_refusal(flow: Flow, runs: Iterable[StepRun]) -> str:
    """Why a request was refused: the note of the answer that led to the refusal, else of the last "no", else "".

    ``runs``: the runs of the request, in any order.
    """
    counted = sorted((run for run in runs if run.taken_back_at is None), key=lambda run: -run.ordinal)
    noted = [run for run in counted if run.note]
    refused = [run.note for run in noted if refuses(flow, flow.step(run.step_id), run.outcome)]
    return next(iter([*refused, *(run.note for run in noted if run.outcome == "no")]), "")


def is_refusal_step(flow: Flow, step: FlowStep) -> bool:
    """Whether only ends of kind "rejected" can follow this step, so that a letter issued in it is a refusal."""
    seen, todo, kinds = set(), [step], set()
    while todo:
        each = todo.pop()
        if each.id in seen:
            continue
        seen.add(each.id)
        if each.shape == "end":
            kinds.add(each.end_kind)
        todo += [flow.step(pk) for pk in each.exit_ids]
    return kinds == {"rejected"}
