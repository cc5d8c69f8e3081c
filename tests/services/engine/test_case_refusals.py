"""Who may work a step, and what happens with the wrong user, at the wrong moment, twice, and concurrently."""

import datetime

import pytest

from services.conversation.actions.asking import (
    applicant_answers,
    ask_applicant,
    close_unanswered,
    declare_complete,
    withdraw_request,
)
from services.conversation.actions.messaging import add_internal_note, write_to_applicant
from services.engine.actions.deviating import reassign, skip_step
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, complete_step, decide_step, start_step
from services.letters.actions.handing_over import hand_over_letter, letter_downloaded
from services.models import Letter, Message, Request, StepRun
from services.tracking.queries.tracking import tracking_of
from tests.factories.cases import HEAD, OFFICIAL, at, make_case, make_case_service, no_of, run_of, step, to_letter, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.notices import kinds
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def test_an_official_without_the_position_is_refused(cast, request_):
    for user in (cast.outsider, cast.secretary, cast.counter, cast.head, cast.admin):
        with pytest.raises(NotAllowed, match="bukan tugas Anda"):
            decide_step(run_of(request_), by=staff(user), yes=True)
    assert no_of(request_) == 2


def test_the_section_head_may_work_the_steps_of_the_unit_only(cast, request_):
    decide_step(run_of(request_), by=staff(cast.section_head), yes=True)
    assert no_of(request_) == 4


def test_a_section_head_may_not_sign_for_the_head_of_office(cast):
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Menandatangani surat", "Kepala Dinas", issues_letter=True, next=3),
        step(3, "Menerima surat", "Pemohon", "end"),
    ]
    request = make_case(make_case_service(cast, steps))
    with pytest.raises(NotAllowed):
        start_step(run_of(request), by=staff(cast.section_head))


def test_completing_twice_says_who_was_first(cast, request_):
    run = run_of(request_)
    decide_step(run, by=staff(cast.official), yes=True)
    with pytest.raises(Outdated, match=r"sudah diselesaikan oleh Sri Contoh pukul \d\d\.\d\d WIB"):
        decide_step(run, by=staff(cast.official), yes=True)
    assert StepRun.objects.filter(request=request_).count() == 3


