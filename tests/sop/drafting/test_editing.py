"""Drafts by hand: permissions, states, starting a draft, its identity block and its columns."""

import datetime

import pytest

from sop import permissions
from sop.approval.actions import life, proposing
from sop.drafting.actions import actors, copies, identity, importing, pasting, removal, splitting, starting, steps
from sop.drafting.queries import editing
from sop.models import DraftCopy, RemovedStep, Sop, SopActor, SopVersion, Step
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.journal.subjects import verb_label
from ula_portal.core.models import JournalEntry, Position, Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def every_verb(version, user):
    """Each verb of the editor, as a call by a person on a draft that has everything it needs."""
    first, actor = version.steps.first(), version.actors.first()
    removed, copy = version.removed_steps.first(), version.copies.first()
    return {
        "save_identity": lambda: identity.save_identity(version, by=staff(user), fields={"name": "Lain"}, was={}),
        "add_actor": lambda: actors.add_actor(version, by=staff(user), name="Arsiparis", kind=""),
        "save_actor": lambda: actors.save_actor(actor, by=staff(user), fields={"name": "Lain"}, was={}),
        "move_actor": lambda: actors.move_actor(actor, by=staff(user), to_order=2),
        "remove_actor": lambda: actors.remove_actor(actor, by=staff(user)),
        "add_step": lambda: steps.add_step(version, by=staff(user)),
        "save_step": lambda: steps.save_step(first, by=staff(user), fields={"activity": "Lain"}, was={}),
        "move_step": lambda: steps.move_step(first, by=staff(user), to_no=2),
        "split_step": lambda: splitting.split_step(first, by=staff(user)),
        "remove_step": lambda: removal.remove_step(first, by=staff(user)),
        "restore_step": lambda: removal.restore_step(removed, by=staff(user)),
        "paste_steps": lambda: pasting.paste_steps(version, by=staff(user), rows=draft.line(2)),
        "restore_copy": lambda: copies.restore_copy(copy, by=staff(user)),
        "propose_version": lambda: proposing.propose_version(version, by=staff(user)),
    }


VERBS = [
    "save_identity",
    "add_actor",
    "save_actor",
    "move_actor",
    "remove_actor",
    "add_step",
    "save_step",
    "move_step",
    "split_step",
    "remove_step",
    "restore_step",
    "paste_steps",
    "restore_copy",
    "propose_version",
]


@pytest.fixture
def full(version, drafter):
    """A draft that also has a removed step and a copy."""
    removal.remove_step(steps.add_step(version, by=staff(drafter)), by=staff(drafter))
    pasting.paste_steps(version, by=staff(drafter), rows=make.small_content()["steps"], replace=True)
    version.refresh_from_db()
    return version


def untouched(version):
    version.refresh_from_db()
    entries = JournalEntry.objects.filter(subject_kind="sop_version", subject_id=str(version.pk)).count()
    return draft.content(version), version.revision, version.proposed_at, entries


# Permissions and states


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_changes_nothing(full, units, cast, verb):
    before = untouched(full)
    strangers = [
        cast["official"],
        cast["other_head"],
        make.make_person(Role.DRAFTER, units["GTK"]),
        make.make_person(Role.FRONT_DESK),
        make.make_person(),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed, match="penyusun SOP"):
            every_verb(full, stranger)[verb]()
    assert untouched(full) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_verified_version_is_to_be_returned_first(full, cast, drafter, verb):
    call = every_verb(full, drafter)[verb]
    life.verify_version(full, by=staff(cast["section_head"]))
    before = untouched(full)
    with pytest.raises(Outdated, match="Kembalikan menjadi draf"):
        call()
    assert untouched(full) == before


@pytest.mark.parametrize("verb", VERBS)
def test_an_approved_version_is_revised_instead(full, cast, drafter, verb):
    call = every_verb(full, drafter)[verb]
    make.confirm_all(full, cast["admin"])
    life.verify_version(full, by=staff(cast["section_head"]))
    make.approve(full, cast["head"], "1")
    with pytest.raises(Outdated, match="Buat revisi"):
        call()


