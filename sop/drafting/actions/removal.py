"""Verbs that remove a step from a draft and restore it with its content, place, actors and arrows."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sop.exchange.json import EXITS
from sop.models import Comment, RemovedStep, SopVersion, Step
from ula_portal.core import clock
from ula_portal.core.data.field_changes import Values
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import step_values
from .draft import open_draft, open_step, touch
from .steps import exits_of, refuse_more_steps, renumber, set_actors

EXIT_IDS = tuple(f"{name}_id" for name in EXITS)


@verb
def remove_step(step: Step, *, by: Actor) -> RemovedStep:
    """Remove a step. Returns what ``restore_step`` needs to restore it.

    Steps that led to it lead to its successor instead (after a decision, the one for yes), but never to themselves.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; comments on the step are kept.
    Raises: StepGone, NotAllowed, Outdated.
    """
    version, step = open_step(step, by=by)
    onward = {"decision": step.if_yes_id, "end": None}.get(step.shape, step.next_id)
    onward = None if onward == step.pk else onward
    arrows = []
    for other in version.steps.exclude(pk=step.pk).order_by("no"):
        hit = [name for name, target in exits_of(other).items() if target == step.pk]
        for name in hit:
            setattr(other, f"{name}_id", _not_itself(onward, other.pk))
        if hit:
            other.save(update_fields=hit)
            arrows += [[other.pk, name] for name in hit]
    removed = RemovedStep.objects.create(
        version=version,
        step_id=step.pk,
        no=step.no,
        content=_content(step),
        arrows=arrows,
        redirected_to=onward,
        removed_by=by.staff_member,
        removed_at=clock.now(),
    )
    Comment.objects.filter(step=step).update(step=None)
    step.delete()
    renumber(list(version.steps.order_by("no")))
    touch(version, "sop_step_removed", by=by, step=removed.step_id)
    return removed


def _content(step: Step) -> Values:
    """The content that ``RemovedStep`` stores."""
    values = step_values(step)
    values["actors"] = [link.actor.name for link in step.step_actors.select_related("actor").order_by("order")]
    values["comments"] = list(Comment.objects.filter(step=step).values_list("pk", flat=True))
    return values


def _not_itself(target: int | None, own: int) -> int | None:
    return None if target == own else target


@verb
def restore_step(removed: RemovedStep, *, by: Actor) -> Step:
    """Restore a removed step in its place, with those of its actors that still have a column of the same name.

    Steps that led to it do so again, unless somebody changed their exits since. If it led to a step that is removed
    as well, it leads to that step's successor until that one is restored, too.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; comments on the step belong to it again.
    Raises: NotAllowed; Outdated if it was restored already; Refused beyond 200 steps.
    """
    version = open_draft(removed.version, by=by)
    found = version.removed_steps.filter(pk=removed.pk).first()
    if found is None:
        raise Outdated(_("Langkah ini sudah dipulihkan. Muat ulang halaman."))
    removed = found
    steps = list(version.steps.order_by("no"))
    refuse_more_steps(len(steps) + 1)
    successors = _Successors(version, steps)
    step = _step_of(version, removed, max((other.no for other in steps), default=0) + 1)
    step.save(force_insert=True)
    successors.alive.add(step.pk)
    _restore_exits(step, removed, successors)
    _restore_arrows(step, removed, steps, successors)
    set_actors(step, _actor_ids(version, removed.content))
    Comment.objects.filter(pk__in=removed.content.get("comments", ()), step=None).update(step=step)
    steps.insert(removed.no - 1, step)
    renumber(steps)
    removed.delete()
    touch(version, "sop_step_restored", by=by, step=step.pk)
    return step


class _Successors:
    """The existing steps of a draft, and the steps that replaced the removed ones as targets of arrows."""

    def __init__(self, version: SopVersion, steps: Iterable[Step]) -> None:
        self.alive = {step.pk for step in steps}
        self.removed = {row.step_id: row for row in version.removed_steps.all()}

    def end_of(self, pk: int | None) -> int | None:
        """The id of the step itself if it exists, else that of the step that arrows to it lead to now, or None."""
        while pk is not None and pk not in self.alive:
            # A replacement existed when the step was removed, so this cannot loop forever.
            pk = self.removed[pk].redirected_to if pk in self.removed else None
        return pk


def _step_of(version: SopVersion, removed: RemovedStep, no: int) -> Step:
    values = {name: value for name, value in removed.content.items() if name in _FIELDS}
    return Step(pk=removed.step_id, version=version, no=no, **values)


_FIELDS = {field.attname for field in Step._meta.concrete_fields} - {"id", "version_id", "no", *EXIT_IDS}


def _restore_exits(step: Step, removed: RemovedStep, successors: _Successors) -> None:
    """Set the exits of a restored step. An exit to a step that is still removed is added to that one's arrows."""
    for name in EXITS:
        target = removed.content.get(f"{name}_id")
        found = successors.end_of(target)
        setattr(step, f"{name}_id", found if target == step.pk else _not_itself(found, step.pk))
        gone = successors.removed.get(target)
        if gone and target != step.pk:
            gone.arrows = [*gone.arrows, [step.pk, name]]
            gone.save(update_fields=["arrows"])
    step.save(update_fields=list(EXITS))


def _restore_arrows(step: Step, removed: RemovedStep, steps: Iterable[Step], successors: _Successors) -> None:
    """Let the arrows that led to the step lead to it again, if they still lead to what replaced it."""
    # The replacement is found as if the step did not exist.
    successors.alive.discard(step.pk)
    stand_in = successors.end_of(step.pk)
    by_id = {other.pk: other for other in steps}
    for pk, name in removed.arrows:
        other = by_id.get(pk)
        if other and getattr(other, f"{name}_id") == _not_itself(stand_in, other.pk):
            setattr(other, f"{name}_id", step.pk)
            other.save(update_fields=[name])


def _actor_ids(version: SopVersion, content: Values) -> list[int]:
    """The ids of the step's former actors that still have a column, found by name."""
    by_name = dict(version.actors.values_list("name", "pk"))
    return [by_name[name] for name in content.get("actors", ()) if name in by_name]
