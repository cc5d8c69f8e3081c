"""The verb that pastes rows of a spreadsheet into the table of steps."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.json import StepContent
from sop.models import SopActor, SopVersion, Step
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from .actors import refuse_more_actors, same_name
from .content import add_actors, drop_steps, propose_ends, read_times, write_steps
from .copies import keep_copy
from .draft import open_draft, touch
from .steps import refuse_more_steps, renumber


@verb
def paste_steps(
    version: SopVersion, *, by: Actor, rows: list[StepContent], replace: bool = False, key: str = ""
) -> SopVersion:
    """Append rows to the steps of a draft, or ``replace`` its steps with them.

    ``rows``: step dicts as in the JSON file. Their exits refer to the numbers of the other rows, or else to existing
    steps. If the last existing step leads nowhere, it leads to the first row, and that row does not become a second
    start. The same ``key`` pastes only once.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; its content until now is kept as a copy; unknown actors get a
    column and have to be confirmed.
    Raises: ImportRefused with every problem; Refused beyond 200 steps or 30 columns; NotAllowed; Outdated.
    """
    version = open_draft(version, by=by)
    earlier = claim(by.key, key)
    if earlier.earlier_id:
        return version
    if not rows:
        raise Refused(_("Belum ada baris yang dapat ditempelkan. Salin baris langkah dari lembar kerja."))
    present = [] if replace else list(version.steps.order_by("no"))
    refuse_more_steps(len(present) + len(rows))
    rows = exchange.clean_rows(rows, {step.no for step in present})
    _unmark_second_start(present, rows)
    read_times({"steps": rows})
    propose_ends({"steps": rows})
    keep_copy(version, "paste", by=by)
    if replace:
        drop_steps(version)
    renumber(present)
    actors = _columns(version, rows)
    first = len(present) + 1
    steps = write_steps(version, rows, actors, {step.no: step for step in present}, numbered_from=first)
    _join(present, steps[0])
    touch(version, "sop_steps_pasted", by=by, steps=len(steps))
    earlier.record("sop_version", version.pk)
    return version


def _columns(version: SopVersion, rows: Sequence[StepContent]) -> dict[str, SopActor]:
    """All columns by name, after adding those missing for the rows. Names are compared regardless of case."""
    present = {same_name(actor.name): actor for actor in version.actors.order_by("order")}
    names = list(dict.fromkeys(name for row in rows for name in row["actors"]))
    missing = {same_name(name): name for name in reversed(names) if same_name(name) not in present}
    refuse_more_actors(len(present) + len(missing))
    last = max((actor.order for actor in present.values()), default=0)
    ordered = [name for name in names if missing.get(same_name(name)) == name]
    made = add_actors(version, ordered, after=last)
    by_name = present | {same_name(name): actor for name, actor in made.items()}
    for row in rows:
        # Two spellings of the same name in a row are the same actor.
        row["actors"] = list(dict.fromkeys(by_name[same_name(name)].name for name in row["actors"]))
    return {actor.name: actor for actor in by_name.values()}


def _unmark_second_start(present: Sequence[Step], rows: Sequence[StepContent]) -> None:
    """Make the first row a process if the draft has a start already: the first row of a table is read as a start."""
    if rows[0]["shape"] == Step.Shape.START and any(step.shape == Step.Shape.START for step in present):
        rows[0]["shape"] = Step.Shape.PROCESS


def _join(present: Sequence[Step], first: Step) -> None:
    last = present[-1] if present else None
    if last and last.shape in (Step.Shape.START, Step.Shape.PROCESS) and last.next_id is None:
        last.next = first
        last.save(update_fields=["next"])
