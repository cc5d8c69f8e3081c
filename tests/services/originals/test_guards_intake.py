"""Papers at the desk, clause by clause: limits, the holding that is meant, and which papers are missing."""

import datetime

import pytest

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.attachments.actions.documents import EXTRA, attach_document, remove_document
from services.conversation.actions.asking import withdraw_request
from services.models import PastHolding, Requirement, TimelineEntry
from services.originals.actions import NAME_LENGTH, SHELF_LENGTH, Tick, print_shortage, return_original, take_in_papers
from services.papers.queries.brought import (
    CORRECTION_WINDOW,
    brought_papers,
    ended_holdings,
    held_originals,
    is_correctable,
    lacks_of,
    paper_label,
    paper_with_shelf,
)
from tests.factories.services import keys_of, picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import Outdated

pytestmark = pytest.mark.django_db
DAY, INSTANT = datetime.timedelta(days=1), datetime.timedelta(microseconds=1)


def tick(request, user, how="kept", shelf="A1", at=0):
    """Tick one paper and return its document, or None if nothing changed."""
    return next(iter(take_in_papers(request, by=staff(user), ticks={keys_of(request)[at]: Tick(how, shelf)})), None)


def scan(request, user):
    return attach_document(request, by=staff(user), upload=picture(), slot_key=keys_of(request)[0])


# Taking in


def test_what_was_not_brought_is_not_written_down(walk_in, cast):
    assert take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("") for key in keys_of(walk_in)}) == []
    assert not walk_in.documents.exists() and not JournalEntry.objects.filter(verb="take_in_papers").exists()


def test_names_may_be_as_long_as_there_is_room(walk_in, cast):
    shelf, name = "x" * SHELF_LENGTH, "y" * NAME_LENGTH
    document = tick(walk_in, cast.frontdesk, shelf=shelf)
    done = return_original(document, by=staff(cast.frontdesk), received_by=name)
    assert (done.shelf, done.returned_to) == (shelf, name)
    # Only kept originals have a shelf.
    assert tick(walk_in, cast.frontdesk, "seen", "x" * 99, at=1).shelf == ""


def test_an_original_may_come_again_to_the_same_shelf(walk_in, cast):
    document = tick(walk_in, cast.frontdesk)
    return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")
    assert tick(walk_in, cast.frontdesk, "") is None
    with clock.at(clock.now() + DAY):
        assert tick(walk_in, cast.frontdesk).is_held
    assert PastHolding.objects.get().shelf == "A1"


def test_a_mistake_gives_back_the_latest_of_several_stays(walk_in, cast):
    now = clock.now()
    for day, (shelf, name) in enumerate([("A1", "Satu"), ("A2", "Dua"), ("A3", "Tiga")]):
        with clock.at(now + day * DAY):
            document = tick(walk_in, cast.frontdesk, shelf=shelf)
            return_original(document, by=staff(cast.frontdesk), received_by=name)
    with clock.at(now + 3 * DAY):
        tick(walk_in, cast.frontdesk, "copy")
        mended = tick(walk_in, cast.frontdesk, "")
    assert (mended.shelf, mended.returned_to, mended.removed_at) == ("A3", "Tiga", None)
    assert [stay.holding.shelf for stay in ended_holdings(walk_in)] == ["A1", "A2", "A3"]
    assert PastHolding.objects.count() == 2


@pytest.mark.parametrize("how", ["seen", "copy", ""])
def test_kept_may_be_a_slip_for_ten_minutes(walk_in, cast, how):
    now = clock.now()
    with clock.at(now):
        document = tick(walk_in, cast.frontdesk)
    with clock.at(now + CORRECTION_WINDOW + INSTANT):
        assert not is_correctable(document)
    with clock.at(now + CORRECTION_WINDOW):
        assert is_correctable(document) and tick(walk_in, cast.frontdesk, how).original == how
    document.refresh_from_db()
    assert not is_correctable(document)


def test_what_was_seen_may_be_called_otherwise_at_any_time(walk_in, cast):
    tick(walk_in, cast.frontdesk, "seen")
    with clock.at(clock.now() + DAY):
        assert tick(walk_in, cast.frontdesk, "copy").original == "copy"
        assert tick(walk_in, cast.frontdesk, "").removed_at


# Returning


def test_nothing_is_given_back_before_it_came(walk_in, cast):
    document = tick(walk_in, cast.frontdesk)
    with clock.at(document.kept_at - DAY):
        assert (
            return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh").returned_at
            == document.kept_at
        )


def test_an_original_that_was_deleted_meanwhile_is_not_returned(walk_in, cast):
    document = tick(walk_in, cast.frontdesk)
    walk_in.documents.filter(pk=document.pk).delete()
    with pytest.raises(Outdated, match="tidak sedang disimpan"):
        return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")


