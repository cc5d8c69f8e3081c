"""Steps of a draft: inserted into the flow, saved by field, moved, split; a change of shape keeps the arrows."""

import pytest

from sop.drafting.actions import importing, pasting, removal, splitting, starting, steps
from sop.drafting.actions.draft import StepGone
from sop.drafting.actions.splitting import two_activities
from sop.drafting.queries import editing
from sop.models import Step
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db


# Adding


def test_steps_are_added_one_after_the_other_from_scratch(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Surat", unit_id=units["DIKDAS"].pk)
    made = [steps.add_step(version, by=staff(drafter)) for _n in range(3)]
    assert [step.no for step in made] == [1, 2, 3]
    assert [step.shape for step in editing.steps_of(version)] == ["start", "process", "process"]
    assert draft.arrows(version) == {1: (2, None, None), 2: (3, None, None), 3: (None, None, None)}


def test_a_step_takes_its_place_in_the_flow(version, drafter):
    made = steps.add_step(version, by=staff(drafter), after_no=3)
    assert made.no == 4 and draft.arrows(version)[3] == (4, None, None) and draft.arrows(version)[4] == (5, None, None)


def test_a_step_at_the_front_leads_to_the_first(version, drafter):
    made = steps.add_step(version, by=staff(drafter), after_no=0)
    assert (made.no, made.shape) == (1, "process")
    assert draft.arrows(version)[1] == (2, None, None)
    assert draft.arrows(version)[3] == (None, 4, 2)


def test_after_a_decision_a_step_stands_in_the_way_to_the_row_below(version, drafter):
    steps.add_step(version, by=staff(drafter), after_no=2)
    assert draft.arrows(version)[2] == (None, 3, 1) and draft.arrows(version)[3] == (4, None, None)


def test_after_a_decision_a_free_branch_is_taken_first(units, drafter):
    rows = draft.line(3, n2={"shape": "decision", "next": None, "if_yes": 1}, n3={"shape": "process"})
    version = draft.draft_of(rows, drafter, units)
    steps.add_step(version, by=staff(drafter), after_no=2)
    assert draft.arrows(version)[2] == (None, 1, 3) and draft.arrows(version)[3] == (None, None, None)
    steps.add_step(version, by=staff(drafter), after_no=2)
    assert draft.arrows(version)[2] == (None, 1, 3) and draft.arrows(version)[3] == (4, None, None)


def test_nothing_leads_on_from_an_end(version, drafter):
    steps.add_step(version, by=staff(drafter))
    assert draft.arrows(version)[4] == draft.arrows(version)[5] == (None, None, None)


def test_adding_with_the_same_key_adds_once(version, drafter):
    first = steps.add_step(version, by=staff(drafter), after_no=1, key="k")
    again = steps.add_step(version, by=staff(drafter), after_no=1, key="k")
    assert first == again and version.steps.count() == 5
    removal.remove_step(first, by=staff(drafter))
    with pytest.raises(StepGone) as error:
        steps.add_step(version, by=staff(drafter), after_no=1, key="k")
    assert error.value.removed.step_id == first.pk


def test_a_place_that_is_gone_is_told(version, drafter):
    with pytest.raises(Outdated):
        steps.add_step(version, by=staff(drafter), after_no=9)
    assert version.steps.count() == 4


def test_two_hundred_steps_are_the_limit(units, drafter):
    version = draft.draft_of(draft.line(200), drafter, units)
    for call in (
        lambda: steps.add_step(version, by=staff(drafter)),
        lambda: splitting.split_step(draft.step(version, 3), by=staff(drafter)),
        lambda: pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2)),
    ):
        with pytest.raises(Refused, match="200 langkah"):
            call()
    removed = removal.remove_step(draft.step(version, 9), by=staff(drafter))
    steps.add_step(version, by=staff(drafter))
    with pytest.raises(Refused, match="200 langkah"):
        removal.restore_step(removed, by=staff(drafter))
    assert version.steps.count() == 200 and version.removed_steps.count() == 1


# Saving


