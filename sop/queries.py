"""Reads of the SOP floor, named by the question they answer."""

import threading
from collections import OrderedDict, defaultdict

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import Role, Tenure, Unit, User
from ula_portal.core.permissions import has_role, unit_ids_led_by

from . import rules
from .flow import Flow, FlowActor, FlowStep, assemble
from .models import Actor, Sop, SopVersion, Step, StepActor

State = SopVersion.State
FROZEN = (State.APPROVED, State.PUBLISHED, State.WITHDRAWN)
_flows: OrderedDict[int, Flow] = OrderedDict()
_flows_lock = threading.Lock()
FLOWS_KEPT = 500


def in_force(day=None) -> Q:
    """Condition on SopVersion: published, and its dates cover the day (half-open, default today)."""
    day = day or clock.today()
    return Q(state=State.PUBLISHED, effective_from__lte=day) & (Q(effective_to__isnull=True) | Q(effective_to__gt=day))


def version_in_force(sop, day=None) -> SopVersion | None:
    """The version of an SOP (object or id) that holds on a day."""
    return SopVersion.objects.filter(in_force(day), sop=sop).select_related("sop", "sop__unit").first()


def versions_in_force(sop_ids, day=None) -> dict[int, SopVersion]:
    """Versions in force by SOP id; SOPs without one are left out. One query."""
    found = SopVersion.objects.filter(in_force(day), sop_id__in=set(sop_ids)).select_related("sop", "sop__unit")
    return {version.sop_id: version for version in found}


def public_versions(q: str = "", unit_code: str = "", day=None):
    """Versions that anyone may read: in force, by words of name or number and by unit."""
    versions = SopVersion.objects.filter(in_force(day)).select_related("sop", "sop__unit")
    for word in q.split()[:8]:
        versions = versions.filter(Q(sop__name__icontains=word) | Q(sop__number__icontains=word))
    return versions.filter(sop__unit__code=unit_code) if unit_code else versions


def public_version(slug: str, day=None) -> SopVersion | None:
    """The version in force of the SOP with this address."""
    return public_versions(day=day).filter(sop__slug=slug).first()


def units_with_public_sops(day=None) -> list[Unit]:
    """Units that have at least one SOP in force, by name."""
    return list(Unit.objects.filter(Exists(public_versions(day=day).filter(sop__unit=OuterRef("pk")))))


def sop_by_number(number: str) -> Sop | None:
    return Sop.objects.filter(number=number).select_related("unit").first()


def version_to_export(sop: Sop) -> SopVersion | None:
    """The version in force, else the newest one; None for an SOP without versions."""
    return version_in_force(sop) or sop.versions.order_by("-ordinal").first()


def flow_of(version_id) -> Flow:
    """The flow of a version (id or object); kept per process once the version is frozen.

    Raises ``SopVersion.DoesNotExist``. Four queries the first time, none later.
    """
    version_id = getattr(version_id, "pk", version_id)
    with _flows_lock:
        if version_id in _flows:
            _flows.move_to_end(version_id)
            return _flows[version_id]
    state = SopVersion.objects.values_list("state", flat=True).get(pk=version_id)
    flow = _read_flow(version_id)
    if state in FROZEN:
        with _flows_lock:
            _flows[version_id] = flow
            while len(_flows) > FLOWS_KEPT:
                _flows.popitem(last=False)
    return flow


def forget_flows() -> None:
    """Empty the process's store of flows (tests give ids out again)."""
    with _flows_lock:
        _flows.clear()


def _read_flow(version_id):
    actors = {
        row.pk: FlowActor(row.pk, row.order, row.name, row.kind, row.position_id, row.confirmed)
        for row in Actor.objects.filter(version_id=version_id)
    }
    acting = defaultdict(list)
    links = StepActor.objects.filter(step__version_id=version_id).order_by("step_id", "order")
    for step_id, actor_id in links.values_list("step_id", "actor_id"):
        acting[step_id].append(actors[actor_id])
    steps = [_flow_step(row, acting[row.pk]) for row in Step.objects.filter(version_id=version_id).order_by("no")]
    return assemble(version_id, actors.values(), steps)


def _flow_step(row, actors):
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


def findings_of(version) -> list[rules.Finding]:
    """What the rules find in a version's document (actors not yet confirmed are asked for by ``obstacles``)."""
    return rules.findings(flow_of(version), User.objects.values_list("full_name", flat=True))


def obstacles(version, verb: str) -> list[rules.Finding]:
    """What bars a verb whoever does it: errors at verification, and unconfirmed actors as well at approval."""
    if verb not in ("verify", "approve"):
        return []
    barring = rules.errors(findings_of(version))
    return barring + rules.actor_findings(flow_of(version)) if verb == "approve" else barring


def head_tenure_of(user, day=None) -> Tenure | None:
    """The tenure under which somebody heads the office, else a unit, on a day."""
    day = day or clock.today()
    held = Tenure.objects.filter(user=user, from_date__lte=day, position__heads_unit=True)
    held = held.filter(Q(to_date__isnull=True) | Q(to_date__gte=day)).select_related("position__unit")
    return min(held, key=lambda tenure: (tenure.position.unit.parent_id is not None, tenure.pk), default=None)


def versions_for(user):
    """Versions a member of staff may read in the admin panel: section heads those of the units they lead."""
    versions = SopVersion.objects.select_related("sop", "sop__unit")
    if has_role(user, Role.ADMINISTRATOR, Role.HEAD):
        return versions
    return versions.filter(sop__unit_id__in=unit_ids_led_by(user))


def version_for(user, version_id) -> SopVersion | None:
    """One of the versions that ``versions_for`` gives, with the people who moved it."""
    people = ("author", "verified_by", "approved_by", "published_by")
    return versions_for(user).select_related("sop__unit", *people).filter(pk=version_id).first()


def actors_of(version) -> list[Actor]:
    """The columns of a version, with the positions they were matched with."""
    return list(version.actors.select_related("position").order_by("order"))


def other_versions(version) -> list[SopVersion]:
    """All versions of the same SOP, newest first."""
    return list(SopVersion.objects.filter(sop_id=version.sop_id).order_by("-ordinal"))


def is_in_force(version, day=None) -> bool:
    day = day or clock.today()
    begun = version.state == State.PUBLISHED and version.effective_from <= day
    return begun and (version.effective_to is None or day < version.effective_to)


def history_of(version) -> list[tuple]:
    """What happened to a version, as (words, person or None, moment); newest last."""
    rows = [
        (_("Diverifikasi"), version.verified_by, version.verified_at),
        (_("Disahkan"), version.approved_by, version.approved_at),
        (_("Diterbitkan"), version.published_by, version.published_at),
        (_("Dicabut"), None, version.withdrawn_at),
    ]
    return [row for row in rows if row[2]]
