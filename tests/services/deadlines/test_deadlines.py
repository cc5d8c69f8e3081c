"""Due dates, alarms and worked time, with pauses, weekends and holidays. November 2026: the 23rd is a Monday."""

import datetime

import pytest

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.conversation.actions.asking import applicant_answers, ask_applicant, declare_complete
from services.deadlines import rules as deadlines
from services.engine.actions.deviating import skip_step
from services.engine.actions.recording import record_on_paper
from services.engine.actions.report import StepReport
from services.engine.actions.steps import complete_step
from services.letters.actions.issuing import issue_letter
from tests.factories.cases import at, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.services import picture
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import CalendarDay


def local(moment):
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


@pytest.mark.django_db
def test_due_is_the_end_of_hours_of_the_last_working_day():
    assert local(deadlines.due_at(at(26), 3)) == "2026-12-01 16:00"
    assert local(deadlines.due_at(at(26), 1)) == "2026-11-27 16:30"
    # Test vector of the standards: Tuesday 17 March 2026 plus 3, across joint leave, Nyepi and Idulfitri.
    assert local(deadlines.due_at(at(17, month=3), 3)) == "2026-03-27 16:30"
    # Complete on a Saturday, so counting begins on Monday.
    assert local(deadlines.due_at(at(28), 1)) == "2026-11-30 16:00"


@pytest.mark.django_db
def test_a_pause_counts_the_working_days_after_its_first():
    days = deadlines.pause_days
    assert days(at(23), at(23, "15:00"), at(20)) == 0
    assert days(at(23), at(24, "08:00"), at(20)) == 1
    assert days(at(27), at(30), at(20)) == 1
    # A pause before the file was complete does not count.
    assert days(at(23), at(25), at(24)) == 1
    assert days(at(23), at(25), None) == 0


@pytest.mark.django_db
def test_pauses_in_a_row_count_no_day_twice():
    total = deadlines.pause_days(at(23), at(24), at(20)) + deadlines.pause_days(at(24), at(25), at(20))
    assert total == deadlines.pause_days(at(23), at(25), at(20)) == 2


@pytest.mark.django_db
def test_an_alarm_never_rings_before_a_working_day():
    assert local(deadlines.step_alarm(at(23), 20 * 60)) == local(workdays.add_working_minutes(at(23), 450))
    assert local(deadlines.step_alarm(at(23), 3 * 27000)) == local(workdays.add_working_minutes(at(23), 1350))
    assert deadlines.step_alarm(at(23), None) > at(23)


@pytest.mark.django_db
def test_worked_time_leaves_out_nights_breaks_and_pauses():
    worked = deadlines.worked_seconds
    assert worked(at(23, "11:00"), at(23, "14:00")) == 2 * 3600
    assert worked(at(23, "15:00"), at(24, "08:30")) == 2 * 3600
    assert worked(at(23, "09:00"), at(23, "11:00"), [(at(23, "09:30"), at(23, "10:00"))]) == 90 * 60
    assert worked(at(23, "09:00"), at(23, "11:00"), [(at(20), None)]) == 0
    assert worked(at(28), at(29)) == 0