@pytest.mark.parametrize("who", ["admin", "head", "section_head", "drafter"])
@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("remove_actor", "propose_version")])
def test_each_verb_notes_who_and_says_so_in_the_journal(full, cast, drafter, who, verb):
    user = drafter if who == "drafter" else cast[who]
    SopVersion.objects.filter(pk=full.pk).update(proposed_by=drafter, proposed_at=full.edited_at)
    before = full.revision
    every_verb(full, user)[verb]()
    full.refresh_from_db()
    assert full.editors.filter(user=user).exists()
    assert (full.revision, full.edited_by, full.content_hash) == (before + 1, user, "")
    assert (full.proposed_by, full.proposed_at) == (None, None)
    entry = JournalEntry.objects.filter(subject_kind="sop_version").latest("pk")
    assert (entry.actor_id, entry.subject_id) == (str(user.pk), str(full.pk))
    assert verb_label(entry.verb) != entry.verb and verify() == []


def test_sub_units_belong_to_the_drafter_of_the_unit_above(units):
    above = make.make_person(Role.DRAFTER, units["SEKRETARIAT"])
    assert permissions.may_start(above, units["UMPEG"].pk) and permissions.may_start(above)
    assert not permissions.may_start(above, units["DIKDAS"].pk)
    assert not permissions.may_start(make.make_person(Role.OFFICIAL, units["DIKDAS"]))


def test_may_edit_and_may_propose_know_the_state(version, cast, drafter):
    assert permissions.may_edit(drafter, version) and permissions.may_propose(drafter, version)
    version = life.verify_version(version, by=staff(cast["section_head"]))
    assert not permissions.may_edit(drafter, version) and not permissions.may_propose(drafter, version)


def test_things_of_nobody_are_told_not_found(units, drafter, cast):
    version, by = draft.small_draft(drafter, units), staff(drafter)
    calls = [
        lambda: steps.add_step(SopVersion(pk=0), by=by),
        lambda: steps.save_step(Step(pk=0, version=version), by=by, fields={}, was={}),
        lambda: removal.restore_step(RemovedStep(pk=0, version=version), by=by),
        lambda: copies.restore_copy(DraftCopy(pk=0, version=version), by=by),
        lambda: actors.save_actor(SopActor(pk=0, version=version), by=by, fields={}, was={}),
        lambda: starting.start_revision(Sop(pk=0), by=by),
    ]
    for call in calls:
        with pytest.raises(Outdated, match="Muat ulang"):
            call()


# Starting a draft


def test_an_sop_begins_empty_with_a_number_of_the_portal(units, drafter):
    version = starting.start_sop(by=staff(drafter), name=" Surat  Keterangan ", unit_id=units["DIKDAS"].pk)
    sop = version.sop
    assert (sop.name, sop.slug, sop.unit.code, sop.number_is_generated) == (
        "Surat Keterangan",
        "surat-keterangan",
        "DIKDAS",
        True,
    )
    assert sop.number.startswith("SOP/001/DIKDAS/") and (version.author, version.ordinal) == (drafter, 1)
    assert version.state == "draft" and not version.steps.exists()
    assert flows.findings_of(version)


def test_the_same_key_starts_one_sop(units, drafter, cast):
    options = {"name": "Surat", "unit_id": units["DIKDAS"].pk}
    first = starting.start_sop(by=staff(drafter), **options, key="satu")
    assert starting.start_sop(by=staff(drafter), **options, key="satu") == first
    assert starting.start_sop(by=staff(drafter), **options, key="dua") != first
    assert starting.start_sop(by=staff(cast["admin"]), **options, key="satu") != first
    assert Sop.objects.count() == 3 and Sop.objects.values("slug").distinct().count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a" * 301}, "name"),
        ({"number": "4" * 81}, "number"),
        ({"number": "420/1"}, "number"),
        ({"unit_id": 0}, "unit_id"),
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": "GTK"}, "unit_id"),
    ],
)
def test_an_sop_does_not_begin_without_what_it_needs(units, cast, drafter, changes, field):
    starting.start_sop(by=staff(cast["admin"]), name="Ada", unit_id=units["GTK"].pk, number="420/1")
    if changes.get("unit_id") == "GTK":
        changes = {"unit_id": units["GTK"].pk}
    with pytest.raises(Refused) as refused:
        starting.start_sop(by=staff(drafter), **{"name": "Surat", "unit_id": units["DIKDAS"].pk} | changes)
    assert refused.value.field == field and Sop.objects.count() == 1


def test_a_revision_copies_the_version_in_force(units, cast, drafter):
    published = make.publish(make.small_content(), cast)
    confirmed = list(published.actors.values_list("order", "name", "kind", "position_id", "confirmed"))
    revision = starting.start_revision(published.sop, by=staff(drafter), key="k")
    assert starting.start_revision(published.sop, by=staff(drafter), key="k") == revision
    assert (revision.ordinal, revision.state, revision.author) == (2, "draft", drafter)
    assert draft.content(revision) == draft.content(published) and revision.revised_on
    assert list(revision.actors.values_list("order", "name", "kind", "position_id", "confirmed")) == confirmed
    assert not Step.objects.filter(version=revision, next__version=published).exists()
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "unchanged"


