"""Editing a draft, clause by clause: what is meant of several, who changed it last, where a limit lies."""

import pytest

from sop import actions, queries
from sop.actions.editing.fields import MAX_SECONDS
from sop.models import DraftCopy, Step
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core.errors import Outdated
from ula_portal.core.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter(units):
    return make.make_person(Role.DRAFTER, units["DIKDAS"])


@pytest.fixture
def version(units, drafter):
    """Steps of ``make.small_content``: 1 → 2, 2 yes → 3, 2 no → 1, 3 → 4, 4 is the end."""
    return draft.small_draft(drafter, units)


@pytest.fixture
def twin(units, drafter, version):
    """Another draft of the same content, begun later."""
    return draft.small_draft(drafter, units, name="Lain")


# What is meant


@pytest.mark.parametrize("own", [0, 1])
def test_a_copy_goes_back_into_its_own_draft(version, twin, drafter, own):
    for each in (version, twin):
        actions.paste_steps(each.pk, drafter, draft.line(2), replace=True)
    mine, other = (version, twin) if own == 0 else (twin, version)
    copy = queries.copies_of(mine)[0]
    assert actions.restore_copy(copy.pk, drafter) == mine
    assert (len(draft.activities(mine)), len(draft.activities(other))) == (4, 2)
    DraftCopy.objects.filter(pk=copy.pk).delete()
    with pytest.raises(Outdated, match="Salinan"):
        actions.restore_copy(copy.pk, drafter)


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
    actions.paste_steps(version.pk, drafter, draft.line(2, n1={"shape": "process"}))
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
    actions.paste_steps(version.pk, drafter, draft.line(2, n1=row))
    assert draft.step(version, 3).shape == becomes


def test_pasting_the_same_again_gives_the_draft(version, drafter):
    for _n in range(2):
        assert actions.paste_steps(version.pk, drafter, draft.line(2), key="k") == version


# Limits


@pytest.mark.parametrize("seconds", [0, MAX_SECONDS])
def test_a_time_lies_within_its_bounds(version, drafter, seconds):
    assert draft.save(draft.step(version, 3), drafter, seconds=seconds).seconds == seconds


# Who


def test_whoever_split_a_step_changed_it_last(version, drafter, cast):
    step = draft.step(version, 3)
    was = queries.step_values(step)
    actions.split_step(step.pk, cast["admin"])
    draft.save(draft.step(version, 1), cast["head"], note="Di tempat lain")
    with pytest.raises(actions.EditedMeanwhile) as error:
        actions.save_step(step.pk, drafter, {"output": "Berkas"}, was)
    assert error.value.by == cast["admin"] and Step.objects.get(pk=step.pk).output == ""