def test_every_field_is_saved_and_read_back(version, drafter):
    step, actor_ids = draft.step(version, 3), list(version.actors.order_by("-order").values_list("pk", flat=True))
    fields = {
        "activity": " Mencetak\r\nsurat ",
        "actor_ids": [str(pk) for pk in actor_ids],
        "inputs": "Berkas\tlengkap",
        "seconds": "900",
        "time_text": "15  menit",
        "per_item": True,
        "output": "Surat",
        "note": "",
        "next_id": str(draft.step(version, 1).pk),
        "issues_letter": True,
    }
    saved = draft.save(step, drafter, **fields)
    expected = {
        "activity": "Mencetak\nsurat",
        "actor_ids": actor_ids,
        "inputs": "Berkas lengkap",
        "seconds": 900,
        "time_text": "15 menit",
        "per_item": True,
        "next_id": draft.step(version, 1).pk,
        "issues_letter": True,
    }
    stored = editing.step_values(Step.objects.get(pk=step.pk))
    assert expected.items() <= stored.items() and editing.step_values(saved) == stored


def test_saving_what_stands_changes_nothing(version, drafter):
    version.refresh_from_db()
    before, entries = version.revision, JournalEntry.objects.count()
    step = draft.step(version, 3)
    was = editing.step_values(step)
    steps.save_step(step, by=staff(drafter), fields=was, was=was)
    steps.save_step(
        step, by=staff(drafter), fields={"activity": f"{step.activity}\r\n", "next_id": str(step.next_id)}, was=was
    )
    version.refresh_from_db()
    assert (version.revision, JournalEntry.objects.count()) == (before, entries)


def test_an_incomplete_step_is_kept(version, drafter):
    saved = draft.save(
        draft.step(version, 2), drafter, activity="", actor_ids=[], seconds="", output="", if_yes_id=None, if_no_id=""
    )
    assert (saved.activity, saved.seconds, saved.if_yes_id, saved.if_no_id) == ("", None, None, None)
    assert not saved.step_actors.exists() and flows.findings_of(version)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("activity", "x" * 5001),
        ("activity", 5),
        ("inputs", "x" * 5001),
        ("output", "x" * 5001),
        ("note", "x" * 5001),
        ("time_text", "x" * 81),
        ("yes_label", "x" * 41),
        ("no_label", "x" * 41),
        ("shape", "segitiga"),
        ("shape", ""),
        ("end_kind", "hilang"),
        ("seconds", -1),
        ("seconds", 60_000_001),
        ("seconds", "banyak"),
        ("seconds", 10**400),
        ("next_id", 0),
        ("next_id", "x"),
        ("if_yes_id", 10**30),
        ("actor_ids", [0]),
        ("actor_ids", ["x"]),
    ],
)
def test_what_a_step_cannot_hold_is_refused_with_its_field(version, drafter, field, value):
    step = draft.step(version, 3)
    before = draft.content(version)
    with pytest.raises(Refused) as refused:
        draft.save(step, drafter, **{"issues_letter": True, field: value})
    assert refused.value.field == field and draft.content(version) == before


def test_steps_and_actors_of_another_draft_are_foreign(version, units, drafter):
    other = draft.small_draft(drafter, units, name="Lain")
    step = draft.step(version, 3)
    for fields in (
        {"next_id": other.steps.first().pk},
        {"actor_ids": [other.actors.first().pk]},
    ):
        with pytest.raises(Refused) as refused:
            draft.save(step, drafter, **fields)
        assert refused.value.field in fields


def test_an_actor_chosen_twice_acts_once(version, drafter):
    actor = version.actors.first()
    saved = draft.save(draft.step(version, 3), drafter, actor_ids=[actor.pk, str(actor.pk)])
    assert editing.step_values(saved)["actor_ids"] == [actor.pk]


# Changes in the meantime


def test_different_fields_of_a_step_disturb_nobody(version, drafter, cast):
    step = draft.step(version, 3)
    opened = editing.step_values(step)
    steps.save_step(step, by=staff(cast["admin"]), fields=opened | {"output": "Surat keterangan"}, was=opened)
    steps.save_step(step, by=staff(drafter), fields=opened | {"note": "Dua rangkap"}, was=opened)
    step.refresh_from_db()
    assert (step.output, step.note) == ("Surat keterangan", "Dua rangkap")


