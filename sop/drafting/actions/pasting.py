"""Fill the table of steps from rows of a spreadsheet."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.json import StepContent
from sop.models import SopActor, SopVersion, Step
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused

from .actors import refuse_more_actors, same_name
from .content import add_actors, drop_steps, propose_ends, read_times, write_steps
from .copies import keep_copy
from .draft import open_draft, touch
from .steps import refuse_more_steps, renumber


@transaction.atomic
def paste_steps(
    version_id: int, user: User, rows: list[StepContent], *, replace: bool = False, key: str = ""
) -> SopVersion:
    """Put rows (step dicts as in the JSON file) after the steps of a draft, or in their place.

    Rows lead to each other by their own numbers; appended ones also to steps that are there, by a number that no row
    has. The last step leads on to the first row when it leads nowhere, and that row is no second start. Unknown
    actors become columns, to be confirmed. What stood before is kept as a copy. The same key pastes once. Raises
    ImportRefused naming each problem, Refused beyond 200 steps or 30 columns, NotAllowed, Outdated; then nothing is
    changed.
    """
    version = open_draft(version_id, user)
    earlier = claim(staff(user).key, key)
    if earlier.earlier_id:
        return version
    if not rows:
        raise Refused(_("Belum ada baris yang dapat ditempelkan. Salin baris langkah dari lembar kerja."))
    present = [] if replace else list(version.steps.order_by("no"))
    refuse_more_steps(len(present) + len(rows))
    rows = exchange.clean_rows(rows, {step.no for step in present})
    _go_on(present, rows)
    read_times({"steps": rows})
    propose_ends({"steps": rows})
    keep_copy(version, "paste", user)
    if replace:
        drop_steps(version)
    renumber(present)
    actors = _columns(version, rows)
    first = len(present) + 1
    steps = write_steps(version, rows, actors, {step.no: step for step in present}, numbered_from=first)
    _join(present, steps[0])
    touch(version, user, "sop_steps_pasted", steps=len(steps))
    earlier.record("sop_version", version.pk)
    return version


def _columns(version: SopVersion, rows: Sequence[StepContent]) -> dict[str, SopActor]:
    """The columns by the rows' names, whatever their letters' case; those that are missing are made."""
    present = {same_name(actor.name): actor for actor in version.actors.order_by("order")}
    names = list(dict.fromkeys(name for row in rows for name in row["actors"]))
    missing = {same_name(name): name for name in reversed(names) if same_name(name) not in present}
    refuse_more_actors(len(present) + len(missing))
    last = max((actor.order for actor in present.values()), default=0)
    ordered = [name for name in names if missing.get(same_name(name)) == name]
    made = add_actors(version, ordered, after=last)
    by_name = present | {same_name(name): actor for name, actor in made.items()}
    for row in rows:
        # Two spellings of one actor in a row are one actor.
        row["actors"] = list(dict.fromkeys(by_name[same_name(name)].name for name in row["actors"]))
    return {actor.name: actor for actor in by_name.values()}


def _go_on(present: Sequence[Step], rows: Sequence[StepContent]) -> None:
    """A table that goes on with a flow begins with its first row as any table does, yet not anew."""
    if rows[0]["shape"] == Step.Shape.START and any(step.shape == Step.Shape.START for step in present):
        rows[0]["shape"] = Step.Shape.PROCESS


def _join(present: Sequence[Step], first: Step) -> None:
    last = present[-1] if present else None
    if last and last.shape in (Step.Shape.START, Step.Shape.PROCESS) and last.next_id is None:
        last.next = first
        last.save(update_fields=["next"])