def test_a_revision_is_of_the_sop_that_was_meant(units, cast, drafter):
    make.publish(make.small_content(number="420/1", name="Lain"), cast)
    published = make.publish(make.small_content(number="420/2"), cast)
    make.publish(make.small_content(number="420/3", name="Lain lagi"), cast)
    revision = starting.start_revision(published.sop, by=staff(drafter))
    assert revision.sop_id == published.sop_id and draft.content(revision) == draft.content(published)
    with pytest.raises(Refused, match=drafter.full_name):
        starting.start_revision(published.sop, by=staff(cast["admin"]))
    # A draft of another SOP does not prevent this.
    other = Sop.objects.get(number="420/1")
    assert starting.start_revision(other, by=staff(drafter)).sop == other


def test_the_file_of_a_draft_that_was_edited_since_puts_its_content_back(units, drafter):
    imported = make.imported(make.small_content())
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "unchanged"
    draft.save(draft.step(imported, 3), drafter, note="Sendiri")
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "replaced"
    assert draft.step(imported, 3).note == ""


def test_a_revision_goes_on_from_what_holds_not_from_what_was_withdrawn(units, cast, drafter):
    first = make.publish(make.small_content(), cast)
    second = starting.start_revision(first.sop, by=staff(drafter))
    draft.save(draft.step(second, 3), drafter, activity="Menandatangani surat keputusan")
    life.verify_version(second, by=staff(cast["head"]))
    make.approve(second, cast["head"], "2", make.SINCE + datetime.timedelta(days=30))
    life.withdraw_version(second, by=staff(cast["head"]))
    third = starting.start_revision(first.sop, by=staff(drafter))
    assert third.ordinal == 3 and draft.step(third, 3).activity == "Menandatangani surat"


def test_an_open_draft_bars_another_and_names_who_edits_it(version, drafter, cast):
    with pytest.raises(Refused, match=drafter.full_name):
        starting.start_revision(version.sop, by=staff(cast["admin"]))
    life.verify_version(version, by=staff(cast["section_head"]))
    with pytest.raises(Refused, match="Versi 1"):
        starting.start_revision(version.sop, by=staff(drafter))


def test_an_imported_draft_bars_a_revision_too(units, drafter):
    imported = make.imported(make.small_content())
    with pytest.raises(Refused, match="Lanjutkan draf"):
        starting.start_revision(imported.sop, by=staff(drafter))


def test_a_stranger_starts_no_revision(units, cast):
    published = make.publish(make.small_content(), cast)
    with pytest.raises(NotAllowed):
        starting.start_revision(published.sop, by=staff(cast["official"]))


# Identity block


def test_the_identity_block_is_saved_field_by_field(version, drafter):
    fields = {
        "name": "Surat  Baru",
        "number": "420/7",
        "created_on": "2026-02-03",
        "legal_basis": [" UU 25/2009 ", "", "PP 96/2012"],
        "records": "Buku agenda\r\nArsip\r\n\r\n",
    }
    saved = identity.save_identity(version, by=staff(drafter), fields=fields, was=editing.identity_values(version))
    saved = SopVersion.objects.get(pk=saved.pk)
    assert (saved.name, saved.sop.name, saved.sop.slug) == ("Surat Baru", "Surat Baru", "surat-baru")
    assert (saved.sop.number, saved.sop.number_is_generated) == ("420/7", False)
    assert saved.created_on == datetime.date(2026, 2, 3)
    assert (saved.legal_basis, saved.records) == (["UU 25/2009", "PP 96/2012"], ["Buku agenda", "Arsip"])
    revision = saved.revision
    again = identity.save_identity(version, by=staff(drafter), fields=fields, was={})
    assert again.revision == revision
    cleared = identity.save_identity(
        version, by=staff(drafter), fields={"created_on": ""}, was={"created_on": "2026-02-03"}
    )
    assert cleared.created_on is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 301),
        ("name", 7),
        ("number", ""),
        ("number", "420/900"),
        ("number", "4" * 81),
        ("created_on", "31-12-2026"),
        ("created_on", 5),
        ("unit_id", 0),
        ("unit_id", "x"),
        ("equipment", ["a"] * 101),
        ("equipment", ["a" * 2001]),
        ("equipment", [{"a": 1}]),
    ],
)
def test_what_the_identity_block_cannot_hold_is_refused(version, units, cast, drafter, field, value):
    starting.start_sop(by=staff(cast["admin"]), name="Lain", unit_id=units["GTK"].pk, number="420/900")
    before = untouched(version)
    with pytest.raises(Refused) as refused:
        identity.save_identity(version, by=staff(drafter), fields={"equipment": ["Komputer"], field: value}, was={})
    assert refused.value.field == field and untouched(version) == before


