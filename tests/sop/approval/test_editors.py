"""Nobody verifies or approves what they wrote: editors are recorded, and the portal always names somebody else."""

import pytest
from django.db import IntegrityError, transaction

from sop.approval.actions import life, proposing
from sop.approval.queries import deciding, panel
from sop.drafting.actions import importing, starting
from sop.drafting.actions.draft import note_editor
from sop.models import SopVersion, VersionEditor
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.cases import count_queries
from tests.factories.core import anew
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Notice, Position, Role, StaffRole
from ula_portal.core.verbs.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(units, drafter, cast):
    version = draft.small_draft(drafter, units)
    make.confirm_all(version, cast["admin"])
    return version


def edit(version, user, note="Diubah"):
    draft.save(draft.step(version, 1), user, note=note)


def editors(version):
    return {each.user for each in version.editors.select_related("user")}


# Recording editors


def test_every_editor_is_kept_once_not_the_last_alone(version, drafter, cast):
    for user in (cast["head"], cast["section_head"], cast["head"]):
        edit(version, user, note=str(user.pk))
    edit(version, drafter)
    assert editors(version) == {drafter, cast["head"], cast["section_head"]}


def test_a_file_keeps_who_took_it_in_and_who_edited_before(version, drafter, cast):
    edit(version, cast["head"])
    importing.import_sop(make.small_content(number=version.sop.number), by=staff(cast["section_head"]))
    assert editors(version) == {drafter, cast["head"], cast["section_head"]}


def test_a_new_version_begins_with_its_own_editors(units, cast, drafter):
    first = make.publish(make.small_content(), cast)
    second = starting.start_revision(first.sop, by=staff(drafter))
    assert editors(second) == {drafter} and editors(first) == set()


def test_confirming_actors_is_no_editing(version, cast):
    make.confirm_all(version, cast["section_head"])
    assert life.verify_version(version, by=staff(cast["section_head"])).state == "verified"


# Refusals


def test_an_editor_does_not_verify_whoever_edited_last(version, drafter, cast):
    edit(version, cast["section_head"])
    edit(version, drafter)
    for _again in range(2):
        with pytest.raises(NotAllowed, match="Orang lain yang memverifikasinya"):
            life.verify_version(version, by=staff(cast["section_head"]))
    version.refresh_from_db()
    assert version.state == "draft"


def test_a_head_who_edited_approves_no_more_and_another_head_does(version, drafter, cast):
    edit(version, cast["head"])
    edit(version, drafter)
    life.verify_version(version, by=staff(cast["section_head"]))
    with pytest.raises(NotAllowed, match="Orang lain yang mengesahkannya"):
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    assert deciding.waiting_count(cast["head"]) == 0
    version.refresh_from_db()
    stuck = deciding.deciders_of(version)
    assert stuck.positions == [] and "Plt. atau Plh." in stuck.way_out
    acting = make.make_person(Role.HEAD)
    acting.tenures.create(
        position=Position.objects.get(code="KADIS"),
        kind="plh",
        from_date=make.SINCE,
        mandate="1",
        mandate_by="Bupati",
        mandate_date=make.SINCE,
        to_date="2099-12-31",
    )
    assert deciding.deciders_of(version).positions == ["Plh. Kepala Dinas"]
    assert (
        life.approve_version(version, by=staff(acting), decree="1", effective_from=clock.today()).approved_by == acting
    )


def test_the_database_refuses_editors_who_verify_or_approve(version, drafter, cast):
    edit(version, cast["head"])
    row = SopVersion.objects.filter(pk=version.pk)
    verdict = {"state": "verified", "verified_at": clock.now()}
    approval = {"state": "approved", "approved_at": clock.now(), "effective_from": clock.today(), "decree": "1"}
    for changes in (
        verdict | {"verified_by": drafter},
        approval | {"verified_by": cast["section_head"], "approved_by": cast["head"]},
        approval | {"verified_by": drafter, "approved_by": cast["secretary"]},
    ):
        with pytest.raises(IntegrityError, match="whoever wrote"), transaction.atomic():
            row.update(**changes)
    row.update(**verdict, verified_by=cast["section_head"])
    with pytest.raises(IntegrityError, match="only a draft is edited"), transaction.atomic():
        VersionEditor.objects.create(version=version, user=cast["section_head"], since=clock.now())