def test_the_same_field_is_told_with_who_and_when(version, drafter, cast):
    step = draft.step(version, 3)
    opened = editing.step_values(step)
    steps.save_step(step, by=staff(cast["admin"]), fields=opened | {"activity": "Mencetak surat"}, was=opened)
    draft.save(draft.step(version, 1), cast["head"], note="Di tempat lain")
    with pytest.raises(EditedMeanwhile) as error:
        steps.save_step(
            step, by=staff(drafter), fields=opened | {"activity": "Menulis surat", "note": "Saya"}, was=opened
        )
    assert error.value.fields == {"activity": "Mencetak surat"} and error.value.by == cast["admin"]
    assert cast["admin"].full_name in str(error.value)
    step.refresh_from_db()
    assert (step.activity, step.note) == ("Mencetak surat", "")
    # Having seen the other value, the person may overwrite it.
    seen = opened | error.value.fields
    steps.save_step(step, by=staff(drafter), fields=opened | {"activity": "Menulis surat"}, was=seen)
    step.refresh_from_db()
    assert step.activity == "Menulis surat"


def test_the_order_of_actors_is_a_field_like_others(version, drafter, cast):
    step = draft.step(version, 3)
    opened = editing.step_values(step)
    assert len(opened["actor_ids"]) == 2
    turned = opened["actor_ids"][::-1]
    steps.save_step(step, by=staff(cast["admin"]), fields={"actor_ids": turned}, was=opened)
    steps.save_step(step, by=staff(drafter), fields={"actor_ids": turned}, was=opened)
    with pytest.raises(EditedMeanwhile) as error:
        steps.save_step(step, by=staff(drafter), fields={"actor_ids": turned[:1]}, was=opened)
    assert error.value.fields == {"actor_ids": turned}


def test_an_arrow_to_a_step_that_went_is_told(version, drafter, cast):
    step, opened = draft.step(version, 1), editing.step_values(draft.step(version, 1))
    target = draft.step(version, 4)
    removal.remove_step(step.next, by=staff(cast["admin"]))
    with pytest.raises(EditedMeanwhile) as error:
        steps.save_step(step, by=staff(drafter), fields={"next_id": target.pk}, was=opened)
    assert error.value.fields == {"next_id": draft.step(version, 2).pk}
    # A field that was not changed in the form overwrites nothing.
    steps.save_step(step, by=staff(drafter), fields=opened | {"note": "Catatan"}, was=opened)


def test_a_step_removed_meanwhile_can_be_put_back(version, drafter, cast):
    step, opened = draft.step(version, 3), editing.step_values(draft.step(version, 3))
    removed = removal.remove_step(step, by=staff(cast["admin"]))
    for call in (
        lambda: steps.save_step(step, by=staff(drafter), fields=opened | {"note": "x"}, was=opened),
        lambda: steps.move_step(step, by=staff(drafter), to_no=1),
        lambda: splitting.split_step(step, by=staff(drafter)),
        lambda: removal.remove_step(step, by=staff(drafter)),
    ):
        with pytest.raises(StepGone, match=cast["admin"].full_name) as error:
            call()
        assert error.value.removed == removed
    removal.restore_step(removed, by=staff(drafter))
    steps.save_step(step, by=staff(drafter), fields=opened | {"note": "x"}, was=opened)
    assert draft.step(version, 3).note == "x"


# Shapes


def test_a_process_made_a_decision_goes_on_with_its_yes_and_back(version, drafter):
    step = draft.step(version, 3)
    draft.save(step, drafter, shape="decision")
    assert draft.arrows(version)[3] == (None, 4, None)
    draft.save(step, drafter, if_no_id=draft.step(version, 1).pk)
    draft.save(step, drafter, shape="process")
    assert draft.arrows(version)[3] == (4, None, None)