def test_unknown_fields_are_a_fault_of_the_program(version, drafter):
    with pytest.raises(ValueError, match="state"):
        identity.save_identity(version, by=staff(drafter), fields={"state": "approved"}, was={})
    with pytest.raises(ValueError, match="version_id"):
        steps.save_step(version.steps.first(), by=staff(drafter), fields={"version_id": 1}, was={})


def test_the_number_stays_in_a_revision_and_so_does_the_name_until_it_is_published(units, cast, drafter):
    published = make.publish(make.small_content(), cast)
    revision = starting.start_revision(published.sop, by=staff(drafter))
    with pytest.raises(Refused) as refused:
        identity.save_identity(revision, by=staff(drafter), fields={"number": "1"}, was={})
    assert refused.value.field == "number"
    saved = identity.save_identity(revision, by=staff(drafter), fields={"name": "Nama Baru"}, was={})
    sop = Sop.objects.get(pk=saved.sop_id)
    assert (saved.name, sop.name, sop.slug) == ("Nama Baru", published.name, published.sop.slug)


def test_an_sop_is_handed_over_only_to_own_units_and_later_by_an_administrator(units, cast, drafter):
    version = draft.small_draft(drafter, units)
    gtk = {"unit_id": units["GTK"].pk}
    with pytest.raises(NotAllowed) as refused:
        identity.save_identity(version, by=staff(drafter), fields=gtk, was={})
    assert refused.value.field == "unit_id"
    assert identity.save_identity(version, by=staff(cast["head"]), fields=gtk, was={}).sop.unit == units["GTK"]
    revision = starting.start_revision(make.publish(make.small_content(), cast).sop, by=staff(drafter))
    with pytest.raises(NotAllowed):
        identity.save_identity(revision, by=staff(cast["head"]), fields=gtk, was={})
    identity.save_identity(revision, by=staff(cast["admin"]), fields=gtk, was={})
    assert Sop.objects.get(pk=revision.sop_id).unit == units["GTK"]


def test_a_field_that_somebody_else_changed_is_told_and_nothing_is_written(version, drafter, cast):
    opened = editing.identity_values(version)
    identity.save_identity(
        version, by=staff(cast["admin"]), fields={"name": "Nama Admin", "warnings": ["Hati-hati"]}, was=opened
    )
    before = untouched(version)
    with pytest.raises(EditedMeanwhile) as error:
        identity.save_identity(
            version, by=staff(drafter), fields={"name": "Nama Saya", "records": ["Arsip"]}, was=opened
        )
    assert error.value.fields == {"name": "Nama Admin"} and error.value.by == cast["admin"]
    assert error.value.at and "tidak hilang" in str(error.value) and untouched(version) == before
    # The same change by both is not a conflict, and neither are changes of other fields.
    identity.save_identity(version, by=staff(drafter), fields={"name": "Nama Admin", "records": ["Arsip"]}, was=opened)
    version.refresh_from_db()
    assert (version.warnings, version.records) == (["Hati-hati"], ["Arsip"])


# Columns


def columns(version):
    return list(version.actors.order_by("order").values_list("order", "name"))


def test_a_column_is_proposed_by_its_name_or_decided_by_a_person(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Surat", unit_id=units["DIKDAS"].pk)
    position = Position.objects.get(code="KABID-DIKDAS")
    made = [
        actors.add_actor(version, by=staff(drafter), name=name, kind=kind, position_id=position_id)
        for name, kind, position_id in [
            (position.name, "", None),
            ("Pemohon", "", None),
            ("BKPSDM", "", None),
            ("Kabid", "position", str(position.pk)),
            ("Petugas", "position", None),
            ("Sekolah", "external", position.pk),
            ("Wali", "applicant", None),
        ]
    ]
    kinds = [(actor.kind, actor.position_id, actor.confirmed) for actor in made]
    assert kinds == [
        ("position", position.pk, False),
        ("applicant", None, False),
        ("external", None, False),
        ("position", position.pk, True),
        ("position", None, False),
        ("external", None, True),
        ("applicant", None, True),
    ]
    assert [actor.order for actor in made] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "pemohon"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "orang"}, "kind"),
        ({"kind": "position", "position_id": 999_999}, "position_id"),
        ({"kind": "position", "position_id": "x"}, "position_id"),
    ],
)
def test_a_column_that_cannot_be_is_refused(version, drafter, changes, field):
    before = untouched(version)
    with pytest.raises(Refused) as refused:
        actors.add_actor(version, by=staff(drafter), **{"name": "Arsiparis", "kind": ""} | changes)
    assert refused.value.field == field
    other = version.actors.get(order=2)
    if changes != {"name": "pemohon"} or other.name != "Pemohon":
        with pytest.raises(Refused):
            actors.save_actor(other, by=staff(drafter), fields=changes, was={})
    assert untouched(version) == before


