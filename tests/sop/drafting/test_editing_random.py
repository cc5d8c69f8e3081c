"""Random edits of a draft: numbers have no gaps, arrows stay inside, nothing is lost, and undo restores it."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sop.approval.queries import panel
from sop.drafting.actions import importing, pasting, removal, splitting
from sop.drafting.actions.actors import add_actor, move_actor, remove_actor
from sop.drafting.actions.copies import restore_copy
from sop.drafting.actions.steps import add_step, move_step
from sop.drafting.queries import editing
from sop.models import DraftCopy, RemovedStep, SopVersion, Step, StepActor
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
NAMES = ["Pemohon", "Verifikator", "Kepala Bidang"]
SHAPES = ["start", "process", "decision", "end"]


@st.composite
def tables(draw, least=1, most=10):
    """Rows with random shapes and arrows, each with a different note."""
    count = draw(st.integers(least, most))
    target = st.one_of(st.none(), st.integers(1, count))
    rows = []
    for no in range(1, count + 1):
        shape = draw(st.sampled_from(SHAPES))
        row = {"no": no, "activity": f"Memeriksa {no} dan mencatat", "shape": shape, "note": f"catatan {no}"}
        row["actors"] = draw(st.lists(st.sampled_from(NAMES), unique=True))
        exits = {"decision": ("if_yes", "if_no"), "end": ()}.get(shape, ("next",))
        rows.append(row | {name: draw(target) for name in exits})
    return rows


VERBS = st.sampled_from(
    [
        "add",
        "first_add",
        "save_text",
        "save_exit",
        "save_shape",
        "save_actors",
        "move",
        "split",
        "remove",
        "remove",
        "restore",
        "restore",
        "add_actor",
        "move_actor",
        "remove_actor",
        "paste",
        "replace",
        "restore_copy",
        "import",
    ]
)
SEQUENCES = st.lists(st.tuples(VERBS, st.integers(0, 99), st.integers(0, 99)), min_size=3, max_size=20)
slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def begin(rows):
    units = make.make_office()
    drafter = make.make_person(Role.DRAFTER, units["DIKDAS"])
    return draft.draft_of(rows, drafter, units), drafter


@slow
@given(rows=tables(), picks=st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_what_is_removed_comes_back_as_it_was(rows, picks):
    """Steps are removed one after the other and restored in reverse order: same content, same ids."""
    with transaction.atomic():
        version, drafter = begin(rows)
        before, ids = draft.content(version), [step.pk for step in editing.steps_of(version)]
        removed = []
        for pick in picks[: len(rows)]:
            steps = editing.steps_of(version)
            removed.append(removal.remove_step(steps[pick % len(steps)], by=staff(drafter)))
            whole(version)
        for kept in reversed(removed):
            removal.restore_step(kept, by=staff(drafter))
            whole(version)
        assert draft.content(version) == before
        assert [step.pk for step in editing.steps_of(version)] == ids
        transaction.set_rollback(True)


@slow
@given(rows=tables(least=3), picks=st.permutations(range(3)))
def test_in_whatever_order_they_come_back_no_step_is_missing(rows, picks):
    with transaction.atomic():
        version, drafter = begin(rows)
        before = {step.pk: step.note for step in editing.steps_of(version)}
        removed = [removal.remove_step(editing.steps_of(version)[0], by=staff(drafter)) for _n in range(3)]
        for pick in picks:
            removal.restore_step(removed[pick], by=staff(drafter))
            whole(version)
        assert {step.pk: step.note for step in editing.steps_of(version)} == before
        transaction.set_rollback(True)


@slow
@given(rows=tables(), moves=SEQUENCES)
def test_whatever_is_done_a_draft_stays_whole(rows, moves):
    with transaction.atomic():
        version, drafter = begin(rows)
        notes = {row["note"] for row in rows}
        for name, first, second in moves:
            before = SopVersion.objects.get(pk=version.pk).revision
            try:
                with transaction.atomic():
                    _do(name, version, drafter, first, second)
            except Refused:
                assert SopVersion.objects.get(pk=version.pk).revision == before
            whole(version)
            assert notes <= kept_notes(version)
        assert verify() == []
        transaction.set_rollback(True)


def whole(version):
    """Numbers from 1 without gaps, arrows and actors only of this version, exits that fit the shapes."""
    steps, actors = editing.steps_of(version), panel.actors_of(version)
    assert [step.no for step in steps] == list(range(1, len(steps) + 1))
    assert [actor.order for actor in actors] == list(range(1, len(actors) + 1))
    ids = {step.pk for step in steps} | {None}
    for step in steps:
        assert {step.next_id, step.if_yes_id, step.if_no_id} <= ids
        assert step.shape == "decision" or step.if_yes_id is step.if_no_id is None
        assert step.shape in ("start", "process") or step.next_id is None
        assert bool(step.end_kind) == (step.shape == "end")
        orders = [link.order for link in step.step_actors.all()]
        assert orders == list(range(1, len(orders) + 1))
    links = StepActor.objects.filter(step__version=version)
    assert not links.exclude(actor__version=version).exists()


def kept_notes(version):
    found = set(Step.objects.filter(version=version).values_list("note", flat=True))
    found |= {kept.content["note"] for kept in RemovedStep.objects.filter(version=version)}
    for copy in DraftCopy.objects.filter(version=version):
        found |= {step["note"] for step in copy.content["steps"]}
    return found


def _do(name, version, user, first, second):
    steps, actors = editing.steps_of(version), panel.actors_of(version)
    step = steps[first % len(steps)] if steps else None
    other = steps[second % len(steps)] if steps else None
    match name:
        case "add":
            add_step(version, by=staff(user), after_no=step and step.no)
        case "first_add":
            add_step(version, by=staff(user), after_no=0)
        case "paste" | "replace":
            rows = draft.line(2 + second % 3, n2={"actors": [f"Pelaksana {first % 4}"]})
            pasting.paste_steps(version, by=staff(user), rows=rows, replace=name == "replace")
        case "import":
            content = make.small_content(number=SopVersion.objects.get(pk=version.pk).sop.number)
            importing.import_sop(content, by=staff(user))
        case "restore" if version.removed_steps.exists():
            removed = editing.removed_steps(version)
            removal.restore_step(removed[first % len(removed)], by=staff(user))
        case "restore_copy" if version.copies.exists():
            copies = editing.copies_of(version)
            restore_copy(copies[first % len(copies)], by=staff(user))
        case "add_actor":
            add_actor(version, by=staff(user), name=f"Arsiparis {first % 5}", kind="")
        case "move_actor" if actors:
            move_actor(actors[first % len(actors)], by=staff(user), to_order=second % 9)
        case "remove_actor" if actors:
            remove_actor(actors[first % len(actors)], by=staff(user))
        case "move" if step:
            move_step(step, by=staff(user), to_no=second % 12)
        case "split" if step:
            splitting.split_step(step, by=staff(user))
        case "remove" if step:
            removal.remove_step(step, by=staff(user))
        case "save_text" if step:
            draft.save(step, user, activity=f"Menulis {second} lalu mencatat")
        case "save_exit" if step:
            draft.save(step, user, **{["next_id", "if_yes_id", "if_no_id"][second % 3]: other.pk})
        case "save_shape" if step:
            draft.save(step, user, shape=SHAPES[second % 4])
        case "save_actors" if step:
            draft.save(step, user, actor_ids=[actor.pk for actor in actors[: second % 4]][::-1])
