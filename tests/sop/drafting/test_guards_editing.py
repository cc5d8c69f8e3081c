"""Editing a draft, clause by clause: which object is addressed, who changed it last, and the limits."""

import pytest

from sop.approval.actions import proposing
from sop.approval.queries import panel
from sop.drafting.actions import actors, copies, identity, pasting, removal, splitting, steps
from sop.drafting.actions.draft import StepGone
from sop.drafting.actions.fields import EXIT_IDS, MAX_SECONDS
from sop.drafting.actions.shapes import fitting
from sop.drafting.queries import editing
from sop.exchange.json import MAX_STEPS, ImportRefused
from sop.models import DraftCopy, Step
from tests.factories import sop_drafts as draft
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Notice, Position
from ula_portal.core.verbs.errors import NotAllowed, Outdated

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(units, drafter, version):
    """Another draft with the same content, started later."""
    return draft.small_draft(drafter, units, name="Lain")


# The addressed object


@pytest.mark.parametrize("own", [0, 1])
def test_a_copy_goes_back_into_its_own_draft(version, twin, drafter, own):
    for each in (version, twin):
        pasting.paste_steps(each, by=staff(drafter), rows=draft.line(2), replace=True)
    mine, other = (version, twin) if own == 0 else (twin, version)
    copy = editing.copies_of(mine)[0]
    assert copies.restore_copy(copy, by=staff(drafter)) == mine
    assert (len(draft.activities(mine)), len(draft.activities(other))) == (4, 2)
    DraftCopy.objects.filter(pk=copy.pk).delete()
    with pytest.raises(Outdated, match="Salinan"):
        copies.restore_copy(copy, by=staff(drafter))


# Pasting


@pytest.mark.parametrize(
    ("last", "joined"),
    [
        ({"shape": "start"}, True),
        ({"shape": "process"}, True),
        ({"shape": "process", "next": 1}, False),
        ({"shape": "decision", "if_yes": 1}, False),
        ({"shape": "end", "end_kind": "completed"}, False),
    ],
)
def test_a_table_goes_on_with_the_last_step_that_leads_nowhere(units, drafter, last, joined):
    rows = draft.line(3, n2={"next": None}, n3={"end_kind": "", **last})
    version = draft.draft_of(rows, drafter, units)
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2, n1={"shape": "process"}))
    before = (last.get("next"), last.get("if_yes"), None)
    arrows = draft.arrows(version)
    assert arrows[3] == ((4, None, None) if joined else before) and arrows[4] == (5, None, None)
    assert arrows[2] == (None, None, None), "only the last one leads on"


@pytest.mark.parametrize(
    ("present", "first", "becomes"),
    [("start", "start", "process"), ("process", "start", "start"), ("start", "decision", "decision")],
)
def test_a_table_begins_anew_only_where_nothing_has_begun(units, drafter, present, first, becomes):
    version = draft.draft_of(draft.line(2, n1={"shape": present}), drafter, units)
    row = {"shape": first} | ({"next": None, "if_yes": 2} if first == "decision" else {})
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2, n1=row))
    assert draft.step(version, 3).shape == becomes


def test_pasting_the_same_again_gives_the_draft(version, drafter):
    for _n in range(2):
        assert pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2), key="k") == version


def test_rows_that_replace_a_table_count_alone_and_do_not_lead_into_it(version, drafter):
    with pytest.raises(ImportRefused):
        pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2, n1={"next": 4}), replace=True)
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(MAX_STEPS), replace=True)
    assert version.steps.count() == MAX_STEPS


def test_pasted_ends_get_a_kind_and_nothing_else_has_one(version, drafter):
    rows = draft.line(3, n2={"end_kind": "completed"}, n3={"activity": "Menolak permohonan", "end_kind": None})
    pasting.paste_steps(version, by=staff(drafter), rows=rows)
    assert [step.end_kind for step in editing.steps_of(version)[4:]] == ["", "", "rejected"]


