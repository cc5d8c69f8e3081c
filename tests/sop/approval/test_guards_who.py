"""Who sees, writes and decides: for each branch of the filters, one SOP that it includes and one that it must not."""

import pytest

from sop import permissions
from sop.approval.actions import corrections, life, proposing
from sop.approval.queries import deciding, panel
from sop.drafting.actions import importing
from sop.drafting.queries import editing, intake, workbench
from sop.models import SopVersion
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.core import anew
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Role, StaffRole, Unit
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign(units, cast, version):
    """Of another unit."""
    return importing.import_sop(
        make.small_content(number="lain", name="Lain", unit=units["GTK"].name), by=SYSTEM
    ).version


WRITES = {"admin": True, "head": True, "section_head": True, "drafter": True, "other_head": False, "official": False}


@pytest.mark.parametrize("who", WRITES)
def test_who_writes_for_a_unit_and_what_that_opens(version, foreign, cast, drafter, who):
    user = drafter if who == "drafter" else cast[who]
    unit_id, everywhere = version.sop.unit_id, who in ("admin", "head")
    assert permissions.may_write_for(user, unit_id) == WRITES[who]
    assert permissions.may_start(user, unit_id) == permissions.may_edit(user, version) == WRITES[who]
    assert permissions.may_start(user) == (who != "official")
    assert permissions.writes_everywhere(user) == everywhere
    assert permissions.may_edit(user, foreign) == (everywhere or who == "other_head")
    assert set(editing.drafts_for(user)) == {
        each for each in (version, foreign) if permissions.may_write_for(user, each.sop.unit_id)
    }
    assert bool(workbench.written_for(user, version.pk)) == bool(editing.draft_for(user, version.pk)) == WRITES[who]
    units = {unit.pk for unit in workbench.units_to_draft_for(user)}
    assert (unit_id in units, foreign.sop.unit_id in units) == (WRITES[who], everywhere or who == "other_head")
    assert (len(units) == Unit.objects.count()) == everywhere


IMPORTS = WRITES | {"head": False}


@pytest.mark.parametrize("who", IMPORTS)
def test_who_takes_files_in(version, foreign, cast, drafter, who):
    user = drafter if who == "drafter" else cast[who]
    assert permissions.may_import(user, version.sop.unit_id) == IMPORTS[who]
    assert permissions.may_import(user) == (who not in ("head", "official"))
    found = set(intake.units_to_take_in_for(user))
    assert (version.sop.unit in found, foreign.sop.unit in found) == (IMPORTS[who], who in ("admin", "other_head"))
    changed = make.small_content(name="Diubah")
    if IMPORTS[who]:
        assert importing.import_sop(changed, by=staff(user)).state == "replaced"
    else:
        with pytest.raises(NotAllowed):
            importing.import_sop(changed, by=staff(user))


def test_nobody_takes_over_an_sop_of_another_unit_nor_gives_one_away(version, foreign, cast, units):
    taken = make.small_content(number="lain", name="Lain")
    given = make.small_content(unit=units["GTK"].name)
    for content in (taken, given):
        with pytest.raises(NotAllowed):
            importing.import_sop(content, by=staff(cast["section_head"]))
    both = cast["section_head"]
    StaffRole.objects.create(user=both, role=Role.SECTION_HEAD, unit=units["GTK"])
    moved = importing.import_sop(taken, by=staff(anew(both)))
    assert moved.state == "replaced" and moved.version.sop.unit == units["DIKDAS"]


@pytest.mark.parametrize("who", ["admin", "head", "section_head", "secretary", "other_head", "drafter", "official"])
def test_who_reads_versions_in_the_panel(version, foreign, cast, drafter, who):
    user = drafter if who == "drafter" else cast[who]
    seen = {"admin": {version, foreign}, "head": {version, foreign}, "section_head": {version}, "other_head": {foreign}}
    assert set(panel.versions_for(user)) == seen.get(who, set())


def test_the_secretary_reads_what_falls_to_them_while_open_and_what_they_verified(version, cast):
    secretary = cast["secretary"]
    assert not panel.versions_for(secretary).exists()
    draft.save(draft.step(version, 1), cast["section_head"], note="Diubah")
    assert list(panel.versions_for(anew(secretary))) == [version]
    assert not any(panel.versions_for(anew(cast[name])).exists() for name in ("official", "other_head"))
    life.verify_version(version, by=staff(cast["head"]))
    assert list(panel.versions_for(anew(secretary))) == [version]
    life.approve_version(version, by=staff(make.make_person(Role.HEAD)), decree="1", effective_from=clock.today())
    assert not panel.versions_for(anew(secretary)).exists()
    SopVersion.objects.filter(pk=version.pk).update(state="approved")
    other = make.imported(make.small_content(number="dua", name="Dua"))
    draft.save(draft.step(other, 1), cast["section_head"], note="Diubah")
    make.confirm_all(other, cast["admin"])
    life.verify_version(other, by=staff(anew(secretary)))
    life.approve_version(other, by=staff(cast["head"]), decree="2", effective_from=clock.today())
    assert list(panel.versions_for(anew(secretary))) == [other]


# Who verifies and approves


def waiting(user):
    return set(deciding.waiting_for(anew(user)))