def test_yesterdays_step_is_told_with_its_date(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
        run = run_of(request)
        decide_step(run, by=staff(cast.official), yes=True)
    with clock.at(at(24)), pytest.raises(Outdated, match=r"pada 23 November 2026 pukul 09\.00 WIB"):
        decide_step(run, by=staff(cast.official), yes=True)


def test_the_same_key_again_gives_the_same_result(cast, request_):
    run = run_of(request_)
    first = decide_step(run, by=staff(cast.official), yes=True, key="kunci")
    again = decide_step(run, by=staff(cast.official), yes=True, key="kunci")
    assert (first.run, first.next_run) == (again.run, again.next_run)
    assert StepRun.objects.filter(request=request_).count() == 3


def test_a_decision_needs_an_answer_and_a_letter_step_its_letter(cast, request_):
    with pytest.raises(Refused, match="keputusan"):
        complete_step(run_of(request_), by=staff(cast.official))
    to_letter(request_, cast)
    with pytest.raises(Refused, match="menerbitkan surat"):
        complete_step(run_of(request_), by=staff(cast.section_head))
    with pytest.raises(Refused, match="bukan keputusan"):
        decide_step(run_of(request_), by=staff(cast.section_head), yes=True)


def test_only_the_unit_or_its_head_records_the_agencys_step(cast, request_):
    walk(request_, (cast.official, "yes"))
    with pytest.raises(NotAllowed, match="Kepala Sekolah"):
        complete_step(run_of(request_), by=staff(cast.outsider))
    today = clock.today()
    with pytest.raises(Refused) as refused:
        complete_step(
            run_of(request_), by=staff(cast.official), report=StepReport(happened_on=today + datetime.timedelta(days=1))
        )
    assert refused.value.field == "happened_on"
    with pytest.raises(Refused, match="mendahului"):
        complete_step(
            run_of(request_), by=staff(cast.official), report=StepReport(happened_on=today - datetime.timedelta(days=1))
        )
    # A late agency needs no reason from the office.
    StepRun.objects.filter(pk=run_of(request_).pk).update(due_at=clock.now() - datetime.timedelta(days=1))
    moved = complete_step(run_of(request_), by=staff(cast.official), report=StepReport(happened_on=today))
    assert (moved.run.happened_on, moved.run.deviation) == (today, "")


def test_a_servers_clock_set_back_past_midnight_stops_nobody(cast, request_):
    walk(request_, (cast.official, "yes"))
    yesterday = clock.today() - datetime.timedelta(days=1)
    with clock.at(clock.now() - datetime.timedelta(days=1)):
        moved = complete_step(run_of(request_), by=staff(cast.official), report=StepReport(happened_on=yesterday))
    assert moved.run.happened_on == yesterday


def test_a_step_for_several_holders_waits_in_the_pool_and_is_claimed_once(cast):
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    request = make_case(make_case_service(cast))
    run = run_of(request)
    assert (run.assignee, run.unit) == (None, None)
    assert claim_step(run, by=staff(second)) == run
    # Claiming it again does nothing, and it is still theirs.
    assert claim_step(run, by=staff(second)) == run
    with pytest.raises(Outdated, match="sudah diambil oleh"):
        claim_step(run, by=staff(cast.section_head))
    with pytest.raises(NotAllowed):
        decide_step(run, by=staff(cast.official), yes=True)
    request.refresh_from_db()
    assert request.state == Request.State.IN_PROGRESS
    decide_step(run, by=staff(second), yes=True)


def test_absence_hands_the_step_to_the_deputy(cast, request_):
    deputy = make_user(Role.OFFICIAL, None)
    run = run_of(request_)
    with pytest.raises(NotAllowed):
        decide_step(run, by=staff(deputy), yes=True)
    record_absence(cast.official, by=SYSTEM, kind="sick", from_date=clock.today(), to_date=clock.today(), deputy=deputy)
    deputy = type(deputy).objects.get(pk=deputy.pk)
    decide_step(run, by=staff(deputy), yes=True)
    assert no_of(request_) == 4


def test_the_next_step_goes_to_the_deputy_at_once(cast):
    deputy = make_user(Role.OFFICIAL, None)
    record_absence(
        cast.official, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today(), deputy=deputy
    )
    request = make_case(make_case_service(cast))
    assert run_of(request).assignee == deputy


def test_a_position_without_holder_is_the_units_pool_and_shown_as_such(cast):
    record_absence(cast.official, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today())
    colleague = make_user(Role.OFFICIAL, cast.positions["KABID-DIKDAS"], cast.unit)
    request = make_case(make_case_service(cast))
    run = run_of(request)
    assert (run.assignee, run.unit, run.position.code) == (None, cast.unit, "PENGELOLA-DIKDAS")
    with pytest.raises(NotAllowed):
        decide_step(run, by=staff(cast.outsider), yes=True)
    decide_step(run, by=staff(colleague), yes=True)


def test_a_late_step_needs_its_reason_and_becomes_a_deviation(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    run = run_of(request)
    with clock.at(at(25)):
        with pytest.raises(Refused) as refused:
            decide_step(run, by=staff(cast.official), yes=True)
        assert refused.value.field == "deviation_reason"
        moved = decide_step(
            run,
            by=staff(cast.official),
            yes=True,
            report=StepReport(deviation_reason="Aplikasi pusat tidak dapat dibuka."),
        )
    assert (moved.run.deviation, moved.run.deviation_reason) == ("overrun", "Aplikasi pusat tidak dapat dibuka.")
    entry = JournalEntry.objects.get(verb="complete_step", subject_id=str(request.pk))
    assert entry.data["deviation"] == "overrun"
    assert "Aplikasi" not in str(entry.data)


def test_skipping_needs_a_reason_and_is_journalled(cast, request_):
    run = run_of(request_)
    with pytest.raises(Refused) as refused:
        skip_step(run, by=staff(cast.official), reason=" ", to_step_no=6)
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="keputusan"):
        skip_step(run, by=staff(cast.official), reason="Sudah diperiksa di loket.")
    for wrong in (1, 2, 99):
        with pytest.raises(Refused):
            skip_step(run, by=staff(cast.official), reason="Sudah diperiksa.", to_step_no=wrong)
    with pytest.raises(NotAllowed):
        skip_step(run, by=staff(cast.outsider), reason="Sudah diperiksa.", to_step_no=6)
    moved = skip_step(run, by=staff(cast.official), reason="Sudah diperiksa di loket.", to_step_no=6)
    assert (moved.run.outcome, moved.run.deviation, no_of(request_)) == ("skipped", "reordered", 6)
    skip_step(run_of(request_), by=staff(cast.official), reason="Konsep sudah ada.")
    assert no_of(request_) == 7
    assert JournalEntry.objects.filter(verb="skip_step", subject_id=str(request_.pk)).count() == 2


def test_asking_stops_the_office_until_the_answer(cast, request_):
    run = run_of(request_)
    with pytest.raises(NotAllowed):
        ask_applicant(request_, by=staff(cast.outsider), wanted="Mohon KTP yang jelas")
    with pytest.raises(Refused) as refused:
        ask_applicant(request_, by=staff(cast.official), wanted="  ")
    assert refused.value.field == "wanted"
    document = request_.documents.first()
    ask_applicant(request_, by=staff(cast.official), wanted="Mohon KTP yang jelas", documents={document.pk: "buram"})
    document.refresh_from_db()
    assert (document.verdict, document.verdict_note) == ("mend", "buram")
    with pytest.raises(Outdated):
        ask_applicant(request_, by=staff(cast.official), wanted="Sekali lagi")
    with pytest.raises(Refused, match="menunggu kelengkapan"):
        decide_step(run, by=staff(cast.official), yes=True)
    with pytest.raises(NotAllowed):
        applicant_answers(request_, by=staff(cast.outsider))
    applicant_answers(request_, by=staff(cast.frontdesk), text="sudah difoto ulang")
    with pytest.raises(Outdated, match="Tidak ada yang sedang kami tunggu"):
        applicant_answers(request_, by=applicant(request_.pk))
    decide_step(run, by=staff(cast.official), yes=True, report=StepReport(papers_reason="Aslinya diperlihatkan."))


def test_another_requests_document_cannot_be_marked(cast, request_):
    other = make_case(request_.service)
    with pytest.raises(Refused) as refused:
        ask_applicant(request_, by=staff(cast.official), wanted="Mohon", documents=[other.documents.first().pk])
    assert refused.value.field == "documents"
    assert not request_.pauses.exists()


def test_the_desk_may_do_the_applicants_step_but_no_stranger(cast, request_):
    walk(request_, (cast.official, "no"))
    with pytest.raises(NotAllowed):
        complete_step(run_of(request_), by=staff(cast.outsider))
    complete_step(run_of(request_), by=staff(cast.counter), report=StepReport(note="dibawa ke loket"))
    pause = request_.pauses.get()
    assert (pause.answer, pause.to_at is not None, no_of(request_)) == ("dibawa ke loket", True, 2)


def test_a_decision_of_the_applicant_is_recorded_by_the_desk(cast):
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Apakah pemohon setuju?", "Pemohon", "decision", if_yes=3, if_no=4),
        step(3, "Menyelesaikan", OFFICIAL, "end", end_kind="completed"),
        step(4, "Menutup", OFFICIAL, "end", end_kind="rejected"),
    ]
    request = make_case(make_case_service(cast, steps))
    assert request.state == Request.State.WAITING_APPLICANT
    applicant_answers(request, by=applicant(request.pk), text="Tidak setuju")
    assert no_of(request) == 2
    decide_step(run_of(request), by=staff(cast.counter), yes=False)
    walk(request, (cast.official, "done"))
    assert request.state == Request.State.REJECTED