# Limits


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", 0),
        ("seconds", MAX_SECONDS),
        *((field, "x" * 5000) for field in ("activity", "inputs", "output", "note")),
        ("time_text", "x" * 80),
        ("yes_label", "x" * 40),
        ("no_label", "x" * 40),
    ],
)
def test_a_field_takes_what_just_fits(version, drafter, field, value):
    assert getattr(draft.save(draft.step(version, 3), drafter, **{field: value}), field) == value


def test_the_identity_block_takes_what_just_fits(version, drafter):
    fields = {"name": "x" * 300, "number": "4" * 80, "equipment": ["a" * 2000] * 100}
    saved = identity.save_identity(version, by=staff(drafter), fields=fields, was={})
    assert (saved.name, saved.sop.number, saved.equipment) == tuple(fields.values())


@pytest.mark.parametrize("verb", ["split_step", "restore_step", "paste_steps"])
def test_the_two_hundredth_step_still_fits(units, drafter, verb):
    version = draft.draft_of(draft.line(MAX_STEPS), drafter, units)
    removed = removal.remove_step(draft.step(version, 9), by=staff(drafter))
    calls = {
        "split_step": lambda: splitting.split_step(draft.step(version, 3), by=staff(drafter)),
        "restore_step": lambda: removal.restore_step(removed, by=staff(drafter)),
        "paste_steps": lambda: pasting.paste_steps(version, by=staff(drafter), rows=draft.line(1)),
    }
    calls[verb]()
    assert version.steps.count() == MAX_STEPS


def test_nobody_at_all_may_act(version, drafter):
    saved = draft.save(draft.step(version, 3), drafter, actor_ids=None)
    assert editing.step_values(saved)["actor_ids"] == []


# Shapes


STORED = {"shape": "process", "activity": "Menolak", "end_kind": ""} | dict.fromkeys(EXIT_IDS)


@pytest.mark.parametrize(
    ("stored", "wanted", "written"),
    [
        ({"next_id": 2}, {"note": "x"}, {"note": "x"}),
        ({"next_id": 2}, {"shape": "decision"}, {"shape": "decision", "next_id": None, "if_yes_id": 2}),
        ({"next_id": 2}, {"shape": "decision", "if_yes_id": 3}, {"shape": "decision", "next_id": None, "if_yes_id": 3}),
        ({"shape": "decision", "if_yes_id": 2}, {"next_id": 3}, {}),
        ({"shape": "decision"}, {"next_id": 3}, {"if_yes_id": 3}),
        ({"next_id": 2}, {"shape": "end"}, {"shape": "end", "next_id": None, "end_kind": "rejected"}),
        (
            {"next_id": 2},
            {"shape": "end", "end_kind": "passed_on"},
            {"shape": "end", "next_id": None, "end_kind": "passed_on"},
        ),
        (
            {"shape": "decision", "if_yes_id": 2, "if_no_id": 3},
            {"shape": "end"},
            {"shape": "end", "if_yes_id": None, "if_no_id": None, "end_kind": "rejected"},
        ),
        ({"shape": "end", "end_kind": "rejected"}, {"end_kind": ""}, {}),
        ({"shape": "end", "end_kind": "rejected"}, {"next_id": 2}, {}),
        ({"shape": "end", "end_kind": "rejected"}, {"if_yes_id": 2, "if_no_id": 3}, {}),
        ({"shape": "end", "end_kind": "rejected"}, {"shape": "start"}, {"shape": "start", "end_kind": ""}),
        (
            {"shape": "decision", "if_yes_id": 2, "if_no_id": 3},
            {"shape": "process"},
            {"shape": "process", "next_id": 2, "if_yes_id": None, "if_no_id": None},
        ),
        (
            {"shape": "decision", "if_no_id": 3},
            {"shape": "process"},
            {"shape": "process", "next_id": 3, "if_no_id": None},
        ),
        ({"next_id": 2}, {"if_yes_id": 3}, {}),
        ({}, {"if_no_id": 3}, {"next_id": 3}),
        ({}, {"end_kind": "rejected"}, {}),
    ],
)
def test_what_is_written_fits_the_shape(stored, wanted, written):
    assert fitting(STORED | stored, wanted) == written


