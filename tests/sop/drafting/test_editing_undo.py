"""No input is lost: removed steps, pasted tables, copies of a draft."""

import pytest

from sop.approval.actions import life
from sop.approval.queries import panel
from sop.drafting.actions import actors, importing, pasting, removal, starting
from sop.drafting.actions.content import content_hash, hash_of
from sop.drafting.actions.copies import restore_copy
from sop.drafting.queries import editing
from sop.exchange.json import ImportRefused
from sop.models import Comment, DraftCopy, RemovedStep, ReviewRound
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db


# Removing and restoring


def test_what_led_to_a_removed_step_leads_to_where_it_led(version, drafter):
    removed = removal.remove_step(draft.step(version, 3), by=staff(drafter))
    assert draft.arrows(version) == {1: (2, None, None), 2: (None, 3, 1), 3: (None, None, None)}
    assert (removed.no, removed.removed_by, removed.version) == (3, drafter, version)
    assert editing.removed_steps(version) == [removed]


def test_a_removed_decision_is_passed_over_by_its_yes_and_never_to_itself(version, drafter):
    removal.remove_step(draft.step(version, 2), by=staff(drafter))
    assert draft.arrows(version) == {1: (2, None, None), 2: (3, None, None), 3: (None, None, None)}


def test_nobody_is_led_to_himself(units, drafter):
    rows = draft.line(3, n1={"next": 2}, n2={"next": 1})
    version = draft.draft_of(rows, drafter, units)
    before = draft.content(version)
    removed = removal.remove_step(draft.step(version, 2), by=staff(drafter))
    assert draft.arrows(version) == {1: (None, None, None), 2: (None, None, None)}
    removal.restore_step(removed, by=staff(drafter))
    assert draft.content(version) == before


def test_a_step_that_led_to_itself_comes_back_so(units, drafter):
    version = draft.draft_of(draft.line(3, n2={"next": 2}), drafter, units)
    before = draft.content(version)
    removed = removal.remove_step(draft.step(version, 2), by=staff(drafter))
    assert draft.arrows(version)[1] == (None, None, None)
    removal.restore_step(removed, by=staff(drafter))
    assert draft.content(version) == before


@pytest.mark.parametrize("no", [1, 2, 3, 4])
def test_putting_a_step_back_gives_the_same_document(version, drafter, no):
    before, step = draft.content(version), draft.step(version, no)
    removed = removal.remove_step(step, by=staff(drafter))
    restored = removal.restore_step(removed, by=staff(drafter))
    assert restored == step and draft.content(version) == before
    assert not RemovedStep.objects.exists()
    with pytest.raises(Outdated, match="sudah dipulihkan"):
        removal.restore_step(removed, by=staff(drafter))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_neighbours_come_back_in_any_order(version, drafter, order):
    before = draft.content(version)
    both = [draft.step(version, 2), draft.step(version, 3)]
    removed = [removal.remove_step(step, by=staff(drafter)) for step in both]
    for n in order:
        removal.restore_step(removed[n], by=staff(drafter))
    after = draft.content(version)
    assert sorted(step["activity"] for step in after["steps"]) == sorted(step["activity"] for step in before["steps"])
    if order == (1, 0):
        assert after == before
    by_text = {step.pk: step.activity for step in version.steps.all()}
    leads = {step.activity: by_text.get(step.next_id or step.if_yes_id) for step in version.steps.all()}
    assert leads["Mengajukan permohonan"] == "Apakah berkas lengkap?"
    assert leads["Apakah berkas lengkap?"] == "Menandatangani surat"
    assert leads["Menandatangani surat"] == "Menerima surat"


def test_arrows_that_somebody_changed_meanwhile_stay(version, drafter, cast):
    removed = removal.remove_step(draft.step(version, 3), by=staff(drafter))
    draft.save(draft.step(version, 2), cast["admin"], if_yes_id=draft.step(version, 1).pk, if_no_id=None)
    removal.restore_step(removed, by=staff(drafter))
    assert draft.arrows(version)[2] == (None, 1, None) and draft.arrows(version)[3] == (4, None, None)


def test_actors_come_back_by_name_as_far_as_they_are_there(version, drafter):
    step = draft.step(version, 3)
    names = [link.actor.name for link in step.step_actors.order_by("order")]
    removed = removal.remove_step(step, by=staff(drafter))
    gone = version.actors.get(name=names[0])
    actors.remove_actor(gone, by=staff(drafter))
    restored = removal.restore_step(removed, by=staff(drafter))
    assert [link.actor.name for link in restored.step_actors.order_by("order")] == names[1:]
    removed = removal.remove_step(step, by=staff(drafter))
    made = actors.add_actor(version, by=staff(drafter), name=names[0], kind="external")
    restored = removal.restore_step(removed, by=staff(drafter))
    assert made not in restored.actors.all()