def test_a_decision_with_only_a_no_goes_on_with_it(version, drafter):
    step = draft.step(version, 2)
    draft.save(step, drafter, if_yes_id=None)
    draft.save(step, drafter, shape="process")
    assert draft.arrows(version)[2] == (1, None, None)


def test_what_is_chosen_together_with_the_shape_counts(version, drafter):
    step, first = draft.step(version, 3), draft.step(version, 1)
    draft.save(step, drafter, shape="decision", if_yes_id=first.pk, if_no_id=draft.step(version, 4).pk)
    assert draft.arrows(version)[3] == (None, 1, 4)
    draft.save(step, drafter, shape="process", next_id=first.pk)
    assert draft.arrows(version)[3] == (1, None, None)


def test_an_end_leads_nowhere_and_has_a_kind(version, drafter):
    step = draft.step(version, 3)
    draft.save(step, drafter, shape="end")
    step.refresh_from_db()
    assert draft.arrows(version)[3] == (None, None, None) and step.end_kind == "completed"
    saved = draft.save(step, drafter, shape="process")
    assert saved.end_kind == ""
    saved = draft.save(step, drafter, shape="end", activity="Menerima surat penolakan")
    assert saved.end_kind == "rejected"
    assert draft.save(step, drafter, end_kind="passed_on").end_kind == "passed_on"
    assert draft.save(step, drafter, next_id=draft.step(version, 1).pk).next_id is None


# Moving


def test_moving_gives_another_number_and_leaves_the_arrows(version, drafter):
    moved = draft.step(version, 4)
    assert steps.move_step(moved, by=staff(drafter), to_no=2).no == 2
    assert draft.arrows(version) == {
        1: (3, None, None),
        2: (None, None, None),
        3: (None, 4, 1),
        4: (2, None, None),
    }
    steps.move_step(moved, by=staff(drafter), to_no=99)
    assert draft.step(version, 4) == moved
    steps.move_step(moved, by=staff(drafter), to_no=0)
    assert draft.step(version, 1) == moved


def test_moving_to_where_it_stands_changes_nothing(version, drafter):
    version.refresh_from_db()
    before = version.revision
    steps.move_step(draft.step(version, 2), by=staff(drafter), to_no=2)
    version.refresh_from_db()
    assert version.revision == before


def test_gaps_of_a_file_close_with_the_first_verb(units, drafter):
    rows = draft.line(3)
    for row in rows:
        row["no"] *= 7
        row["next"] = row.get("next", 0) * 7 or None
    version = importing.import_sop(make.small_content(steps=rows, actors=["Pemohon"]), by=SYSTEM).version
    steps.move_step(draft.step(version, 21), by=staff(drafter), to_no=1)
    assert draft.arrows(version) == {1: (None, None, None), 2: (3, None, None), 3: (1, None, None)}


# Splitting


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Menerima berkas\nMencatat agenda", ("Menerima berkas", "Mencatat agenda")),
        ("Menerima berkas; mencatat agenda", ("Menerima berkas", "Mencatat agenda")),
        ("Menerima berkas dan mencatat agenda", ("Menerima berkas", "Mencatat agenda")),
        ("Menerima berkas, lalu mencatat agenda", ("Menerima berkas", "Mencatat agenda")),
        ("Menerima surat dan berkas kemudian mencatat", ("Menerima surat dan berkas", "Mencatat")),
        ("Menerima surat dan berkas dan memeriksa isinya", ("Menerima surat dan berkas", "Memeriksa isinya")),
        ("Memeriksa berkas dan apakah lengkap?", ("Memeriksa berkas", "Apakah lengkap?")),
        ("Menerima surat dan berkas", ("Menerima surat dan berkas", "")),
        ("Menerima berkas;", ("Menerima berkas;", "")),
        ("Menyandang sandang", ("Menyandang sandang", "")),
        ("", ("", "")),
    ],
)
def test_a_text_is_cut_where_it_says_two_things(text, parts):
    assert two_activities(text) == parts