def test_withdrawing_stops_the_step_and_refuses_further_work(cast, request_):
    run = run_of(request_)
    with pytest.raises(NotAllowed):
        withdraw_request(request_, by=staff(cast.outsider))
    withdraw_request(request_, by=applicant(request_.pk))
    request_.refresh_from_db()
    run.refresh_from_db()
    assert (request_.state, run.outcome) == ("withdrawn", "cancelled")
    with pytest.raises(Outdated):
        decide_step(run, by=staff(cast.official), yes=True)
    with pytest.raises(Outdated):
        withdraw_request(request_, by=applicant(request_.pk))
    assert verify() == []


def test_who_had_the_step_is_told_that_it_is_theirs_no_more(cast, request_):
    def told(kind):
        return [notice.user for notice in Notice.objects.filter(kind=kind).order_by("pk")]

    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    reassign(run_of(request_), by=staff(cast.section_head), to_user=second)
    assert told("step_given_away") == [cast.official]
    # No notice about one's own act.
    reassign(run_of(request_), by=staff(second), to_user=cast.official)
    assert told("step_given_away") == [cast.official]
    withdraw_request(request_, by=staff(cast.official))
    assert told("request_withdrawn") == []
    other = make_case(request_.service)
    assert run_of(other).assignee is None
    # Users who could only have claimed it get no notice.
    reassign(run_of(other), by=staff(cast.section_head), to_user=second)
    assert told("step_given_away") == [cast.official]
    withdraw_request(other, by=applicant(other.pk))
    assert told("request_withdrawn") == [second]
    message = kinds.kind_of("request_withdrawn").compose(Notice.objects.get(kind="request_withdrawn"))
    assert message.to == second.email and other.number in message.subject


