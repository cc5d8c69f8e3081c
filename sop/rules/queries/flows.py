"""Reads a version's flow as plain values, and the findings on it."""

import threading
from collections import OrderedDict, defaultdict

from sop.models import SopActor, SopVersion, Step, StepActor
from ula_portal.core.models import User

from .. import finding, findings
from ..flow import Flow, FlowActor, FlowStep, assemble
from ..identity import BOXES, Identity

State = SopVersion.State
FROZEN = (State.APPROVED, State.PUBLISHED, State.WITHDRAWN)
_flow_cache: OrderedDict[int, Flow] = OrderedDict()
_flow_cache_lock = threading.Lock()
FLOW_CACHE_SIZE = 500


def flow_of(version_id: int | SopVersion) -> Flow:
    """The flow of a version (id or object). The process caches the flows of frozen versions.

    Takes four queries, or none if the flow is cached.
    Raises: ``SopVersion.DoesNotExist``.
    """
    version_id = version_id.pk if isinstance(version_id, SopVersion) else version_id
    with _flow_cache_lock:
        if version_id in _flow_cache:
            _flow_cache.move_to_end(version_id)
            return _flow_cache[version_id]
    state = SopVersion.objects.values_list("state", flat=True).get(pk=version_id)
    flow = _read_flow(version_id)
    if state in FROZEN:
        with _flow_cache_lock:
            _flow_cache[version_id] = flow
            while len(_flow_cache) > FLOW_CACHE_SIZE:
                _flow_cache.popitem(last=False)
    return flow


def clear_flow_cache() -> None:
    """Empty the process's cache of flows. Tests need this, because they reuse ids."""
    with _flow_cache_lock:
        _flow_cache.clear()


def _read_flow(version_id: int) -> Flow:
    actors = {
        row.pk: FlowActor(row.pk, row.order, row.name, row.kind, row.position_id, row.confirmed)
        for row in SopActor.objects.filter(version_id=version_id)
    }
    acting: defaultdict[int, list[FlowActor]] = defaultdict(list)
    links = StepActor.objects.filter(step__version_id=version_id).order_by("step_id", "order")
    for step_id, actor_id in links.values_list("step_id", "actor_id"):
        acting[step_id].append(actors[actor_id])
    steps = [_flow_step(row, acting[row.pk]) for row in Step.objects.filter(version_id=version_id).order_by("no")]
    return assemble(version_id, actors.values(), steps)


def _flow_step(row: Step, actors: list[FlowActor]) -> FlowStep:
    lead = next((actor for actor in actors if actor.kind == "position"), actors[0] if actors else None)
    others = (a.position_id for a in actors if a is not lead and a.position_id)
    return FlowStep(
        id=row.pk,
        no=row.no,
        activity=row.activity,
        shape=row.shape,
        actor_ids=tuple(actor.id for actor in actors),
        actor_names=tuple(actor.name for actor in actors),
        lead_kind=lead.kind if lead else "external",
        lead_position_id=lead.position_id if lead else None,
        lead_name=lead.name if lead else "",
        other_position_ids=tuple(dict.fromkeys(others)),
        inputs=row.inputs,
        seconds=row.seconds,
        time_text=row.time_text,
        per_item=row.per_item,
        output=row.output,
        note=row.note,
        next_id=row.next_id,
        if_yes_id=row.if_yes_id,
        if_no_id=row.if_no_id,
        yes_label=row.yes_label or "Ya",
        no_label=row.no_label or "Tidak",
        end_kind=(row.end_kind or "completed") if row.shape == "end" else "",
        issues_letter=row.issues_letter,
    )


def findings_of(version: SopVersion, flow: Flow | None = None) -> list[finding.Finding]:
    """The findings on a version's document. Unconfirmed actors are reported by ``obstacles`` instead.

    ``flow``: the version's flow, if the caller has it already; reading it takes four queries.
    """
    identity = Identity(version.title, {box: getattr(version, box) for box in BOXES})
    return findings.findings(flow or flow_of(version), User.objects.values_list("full_name", flat=True), identity)