def test_comments_on_a_step_outlive_it_and_return_with_it(version, drafter, cast):
    step = draft.step(version, 3)
    review = ReviewRound.objects.create(version=version, opened_by=cast["head"], opened_at=clock.now())
    words = {"author": cast["head"], "text": "Siapa yang menandatangani?", "written_at": clock.now()}
    comment = Comment.objects.create(round=review, step=step, **words)
    removed = removal.remove_step(step, by=staff(drafter))
    comment.refresh_from_db()
    assert comment.step is None
    removal.restore_step(removed, by=staff(drafter))
    comment.refresh_from_db()
    assert comment.step == step


# Pasting


def test_rows_are_appended_and_lead_on_by_their_own_numbers(version, drafter):
    end = draft.step(version, 4)
    draft.save(end, drafter, shape="process")
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(3, n2={"next": 1}))
    arrows = draft.arrows(version)
    assert arrows[4] == (5, None, None)
    assert arrows[5] == (6, None, None) and arrows[6] == (5, None, None) and arrows[7] == (None, None, None)


def test_appended_rows_may_lead_to_steps_that_are_there(version, drafter):
    rows = [row | {"no": row["no"] + 4, "next": row.get("next", 0) + 4 or None} for row in draft.line(3)]
    rows[1]["next"], rows[2]["next"] = 2, None
    pasting.paste_steps(version, by=staff(drafter), rows=rows)
    assert draft.arrows(version)[6] == (2, None, None) and draft.arrows(version)[5] == (6, None, None)
    # The end that was last remains an end.
    assert draft.arrows(version)[4] == (None, None, None)


def test_replacing_keeps_a_copy_and_the_columns(version, drafter):
    before, columns = draft.content(version), panel.actors_of(version)
    DraftCopy.objects.all().delete()
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(20), replace=True)
    assert len(draft.activities(version)) == 20 and panel.actors_of(version) == columns
    copy = editing.copies_of(version)[0]
    assert (copy.before, copy.made_by) == ("paste", drafter)
    restore_copy(copy, by=staff(drafter))
    assert draft.content(version) == before
    assert [kept.before for kept in editing.copies_of(version)] == ["restore", "paste"]


def test_unknown_actors_become_columns_to_be_confirmed(version, drafter):
    names = ["pemohon", "BKPSDM", "Masyarakat", "bkpsdm"]
    rows = draft.line(2, n1={"actors": names[:3]}, n2={"actors": ["bkpsdm"]})
    pasting.paste_steps(version, by=staff(drafter), rows=rows)
    made = version.actors.order_by("order")[3:]
    assert [(actor.name, actor.kind, actor.confirmed) for actor in made] == [
        ("BKPSDM", "external", False),
        ("Masyarakat", "applicant", False),
    ]
    pasted = draft.step(version, 5)
    acting = [link.actor.name for link in pasted.step_actors.order_by("order")]
    assert acting == ["Pemohon", "BKPSDM", "Masyarakat"]


def test_incomplete_rows_are_taken_and_told_by_findings(version, drafter):
    rows = [{"no": 9, "activity": "", "actors": [], "shape": "process", "time_text": "15 menit"}]
    pasting.paste_steps(version, by=staff(drafter), rows=rows)
    step = draft.step(version, 5)
    assert (step.activity, step.seconds) == ("", 900) and flows.findings_of(version)


def test_pasting_with_the_same_key_pastes_once(version, drafter):
    for _n in range(2):
        pasting.paste_steps(version, by=staff(drafter), rows=draft.line(3), key="k")
    assert len(draft.activities(version)) == 7


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"no": 1}],
        ["langkah"],
        draft.line(2, n1={"shape": "segitiga"}),
        draft.line(2, n1={"next": 77}),
        draft.line(2, n2={"no": 1}),
        draft.line(2, n1={"activity": "x" * 5001}),
        draft.line(2, n1={"actors": ["Pemohon", "Pemohon"]}),
        draft.line(2, n1={"actors": [f"Pelaksana {n}" for n in range(29)]}),
        draft.line(201),
    ],
)
def test_rows_that_cannot_be_read_change_nothing(version, drafter, rows):
    before, copies = draft.content(version), DraftCopy.objects.count()
    for replace in (True, False):
        with pytest.raises(Refused):
            pasting.paste_steps(version, by=staff(drafter), rows=rows, replace=replace)
    assert draft.content(version) == before and DraftCopy.objects.count() == copies


def test_every_problem_of_the_rows_is_told(version, drafter):
    with pytest.raises(ImportRefused) as refused:
        pasting.paste_steps(version, by=staff(drafter), rows=draft.line(3, n1={"next": 77}, n2={"next": 88}))
    assert len(refused.value.problems) == 2


