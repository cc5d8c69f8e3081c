"""Alarms: each rings once, to the right people, within working hours. November 2026: the 23rd is a Monday."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse

from services.alarms.actions.ringing import ring_alarms
from services.alarms.times import LOOK_BACK_DAYS, window
from services.casework.queries.history import case_history
from services.conversation.actions.asking import applicant_answers, ask_applicant
from services.engine.actions.presence import follow_presence
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, decide_step
from services.models import Alarm, AlarmCall, AlarmStep, Request, StepRun, TimelineEntry
from tests.factories.cases import at, count_queries, make_case, make_case_service, run_of, to_letter
from tests.factories.concurrently import concurrently
from tests.factories.core import make_acting, make_user, named_cast
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import Absence, CalendarDay, Notice, Role, User
from ula_portal.core.notices import delivery, tasks
from ula_portal.core.time import actions as calendar

MONDAY = at(23)  # complete; the step's alarm is Tuesday 09:00, the request's due date Thursday 16:00


@pytest.fixture
def cast(db):
    AlarmStep.objects.all().delete()
    return named_cast()


@pytest.fixture
def service(cast):
    return make_case_service(cast, working_days=3)


@pytest.fixture
def case(service):
    with clock.at(MONDAY):
        return make_case(service)


def alarm(kind="step", offset=0, unit="hour", whom="assignee", **more):
    return AlarmStep.objects.create(
        kind=kind, offset=offset, offset_unit=unit, whom=whom, text="Mohon diselesaikan.", **more
    )


def sweep(moment):
    with clock.at(moment):
        return ring_alarms()


def told():
    return set(AlarmCall.objects.values_list("user__full_name", flat=True))


@pytest.mark.django_db
def test_the_installation_begins_with_steps_in_words():
    words = [str(step) for step in AlarmStep.objects.all()]
    assert "10. 2 jam kerja sebelum batas langkah" in words
    assert "20. saat batas langkah lewat" in words
    assert "70. 2 hari kerja sesudah jatuh tempo permohonan" in words


def test_rings_once_however_often_the_sweep_comes(case, cast):
    alarm()
    assert sweep(at(24, "08:59")) == 0
    assert sweep(at(24, "09:00")) == 1
    assert sweep(at(24, "09:01")) == 0
    assert told() == {cast.official.full_name}
    assert Notice.objects.filter(kind="alarms_rang").count() == 1
    assert journal.verify() == []


def test_every_reminder_of_a_step_and_of_a_request_rings(case):
    alarm()
    alarm(offset=1)
    alarm("request", -1, "day")
    alarm("request", -2)
    moments = [at(24, "09:00"), at(24, "10:00"), at(25, "07:30"), at(26, "14:00")]
    assert [sweep(moment) for moment in moments] == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_ring_once():
    AlarmStep.objects.all().delete()
    service = make_case_service(named_cast(), working_days=3)
    with clock.at(MONDAY):
        make_case(service)
        make_case(service)
    alarm()
    alarm("request", -2, "day")

    def ring():
        with clock.at(at(24, "09:30")):
            return ring_alarms()

    rung = concurrently(ring, ring, ring)
    assert sum(rung) == Alarm.objects.count() == 4, rung
    assert Notice.objects.filter(kind="alarms_rang").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("offset", "unit", "first", "due_at"),
    [
        # Before the due date: days ring at the opening, hours to the minute.
        (-1, "day", at(25, "07:30"), at(26, "16:00")),
        (-2, "hour", at(26, "14:00"), at(26, "16:00")),
        # Friday's opening reminds of a due date on Monday.
        (-1, "day", at(27, "07:30"), at(30, "16:00")),
        (0, "day", at(26, "07:30"), at(26, "16:00")),
        # Due at closing time: rings at the next opening, also after a weekend.
        (0, "hour", at(27, "07:30"), at(26, "16:00")),
        (0, "hour", at(30, "07:30"), at(27, "16:30")),
        (0, "minute", at(26, "10:00"), at(26, "10:00")),
        (2, "day", at(30, "07:30"), at(26, "16:00")),
        (1, "day", at(30, "07:30"), at(27, "10:00")),
        (3, "hour", at(27, "10:00"), at(26, "15:30")),
    ],
)
def test_when_a_step_rings(offset, unit, first, due_at):
    step = AlarmStep(kind="request", offset=offset, offset_unit=unit)

    def rings(moment):
        span = window(step, moment)
        return span is not None and span[0] < due_at <= span[1]

    moments = [at(23, "07:00") + datetime.timedelta(minutes=10 * n) for n in range(6 * 24 * 8)]
    rung = [moment for moment in moments if rings(moment)]
    assert min(rung) == first
    assert all(workdays.is_working_time(moment) for moment in rung)


@pytest.mark.django_db
def test_nothing_rings_outside_working_hours_or_on_a_holiday():
    step = AlarmStep(kind="step", offset=0, offset_unit="hour")
    assert window(step, at(24, "12:30")) is None
    assert window(step, at(24, "16:00")) is None
    assert window(step, at(28, "10:00")) is None
    assert window(step, at(24, "10:00")) is not None
    calendar.set_calendar_day(by=SYSTEM, date=at(24).date(), kind=CalendarDay.Kind.HOLIDAY, name="Libur daerah")
    workdays.clear_cache()
    assert window(step, at(24, "10:00")) is None


def test_a_reminder_after_the_due_date_and_what_is_long_overdue_stay_silent(case):
    alarm("step", -2, "hour")
    alarm("step", 0, "hour")
    late = workdays.add_working_days(at(24).date(), LOOK_BACK_DAYS + 2)
    assert sweep(datetime.datetime.combine(late, datetime.time(10), clock.OFFICE_ZONE)) == 0
    assert sweep(at(25)) == 1


def test_paused_and_finished_cases_are_silent(case, cast):
    alarm()
    alarm("request", 0, "day")
    with clock.at(at(23, "10:00")):
        ask_applicant(case, by=staff(cast.official), wanted="Kartu keluarga yang terbaca")
    assert sweep(at(24, "10:00")) == 0
    assert sweep(at(26, "10:00")) == 0
    with clock.at(at(26, "11:00")):
        applicant_answers(case, by=applicant(case.pk), text="Sudah kami lengkapi.")
        decide_step(
            run_of(case), by=staff(cast.official), yes=True, report=StepReport(deviation_reason="Menunggu pemohon")
        )
    # The finished run never rings; the request's due date was extended by three days.
    StepRun.objects.filter(finished_at__isnull=True).update(due_at=at(10, month=12))
    assert sweep(at(26, "13:00")) == 0
    # Nor does a letter that only waits to be collected.
    Request.objects.update(fulfilled_at=at(26, "13:00"))
    assert sweep(at(1, "10:00", month=12)) == 0
    Request.objects.update(fulfilled_at=None)
    assert sweep(at(1, "10:00", month=12)) == 1
    assert Alarm.objects.get().run is None


def test_one_digest_for_all_that_rings_together(service, cast, settings):
    with clock.at(MONDAY):
        numbers = [make_case(service).number for _n in range(3)]
    alarm()
    alarm("step", -1, "minute", whom="holders")
    alarm("step", 0, "hour", whom="responsible")
    assert sweep(at(24, "10:00")) == 6
    notice = Notice.objects.get(kind="alarms_rang", user=cast.official)
    with clock.at(at(24, "10:01")):
        assert delivery.deliver(notice) == "sent"
    message = mail.outbox[-1]
    assert message.to == [cast.official.email]
    assert message.subject == "Jatuh tempo 3 permohonan"
    assert all(message.body.count(f"{number}:") == 1 for number in numbers)
    assert "lewat waktu sejak pukul 09.00" in message.body
    assert "Siti Contoh" not in message.body


def test_what_was_done_before_the_mail_goes_out_is_left_out(service, cast):
    with clock.at(MONDAY):
        done, waiting = make_case(service), make_case(service)
    alarm()
    sweep(at(24, "10:00"))
    with clock.at(at(24, "10:00")):
        decide_step(
            run_of(done), by=staff(cast.official), yes=True, report=StepReport(deviation_reason="Menunggu arsip")
        )
        delivery.deliver(Notice.objects.get(kind="alarms_rang"))
    assert done.number not in mail.outbox[-1].body
    assert waiting.number in mail.outbox[-1].subject


def test_an_escalation_goes_up_the_chain_and_is_written_down(case, cast):
    alarm("step", 1, "day", whom="superior")
    alarm("step", 1, "day", whom="superior", levels=2)
    alarm("step", 1, "day", whom="office_head")
    assert sweep(at(25, "08:00")) == 3
    assert told() == {cast.section_head.full_name, cast.head.full_name}
    entries = TimelineEntry.objects.filter(verb="escalated")
    assert {entry.audience for entry in entries} == {"internal"}
    whom = {
        f"{cast.head.full_name} (atasan jabatan langkah tingkat 2)",
        f"{cast.head.full_name} (kepala dinas)",
        f"{cast.section_head.full_name} (atasan jabatan langkah)",
    }
    said = {each.text for each in case_history(case).rows if "batas langkah" in each.text}
    assert said == {f"Peringatan batas langkah 2 untuk {each}" for each in whom}
    assert journal.verify() == []


def away(user, deputy=None):
    Absence.objects.create(user=user, kind="leave", from_date=at(20).date(), to_date=at(27).date(), deputy=deputy)


def test_an_escalation_that_reaches_nobody_is_not_told_as_one(case, cast):
    alarm("step", 1, "day", whom="superior")
    User.objects.update(is_active=False)
    assert sweep(at(25, "08:00")) == 1
    assert told() == set() and not TimelineEntry.objects.filter(verb="escalated").exists()


def test_an_escalation_by_the_requests_due_date_says_so(case, cast):
    alarm("request", 1, "day", whom="office_head")
    sweep(at(27, "08:00"))
    words = f"Peringatan jatuh tempo permohonan untuk {cast.head.full_name} (kepala dinas)"
    assert case_history(case).rows[0].text == words


def test_the_superior_of_an_absent_superior_is_the_next_up(case, cast):
    alarm("step", 1, "day", whom="superior")
    away(cast.section_head)
    sweep(at(25, "08:00"))
    assert told() == {cast.head.full_name}


def test_an_acting_holder_stands_in_for_an_absent_superior(case, cast):
    alarm("step", 1, "day", whom="superior")
    away(cast.section_head)
    acting = make_user(Role.OFFICIAL, full_name="Pelaksana Harian")
    post = cast.positions["KABID-DIKDAS"]
    make_acting(acting, post, from_date=at(20).date(), to_date=at(27).date())
    sweep(at(25, "08:00"))
    assert told() == {"Pelaksana Harian"}


def test_an_absent_assignee_is_not_called_but_the_deputy(case, cast):
    alarm()
    with clock.at(MONDAY):
        claim_step(run_of(case), by=staff(cast.official))
    deputy = make_user(Role.OFFICIAL, full_name="Pengganti")
    away(cast.official, deputy)
    sweep(at(24, "10:00"))
    assert told() == {"Pengganti"}


@pytest.mark.parametrize("whom", ["assignee", "holders", "unit_head", "superior"])
def test_a_letter_calls_the_heads_above_and_not_the_deputy_until_an_order_names_a_signer(case, cast, whom):
    more = {"levels": 1} if whom == "superior" else {}
    alarm(whom=whom, **more)
    deputy = make_user(Role.OFFICIAL, full_name="Pengganti")
    with clock.at(MONDAY):
        to_letter(case, cast)
        StepRun.objects.filter(pk=run_of(case).pk).update(due_at=at(24, "09:00"))
        away(cast.section_head, deputy)
        follow_presence()
        assert run_of(case).assignee == deputy
    sweep(at(24, "10:00"))
    assert told() == {cast.head.full_name}
    AlarmCall.objects.all().delete()
    Alarm.objects.all().delete()
    make_acting(deputy, cast.positions["KABID-DIKDAS"], from_date=at(23).date(), to_date=at(27).date())
    sweep(at(24, "10:01"))
    assert told() == {cast.head.full_name if whom == "superior" else "Pengganti"}


def test_a_step_of_nobody_calls_the_head_of_its_unit(case, cast):
    alarm()
    away(cast.official)
    sweep(at(24, "10:00"))
    assert told() == {cast.section_head.full_name}


def test_an_inactive_step_is_silent(case):
    alarm(active=False)
    assert sweep(at(24, "10:00")) == 0


def test_queries_do_not_grow_with_what_rings(service):
    alarm()
    with clock.at(MONDAY):
        make_case(service)
    with clock.at(at(24, "10:00")):
        one = count_queries(ring_alarms)
    with clock.at(MONDAY):
        for _n in range(3):
            make_case(service)
    with clock.at(at(24, "10:00")):
        three = count_queries(ring_alarms)
    assert three <= one
    with clock.at(at(24, "10:01")):
        assert count_queries(ring_alarms) <= 5


def test_the_sweep_rings_and_outlives_a_chore_that_fails(case, monkeypatch):
    alarm()

    def broken():
        raise ValueError("uji")

    monkeypatch.setattr(tasks, "_chores", [broken, *tasks._chores])
    with clock.at(at(24, "10:00")):
        tasks.sweep.call()
    assert Alarm.objects.count() == 1


def test_administrators_edit_steps_in_words(client, cast):
    client.force_login(cast.admin)
    data = {"order": 10, "kind": "request", "distance": 1, "offset_unit": "day", "side": "before"}
    data |= {"whom": "assignee", "levels": 1, "text": "Segera selesaikan.", "active": "on"}
    add = reverse("admin:services_alarmstep_add")
    assert client.post(add, data).status_code == 302
    step = AlarmStep.objects.get()
    assert (step.offset, str(step)) == (-1, "10. 1 hari kerja sebelum jatuh tempo permohonan")
    page = client.get(reverse("admin:services_alarmstep_change", args=[step.pk])).content.decode()
    assert 'name="distance" value="1"' in page
    assert client.post(add, data | {"distance": "-1"}).status_code == 200
    assert client.post(add, data | {"levels": "0"}).status_code == 200
    assert AlarmStep.objects.count() == 1
    client.force_login(cast.section_head)
    page = client.get(reverse("admin:services_alarmstep_change", args=[step.pk]))
    assert "1 hari kerja sebelum jatuh tempo permohonan" in page.content.decode()
    assert client.post(add, data).status_code == 403
