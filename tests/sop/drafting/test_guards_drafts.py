"""Starting a draft, its identity block, and what all editing verbs have in common: clause by clause."""

import pytest

from sop.drafting.actions import actors, identity, removal, starting, steps
from sop.drafting.actions.draft import StepGone, changes
from sop.drafting.queries import editing
from sop.models import SopActor, SopVersion
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core import clock
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db


# Starting a draft


def test_an_sop_begins_with_the_number_that_it_has(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Surat", unit_id=units["DIKDAS"].pk, number=" 420/7 ")
    assert (version.sop.number, version.sop.number_is_generated) == ("420/7", False)
    assert JournalEntry.objects.latest("pk").data == {"sop": version.sop_id}
    assert version.edited_by == drafter and version.edited_at and version.editors.get().user == drafter


@pytest.mark.parametrize(
    ("edited_by", "author", "edited_at", "told"),
    [
        ("drafter", None, True, "sedang disusun oleh"),
        (None, "drafter", True, "sedang disusun oleh"),
        (None, None, True, "sudah mempunyai draf versi 1"),
        ("drafter", "drafter", False, "sudah mempunyai draf versi 1"),
    ],
)
def test_a_draft_that_bars_another_names_whoever_is_known(version, drafter, edited_by, author, edited_at, told):
    known = {"drafter": drafter, None: None}
    at = clock.now() if edited_at else None
    SopVersion.objects.update(edited_by=known[edited_by], author=known[author], edited_at=at)
    with pytest.raises(Refused, match=told):
        starting.start_revision(version.sop, by=staff(drafter))


# Identity block


@pytest.mark.parametrize(
    ("fields", "alone"), [({"number": "420/7"}, True), ({"name": "Lain"}, True), ({"records": ["Arsip"]}, False)]
)
def test_numbers_and_names_are_given_by_one_at_a_time(version, drafter, monkeypatch, fields, alone):
    held, lock = [], identity.lock_naming
    monkeypatch.setattr(identity, "lock_naming", lambda: held.append(lock()))
    identity.save_identity(version, by=staff(drafter), fields=fields, was={})
    assert bool(held) == alone


def test_an_address_follows_the_first_versions_name_alone(version, units, drafter):
    second = starting.start_sop(by=staff(drafter), name=version.name, unit_id=units["DIKDAS"].pk)
    slug = second.sop.slug
    identity.save_identity(version, by=staff(drafter), fields={"name": "Lain"}, was={})
    # The shorter address is available again.
    saved = identity.save_identity(second, by=staff(drafter), fields={"number": "420/7"}, was={})
    assert (saved.sop.slug, saved.sop.number) == (slug, "420/7")


def test_a_box_may_be_sent_as_nothing(version, drafter):
    identity.save_identity(version, by=staff(drafter), fields={"records": ["Arsip"]}, was={})
    assert identity.save_identity(version, by=staff(drafter), fields={"records": None}, was={}).records == []


# Changes since the form was opened


def read(name, value):
    if value == "unreadable":
        raise Refused("unreadable", field=name)
    return value.split() if name == "lines" and isinstance(value, str) else list(value) if value else None


@pytest.mark.parametrize(
    ("stored", "was", "given", "written"),
    [
        (["a", "b"], ["a", "b"], ["a"], ["a"]),
        (["a", "b"], ["a", "b"], ["b", "a"], ["b", "a"]),
        (["a", "b"], ["a", "b"], "ab", ["ab"]),
        (["ab"], "ab", ["a", "b"], ["a", "b"]),
        (["a"], ["a"], ["a"], ...),
        (["b"], ["a"], ["a"], ...),
        (["b"], ["a"], "a", ...),
        (["b"], ["a"], "b", ...),
        # Empty is empty, however a form submits it.
        ("unreadable", "unreadable", "unreadable", ...),
        (None, "", None, ...),
        (None, None, "", ...),
        # A text from a file that exceeds a form's limits can be removed.
        ("unreadable", "unreadable", "", []),
        ("unreadable", "unreadable", None, None),
    ],
)
def test_what_the_person_changed_is_written_and_nothing_else(stored, was, given, written):
    wanted = changes(None, {"lines": stored}, {"lines": given}, {"lines": was}, read, {})
    assert wanted == ({} if written is ... else {"lines": written})


def bounded(name, value):
    if len(value) > 2:
        raise Refused("too many", field=name)
    return list(value)


@pytest.mark.parametrize("given", [list, tuple])
@pytest.mark.parametrize("was", [list, tuple])
def test_rows_beyond_the_limit_that_nobody_touched_are_left(given, was):
    long = ["a", "b", "c"]
    assert changes(None, {"lines": long}, {"lines": given(long)}, {"lines": was(long)}, bounded, {}) == {}
    with pytest.raises(Refused):
        changes(None, {"lines": long}, {"lines": given(["a", "b", "d"])}, {"lines": was(long)}, bounded, {})


def test_of_a_clash_that_nobody_is_known_of_nobody_is_named(units, drafter):
    version = make.imported(make.small_content())
    with pytest.raises(EditedMeanwhile, match=r"oleh orang lain pada –\.") as error:
        identity.save_identity(version, by=staff(drafter), fields={"name": "Saya"}, was={"name": "Dahulu"})
    assert (error.value.by, error.value.at) == (None, None)


def test_whoever_changed_this_step_of_this_draft_is_named(version, drafter, cast):
    step = draft.step(version, 3)
    was = editing.step_values(step)
    draft.save(step, cast["admin"], activity="Mencetak surat")
    # Entries of another subject, of another draft, and of a nonexistent draft with the same number.
    for kind, subject, actor in (
        ("request", version.pk, staff(cast["head"])),
        ("sop_version", version.pk + 1, staff(cast["head"])),
        ("sop_version", version.pk, SYSTEM),
    ):
        for _n in range(9):
            record("x", kind, subject, actor, step=step.pk)
    with pytest.raises(EditedMeanwhile) as error:
        steps.save_step(step, by=staff(drafter), fields={"activity": "Menulis surat"}, was=was)
    assert error.value.by == cast["admin"]


# Objects that have been deleted in the meantime


def test_a_step_is_of_its_own_draft_and_was_removed_by_its_own_remover(units, cast, drafter):
    draft.draft_of(draft.line(3), cast["admin"], units, "GTK", name="Milik orang")
    version = draft.small_draft(drafter, units)
    assert steps.save_step(draft.step(version, 2), by=staff(drafter), fields={"note": "x"}, was={}).note == "x"
    first, second = draft.step(version, 2), draft.step(version, 3)
    removal.remove_step(first, by=staff(cast["admin"]))
    removal.remove_step(second, by=staff(cast["head"]))
    for step, remover in ((first, "admin"), (second, "head")):
        with pytest.raises(StepGone, match=cast[remover].full_name):
            steps.save_step(step, by=staff(drafter), fields={"note": "y"}, was={})


def test_a_column_that_goes_while_its_draft_is_waited_for_is_told(version, drafter, monkeypatch):
    actor = actors.add_actor(version, by=staff(drafter), name="Arsiparis", kind="external")
    lock = actors.open_draft

    def removed_first(*args, **options):
        SopActor.objects.filter(pk=actor.pk).delete()
        return lock(*args, **options)

    monkeypatch.setattr(actors, "open_draft", removed_first)
    for call in (
        lambda: actors.save_actor(actor, by=staff(drafter), fields={"name": "Lain"}, was={}),
        lambda: actors.move_actor(actor, by=staff(drafter), to_order=1),
        lambda: actors.remove_actor(actor, by=staff(drafter)),
    ):
        with pytest.raises(Outdated, match="sudah dihapus dari draf"):
            call()