def test_an_unanswered_request_is_closed_only_after_its_days(cast):
    with clock.at(at(2)):
        request = make_case(make_case_service(cast))
        walk(request, (cast.official, "no"))
    with clock.at(at(30)), pytest.raises(Refused, match="30 hari"):
        close_unanswered(request, by=staff(cast.official), reason="Tidak dijawab.")
    with clock.at(at(3, month=12)):
        with pytest.raises(NotAllowed):
            close_unanswered(request, by=staff(cast.outsider), reason="Tidak dijawab.")
        close_unanswered(request, by=staff(cast.official), reason="Tidak dijawab.")
    request.refresh_from_db()
    assert request.state == Request.State.REJECTED
    assert request.messages.get().internal is False
    told = tracking_of(request)
    assert [each.text for each in told.messages] == ["Tidak dijawab."]
    # The note of the last "no" has precedence.
    assert told.refusal == "Belum sesuai."


@pytest.mark.parametrize("why", ["Tidak dijawab.", ""])
def test_closed_unanswered_without_a_decision_what_was_written_then_is_why(cast, why):
    with clock.at(at(2)):
        request = make_case(make_case_service(cast))
        ask_applicant(request, by=staff(cast.official), wanted="Mohon kirim KTP.")
        write_to_applicant(request, by=staff(cast.official), text="Loket tutup pukul tiga.")
    with clock.at(at(3, month=12)):
        close_unanswered(request, by=staff(cast.official), reason=why)
    with clock.at(at(4, month=12)):
        write_to_applicant(request, by=staff(cast.official), text="Silakan mengajukan lagi.")
    request.refresh_from_db()
    assert tracking_of(request).refusal == why


def test_the_file_is_declared_complete_once(cast, request_):
    with pytest.raises(Outdated):
        declare_complete(request_, by=staff(cast.official))
    with pytest.raises(NotAllowed):
        declare_complete(request_, by=staff(cast.outsider))