def test_papers_are_told_by_when_they_came_and_went(walk_in, cast):
    now = clock.now()
    with clock.at(now):
        first = tick(walk_in, cast.frontdesk)
    with clock.at(now + DAY):
        second = tick(walk_in, cast.frontdesk, at=1)
        attach_document(walk_in, by=staff(cast.frontdesk), upload=picture(), slot_key=EXTRA)
        return_original(second, by=staff(cast.frontdesk), received_by="Dua")
    with clock.at(now + 2 * DAY):
        gone = tick(walk_in, cast.frontdesk, "seen", at=2)
        tick(walk_in, cast.frontdesk, "", at=2)
    assert [each.pk for each in brought_papers(walk_in)] == [first.pk, second.pk]
    assert gone and [each.pk for each in held_originals(walk_in)] == [first.pk]
    with clock.at(now + 3 * DAY):
        return_original(first, by=staff(cast.frontdesk), received_by="Satu")
    assert [stay.holding.returned_to for stay in ended_holdings(walk_in)] == ["Dua", "Satu"]


# Queries


def test_a_paper_is_called_by_what_asks_for_it_else_by_its_file(walk_in, cast):
    asked = scan(walk_in, cast.frontdesk)
    extra = attach_document(walk_in, by=staff(cast.frontdesk), upload=picture("Surat lain.jpg"), slot_key=EXTRA)
    assert paper_label(asked) == "KTP" and paper_label(extra) == extra.file.name
    assert keys_of(walk_in)[-1] == f"d{extra.pk}" and len(set(keys_of(walk_in))) == len(keys_of(walk_in))
    kept = take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={f"d{extra.pk}": Tick("kept", "A1")})[0]
    assert paper_with_shelf(kept) == f"{extra.file.name} (rak A1)" and paper_with_shelf(asked) == "KTP"
    # Papers that are no longer required are still listed.
    Requirement.objects.filter(text="KTP").update(active=False)
    assert f"d{asked.pk}" in keys_of(walk_in)
    remove_document(asked, by=applicant(walk_in.pk))
    assert f"d{asked.pk}" not in keys_of(walk_in)


# Missing papers


def printed(request):
    return TimelineEntry.objects.filter(request=request, verb="shortage_printed").count()


def test_the_same_sheet_counts_once_a_day_for_each_request(walk_in, service, cast):
    other = open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Bapak Contoh"))
    noon = clock.now().replace(hour=5)
    for moment, request, count in (
        (noon, walk_in, 1),
        (noon, other, 1),
        (noon, walk_in, 1),
        (noon + DAY, walk_in, 2),
        (noon + DAY, other, 2),
    ):
        with clock.at(moment):
            print_shortage(request, by=staff(cast.frontdesk))
        assert printed(request) == count


def test_a_sheet_that_lacks_otherwise_counts_anew(walk_in, cast):
    for how, count in (("seen", 1), ("", 2), ("seen", 3), ("copy", 3)):
        tick(walk_in, cast.frontdesk, how)
        print_shortage(walk_in, by=staff(cast.frontdesk))
        assert printed(walk_in) == count


def test_of_a_closed_request_nothing_is_lacking(walk_in, cast):
    withdraw_request(walk_in, by=applicant(walk_in.pk))
    with pytest.raises(Outdated):
        print_shortage(walk_in, by=staff(cast.frontdesk))


def test_what_must_be_mended_lacks_and_what_was_removed_does(walk_in, cast):
    document = scan(walk_in, cast.frontdesk)
    walk_in.documents.update(verdict="fits", verdict_note="Lama")
    assert "KTP" not in [lack.label for lack in lacks_of(walk_in)]
    walk_in.documents.update(verdict="mend", verdict_note="Buram")
    assert {lack.label: lack.note for lack in lacks_of(walk_in)}["KTP"] == "Buram"
    remove_document(document, by=applicant(walk_in.pk))
    assert {lack.label: lack.note for lack in lacks_of(walk_in)}["KTP"] == ""
    Requirement.objects.filter(text="KTP").update(required=False)
    assert "KTP" not in [lack.label for lack in lacks_of(walk_in)]


def test_a_lacking_paper_is_told_with_who_issues_it_else_with_what_it_is(walk_in):
    wanted = Requirement.objects.filter(text="KTP")
    pk = wanted.get().pk
    for changes, told in (
        ({"text": "Bukti Dapodik"}, "Dapodik:"),
        ({"issued_by": "sekolah"}, "Diterbitkan oleh sekolah."),
        ({"text": "KTP", "issued_by": ""}, ""),
    ):
        Requirement.objects.filter(pk=pk).update(**changes)
        issuer = next(lack.issuer for lack in lacks_of(walk_in) if lack.key == f"r{pk}")
        assert issuer.startswith(told) and bool(issuer) is bool(told)
