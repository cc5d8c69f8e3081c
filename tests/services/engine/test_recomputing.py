"""A changed calendar moves open due dates and alarms, records it, and leaves closed requests alone."""

import datetime

import pytest
from django.urls import reverse

from services.applying.receipt import tracking_token
from services.conversation.actions.asking import withdraw_request
from services.engine.actions import recomputing
from services.engine.actions.recomputing import recompute_due_dates
from services.engine.tasks import follow_the_calendar
from services.models import Request, StepRun, TimelineEntry
from tests.factories.cases import at, make_case, make_case_service, run_of
from tests.factories.core import named_cast
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, applicant
from ula_portal.core.models import CalendarDay
from ula_portal.core.time import actions as calendar

THURSDAY = at(26)


@pytest.fixture
def service(db):
    return make_case_service(named_cast(), working_days=3)


@pytest.fixture
def case(service):
    with clock.at(THURSDAY):
        return make_case(service)


def due_day():
    return clock.local(Request.objects.get().due_at).date()


def test_a_new_holiday_moves_the_due_date_and_says_so(case, client):
    assert due_day() == datetime.date(2026, 12, 1)
    alarm = run_of(case).due_at
    calendar.set_calendar_day(
        by=SYSTEM, date=datetime.date(2026, 11, 27), kind=CalendarDay.Kind.HOLIDAY, name="Pemilihan kepala desa"
    )
    follow_the_calendar.call()
    assert due_day() == datetime.date(2026, 12, 2)
    assert run_of(case).due_at > alarm
    entry = TimelineEntry.objects.get(verb="due_recomputed")
    assert entry.data["now"] > entry.data["before"]
    page = client.get(reverse("track_detail", args=[tracking_token(case)])).content.decode()
    assert "dihitung ulang karena jam kerja atau hari libur berubah" in page
    assert journal.verify() == []
    follow_the_calendar.call()
    assert TimelineEntry.objects.filter(verb="due_recomputed").count() == 1


def test_taking_the_holiday_back_moves_it_back(case):
    day = calendar.set_calendar_day(
        by=SYSTEM, date=datetime.date(2026, 11, 27), kind=CalendarDay.Kind.HOLIDAY, name="Libur"
    )
    recompute_due_dates()
    calendar.remove_calendar_day(day, by=SYSTEM)
    workdays.clear_cache()
    recompute_due_dates()
    assert due_day() == datetime.date(2026, 12, 1)


def test_what_is_closed_stays(case):
    with clock.at(THURSDAY):
        withdraw_request(case, by=applicant(case.pk))
    calendar.set_calendar_day(by=SYSTEM, date=datetime.date(2026, 11, 27), kind=CalendarDay.Kind.HOLIDAY, name="Libur")
    workdays.clear_cache()
    assert recompute_due_dates() is None
    assert due_day() == datetime.date(2026, 12, 1)


def test_many_are_gone_through_by_id_to_the_last(case, service, monkeypatch):
    monkeypatch.setattr(recomputing, "BATCH_SIZE", 1)
    with clock.at(THURSDAY):
        second = make_case(service)
    assert recompute_due_dates() == case.pk
    assert recompute_due_dates(case.pk) == second.pk
    assert recompute_due_dates(second.pk) is None


def test_a_change_enqueues_the_work_with_it(case, django_capture_on_commit_callbacks):
    from django_tasks_db.models import DBTaskResult

    before = DBTaskResult.objects.count()
    calendar.set_calendar_day(by=SYSTEM, date=datetime.date(2026, 11, 27), kind=CalendarDay.Kind.HOLIDAY, name="Libur")
    found = DBTaskResult.objects.order_by("-enqueued_at")
    assert found.count() == before + 1 and found[0].task_path == "services.engine.tasks.follow_the_calendar"
    assert StepRun.objects.exists()