def test_a_pause_moves_due_date_and_alarm_and_is_explained(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    assert local(request.due_at) == "2026-11-26 16:00"
    alarm = run_of(request).due_at
    with clock.at(at(23, "11:00")):
        ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas")
        text = deadlines.explain_due_date(request).text
        assert "akan bergeser" in text
    with clock.at(at(25, "11:00")):
        request = applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    assert local(request.due_at) == "2026-11-30 16:00"
    assert run_of(request).due_at > alarm
    with clock.at(at(25, "12:00")):
        explained = deadlines.explain_due_date(request)
    assert explained.paused_days == 2
    assert explained.text == (
        "Selesai paling lambat Senin, 30 November 2026: 3 hari kerja sejak berkas lengkap (Senin, 23 November). "
        "Sabtu dan Minggu tidak dihitung. Waktu menunggu kelengkapan dari Anda (2 hari) tidak dihitung."
    )
    assert "dari pemohon" in deadlines.explain_due_date(request, to_applicant=False).text
    assert not explained.late


def test_the_steps_of_the_applicant_pause_the_clock_too(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
        walk(request, (cast.official, "no"))
    with clock.at(at(24)):
        request = applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    assert local(request.due_at) == "2026-11-27 16:30"
    assert request.runs.get(step__no=3).worked_seconds is None


def test_holidays_and_joint_leave_are_named_apart_from_weekends(cast):
    CalendarDay.objects.create(date=datetime.date(2026, 11, 25), kind="holiday", name="Hari Contoh")
    CalendarDay.objects.create(date=datetime.date(2026, 11, 26), kind="joint_leave", name="Cuti Contoh")
    workdays.clear_cache()
    try:
        with clock.at(at(24)):
            request = make_case(make_case_service(cast))
            explained = deadlines.explain_due_date(request)
    finally:
        CalendarDay.objects.all().delete()
        workdays.clear_cache()
    assert local(explained.due_at) == "2026-12-01 16:00"
    assert "Libur nasional tidak dihitung: Rabu, 25 November (Hari Contoh)." in explained.text
    assert "Cuti bersama tidak dihitung: Kamis, 26 November (Cuti Contoh)." in explained.text
    assert [day.day for day in explained.weekends] == [28, 29]


def test_lateness_is_a_question_not_a_flag(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    with clock.at(at(26, "15:59")):
        assert not deadlines.explain_due_date(request).late
    with clock.at(at(26, "16:01")):
        assert deadlines.explain_due_date(request).late


def test_a_walk_in_is_due_once_its_file_is_declared_complete(cast):
    service = make_case_service(cast)
    with clock.at(at(23)):
        request = open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))
    assert (request.complete_at, request.due_at) == (None, None)
    explained = deadlines.explain_due_date(request)
    assert explained.text == "Jangka waktu pelayanan dihitung sejak berkas lengkap." and explained.paused_days == 0
    with clock.at(at(24)):
        request = declare_complete(request, by=staff(cast.frontdesk))
    assert local(request.due_at) == "2026-11-27 16:30"


def test_a_promise_of_the_same_day_is_said_as_one(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast, working_days=0))
        assert deadlines.explain_due_date(request).text == (
            "Selesai paling lambat Senin, 23 November 2026: 0 hari kerja sejak berkas lengkap (Senin, 23 November)."
        )


def test_the_answer_that_finds_nothing_missing_lets_the_promise_count(cast):
    service = make_case_service(cast)
    with clock.at(at(23)):
        request = open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))
        walk(request, (cast.official, "no"))
        assert request.complete_at is None
    with clock.at(at(24)):
        applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
        walk(request, (cast.official, "yes"))
    assert (request.complete_at, local(request.due_at)) == (at(24), "2026-11-27 16:30")
    assert request.timeline.filter(verb="declared_complete").count() == 1
    with clock.at(at(25)):
        walk(request, (cast.official, "done"), (cast.official, "yes"))
    assert request.complete_at == at(24)


def test_a_check_done_on_paper_lets_the_promise_count_from_its_day(cast):
    with clock.at(at(23)):
        request = open_walk_in_request(
            make_case_service(cast), by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh")
        )
    with clock.at(at(26)):
        record_on_paper(
            run_of(request),
            by=staff(cast.section_head),
            outcome="yes",
            report=StepReport(happened_on=at(24).date()),
            photo=picture(),
        )
    request.refresh_from_db()
    assert local(request.due_at) == "2026-11-27 16:30"


def test_a_repeated_pause_keeps_the_sum_of_its_days(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    for day in (23, 24):
        with clock.at(at(day, "10:00")):
            ask_applicant(request, by=staff(cast.official), wanted="Mohon lengkapi")
        with clock.at(at(day + 1, "09:00")):
            request = applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    assert local(request.due_at) == local(deadlines.due_at(at(23), 3, 2))


def test_a_letter_that_waits_is_the_promise_kept(cast):
    service = make_case_service(cast)
    with clock.at(at(23)):
        request = to_letter(make_case(service), cast)
        issue_letter(run_of(request), by=staff(cast.section_head))
    request.refresh_from_db()
    assert request.fulfilled_at == at(23)
    with clock.at(at(30)):
        assert not deadlines.explain_due_date(request).late
        moved = skip_step(run_of(request), by=staff(cast.section_head), reason="Nama pada surat keliru.", to_step_no=8)
        assert moved.request.fulfilled_at is None
        assert deadlines.explain_due_date(moved.request).late
        issue_letter(run_of(request), by=staff(cast.section_head))
        request = complete_step(run_of(request), by=staff(cast.counter)).request
    assert (request.fulfilled_at, request.closed_at) == (at(30), at(30))
    assert deadlines.explain_due_date(request).late
