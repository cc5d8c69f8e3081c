"""Two users at the same moment: for each verb that locks, the second sees what the first did."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from sop.approval.actions import corrections, life, on_paper
from sop.drafting.actions import actors, identity, importing, pasting, positions, removal, splitting, starting, steps
from sop.drafting.actions.naming import lock_naming
from sop.models import Sop, SopVersion
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.concurrently import one_after_the_other
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def verified(version, cast):
    return life.verify_version(version, by=staff(cast["section_head"]))


def approved_later(cast, **changes):
    """Another version of the same SOP, in force from the next day."""
    version = importing.import_sop(make.small_content(name="Kedua") | changes, by=SYSTEM).version
    life.verify_version(version, by=staff(cast["section_head"]))
    return make.approve(version, cast["head"], "2", DAY + datetime.timedelta(days=1))


def test_two_versions_of_one_sop_are_published_one_after_the_other(verified, cast):
    first = make.approve(verified, cast["head"], "1", DAY)
    second = approved_later(cast)
    later, earlier = one_after_the_other(
        lambda: life.publish_version(second, by=staff(cast["admin"])),
        lambda: life.publish_version(first, by=staff(cast["admin"])),
    )
    assert later.state == "published"
    assert type(earlier) is Refused and earlier.field == "effective_from"


def test_the_version_before_ends_where_one_begins_that_is_published_meanwhile(verified, cast):
    first = make.approve(verified, cast["head"], "1", DAY)
    second = approved_later(cast)
    one_after_the_other(
        lambda: life.publish_version(first, by=staff(cast["admin"])),
        lambda: life.publish_version(second, by=staff(cast["admin"])),
    )
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("published", DAY + datetime.timedelta(days=1))


@pytest.mark.parametrize("again", ["approve", "return", "record", "withdraw"])
def test_what_was_approved_meanwhile_is_moved_from_there(verified, cast, settings, tmp_path, again):
    settings.MEDIA_ROOT = tmp_path
    paper = on_paper.PaperDecree("1", DAY, DAY, "Kepala Dinas", "Ani", picture("a.png"))
    second = {
        "approve": lambda: life.approve_version(
            verified, by=staff(cast["head"]), decree="2", effective_from=clock.today()
        ),
        "return": lambda: life.return_version(verified, by=staff(cast["section_head"])),
        "record": lambda: on_paper.record_paper_version(verified, by=staff(cast["admin"]), paper=paper),
        "withdraw": lambda: life.withdraw_version(verified, by=staff(cast["admin"])),
    }[again]
    _done, other = one_after_the_other(
        lambda: life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=clock.today()), second
    )
    if again == "withdraw":
        assert other.state == "withdrawn"
    else:
        assert isinstance(other, Outdated)
        verified.refresh_from_db()
        assert (verified.state, verified.decree) == ("approved", "1")


def test_actors_are_not_matched_while_somebody_approves(verified, cast):
    mapping = {verified.actors.first().pk: ("external", None)}
    _done, other = one_after_the_other(
        lambda: life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=clock.today()),
        lambda: positions.confirm_actors(verified, by=staff(cast["admin"]), mapping=mapping),
    )
    assert isinstance(other, Outdated)


@pytest.mark.parametrize("then", ["approve", "file"])
def test_actors_that_are_just_matched_count(units, cast, then):
    version = make.imported(make.small_content())
    life.verify_version(version, by=staff(cast["section_head"]))
    second = {
        "approve": lambda: life.approve_version(
            version, by=staff(cast["head"]), decree="1", effective_from=clock.today()
        ),
        "file": lambda: importing.import_sop(make.small_content(name="Kedua"), by=SYSTEM),
    }[then]
    _done, other = one_after_the_other(lambda: make.confirm_all(version, cast["admin"]), second)
    assert other.state == ("approved" if then == "approve" else "replaced")
    assert not version.actors.filter(confirmed=False).exists()


def test_nobody_verifies_past_a_correction_that_is_just_proposed(version, cast):
    place = f"{version.steps.first().pk}-note"
    _done, other = one_after_the_other(
        lambda: corrections.propose_correction(version, by=staff(cast["head"]), place=place, text="Lain"),
        lambda: life.verify_version(version, by=staff(cast["section_head"])),
    )
    assert type(other) is Refused and "belum dijawab" in str(other)


def test_a_correction_is_answered_by_whoever_comes_first(version, cast, drafter):
    place = f"{version.steps.first().pk}-note"
    correction = corrections.propose_correction(version, by=staff(cast["head"]), place=place, text="Lain")
    _done, other = one_after_the_other(
        lambda: corrections.withdraw_correction(correction, by=staff(cast["head"])),
        lambda: corrections.take_over_correction(correction, by=staff(drafter), seen=""),
    )
    assert isinstance(other, Outdated) and version.steps.first().note == ""


def test_nobody_verifies_what_they_are_just_editing(version, cast):
    head, step = cast["section_head"], version.steps.first()
    _done, other = one_after_the_other(
        lambda: steps.save_step(step, by=staff(head), fields={"note": "Diubah"}, was={"note": ""}),
        lambda: life.verify_version(version, by=staff(head)),
    )
    assert isinstance(other, NotAllowed)


@pytest.mark.parametrize("beginning", ["revision", "file"])
def test_one_draft_of_an_sop_is_begun(units, cast, drafter, beginning):
    published = make.publish(make.small_content(), cast)
    begin = {
        "revision": lambda: starting.start_revision(published.sop, by=staff(cast["section_head"])),
        "file": lambda: importing.import_sop(make.small_content(name="Kedua"), by=staff(cast["section_head"])),
    }[beginning]
    _done, other = one_after_the_other(begin, lambda: starting.start_revision(published.sop, by=staff(drafter)))
    assert type(other) is Refused and "Lanjutkan draf itu" in str(other)
    assert SopVersion.objects.filter(sop_id=published.sop_id, state="draft").count() == 1


def test_a_file_over_a_draft_that_is_just_verified_takes_it_back(version, cast):
    _done, taken_in = one_after_the_other(
        lambda: life.verify_version(version, by=staff(cast["section_head"])),
        lambda: importing.import_sop(make.small_content(name="Kedua"), by=staff(cast["admin"])),
    )
    version.refresh_from_db()
    assert taken_in.state == "replaced" and (version.state, version.verified_by) == ("draft", None)


def test_a_file_over_a_draft_that_is_just_edited_is_asked_again(version, cast):
    step = version.steps.first()
    _done, other = one_after_the_other(
        lambda: steps.save_step(step, by=staff(cast["section_head"]), fields={"note": "Diubah"}, was={"note": ""}),
        lambda: importing.import_sop(make.small_content(name="Kedua"), by=staff(cast["admin"]), seen_revision=0),
    )
    assert isinstance(other, Outdated) and version.steps.first().note == "Diubah"


@pytest.mark.parametrize("field", ["name", "number"])
def test_two_sops_named_alike_at_once_have_addresses_and_numbers_of_their_own(units, drafter, field):
    one, two = (draft.small_draft(drafter, units, name=name, number=name) for name in ("Satu", "Dua"))
    _done, other = one_after_the_other(
        lambda: identity.save_identity(one, by=staff(drafter), fields={field: "Tiga"}, was={}),
        lambda: identity.save_identity(two, by=staff(drafter), fields={field: "Tiga"}, was={}),
    )
    if field == "number":
        assert type(other) is Refused and other.field == "number"
    else:
        assert set(Sop.objects.values_list("slug", flat=True)) == {"tiga", "tiga-2"}


def test_a_name_taken_over_and_one_typed_wait_for_each_other(units, cast, drafter):
    one, two = (draft.small_draft(drafter, units, name=name) for name in ("Satu", "Dua"))
    correction = corrections.propose_correction(one, by=staff(cast["head"]), place="name", text="Tiga")
    _done, other = one_after_the_other(
        lambda: identity.save_identity(two, by=staff(drafter), fields={"name": "Tiga"}, was={}),
        lambda: corrections.take_over_correction(correction, by=staff(drafter), seen="Satu"),
    )
    assert other.state == "taken"
    assert set(Sop.objects.values_list("slug", flat=True)) == {"tiga", "tiga-2"}


@pytest.mark.parametrize("then", ["edit", "verify", "revise"])
def test_an_sop_that_is_just_handed_over_is_found_where_it_went(version, cast, units, then):
    """If the row were locked together with its unit, a waiting verb would no longer find it."""
    second = {
        "edit": lambda: identity.save_identity(
            version, by=staff(cast["admin"]), fields={"records": ["Buku besar"]}, was={}
        ),
        "verify": lambda: life.verify_version(version, by=staff(cast["head"])),
        "revise": lambda: starting.start_revision(version.sop, by=staff(cast["admin"])),
    }[then]
    _done, other = one_after_the_other(
        lambda: identity.save_identity(version, by=staff(cast["admin"]), fields={"unit_id": units["GTK"].pk}, was={}),
        second,
    )
    assert Sop.objects.get().unit == units["GTK"]
    if then == "revise":
        assert type(other) is Refused and "Lanjutkan draf itu" in str(other)
    else:
        assert other.records == ["Buku besar"] if then == "edit" else other.state == "verified"


def test_a_name_is_looked_up_before_its_sop_is_locked(version, cast, drafter):
    """The lock order of all verbs; otherwise two verbs could wait for each other forever."""
    correction = corrections.propose_correction(version, by=staff(cast["head"]), place="name", text="Tiga")

    def take_over():
        try:
            return corrections.take_over_correction(correction, by=staff(drafter), seen=version.title)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            lock_naming()
            other = pool.submit(take_over)
            waits = None
            while not waits and not other.done():
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                (waits,) = cursor.fetchone()
            Sop.objects.select_for_update(nowait=True).get()
        assert other.result(timeout=30).state == "taken"


@pytest.mark.parametrize("numbers", [("", ""), ("1", "2")])
def test_sops_begun_at_once_have_their_own_numbers(units, drafter, numbers):
    begin = {"unit_id": units["DIKDAS"].pk, "name": "Surat"}
    one, two = one_after_the_other(
        *(lambda number=number: starting.start_sop(by=staff(drafter), **begin, number=number) for number in numbers)
    )
    assert one.sop.number != two.sop.number and two.sop.slug == "surat-2"


def test_of_two_files_with_one_number_the_second_is_the_same_sop(units):
    one, two = one_after_the_other(
        lambda: importing.import_sop(make.small_content(), by=SYSTEM),
        lambda: importing.import_sop(make.small_content(), by=SYSTEM),
    )
    assert (one.state, two.state) == ("created", "unchanged")


@pytest.mark.parametrize("verb", ["step", "actor", "copy", "removed"])
def test_a_part_that_just_went_is_told(units, drafter, verb):
    version = draft.small_draft(drafter, units)
    step = draft.step(version, 3)
    actor = actors.add_actor(version, by=staff(drafter), name="Tamu", kind="applicant")
    removed = removal.remove_step(draft.step(version, 1), by=staff(drafter)) if verb == "removed" else None
    first, second = {
        "step": (
            lambda: removal.remove_step(step, by=staff(drafter)),
            lambda: splitting.split_step(step, by=staff(drafter)),
        ),
        "actor": (
            lambda: actors.remove_actor(actor, by=staff(drafter)),
            lambda: actors.save_actor(actor, by=staff(drafter), fields={"name": "Lain"}, was={"name": "Tamu"}),
        ),
        "removed": (
            lambda: removal.restore_step(removed, by=staff(drafter)),
            lambda: removal.restore_step(removed, by=staff(drafter)),
        ),
        "copy": (
            lambda: pasting.paste_steps(version, by=staff(drafter), rows=draft.line(2), replace=True),
            lambda: steps.save_step(step, by=staff(drafter), fields={"note": "x"}, was={"note": ""}),
        ),
    }[verb]
    _done, other = one_after_the_other(first, second)
    assert isinstance(other, Outdated)