def test_reassigning_needs_the_right_and_a_holder(cast, request_):
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    run = run_of(request_)
    with pytest.raises(NotAllowed):
        reassign(run, by=staff(cast.outsider), to_user=second)
    with pytest.raises(Refused) as refused:
        reassign(run, by=staff(cast.official), to_user=cast.outsider)
    assert refused.value.field == "to_user"
    reassign(run, by=staff(cast.section_head), to_user=second, note="Sri sedang rapat")
    assert run_of(request_).assignee == second
    with pytest.raises(NotAllowed):
        decide_step(run, by=staff(cast.official), yes=True)
    assert Notice.objects.filter(kind="step_offered", user=second).exists()
    assert Message.objects.get(request=request_).internal


def test_starting_measures_from_the_start_and_again_changes_nothing(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
        run = run_of(request)
    with clock.at(at(23, "10:00")):
        start_step(run, by=staff(cast.official))
        request.refresh_from_db()
        assert request.state == Request.State.IN_PROGRESS
    with clock.at(at(23, "10:30")):
        start_step(run, by=staff(cast.official))
        moved = decide_step(run, by=staff(cast.official), yes=True)
    assert moved.run.worked_seconds == 30 * 60


def test_notes_and_messages_are_written_once_per_key(cast, request_):
    for _time in range(2):
        add_internal_note(request_, by=staff(cast.official), text="periksa lagi", key="a")
        write_to_applicant(request_, by=staff(cast.official), text="mohon ditunggu", key="b")
    assert sorted(request_.messages.values_list("internal", flat=True)) == [False, True]
    with pytest.raises(Refused) as refused:
        add_internal_note(request_, by=staff(cast.official), text=" ")
    assert refused.value.field == "text"


def test_an_applicants_end_without_letter_closes_at_once(cast):
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Apakah dapat dijawab lisan?", OFFICIAL, "decision", if_yes=4, if_no=3),
        step(3, "Menandatangani jawaban", HEAD, issues_letter=True, next=4),
        step(4, "Menerima jawaban", "Pemohon", "end", end_kind="completed"),
    ]
    request = walk(make_case(make_case_service(cast, steps)), (cast.official, "yes"))
    assert request.state == Request.State.COMPLETED
    assert request.runs.get(led_by="applicant", step__no=4).outcome == "done"


def test_a_letter_is_handed_over_once_and_only_by_who_serves(cast, request_):
    to_letter(request_, cast)
    walk(request_, (cast.section_head, "letter"))
    letter = Letter.objects.get(request=request_)
    with pytest.raises(NotAllowed):
        hand_over_letter(letter, by=staff(cast.outsider))
    hand_over_letter(letter, by=staff(cast.frontdesk))
    with pytest.raises(Outdated, match="sudah diambil"):
        hand_over_letter(letter, by=staff(cast.frontdesk))
    request_.refresh_from_db()
    assert request_.state == Request.State.COMPLETED
    letter_downloaded(letter, by=applicant(request_.pk))
    assert request_.runs.filter(finished_at=None).count() == 0


def test_a_download_closes_the_case_once(cast, request_):
    to_letter(request_, cast)
    walk(request_, (cast.section_head, "letter"))
    letter = Letter.objects.get(request=request_)
    first = letter_downloaded(letter, by=applicant(request_.pk)).collected_at
    assert letter_downloaded(letter, by=applicant(request_.pk)).collected_at == first
    request_.refresh_from_db()
    assert request_.state == Request.State.COMPLETED
    assert JournalEntry.objects.filter(verb="download_letter").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_complete_a_step_once():
    cast = named_cast()
    request = make_case(make_case_service(cast))
    run = run_of(request)
    results = concurrently(
        *[lambda user=user: decide_step(run, by=staff(user), yes=True) for user in (cast.official, cast.section_head)]
    )
    assert sorted(type(each).__name__ for each in results) == ["Outdated", "StepResult"]
    assert StepRun.objects.filter(request=request).count() == 3
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_four_taps_with_one_key_make_one_step():
    cast = named_cast()
    request = make_case(make_case_service(cast))
    run = run_of(request)
    results = concurrently(*[lambda: decide_step(run, by=staff(cast.official), yes=True, key="tap")] * 4)
    assert {each.run.pk for each in results} == {run.pk}
    assert StepRun.objects.filter(request=request).count() == 3
