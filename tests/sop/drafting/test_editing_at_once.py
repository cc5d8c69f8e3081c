"""Two people edit one draft at the same moment: no input is lost, and there is no deadlock."""

import pytest

from sop.approval.actions import life
from sop.drafting.actions import actors, importing, pasting, removal, splitting, starting
from sop.drafting.actions.draft import StepGone
from sop.drafting.actions.steps import add_step, move_step, save_step
from sop.drafting.queries import editing
from sop.models import Sop, SopVersion
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.concurrently import concurrently
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role, User
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(units):
    return make.make_person(Role.DRAFTER, units["DIKDAS"])


@pytest.fixture
def version(units, drafter):
    return draft.draft_of(draft.line(6), drafter, units)


def failures(results):
    return [result for result in results if isinstance(result, Exception)]


def test_different_steps_are_saved_both(version, drafter, other):
    steps = editing.steps_of(version)
    was = [editing.step_values(step) for step in steps]
    results = concurrently(
        *(
            lambda n=n, user=user: save_step(
                steps[n], by=staff(user), fields=was[n] | {"note": f"Catatan {n}"}, was=was[n]
            )
            for n, user in enumerate([drafter, other, drafter, other])
        )
    )
    assert failures(results) == []
    assert [step.note for step in editing.steps_of(version)][:4] == [f"Catatan {n}" for n in range(4)]
    version.refresh_from_db()
    assert version.revision == 5


def test_of_the_same_field_one_is_written_and_the_other_told(version, drafter, other):
    step = draft.step(version, 3)
    was = editing.step_values(step)
    results = concurrently(
        lambda: save_step(step, by=staff(drafter), fields=was | {"activity": "Menulis surat"}, was=was),
        lambda: save_step(step, by=staff(other), fields=was | {"activity": "Mencetak surat"}, was=was),
    )
    (error,) = failures(results)
    assert isinstance(error, EditedMeanwhile)
    step.refresh_from_db()
    written = "Menulis surat" if error is results[1] else "Mencetak surat"
    assert step.activity == written and error.fields == {"activity": written}
    assert error.by == (drafter if error is results[1] else other)


def test_adding_moving_and_removing_at_once_leaves_whole_numbers(version, drafter, other):
    steps = editing.steps_of(version)
    results = concurrently(
        lambda: add_step(version, by=staff(drafter), after_no=2),
        lambda: move_step(steps[4], by=staff(other), to_no=1),
        lambda: removal.remove_step(steps[2], by=staff(drafter)),
        lambda: splitting.split_step(steps[3], by=staff(other)),
        lambda: actors.move_actor(version.actors.get(), by=staff(drafter), to_order=2),
        lambda: pasting.paste_steps(version, by=staff(other), rows=draft.line(3)),
    )
    assert failures(results) == []
    assert [step.no for step in editing.steps_of(version)] == list(range(1, 6 + 1 - 1 + 1 + 3 + 1))


def test_removing_while_somebody_types_tells_who_can_put_it_back(version, drafter, other):
    step = draft.step(version, 3)
    was = editing.step_values(step)
    results = concurrently(
        lambda: removal.remove_step(step, by=staff(drafter)),
        lambda: save_step(step, by=staff(other), fields=was | {"note": "Catatan"}, was=was),
    )
    removed = results[0]
    if failures(results):
        assert isinstance(results[1], StepGone) and results[1].removed == removed
    else:
        assert removed.content["note"] == "Catatan"


def test_two_remove_or_restore_the_same_step_once(version, drafter, other):
    step = draft.step(version, 3)
    results = concurrently(*(lambda user=user: removal.remove_step(step, by=staff(user)) for user in (drafter, other)))
    assert [type(error) for error in failures(results)] == [StepGone] and version.removed_steps.count() == 1
    removed = version.removed_steps.get()
    results = concurrently(
        *(lambda user=user: removal.restore_step(removed, by=staff(user)) for user in (drafter, other))
    )
    assert [type(error) for error in failures(results)] == [Outdated] and version.steps.count() == 6


def test_a_form_sent_twice_at_once_does_it_once(units, version, drafter):
    same = {"name": "Surat", "unit_id": units["DIKDAS"].pk, "key": "k"}
    results = concurrently(*[lambda: starting.start_sop(by=staff(drafter), **same).pk] * 3)
    assert len(set(results)) == 1 and Sop.objects.count() == 2
    concurrently(*[lambda: add_step(version, by=staff(drafter), key="tambah")] * 3)
    assert version.steps.count() == 7
    concurrently(*[lambda: pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2), key="tempel")] * 3)
    assert version.steps.count() == 9


def test_sops_begun_at_once_get_numbers_and_addresses_of_their_own(units, drafter, other):
    begin = {"name": "Surat", "unit_id": units["DIKDAS"].pk}
    results = concurrently(
        *(lambda user=user: starting.start_sop(by=staff(user), **begin) for user in (drafter, other, drafter))
    )
    assert failures(results) == []
    assert len({version.sop.number for version in results}) == len({version.sop.slug for version in results}) == 3
    results = concurrently(
        *(lambda user=user: starting.start_sop(by=staff(user), **begin, number="1") for user in (drafter, other))
    )
    (error,) = failures(results)
    assert isinstance(error, Refused) and error.field == "number"


def test_two_begin_a_revision_and_one_is_told_of_the_other(units, drafter, other):
    cast = make.make_cast(units)
    published = make.publish(make.small_content(), cast)
    results = concurrently(
        *(lambda user=user: starting.start_revision(published.sop, by=staff(user)) for user in (drafter, other))
    )
    (error,) = failures(results)
    winner = results[0] if error is results[1] else results[1]
    assert type(error) is Refused and User.objects.get(pk=winner.author_id).full_name in str(error)
    assert SopVersion.objects.filter(sop_id=published.sop_id, state="draft").count() == 1


def test_verifying_and_editing_at_once_never_freezes_what_nobody_read(units, drafter):
    cast = make.make_cast(units)
    version = draft.small_draft(drafter, units)
    step = draft.step(version, 3)
    was = editing.step_values(step)
    results = concurrently(
        lambda: life.verify_version(version, by=staff(cast["section_head"])),
        lambda: save_step(step, by=staff(drafter), fields=was | {"note": "Catatan"}, was=was),
        lambda: importing.import_sop(
            make.small_content(number=version.sop.number, name="Nama Lain"), by=staff(cast["admin"])
        ),
    )
    assert all(isinstance(error, Refused) for error in failures(results))
    version.refresh_from_db()
    assert version.state == "draft" or version.content_hash
