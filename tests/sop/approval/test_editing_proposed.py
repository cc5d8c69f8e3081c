"""Proposed drafts: who is notified, what waits for whom, and which edits cancel the proposal."""

import pytest
from django.urls import reverse

from sop.approval.actions import life, proposing
from sop.approval.queries import deciding, review
from sop.drafting.queries import editing
from sop.models import Comment, SopVersion
from sop.states import verbs_from
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.cases import count_queries
from tests.factories.core import anew
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice, Role, StaffRole
from ula_portal.core.notices import kinds
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(units, drafter):
    return draft.small_draft(drafter, units)


def waiting(people):
    return {name for name, user in people.items() if deciding.waiting_count(anew(user))}


def message_to(user, kind):
    notice = Notice.objects.get(user=user, kind=kind)
    return kinds.kind_of(kind).compose(notice)


def test_a_proposal_waits_for_who_may_verify_and_tells_the_section_head(version, drafter, cast):
    proposed = proposing.propose_version(version, by=staff(drafter))
    assert (proposed.proposed_by, proposed.state) == (drafter, "draft") and proposed.proposed_at
    assert waiting(cast | {"drafter": drafter}) == {"section_head", "head"}
    assert list(deciding.waiting_for(cast["section_head"])) == [version]
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (cast["section_head"], "sop_proposed")
    assert notice.path == reverse("admin:sop_sopversion_change", args=[version.pk])
    message = message_to(cast["section_head"], "sop_proposed")
    assert drafter.full_name in message.body and notice.path in message.body and version.name in message.subject


