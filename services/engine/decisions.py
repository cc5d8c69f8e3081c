"""What an answer to a decision means: whether it needs a reason, and which one refused a request. No database."""


def target_of(flow, step, outcome):
    """The step that the answer "yes" or "no" leads to, or None where the SOP names none."""
    pk = {"yes": step.if_yes_id, "no": step.if_no_id}.get(outcome)
    return flow.step(pk) if pk else None


def leads_to_applicant(flow, step, outcome) -> bool:
    """Whether the applicant is asked for something by this answer; the reason is then what they read."""
    target = target_of(flow, step, outcome)
    return target is not None and target.lead_kind == "applicant" and target.shape != "end"


def refuses(flow, step, outcome) -> bool:
    """Whether after this answer only ends of the kind "rejected" can follow, and before it others could."""
    target = target_of(flow, step, outcome)
    return target is not None and is_refusal_step(flow, target) and not is_refusal_step(flow, step)


def finds_complete(flow, step, outcome) -> bool:
    """Whether this answer of the office says that nothing is missing: the other one would ask the applicant."""
    if step.shape != "decision" or step.lead_kind != "position" or outcome not in ("yes", "no"):
        return False
    other = "no" if outcome == "yes" else "yes"
    goes_on = not leads_to_applicant(flow, step, outcome) and not refuses(flow, step, outcome)
    return goes_on and leads_to_applicant(flow, step, other)


def letter_ahead(flow, step):
    """The letter that the office makes next if nothing is refused or sent back, and how many steps away; (None, 0)."""
    seen, away = {step.id}, 0
    while step is not None and step.lead_kind == "position":
        if step.issues_letter:
            return step, away
        step, away = _onward(flow, step), away + 1
        if step is None or step.id in seen:
            break
        seen.add(step.id)
    return None, 0


def _onward(flow, step):
    """The one step that follows without going back, to the applicant or to a refusal; None where several could."""
    if step.shape != "decision":
        return flow.step(step.next_id) if step.next_id else None
    ways = {}
    for outcome in ("yes", "no"):
        target = target_of(flow, step, outcome)
        ends = leads_to_applicant(flow, step, outcome) or refuses(flow, step, outcome)
        if target is not None and target.no > step.no and not ends:
            ways[target.id] = target
    return next(iter(ways.values())) if len(ways) == 1 else None


def reason_is_due(flow, step, outcome) -> bool:
    """Whether the office has to say why: with every "no", and with what leads back, to the applicant or to a refusal.

    What an applicant decides is theirs, so it needs none.
    """
    if step.shape != "decision" or step.lead_kind == "applicant" or outcome not in ("yes", "no"):
        return False
    target = target_of(flow, step, outcome)
    back = target is not None and target.no <= step.no
    return outcome == "no" or back or leads_to_applicant(flow, step, outcome) or refuses(flow, step, outcome)


def ground_of_refusal(flow, runs) -> str:
    """Why a request was refused: what was written with the answer that led there, else with the last "no".

    ``runs``: the request's, in any order.
    """
    counted = sorted((run for run in runs if run.taken_back_at is None), key=lambda run: -run.ordinal)
    noted = [run for run in counted if run.note]
    refused = [run.note for run in noted if refuses(flow, flow.step(run.step_id), run.outcome)]
    return next(iter([*refused, *(run.note for run in noted if run.outcome == "no")]), "")


def is_refusal_step(flow, step) -> bool:
    """Whether a letter made in this step is a refusal: every end that can follow is of the kind "rejected"."""
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
