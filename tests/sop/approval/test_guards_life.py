"""Further guard clauses of a version's life: its dates, who is notified, and what a verb leaves unchanged."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sop.approval.actions import life, on_paper, proposing
from sop.drafting.actions import importing, starting
from sop.models import Sop, SopVersion, VersionEditor
from sop.rules.queries import validity
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Notice, Role, StaffRole
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)


def day(distance):
    return DAY + datetime.timedelta(days=distance)


def on(distance, hour=12):
    return clock.at(datetime.datetime.combine(day(distance), datetime.time(hour), clock.OFFICE_ZONE))


@pytest.fixture(autouse=True)
def _on_the_day(settings, tmp_path):
    settings.MEDIA_ROOT = settings.VAR_DIR = tmp_path
    with on(0):
        yield


def paper(since, **changes):
    said = {"decree": "1", "decree_date": make.SINCE, "effective_from": since, "position": "Kepala", "name": "Ani"}
    return on_paper.PaperDecree(**said | {"scan": picture("a.png")} | changes)


def approved(version, cast, since):
    if version.state == "draft":
        life.verify_version(version, by=staff(cast["section_head"]))
    return life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=since)


def published(version, cast, since):
    return life.publish_version(approved(version, cast, since), by=staff(cast["admin"]))


def next_version(cast, name="Kedua"):
    return importing.import_sop(make.small_content(name=name), by=SYSTEM).version


# A version takes effect after the one in force.


def refused_for_its_day(verb):
    with pytest.raises(Refused, match="tidak boleh sebelum 4 Maret 2026") as refusal:
        verb()
    assert type(refusal.value) is Refused and refusal.value.field == "effective_from"


@pytest.mark.parametrize("way", ["approve", "record a draft", "record what is verified"])
def test_no_version_is_established_for_before_the_one_in_force(version, cast, way):
    published(version, cast, day(2))
    second = next_version(cast)
    if way != "record a draft":
        life.verify_version(second, by=staff(cast["section_head"]))
    if way == "approve":
        refused_for_its_day(
            lambda: life.approve_version(second, by=staff(cast["head"]), decree="2", effective_from=day(1))
        )
    else:
        refused_for_its_day(lambda: on_paper.record_paper_version(second, by=staff(cast["admin"]), paper=paper(day(1))))
    second.refresh_from_db()
    assert second.state == ("draft" if way == "record a draft" else "verified") and second.effective_from is None


@pytest.mark.parametrize("way", ["approved", "recorded"])
@pytest.mark.parametrize("ends", [False, True])
def test_no_version_is_published_for_before_the_one_in_force(version, cast, way, ends):
    """Both were approved before either was published; it does not matter whether the later one has an end."""
    later = approved(version, cast, day(2))
    second = next_version(cast)
    if way == "approved":
        approved(second, cast, day(1))
    else:
        on_paper.record_paper_version(second, by=staff(cast["admin"]), paper=paper(day(1)))
    life.publish_version(later, by=staff(cast["admin"]))
    if ends:
        SopVersion.objects.filter(pk=later.pk).update(effective_to=day(4))
    refused_for_its_day(lambda: life.publish_version(second, by=staff(cast["admin"])))
    client, address = Client(), reverse("admin:sop_version_act", args=[second.pk, "publish"])
    client.force_login(cast["admin"])
    assert "tidak boleh sebelum 4 Maret 2026" in client.post(address, follow=True).content.decode()
    second.refresh_from_db()
    assert second.state == "approved"


def test_between_two_that_are_published_the_later_one_counts(version, cast):
    published(version, cast, day(0))
    published(next_version(cast), cast, day(2))
    third = next_version(cast, "Ketiga")
    life.verify_version(third, by=staff(cast["section_head"]))
    refused_for_its_day(lambda: life.approve_version(third, by=staff(cast["head"]), decree="3", effective_from=day(1)))


def test_another_sop_and_what_was_withdrawn_bar_nothing(version, cast):
    other = make.imported(make.small_content(number="lain", name="Lain"))
    make.confirm_all(other, cast["admin"])
    published(other, cast, day(9))
    life.withdraw_version(published(version, cast, day(2)), by=staff(cast["admin"]))
    second = next_version(cast)
    assert published(second, cast, day(0)).effective_from == day(0)


def test_only_what_still_holds_on_its_day_ends_with_the_next(version, cast):
    first = published(version, cast, day(0))
    second = published(next_version(cast), cast, day(2))
    third = published(next_version(cast, "Ketiga"), cast, day(5))
    ends = [SopVersion.objects.get(pk=each.pk).effective_to for each in (first, second, third)]
    assert ends == [day(2), day(5), None]
    told = JournalEntry.objects.filter(verb="sop_superseded").order_by("pk").values_list("subject_id", "data")
    assert list(told) == [(str(first.pk), {"by": second.pk}), (str(second.pk), {"by": third.pk})]


# Withdrawing


def test_what_never_began_ends_on_its_first_day_and_what_ended_keeps_its_end(version, cast):
    first = published(version, cast, day(0))
    coming = published(next_version(cast), cast, day(5))
    assert life.withdraw_version(coming, by=staff(cast["head"])).effective_to == day(5)
    with on(9):
        assert life.withdraw_version(first, by=staff(cast["head"])).effective_to == day(5)
    assert life.withdraw_version(approved(next_version(cast, "Ketiga"), cast, day(6)), by=staff(cast["admin"])).state


# Approving


def test_who_verified_and_turns_out_to_have_written_bars_the_approval(version, cast):
    life.verify_version(version, by=staff(cast["section_head"]))
    with connection.cursor() as cursor:
        # Rows from the time before editors were recorded.
        cursor.execute("SET LOCAL session_replication_role = replica")
        VersionEditor.objects.create(version=version, user=cast["section_head"], since=clock.now())
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(Refused, match="ikut menyunting SOP ini"):
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=day(0))
    life.return_version(version, by=staff(cast["section_head"]))
    life.verify_version(version, by=staff(cast["head"]))
    assert approved(SopVersion.objects.get(pk=version.pk), cast, day(0)).state == "approved"


@pytest.mark.parametrize("way", ["approve", "record"])
@pytest.mark.parametrize("created", [None, datetime.date(2019, 5, 1)])
def test_a_version_without_a_day_of_making_gets_that_of_its_decree(version, cast, way, created):
    SopVersion.objects.filter(pk=version.pk).update(created_on=created)
    if way == "approve":
        done, made = approved(version, cast, day(0)), day(0)
    else:
        done, made = on_paper.record_paper_version(version, by=staff(cast["head"]), paper=paper(day(0))), make.SINCE
    done.refresh_from_db()
    assert done.created_on == (created or made)


# Returning


@pytest.mark.parametrize("known", ["proposed_by", "edited_by", "author"])
def test_who_asked_last_is_told_of_a_return(version, cast, known):
    people = {"proposed_by": "admin", "edited_by": "other_head", "author": "official"}
    left = list(people)[list(people).index(known) :]
    SopVersion.objects.filter(pk=version.pk).update(**dict.fromkeys(people), proposed_at=clock.now())
    SopVersion.objects.filter(pk=version.pk).update(**{name: cast[people[name]] for name in left})
    returned = life.return_version(version, by=staff(cast["section_head"]))
    assert Notice.objects.get().user == cast[people[known]]
    returned.refresh_from_db()
    assert (returned.proposed_by, returned.proposed_at) == (None, None)


def test_a_draft_that_nobody_proposed_is_not_given_back(version, cast):
    with pytest.raises(Outdated, match="Draf"):
        life.return_version(version, by=staff(cast["section_head"]))


# Recording from paper


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"position": "x" * 201}, "position"),
        ({"name": "x" * 151}, "name"),
        ({"rank": "x" * 81}, "rank"),
        ({"nip": "1" * 19}, "nip"),
        ({"nip": "١٢٣"}, "nip"),
        ({"nip": "²"}, "nip"),
        ({"decree_date": DAY + datetime.timedelta(days=1)}, "decree_date"),
    ],
)
def test_what_stands_on_paper_is_read_within_bounds(version, cast, changes, field):
    with pytest.raises(Refused) as refusal:
        on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(day(2), **changes))
    assert refusal.value.field == field
    assert field != "decree_date" or "sesudah hari ini" in str(refusal.value)


def test_the_longest_that_fits_is_recorded_and_a_proposal_ends(version, cast, units):
    drafter = make.make_person(Role.DRAFTER, units["DIKDAS"])
    proposing.propose_version(version, by=staff(drafter))
    longest = {"position": "x" * 200, "name": "x" * 150, "rank": "x" * 80, "nip": "1" * 18, "decree": "x" * 120}
    done = on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(day(0), **longest))
    done.refresh_from_db()
    assert (done.proposed_by, done.proposed_at, done.decree) == (None, None, "x" * 120)
    assert done.approved_as == {name: value for name, value in longest.items() if name != "decree"} | {"mandate": ""}


def test_a_key_counts_for_who_sent_it(version, cast):
    on_paper.record_paper_version(version, by=staff(cast["admin"]), paper=paper(day(0)), key="satu")
    with pytest.raises(Outdated):
        on_paper.record_paper_version(version, by=staff(cast["head"]), paper=paper(day(0)), key="satu")


# Matching actors


def test_its_author_matches_actors_without_any_role_and_nobody_elses(units, cast):
    stranger = make.make_person(Role.OFFICIAL, units["GTK"])
    own = importing.import_sop(make.small_content(), by=staff(cast["admin"])).version
    with pytest.raises(Refused):
        make.confirm_all(own, stranger)
    SopVersion.objects.filter(pk=own.pk).update(author=stranger)
    make.confirm_all(SopVersion.objects.get(pk=own.pk), stranger)
    nobodys = make.imported(make.small_content(number="lain", name="Lain"))
    with pytest.raises(Refused):
        make.confirm_all(nobodys, stranger)


@pytest.mark.parametrize(("role", "unit"), [(Role.DRAFTER, "DIKDAS"), (Role.SECTION_HEAD, "DINAS"), (Role.HEAD, None)])
def test_who_writes_for_the_unit_matches_actors(version, units, role, unit):
    user = make.make_person(role, unit and units[unit])
    make.confirm_all(version, user)
    StaffRole.objects.filter(user=user).delete()
    with pytest.raises(Refused):
        make.confirm_all(version, type(user).objects.get(pk=user.pk))


# Starting a draft


def test_of_an_sop_that_is_gone_or_empty_no_revision_begins(units, cast):
    with pytest.raises(Outdated, match="tidak ada lagi"):
        starting.start_revision(Sop(pk=0), by=staff(cast["admin"]))
    empty = Sop.objects.create(number="x", name="x", slug="x", unit=units["DIKDAS"])
    with pytest.raises(Refused, match="belum mempunyai versi"):
        starting.start_revision(empty, by=staff(cast["admin"]))
    assert not validity.version_to_export(empty)


def test_asking_twice_for_a_verification_tells_once(units, cast):
    drafter = make.make_person(Role.DRAFTER, units["DIKDAS"])
    version = draft.small_draft(drafter, units)
    first = proposing.propose_version(version, by=staff(drafter)).proposed_at
    with on(1):
        again = proposing.propose_version(version, by=staff(cast["admin"]))
    assert (again.proposed_by, again.proposed_at) == (drafter, first) and Notice.objects.count() == 1