def test_a_process_is_split_into_two_rows(version, drafter):
    step = draft.step(version, 3)
    draft.save(step, drafter, activity="Mencetak surat dan menandatangani surat", inputs="Konsep", issues_letter=True)
    before = editing.step_values(draft.step(version, 3))
    new = splitting.split_step(step, by=staff(drafter))
    first, second = (editing.step_values(each) for each in editing.steps_of(version)[2:4])
    assert new.no == 4 and draft.arrows(version)[3] == (4, None, None) and draft.arrows(version)[4] == (5, None, None)
    assert (first["activity"], second["activity"]) == ("Mencetak surat", "Menandatangani surat")
    assert (first["output"], second["output"]) == ("", before["output"])
    assert (first["issues_letter"], second["issues_letter"]) == (False, True)
    assert (first["inputs"], first["seconds"], first["time_text"]) == ("Konsep", 3600, "1 jam")
    assert (second["inputs"], second["seconds"], second["time_text"]) == ("", None, "")
    assert first["actor_ids"] == second["actor_ids"] == before["actor_ids"]


def test_a_decision_hands_its_branches_to_the_new_row(version, drafter):
    step = draft.step(version, 2)
    draft.save(step, drafter, activity="Memeriksa berkas dan apakah lengkap?", yes_label="Lengkap", no_label="Kurang")
    new = splitting.split_step(step, by=staff(drafter))
    assert (draft.step(version, 2).shape, new.shape, new.activity) == ("process", "decision", "Apakah lengkap?")
    assert draft.arrows(version)[2] == (3, None, None) and draft.arrows(version)[3] == (None, 4, 1)
    assert (new.yes_label, new.no_label, draft.step(version, 2).yes_label) == ("Lengkap", "Kurang", "")


def test_a_start_stays_the_start_and_an_end_moves_on(version, drafter):
    new = splitting.split_step(draft.step(version, 1), by=staff(drafter))
    assert (draft.step(version, 1).shape, new.shape, new.activity) == ("start", "process", "")
    end = draft.step(version, 5)
    new = splitting.split_step(end, by=staff(drafter))
    old = draft.step(version, 5)
    assert (old.shape, old.end_kind, new.shape, new.end_kind) == ("process", "", "end", "completed")
    assert draft.arrows(version)[5] == (6, None, None) and draft.arrows(version)[6] == (None, None, None)


def test_splitting_with_the_same_key_splits_once(version, drafter):
    step = draft.step(version, 3)
    assert splitting.split_step(step, by=staff(drafter), key="k") == splitting.split_step(
        step, by=staff(drafter), key="k"
    )
    assert version.steps.count() == 5


def test_texts_are_kept_in_one_form_however_they_come(version, drafter):
    """A letter and its accent with a control character between them: cleaning the stored text again changes nothing."""
    step = draft.step(version, 3)
    draft.save(step, drafter, note="Ande\x07\u0301", time_text="e\u200b\x00\u0301  jam")
    step.refresh_from_db()
    was = editing.step_values(step)
    assert step.note == "And\u00e9"
    draft.save(step, drafter, output="Lain")
    steps.save_step(step, by=staff(drafter), fields={"note": "Baru", "time_text": ""}, was=was)
    step.refresh_from_db()
    assert (step.note, step.time_text) == ("Baru", "")


def test_what_a_file_brought_beyond_the_forms_limits_can_be_mended(version, drafter):
    step = draft.step(version, 3)
    Step.objects.filter(pk=step.pk).update(seconds=2_000_000_000)
    was = editing.step_values(Step.objects.get(pk=step.pk))
    steps.save_step(step, by=staff(drafter), fields=was | {"note": "x"}, was=was)
    assert steps.save_step(step, by=staff(drafter), fields=was | {"seconds": 900}, was=was).seconds == 900


def test_marks_that_turn_or_part_words_unseen_do_not_stay(units, cast):
    """Such characters, as pasted from a word processor, would reverse the text on paper and hide it from the search."""
    version = draft.small_draft(cast["admin"], units)
    written = draft.save(
        draft.step(version, 2), cast["admin"], activity="Memeriksa \u202eberkas\u202c ija\u200bzah\ufeff"
    )
    assert written.activity == "Memeriksa berkas ijazah"