def test_proposing_again_tells_nobody_again(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    proposing.propose_version(version, by=staff(cast["admin"]))
    version.refresh_from_db()
    assert version.proposed_by == drafter and Notice.objects.count() == 1
    assert JournalEntry.objects.filter(verb="sop_proposed").count() == 1


def test_a_change_takes_the_proposal_and_its_mail_back(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    draft.save(draft.step(version, 1), drafter, note="Masih berubah")
    version.refresh_from_db()
    assert version.proposed_at is None and waiting(cast) == set()
    assert message_to(cast["section_head"], "sop_proposed") is None
    proposing.propose_version(version, by=staff(drafter))
    assert Notice.objects.count() == 2


def test_the_section_heads_own_proposal_is_told_to_the_secretary(units, cast):
    own = draft.small_draft(cast["section_head"], units)
    proposing.propose_version(own, by=staff(cast["section_head"]))
    assert Notice.objects.get().user == cast["secretary"]
    assert waiting(cast) == {"secretary", "head"}


def test_section_heads_above_the_unit_are_told_as_well(units, cast):
    version = draft.small_draft(cast["admin"], units, unit="UMPEG")
    proposing.propose_version(version, by=staff(cast["admin"]))
    assert [notice.user for notice in Notice.objects.all()] == [cast["secretary"]]
    assert waiting(cast) == {"secretary", "head"}


def test_an_unsound_draft_is_not_proposed(version, drafter):
    draft.save(draft.step(version, 3), drafter, next_id=None)
    with pytest.raises(Refused, match="Langkah 3"):
        proposing.propose_version(version, by=staff(drafter))
    version.refresh_from_db()
    assert version.proposed_at is None and not Notice.objects.exists()


def test_each_station_waits_for_its_person(version, drafter, cast):
    make.confirm_all(version, cast["admin"])
    proposing.propose_version(version, by=staff(drafter))
    life.verify_version(version, by=staff(cast["section_head"]))
    assert waiting(cast) == {"head"}
    make.approve(version, cast["head"], "1")
    assert waiting(cast) == {"admin"}
    life.publish_version(version, by=staff(cast["admin"]))
    assert waiting(cast) == set()


def test_a_verified_version_does_not_wait_for_its_author(units, cast):
    version = draft.small_draft(cast["head"], units)
    make.confirm_all(version, cast["admin"])
    life.verify_version(version, by=staff(cast["section_head"]))
    assert waiting(cast) == set()


def test_people_without_a_station_wait_for_nothing(version, units, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    strangers = [cast["official"], cast["other_head"], make.make_person(Role.DRAFTER, units["GTK"]), make.make_person()]
    assert [deciding.waiting_count(user) for user in strangers] == [0, 0, 0, 0]
    inactive = cast["section_head"]
    inactive.is_active = False
    inactive.save()
    assert deciding.waiting_count(anew(inactive)) == 0


def test_what_waits_is_one_question_however_many_wait(units, cast, drafter):
    for n in range(3):
        version = draft.small_draft(drafter, units, name=f"Surat {n}")
        proposing.propose_version(version, by=staff(drafter))
    user = cast["section_head"]
    deciding.waiting_count(user)
    assert count_queries(lambda: deciding.waiting_count(user)) == 1

    def read():
        return [(v.title, v.sop.unit.name, v.proposed_by.full_name) for v in deciding.waiting_for(user)]

    assert count_queries(read) == 1 and len(read()) == 3


def test_a_returned_version_is_no_longer_proposed_and_its_drafter_is_told(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    life.verify_version(version, by=staff(cast["section_head"]))
    life.return_version(version, by=staff(cast["section_head"]))
    version.refresh_from_db()
    assert (version.state, version.proposed_by, version.proposed_at) == ("draft", None, None)
    message = message_to(drafter, "sop_returned")
    assert message.to == drafter.email and f"/petugas/sop/{version.pk}/" in message.body
    draft.save(draft.step(version, 1), drafter, note="Diperbaiki")
    proposing.propose_version(version, by=staff(drafter))


def test_a_proposed_draft_is_given_back_without_being_verified(version, drafter, cast):
    with pytest.raises(Outdated):
        life.return_version(version, by=staff(cast["section_head"]))
    proposing.propose_version(version, by=staff(drafter))
    with pytest.raises(NotAllowed):
        life.return_version(version, by=staff(drafter))
    returned = life.return_version(version, by=staff(cast["section_head"]))
    assert (returned.state, returned.proposed_at) == ("draft", None) and waiting(cast) == set()
    assert message_to(drafter, "sop_returned") and verbs_from("draft") == ("verify", "record")
    assert verbs_from("draft", proposed=True) == ("verify", "return", "record")


def test_who_returns_an_own_draft_is_not_told(units, cast):
    version = draft.small_draft(cast["section_head"], units)
    life.verify_version(version, by=staff(cast["secretary"]))
    life.return_version(version, by=staff(cast["section_head"]))
    assert not Notice.objects.filter(kind="sop_returned").exists()


def test_a_verified_version_is_proposed_no_more(version, drafter, cast):
    life.verify_version(version, by=staff(cast["section_head"]))
    with pytest.raises(Outdated):
        proposing.propose_version(version, by=staff(drafter))


# Reading


def test_drafts_are_read_by_who_writes_them(version, units, drafter, cast):
    StaffRole.objects.create(user=cast["official"], role=Role.DRAFTER, unit=units["GTK"])
    readers = {"admin", "head", "section_head"}
    for name, user in cast.items():
        assert (editing.draft_for(anew(user), version.pk) == version) == (name in readers), name
    assert list(editing.drafts_for(drafter)) == [version]
    life.verify_version(version, by=staff(cast["section_head"]))
    assert list(editing.drafts_for(drafter)) == [version]
    make.confirm_all(version, cast["admin"])
    make.approve(version, cast["head"], "1")
    assert editing.draft_for(drafter, version.pk) is None


def test_the_draft_changed_last_comes_first_and_reading_asks_once(units, drafter):
    drafts = [draft.small_draft(drafter, units, name=f"Surat {n}") for n in range(3)]
    draft.save(draft.step(drafts[0], 1), drafter, note="x")
    SopVersion.objects.filter(pk=drafts[1].pk).update(edited_at=None)
    assert [version.pk for version in editing.drafts_for(drafter)] == [drafts[n].pk for n in (0, 2, 1)]

    def read():
        return [(v.title, v.sop.unit.name, v.edited_by, v.author) for v in editing.drafts_for(drafter)]

    assert count_queries(read) == 1


def test_steps_are_read_in_two_questions_more_than_themselves(version):
    def read():
        return [[link.actor.name for link in step.step_actors.all()] for step in editing.steps_of(version)]

    assert count_queries(read) == 3 and [len(names) for names in read()] == [1, 1, 2, 1]


# The reason of a return


def test_the_drafter_is_told_why_until_it_is_proposed_again(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    returned = life.return_version(version, by=staff(cast["section_head"]), reason=" Langkah 2:\nkurang berkas. ")
    remark = review.return_of(returned)
    assert (remark.text, remark.author) == ("Langkah 2:\nkurang berkas.", cast["section_head"])
    assert "Langkah 2:\nkurang berkas." in message_to(drafter, "sop_returned").body
    entry = JournalEntry.objects.get(verb="sop_returned")
    assert "berkas" not in str(entry.data)
    draft.save(draft.step(version, 1), drafter, note="Diperbaiki")
    version.refresh_from_db()
    assert review.return_of(version) == remark
    assert review.return_of(proposing.propose_version(version, by=staff(drafter))) is None
    # The next return shows its own reason; a return without a reason shows none of the earlier ones.
    assert review.return_of(life.return_version(version, by=staff(cast["section_head"]))) is None


def test_proposing_answers_the_remarks_on_the_whole_of_this_version(version, drafter, cast):
    other = make.imported(make.small_content(number="SOP/LAIN", name="SOP lain"))
    for each, who in ((version, drafter), (other, cast["admin"])):
        proposing.propose_version(each, by=staff(who))
        life.return_version(each, by=staff(cast["section_head"]), reason="Kurang berkas.")
    remark = review.return_of(version)
    step = Comment.objects.create(
        round=remark.round, step=draft.step(version, 1), author=remark.author, text="Di sini.", written_at=clock.now()
    )
    proposing.propose_version(version, by=staff(drafter))
    answered = dict(Comment.objects.values_list("pk", "resolved"))
    other.refresh_from_db()
    assert answered == {remark.pk: True, step.pk: False, review.return_of(other).pk: False}


def test_a_reason_too_long_is_refused_at_its_field(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    with pytest.raises(Refused) as refused:
        life.return_version(version, by=staff(cast["section_head"]), reason="a" * 2001)
    version.refresh_from_db()
    assert refused.value.field == "reason" and version.proposed_at


def test_what_was_verified_without_being_proposed_again_is_no_longer_returned(version, drafter, cast):
    proposing.propose_version(version, by=staff(drafter))
    life.return_version(version, by=staff(cast["section_head"]), reason="Periksa lagi.")
    life.verify_version(version, by=staff(cast["section_head"]))
    assert review.return_of(life.return_version(version, by=staff(cast["section_head"]))) is None