def test_the_same_key_adds_one_column_and_thirty_are_the_limit(version, drafter):
    first = actors.add_actor(version, by=staff(drafter), name="Arsiparis", kind="", key="k")
    assert actors.add_actor(version, by=staff(drafter), name="Arsiparis", kind="", key="k") == first
    for n in range(30 - version.actors.count()):
        actors.add_actor(version, by=staff(drafter), name=f"Pelaksana {n}", kind="external")
    with pytest.raises(Refused, match="30 pelaksana"):
        actors.add_actor(version, by=staff(drafter), name="Satu lagi", kind="external")


def test_columns_move_and_go_without_gaps(version, drafter):
    names = [name for _order, name in columns(version)]
    moved = actors.move_actor(version.actors.get(order=1), by=staff(drafter), to_order=3)
    assert moved.order == 3 and columns(version) == [(1, names[1]), (2, names[2]), (3, names[0])]
    actors.move_actor(moved, by=staff(drafter), to_order=-5)
    assert [name for _order, name in columns(version)] == names
    actors.move_actor(moved, by=staff(drafter), to_order=99)
    new = actors.add_actor(version, by=staff(drafter), name="Arsiparis", kind="external")
    actors.move_actor(new, by=staff(drafter), to_order=1)
    actors.remove_actor(new, by=staff(drafter))
    assert [order for order, _name in columns(version)] == [1, 2, 3]


def test_a_column_that_acts_stays_and_its_steps_are_named(version, drafter):
    applicant = version.actors.get(name="Pemohon")
    with pytest.raises(Refused, match=r"langkah 1, 4\b"):
        actors.remove_actor(applicant, by=staff(drafter))
    assert SopActor.objects.filter(pk=applicant.pk).exists()
    with pytest.raises(Outdated):
        unused = actors.add_actor(version, by=staff(drafter), name="Arsiparis", kind="external")
        actors.remove_actor(unused, by=staff(drafter))
        actors.remove_actor(unused, by=staff(drafter))


def test_renaming_a_column_proposes_anew_only_what_nobody_decided(version, drafter):
    actor = actors.add_actor(version, by=staff(drafter), name="BKPSDM", kind="")
    saved = actors.save_actor(actor, by=staff(drafter), fields={"name": "Pelapor"}, was=editing.actor_values(actor))
    assert (saved.kind, saved.confirmed) == ("applicant", False)
    saved = actors.save_actor(actor, by=staff(drafter), fields={"kind": "external"}, was=editing.actor_values(saved))
    saved = actors.save_actor(
        actor, by=staff(drafter), fields={"name": "Pemohon informasi"}, was=editing.actor_values(saved)
    )
    assert (saved.kind, saved.confirmed) == ("external", True)
    position = Position.objects.first()
    fields = {"kind": "position", "position_id": str(position.pk)}
    saved = actors.save_actor(actor, by=staff(drafter), fields=fields, was=editing.actor_values(saved))
    assert (saved.kind, saved.position_id, saved.confirmed) == ("position", position.pk, True)
    saved = actors.save_actor(actor, by=staff(drafter), fields={"kind": "applicant"}, was=editing.actor_values(saved))
    assert (saved.kind, saved.position_id, saved.confirmed) == ("applicant", None, True)


def test_two_people_on_one_column(version, drafter, cast):
    actor = version.actors.get(name="Pemohon")
    opened = editing.actor_values(actor)
    actors.save_actor(actor, by=staff(cast["admin"]), fields={"name": "Warga"}, was=opened)
    with pytest.raises(EditedMeanwhile) as error:
        actors.save_actor(actor, by=staff(drafter), fields={"name": "Masyarakat"}, was=opened)
    assert (error.value.fields, error.value.by) == ({"name": "Warga"}, cast["admin"])