def test_an_editor_stays_one_in_the_database(version, drafter):
    from django.db import connection

    for change in (
        lambda: version.editors.all().delete(),
        lambda: version.editors.update(since=clock.now()),
    ):
        with pytest.raises(IntegrityError, match="stays its editor"), transaction.atomic():
            change()
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    SopVersion.objects.filter(pk=version.pk).delete()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not VersionEditor.objects.exists()


# The section head as drafter


def test_the_secretary_verifies_what_the_section_head_drafted_and_nothing_else(version, units, cast):
    secretary = cast["secretary"]
    with pytest.raises(NotAllowed):
        life.verify_version(version, by=staff(secretary))
    assert panel.version_for(secretary, version.pk) is None
    edit(version, cast["section_head"])
    proposing.propose_version(version, by=staff(cast["section_head"]))
    assert Notice.objects.get().user == secretary
    assert list(deciding.waiting_for(anew(secretary))) == [version]
    assert panel.version_for(anew(secretary), version.pk) == version
    assert deciding.deciders_of(version).positions == ["Sekretaris Dinas", "Kepala Dinas"]
    with pytest.raises(NotAllowed):
        life.verify_version(version, by=staff(cast["other_head"]))
    assert life.verify_version(version, by=staff(anew(secretary))).verified_by == secretary
    assert panel.version_for(anew(secretary), version.pk) == version


def test_a_secretary_who_edited_leaves_it_to_the_head(version, cast):
    for name in ("section_head", "secretary"):
        note_editor(version, by=staff(cast[name]))
    with pytest.raises(NotAllowed):
        life.verify_version(version, by=staff(cast["secretary"]))
    assert deciding.deciders_of(version).positions == ["Kepala Dinas"]
    assert deciding.verifiers_of(version) == [cast["head"]]


def test_an_acting_secretary_verifies_a_deputy_or_former_one_does_not(version, units, cast):
    position = Position.objects.get(code="SEKDIS")
    cast["secretary"].tenures.update(to_date=make.SINCE)
    edit(version, cast["section_head"])
    with pytest.raises(NotAllowed):
        life.verify_version(version, by=staff(anew(cast["secretary"])))
    acting = cast["other_head"]
    acting.tenures.create(
        position=position,
        kind="plt",
        from_date=make.SINCE,
        mandate="1",
        mandate_by="Bupati",
        mandate_date=make.SINCE,
        to_date="2099-12-31",
    )
    assert deciding.verifiers_of(version) == [acting]
    assert life.verify_version(version, by=staff(anew(acting))).verified_by == acting


def test_in_an_office_set_up_by_hand_whoever_leads_the_office_as_section_head_verifies(version, units, cast):
    """Since no position is called secretary, the role over the office's own unit decides."""
    Position.objects.filter(code="SEKDIS").update(name="Wakil")
    edit(version, cast["section_head"])
    above = make.make_person(Role.SECTION_HEAD, units["DINAS"])
    assert deciding.verifiers_of(version) == [above]
    assert life.verify_version(version, by=staff(above)).verified_by == above


def test_without_anybody_left_the_way_out_is_named(version, cast):
    for name in ("section_head", "secretary", "head"):
        note_editor(version, by=staff(cast[name]))
    stuck = deciding.deciders_of(version)
    assert stuck.positions == [] and "peran Kepala bidang/bagian" in stuck.way_out
    assert deciding.verifiers_of(version) == []
    # The advice that it gives works.
    StaffRole.objects.create(user=cast["official"], role=Role.SECTION_HEAD, unit=version.sop.unit)
    assert life.verify_version(version, by=staff(anew(cast["official"]))).state == "verified"


def test_away_ones_are_said_to_be(version, cast):
    cast["section_head"].absences.create(kind="leave", from_date=clock.today(), to_date=clock.today())
    assert deciding.deciders_of(version).positions[0].endswith("(sedang tidak hadir)")


def test_who_decides_costs_the_same_for_many_units(units, cast, drafter):
    versions = [draft.small_draft(drafter, units, name=f"Surat {n}") for n in range(3)]
    secretary = cast["secretary"]
    counts = []
    for version in versions:
        edit(version, cast["section_head"])
        proposing.propose_version(version, by=staff(drafter))
        counts.append(count_queries(lambda: list(deciding.waiting_for(anew(secretary)))))
    assert counts[0] == counts[2] and len(deciding.waiting_for(secretary)) == 3
