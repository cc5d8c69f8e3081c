"""Take a step out of a draft and put it back: its content, place, actors and arrows."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from sop.exchange.json import EXITS
from sop.models import Comment, RemovedStep, SopVersion, Step
from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Outdated

from ..queries.editing import Values, step_values
from .draft import open_draft, open_step, touch
from .steps import exits_of, refuse_more_steps, renumber, set_actors

EXIT_IDS = tuple(f"{name}_id" for name in EXITS)


@transaction.atomic
def remove_step(step_id: int, user: User) -> RemovedStep:
    """Take a step out; what led to it leads to where it led (a decision: its yes), never to itself.

    What is returned puts it back by ``restore_step``. Raises StepGone, NotAllowed, Outdated.
    """
    version, step = open_step(step_id, user)
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
        removed_by=user,
        removed_at=clock.now(),
    )
    # Comments outlive the row they were made on.
    Comment.objects.filter(step=step).update(step=None)
    step.delete()
    renumber(list(version.steps.order_by("no")))
    touch(version, user, "sop_step_removed", step=removed.step_id)
    return removed


def _content(step: Step) -> Values:
    """The step as in the JSON file, beside it its actors' and exits' ids."""
    values = step_values(step)
    values["actors"] = [link.actor.name for link in step.step_actors.select_related("actor").order_by("order")]
    values["comments"] = list(Comment.objects.filter(step=step).values_list("pk", flat=True))
    return values


def _not_itself(target: int | None, own: int) -> int | None:
    return None if target == own else target


@transaction.atomic
def restore_step(removed_id: int, user: User) -> Step:
    """Put a removed step back in its place, with the actors that are still there by name.

    Arrows that led to it do so again unless somebody changed them meanwhile; where it led to a step that is removed
    as well, it leads to where that led until that one comes back. Raises NotAllowed, Outdated, Refused beyond 200
    steps.
    """
    version_id = RemovedStep.objects.filter(pk=removed_id).values_list("version_id", flat=True).first()
    version = open_draft(version_id, user) if version_id else None
    removed = version.removed_steps.filter(pk=removed_id).first() if version else None
    if version is None or removed is None:
        raise Outdated(_("Langkah ini sudah dipulihkan. Muat ulang halaman."))
    steps = list(version.steps.order_by("no"))
    refuse_more_steps(len(steps) + 1)
    ways = _Ways(version, steps)
    step = _step_of(version, removed, max((other.no for other in steps), default=0) + 1)
    step.save(force_insert=True)
    ways.alive.add(step.pk)
    _lead_on(step, removed, ways)
    _lead_back(step, removed, steps, ways)
    set_actors(step, _actor_ids(version, removed.content))
    Comment.objects.filter(pk__in=removed.content.get("comments", ()), step=None).update(step=step)
    steps.insert(removed.no - 1, step)
    renumber(steps)
    removed.delete()
    touch(version, user, "sop_step_restored", step=step.pk)
    return step


class _Ways:
    """Which steps are there, and where the removed ones were passed over to."""

    def __init__(self, version: SopVersion, steps: Iterable[Step]) -> None:
        self.alive = {step.pk for step in steps}
        self.removed = {row.step_id: row for row in version.removed_steps.all()}

    def end_of(self, pk: int | None) -> int | None:
        """The step itself, else the first living one on the way that it was passed over by; None without any."""
        while pk is not None and pk not in self.alive:
            # Whoever was passed over to was alive then, so this never turns in a circle.
            pk = self.removed[pk].redirected_to if pk in self.removed else None
        return pk


def _step_of(version: SopVersion, removed: RemovedStep, no: int) -> Step:
    kept = {name: value for name, value in removed.content.items() if name in _FIELDS}
    return Step(pk=removed.step_id, version=version, no=no, **kept)


_FIELDS = {field.attname for field in Step._meta.concrete_fields} - {"id", "version_id", "no", *EXIT_IDS}


def _lead_on(step: Step, removed: RemovedStep, ways: _Ways) -> None:
    """Exits of a step that came back; one to a step that is still removed is kept with that one's arrows."""
    for name in EXITS:
        target = removed.content.get(f"{name}_id")
        found = ways.end_of(target)
        setattr(step, f"{name}_id", found if target == step.pk else _not_itself(found, step.pk))
        gone = ways.removed.get(target)
        if gone and target != step.pk:
            gone.arrows = [*gone.arrows, [step.pk, name]]
            gone.save(update_fields=["arrows"])
    step.save(update_fields=list(EXITS))


def _lead_back(step: Step, removed: RemovedStep, steps: Iterable[Step], ways: _Ways) -> None:
    """Arrows that led to the step do so again where they still lead to what took its place."""
    # Passed over means as if the step were not there.
    ways.alive.discard(step.pk)
    stand_in = ways.end_of(step.pk)
    by_id = {other.pk: other for other in steps}
    for pk, name in removed.arrows:
        other = by_id.get(pk)
        if other and getattr(other, f"{name}_id") == _not_itself(stand_in, other.pk):
            setattr(other, f"{name}_id", step.pk)
            other.save(update_fields=[name])


def _actor_ids(version: SopVersion, content: Values) -> list[int]:
    """The step's actors that are still columns: by name, as they were."""
    by_name = dict(version.actors.values_list("name", "pk"))
    return [by_name[name] for name in content.get("actors", ()) if name in by_name]