# Copies and files


def test_a_copy_brings_back_what_its_actors_were(version, drafter, cast):
    make.confirm_all(version, cast["admin"])
    draft.save(draft.step(version, 1), drafter, note="Catatan")
    before = list(version.actors.values_list("name", "kind", "position_id", "confirmed"))
    importing.import_sop(
        make.small_content(number=version.sop.number, actors=["Pemohon"], steps=draft.line(2)), by=SYSTEM
    )
    assert version.actors.count() == 1
    restore_copy(editing.copies_of(version)[0], by=staff(drafter))
    assert list(version.actors.values_list("name", "kind", "position_id", "confirmed")) == before


def test_a_file_over_a_draft_edited_by_hand_keeps_a_copy(version, drafter, cast):
    before = draft.content(version)
    DraftCopy.objects.all().delete()
    result = importing.import_sop(
        make.small_content(number=version.sop.number, name="Nama Lain"), by=staff(cast["admin"])
    )
    assert (result.state, result.version) == ("replaced", version)
    version.refresh_from_db()
    assert (version.revision, version.edited_by, version.proposed_at) == (0, None, None)
    copy = DraftCopy.objects.get()
    assert (copy.before, copy.made_by) == ("import", cast["admin"])
    restore_copy(copy, by=staff(drafter))
    assert draft.content(version) == before
    # Importing the file again is another change, and again nothing is lost.
    assert (
        importing.import_sop(make.small_content(number=version.sop.number, name="Nama Lain"), by=SYSTEM).state
        == "replaced"
    )


def test_a_file_over_a_file_keeps_no_copy(units, drafter):
    importing.import_sop(make.small_content(), by=SYSTEM)
    importing.import_sop(make.small_content(name="Nama Lain"), by=SYSTEM)
    assert not DraftCopy.objects.exists()


def test_an_empty_draft_leaves_no_copy(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Surat", unit_id=units["DIKDAS"].pk)
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2), replace=True)
    assert editing.copies_of(version) == []


def test_a_draft_without_steps_is_put_back_as_well(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Surat", unit_id=units["DIKDAS"].pk)
    actors.add_actor(version, by=staff(drafter), name="Pemohon", kind="")
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2))
    restore_copy(editing.copies_of(version)[0], by=staff(drafter))
    assert draft.activities(version) == [] and [actor.name for actor in panel.actors_of(version)] == ["Pemohon"]


def test_remarks_outlive_all_steps_and_those_on_other_drafts_keep_theirs(version, drafter, cast, units):
    other = draft.draft_of(draft.line(2), drafter, units)
    remarks = []
    for each in (version, other):
        review = ReviewRound.objects.create(version=each, opened_by=cast["head"], opened_at=clock.now())
        words = {"author": cast["head"], "text": "Siapa?", "written_at": clock.now()}
        remarks.append(Comment.objects.create(round=review, step=draft.step(each, 2), **words))
    pasting.paste_steps(version, by=staff(drafter), rows=draft.line(3), replace=True)
    for remark in remarks:
        remark.refresh_from_db()
    assert [remark.step for remark in remarks] == [None, draft.step(other, 2)]


def test_the_export_of_a_verified_draft_taken_in_again_is_the_same(version, drafter, cast):
    draft.save(draft.step(version, 2), drafter, seconds=None, time_text="45 menit", note="Baris\r\n kedua")
    draft.save(draft.step(version, 3), drafter, seconds=61)
    version.refresh_from_db()
    assert version.content_hash == ""
    with pytest.raises(Refused):
        life.verify_version(version, by=staff(cast["section_head"]))
    draft.save(draft.step(version, 2), drafter, seconds=2700)
    life.verify_version(version, by=staff(cast["section_head"]))
    assert importing.import_sop(draft.content(version), by=SYSTEM).state == "unchanged"


def test_the_hash_of_a_content_never_changes():
    # The hash is stored with every version: if it were computed differently, unchanged files would count as new.
    said = {"name": "Pengganti Ijazah – é", "steps": [{"no": 1, "output": "Surat “asli”"}]}
    hashed = "ac3940c4b2647feef56e447189e06ae6f786fd76c3355c0b0d231cc186252566"
    assert content_hash(said) == hashed
    assert content_hash({**dict(reversed(said.items())), "number": "1", "unit": "x", "unit_code": "y"}) == hashed
    assert content_hash(said | {"name": "Pengganti Ijazah – e"}) != hashed


@pytest.mark.parametrize("name", ["leg-ijz", "tamu", "mut-m"])
def test_verifying_what_came_from_a_file_leaves_its_hash(units, name):
    result = importing.import_sop(make.demo_content(name), by=SYSTEM)
    assert hash_of(result.version) == result.version.content_hash
