"""A version's life: the right person, the right state, frozen afterwards, at most one version in force."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from sop.approval.actions import life
from sop.drafting.actions import importing, positions
from sop.models import SopActor, SopVersion, Step, StepActor
from sop.rules.queries import validity
from tests.factories import sop as make
from ula_portal.core import clock
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Role, StaffRole
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _on_the_day():
    """SOPs are approved on the day on which they take effect, at the earliest."""
    with at_noon(DAY):
        yield


@pytest.fixture
def verified(draft, cast):
    return life.verify_version(draft, by=staff(cast["section_head"]))


@pytest.fixture
def approved(verified, cast):
    return life.approve_version(verified, by=staff(cast["head"]), decree="800/7/2026", effective_from=DAY)


def at_noon(day):
    return clock.at(datetime.datetime.combine(day, datetime.time(12), clock.OFFICE_ZONE))


# Permissions


@pytest.mark.parametrize("who", ["admin", "other_head", "official"])
def test_only_the_units_head_verifies(draft, cast, who):
    with pytest.raises(NotAllowed, match="kepala bidang/bagian"):
        life.verify_version(draft, by=staff(cast[who]))
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_head_of_a_unit_above_verifies_and_so_does_the_head_of_office(units, cast):
    version = importing.import_sop(make.demo_content("tamu"), by=SYSTEM).version
    assert version.sop.unit.code == "ULA"
    with pytest.raises(NotAllowed):
        life.verify_version(version, by=staff(cast["section_head"]))
    assert life.verify_version(version, by=staff(cast["secretary"])).verified_by == cast["secretary"]


@pytest.mark.parametrize("who", ["admin", "section_head", "official"])
def test_only_the_head_of_office_approves(verified, cast, who):
    with pytest.raises(NotAllowed, match="kepala dinas"):
        life.approve_version(verified, by=staff(cast[who]), decree="1", effective_from=DAY)


@pytest.mark.parametrize("who", ["head", "section_head", "official"])
def test_only_an_administrator_publishes(approved, cast, who):
    with pytest.raises(NotAllowed, match="administrator"):
        life.publish_version(approved, by=staff(cast[who]))


@pytest.mark.parametrize("who", ["section_head", "official"])
def test_only_head_and_administrator_withdraw(approved, cast, who):
    with pytest.raises(NotAllowed):
        life.withdraw_version(approved, by=staff(cast[who]))


def test_the_author_does_not_approve(units, cast):
    StaffRole.objects.create(user=cast["head"], role=Role.ADMINISTRATOR)
    version = importing.import_sop(make.small_content(), by=staff(cast["head"])).version
    make.confirm_all(version, cast["head"])
    life.verify_version(version, by=staff(cast["section_head"]))
    with pytest.raises(NotAllowed, match="ikut menyusun"):
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=DAY)


def test_an_inactive_head_may_nothing(verified, cast):
    cast["head"].is_active = False
    cast["head"].save()
    with pytest.raises(NotAllowed):
        life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=DAY)


# States


def test_each_verb_only_in_its_state_and_only_once(draft, cast):
    head, admin = cast["head"], cast["admin"]
    with pytest.raises(Outdated, match="Draf"):
        life.approve_version(draft, by=staff(head), decree="1", effective_from=DAY)
    with pytest.raises(Outdated):
        life.publish_version(draft, by=staff(admin))
    with pytest.raises(Outdated):
        life.withdraw_version(draft, by=staff(admin))
    life.verify_version(draft, by=staff(head))
    with pytest.raises(Outdated, match="Diverifikasi"):
        life.verify_version(draft, by=staff(head))
    life.approve_version(draft, by=staff(head), decree="1", effective_from=DAY)
    with pytest.raises(Outdated):
        life.approve_version(draft, by=staff(head), decree="2", effective_from=DAY)
    life.publish_version(draft, by=staff(admin))
    with pytest.raises(Outdated):
        life.publish_version(draft, by=staff(admin))
    life.withdraw_version(draft, by=staff(admin))
    with pytest.raises(Outdated):
        life.withdraw_version(draft, by=staff(head))
    verbs = JournalEntry.objects.filter(subject_kind="sop_version").values_list("verb", flat=True)
    expected = ["sop_created", "actors_confirmed", "sop_verified", "sop_approved", "sop_published", "sop_withdrawn"]
    assert list(verbs.order_by("sequence")) == expected and verify() == []


def test_returned_to_draft_and_verified_again(verified, cast):
    with pytest.raises(NotAllowed):
        life.return_version(verified, by=staff(cast["other_head"]))
    version = life.return_version(verified, by=staff(cast["section_head"]))
    assert (version.state, version.verified_by) == ("draft", None)
    assert life.verify_version(version, by=staff(cast["section_head"])).state == "verified"


# What prevents a verb


def test_errors_bar_verification(units, cast):
    data = make.small_content()
    data["steps"][2]["minutes"] = None
    data["steps"][2]["time_text"] = ""
    version = importing.import_sop(data, by=SYSTEM).version
    with pytest.raises(Refused, match="Langkah 3: waktu belum diisi"):
        life.verify_version(version, by=staff(cast["section_head"]))
    version.refresh_from_db()
    assert version.state == "draft"


def test_unconfirmed_actors_bar_approval(units, cast):
    version = make.imported(make.small_content())
    life.verify_version(version, by=staff(cast["section_head"]))
    with pytest.raises(Refused, match="belum dipastikan"):
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=DAY)
    make.confirm_all(version, cast["section_head"])
    assert life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=DAY).state == "approved"


@pytest.mark.parametrize(
    ("decree", "day", "field"),
    [("", DAY, "decree"), (" ", DAY, "decree"), ("x" * 121, DAY, "decree"), ("1", None, "effective_from")],
)
def test_approval_needs_decree_and_day(verified, cast, decree, day, field):
    with pytest.raises(Refused) as refused:
        life.approve_version(verified, by=staff(cast["head"]), decree=decree, effective_from=day)
    assert refused.value.field == field


def test_publishing_keeps_who_and_when(approved, cast):
    SopVersion.objects.filter(pk=approved.pk).update(effective_to=DAY + datetime.timedelta(days=9))
    life.publish_version(approved, by=staff(cast["admin"]))
    approved.refresh_from_db()
    assert (approved.published_by, approved.published_at) == (cast["admin"], clock.now())
    assert approved.effective_to is None


def test_approval_records_how_the_document_is_signed(approved, cast):
    assert approved.approved_as == {
        "position": "Kepala Dinas",
        "name": "Dr. Kepala Contoh, M.Pd.",
        "rank": "Pembina, IV/a",
        "nip": "197001011995031901",
        "mandate": "",
    }
    assert (approved.decree, approved.effective_from) == ("800/7/2026", DAY)


def test_an_acting_head_signs_as_such(verified, cast):
    order = {"mandate": "800/12/2026", "mandate_date": "2020-01-01", "mandate_by": "Bupati", "to_date": "2099-12-31"}
    cast["head"].tenures.update(kind="plt", **order)
    version = life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=DAY)
    assert version.approved_as["position"] == "Plt. Kepala Dinas" and version.approved_as["mandate"] == "800/12/2026"


# Actors


def test_confirming_sets_kind_and_position(units, cast):
    version = make.imported(make.small_content())
    official = version.actors.get(order=2)
    positions.confirm_actors(version, by=staff(cast["section_head"]), mapping={official.pk: ("external", None)})
    official.refresh_from_db()
    assert (official.kind, official.position_id, official.confirmed) == ("external", None, True)
    assert list(version.actors.values_list("confirmed", flat=True)) == [False, True, False]


def test_confirming_refuses_wrong_person_kind_position_and_moment(approved, units, cast):
    version = importing.import_sop(make.small_content(number="lain"), by=SYSTEM).version
    actor, stranger = version.actors.first(), approved.actors.first()
    for user in ("official", "other_head"):
        with pytest.raises(NotAllowed):
            positions.confirm_actors(version, by=staff(cast[user]), mapping={})
    for mapping in ({actor.pk: ("position", None)}, {actor.pk: ("position", 0)}, {actor.pk: ("robot", None)}):
        with pytest.raises(Refused):
            positions.confirm_actors(version, by=staff(cast["admin"]), mapping=mapping)
    with pytest.raises(Refused, match="tidak ada pada versi"):
        positions.confirm_actors(version, by=staff(cast["admin"]), mapping={stranger.pk: ("applicant", None)})
    with pytest.raises(Outdated):
        positions.confirm_actors(approved, by=staff(cast["admin"]), mapping={stranger.pk: ("external", None)})
    assert not version.actors.filter(confirmed=True).exists()


# Frozen


def refused_by_database(change):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        change()


def test_an_approved_version_is_frozen_by_the_database(approved):
    step, actor = approved.steps.first(), approved.actors.first()
    refused_by_database(lambda: SopVersion.objects.filter(pk=approved.pk).update(decree="lain"))
    refused_by_database(lambda: SopVersion.objects.filter(pk=approved.pk).update(name="lain"))
    refused_by_database(lambda: SopVersion.objects.filter(pk=approved.pk).update(state="draft"))
    refused_by_database(lambda: Step.objects.filter(pk=step.pk).update(activity="lain"))
    refused_by_database(lambda: SopActor.objects.filter(pk=actor.pk).update(name="lain"))
    refused_by_database(lambda: StepActor.objects.filter(step=step).delete())
    refused_by_database(lambda: Step.objects.create(version=approved, no=99, activity="x", shape="process"))
    refused_by_database(lambda: SopVersion.objects.filter(pk=approved.pk)._raw_delete("default"))


# In force


def test_in_force_from_publication_and_by_its_dates(approved, cast):
    with at_noon(DAY):
        assert validity.version_in_force(approved.sop) is None
        life.publish_version(approved, by=staff(cast["admin"]))
        assert validity.version_in_force(approved.sop) == approved
        assert validity.version_in_force(approved.sop_id, DAY - datetime.timedelta(days=1)) is None
        assert validity.versions_in_force([approved.sop_id, 0]) == {approved.sop_id: approved}
    later = DAY + datetime.timedelta(days=400)
    assert validity.version_in_force(approved.sop, later) == approved


def second_version(cast, day, name="Surat Keterangan Kedua"):
    version = importing.import_sop(make.small_content(name=name), by=SYSTEM).version
    life.verify_version(version, by=staff(cast["head"]))
    return life.approve_version(version, by=staff(cast["head"]), decree="2", effective_from=day)


def test_the_next_version_takes_over_on_its_day(approved, cast):
    first, start = life.publish_version(approved, by=staff(cast["admin"])), DAY + datetime.timedelta(days=30)
    second = second_version(cast, start)
    # An approved version changes nothing until it is published, not even on its day.
    assert validity.version_in_force(first.sop, start) == first
    life.publish_version(second, by=staff(cast["admin"]))
    first.refresh_from_db()
    assert first.effective_to == start
    assert validity.version_in_force(first.sop, start - datetime.timedelta(days=1)) == first
    assert validity.version_in_force(first.sop, start) == second
    second.sop.refresh_from_db()
    assert second.sop.name == "Surat Keterangan Kedua" and first.title == "Surat Keterangan Contoh"


def test_a_version_does_not_begin_before_the_one_it_follows(approved, cast):
    life.publish_version(approved, by=staff(cast["admin"]))
    with pytest.raises(Refused, match="2 Maret 2026"):
        second_version(cast, DAY - datetime.timedelta(days=1))


def test_a_version_may_replace_another_on_its_first_day(approved, cast):
    life.publish_version(approved, by=staff(cast["admin"]))
    second = second_version(cast, DAY)
    life.publish_version(second, by=staff(cast["admin"]))
    assert validity.version_in_force(second.sop, DAY) == second


def test_withdrawn_is_not_in_force_any_more(approved, cast):
    life.publish_version(approved, by=staff(cast["admin"]))
    with at_noon(DAY + datetime.timedelta(days=5)):
        version = life.withdraw_version(approved, by=staff(cast["head"]))
        assert validity.version_in_force(version.sop) is None
        assert version.effective_to == DAY + datetime.timedelta(days=5)


def test_versions_never_overlap_in_the_database(approved, cast):
    life.publish_version(approved, by=staff(cast["admin"]))
    second = second_version(cast, DAY + datetime.timedelta(days=9))
    with pytest.raises(IntegrityError, match="sop_versions_in_force_apart"), transaction.atomic():
        SopVersion.objects.filter(pk=second.pk).update(state="published", effective_to=None)