def test_what_waits_for_whom_at_each_station(version, foreign, cast, drafter):
    people = ("admin", "head", "section_head", "secretary", "other_head", "official")

    def who():
        return {name for name in people if version in waiting(cast[name])}

    # Editing another version does not matter.
    draft.save(draft.step(foreign, 1), cast["head"], note="Diubah")
    assert who() == set()
    proposing.propose_version(version, by=staff(drafter))
    assert who() == {"head", "section_head"}
    life.verify_version(version, by=staff(cast["section_head"]))
    assert who() == {"head"}
    life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    assert who() == {"admin"}
    version.refresh_from_db()
    assert deciding.deciders_of(version).verb == "publish"
    life.publish_version(version, by=staff(cast["admin"]))
    assert who() == set() and not waiting(drafter)
    version.refresh_from_db()
    assert deciding.deciders_of(version) is None


@pytest.mark.parametrize("editor", ["section_head", "head"])
def test_what_somebody_edited_does_not_wait_for_them(version, cast, drafter, editor):
    draft.save(draft.step(version, 1), cast[editor], note="Diubah")
    proposing.propose_version(version, by=staff(drafter))
    deciders = {"section_head", "head"} - {editor} | ({"secretary"} if editor == "section_head" else set())
    people = ("section_head", "head", "secretary", "other_head", "official")
    assert {name for name in people if version in waiting(cast[name])} == deciders
    if editor == "head":
        life.verify_version(version, by=staff(cast["section_head"]))
        assert version not in waiting(cast["head"]) and version in waiting(make.make_person(Role.HEAD))


def test_whoever_asks_is_not_asked_and_neither_is_who_wrote(version, cast, drafter):
    assert deciding.verifiers_of(version) == [cast["section_head"]]
    assert deciding.verifiers_of(version, but=cast["section_head"]) == [cast["secretary"]]
    draft.save(draft.step(version, 1), cast["section_head"], note="Diubah")
    assert deciding.verifiers_of(version, but=cast["secretary"]) == [cast["head"]]
    assert deciding.verifiers_of(version, but=drafter) == [cast["secretary"]]


def test_a_head_loses_an_approval_once(version, cast):
    assert permissions.loses_approval(cast["head"]) and permissions.loses_approval(cast["head"], version)
    assert not permissions.loses_approval(cast["section_head"], version)
    draft.save(draft.step(version, 1), cast["head"], note="Diubah")
    assert not permissions.loses_approval(cast["head"], version) and permissions.loses_approval(cast["head"])


@pytest.mark.parametrize("who", ["section_head", "head", "admin", "other_head", "secretary"])
def test_corrections_are_for_who_decides_on_what_is_open(version, cast, who):
    allowed = who in ("section_head", "head")
    assert permissions.may_correct(cast[who], version) == allowed
    draft.save(draft.step(version, 1), cast["section_head"], note="Diubah")
    assert permissions.may_correct(anew(cast[who]), version) == (who in ("head", "secretary"))
    life.verify_version(version, by=staff(cast["head"]))
    version.refresh_from_db()
    assert permissions.may_correct(anew(cast[who]), version) == (who in ("head", "secretary"))
    life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    version.refresh_from_db()
    assert not permissions.may_correct(anew(cast[who]), version)


def test_a_key_of_another_person_is_not_ones_own(version, cast):
    place = f"{version.steps.first().pk}-note"
    first = corrections.propose_correction(version, by=staff(cast["head"]), place=place, text="Satu", key="k")
    second = corrections.propose_correction(version, by=staff(cast["section_head"]), place=place, text="Dua", key="k")
    assert first.pk != second.pk and second.text == "Dua"


# Files


def test_the_same_content_after_a_withdrawal_is_a_new_draft(version, cast):
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "unchanged"
    life.verify_version(version, by=staff(cast["section_head"]))
    approved = life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "unchanged"
    life.withdraw_version(approved, by=staff(cast["admin"]))
    assert importing.import_sop(make.small_content(), by=SYSTEM).state == "new draft"


def test_only_the_first_version_takes_name_and_unit_of_its_file_along(version, cast, units):
    moved = importing.import_sop(make.small_content(unit=units["GTK"].name), by=SYSTEM)
    assert (moved.state, moved.version.sop.unit) == ("replaced", units["GTK"])
    make.confirm_all(version, cast["admin"])
    life.verify_version(version, by=staff(cast["head"]))
    approved = life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    second = importing.import_sop(make.small_content(name="Kedua"), by=SYSTEM).version
    assert second.revised_on == clock.today() and approved.revised_on is None
    assert (
        importing.import_sop(make.small_content(name="Kedua", unit=units["DIKDAS"].name), by=SYSTEM).state
        == "unchanged"
    )
    again = importing.import_sop(make.small_content(name="Ketiga"), by=SYSTEM)
    again.sop.refresh_from_db()
    assert (again.state, again.version.pk) == ("replaced", second.pk)
    assert (again.sop.unit, again.sop.name) == (units["GTK"], "Surat Keterangan Contoh")


def test_what_was_agreed_to_be_replaced_is_the_draft_that_was_seen(version, cast):
    draft.save(draft.step(version, 1), cast["section_head"], note="Diubah")
    for seen in (0, 2):
        with pytest.raises(Refused, match="baru saja diubah"):
            importing.import_sop(make.small_content(name="Lain"), by=staff(cast["admin"]), seen_revision=seen)
    done = importing.import_sop(make.small_content(name="Lain"), by=staff(cast["admin"]), seen_revision=1)
    assert done.state == "replaced" and done.version.revision == 0
    assert (done.version.edited_by, done.version.proposed_by, done.version.author) == (None, None, cast["admin"])
