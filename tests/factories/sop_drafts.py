"""Drafts for tests of the editor, and reads of their contents."""

from sop.drafting.actions import pasting, starting, steps
from sop.drafting.queries import editing
from sop.exchange.export import content_of
from sop.models import Step
from tests.factories import sop as make
from tests.snapshots import repeated
from ula_portal.core.journal.actors import staff


def line(count, **changes) -> list[dict]:
    """Rows of a linear flow from a start through processes to an end; ``changes``: by number as ``n3={...}``."""
    rows = []
    for no in range(1, count + 1):
        shape = "start" if no == 1 else "end" if no == count else "process"
        row = {
            "no": no,
            "activity": f"Memeriksa berkas {no}",
            "actors": ["Pemohon"],
            "shape": shape,
            "output": "Berkas",
        }
        rows.append(row | ({"next": no + 1} if no < count else {"end_kind": "completed"}) | changes.get(f"n{no}", {}))
    return rows


@repeated
def draft_of(rows, user, units, unit="DIKDAS", **identity):
    """A draft written by hand with these rows."""
    identity = {"name": "Surat Keterangan Draf", "unit_id": units[unit].pk} | identity
    version = starting.start_sop(by=staff(user), **identity)
    return pasting.paste_steps(version, by=staff(user), rows=rows, replace=True)


def small_draft(user, units, **identity):
    """The valid SOP of ``make.small_content`` as a draft written by hand."""
    return draft_of(make.small_content()["steps"], user, units, **identity)


def step(version, no) -> Step:
    return version.steps.get(no=no)


def arrows(version) -> dict[int, tuple]:
    """The exits of each step: number → numbers of next, yes and no."""
    numbers = {None: None} | dict(version.steps.values_list("pk", "no"))
    rows = version.steps.order_by("no")
    return {row.no: (numbers[row.next_id], numbers[row.if_yes_id], numbers[row.if_no_id]) for row in rows}


def activities(version) -> list[str]:
    return [row.activity for row in editing.steps_of(version)]


def content(version) -> dict:
    """The rows of the document."""
    version.refresh_from_db()
    return content_of(version)


def save(step, user, **fields):
    """Save fields of a step as from a form that has just been opened."""
    return steps.save_step(step, by=staff(user), fields=fields, was=editing.step_values(Step.objects.get(pk=step.pk)))