# Permissions


KEYED = {
    "add_step": lambda version, user: steps.add_step(version, by=staff(user), after_no=1, key="k"),
    "split_step": lambda version, user: splitting.split_step(draft.step(version, 4), by=staff(user), key="k"),
    "paste_steps": lambda version, user: pasting.paste_steps(version, by=staff(user), rows=draft.line(1), key="k"),
}


@pytest.mark.parametrize("verb", KEYED)
def test_a_key_is_its_persons_own(version, drafter, cast, verb):
    for user in (drafter, cast["admin"], drafter, cast["admin"]):
        KEYED[verb](version, user)
    assert version.steps.count() == 6


def test_a_key_of_columns_is_its_persons_own(version, drafter, cast):
    for user, name in ((drafter, "Satu"), (cast["admin"], "Dua"), (drafter, "Tiga")):
        actors.add_actor(version, by=staff(user), name=name, kind="", key="k")
    assert [actor.name for actor in panel.actors_of(version)[3:]] == ["Satu", "Dua"]


def test_a_stranger_is_not_told_who_removed_a_step(version, drafter, cast):
    step = draft.step(version, 3)
    removal.remove_step(step, by=staff(drafter))
    with pytest.raises(NotAllowed):
        removal.remove_step(step, by=staff(cast["other_head"]))


def test_of_a_step_that_went_with_its_table_nobody_is_named(version, drafter):
    step = draft.step(version, 3)
    removal.remove_step(draft.step(version, 2), by=staff(drafter))
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2), replace=True)
    with pytest.raises(StepGone, match="isi draf diganti") as error:
        removal.remove_step(step, by=staff(drafter))
    assert error.value.removed is None


def test_a_column_may_be_spelt_otherwise_and_stays_where_it_is(version, drafter):
    actor = version.actors.get(name="Pemohon")
    assert actors.save_actor(actor, by=staff(drafter), fields={"name": "PEMOHON"}, was={}).name == "PEMOHON"
    version.refresh_from_db()
    before = version.revision
    actors.move_actor(actor, by=staff(drafter), to_order=actor.order)
    actors.save_actor(actor, by=staff(drafter), fields={"name": " PEMOHON "}, was={})
    version.refresh_from_db()
    assert version.revision == before


def test_a_position_alone_may_be_chosen_for_a_column(version, drafter):
    actor = actors.add_actor(version, by=staff(drafter), name="Petugas", kind="position")
    assert not actor.confirmed
    position = Position.objects.first()
    saved = actors.save_actor(actor, by=staff(drafter), fields={"position_id": position.pk}, was={})
    assert (saved.position_id, saved.confirmed) == (position.pk, True)
    saved = actors.save_actor(actor, by=staff(drafter), fields={"position_id": ""}, was={})
    assert (saved.position_id, saved.confirmed) == (None, False)


def test_who_asks_for_the_verification_of_anothers_draft_is_not_asked(version, drafter, cast):
    proposing.propose_version(version, by=staff(cast["section_head"]))
    assert Notice.objects.get().user == cast["secretary"]


def test_whoever_split_a_step_changed_it_last(version, drafter, cast):
    step = draft.step(version, 3)
    was = editing.step_values(step)
    splitting.split_step(step, by=staff(cast["admin"]))
    draft.save(draft.step(version, 1), cast["head"], note="Di tempat lain")
    with pytest.raises(EditedMeanwhile) as error:
        steps.save_step(step, by=staff(drafter), fields={"output": "Berkas"}, was=was)
    assert error.value.by == cast["admin"] and Step.objects.get(pk=step.pk).output == ""
