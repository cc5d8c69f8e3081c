"""The calculation of a due date, explained day by day to the applicant.

The promise of ``make_case_service`` is three working days. ``at(26)`` is a moment on 26 November 2026, a Thursday.
"""

import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.applying.receipt import tracking_token
from services.conversation.actions.asking import applicant_answers, ask_applicant
from services.deadlines import rules as deadlines
from services.deadlines.due_days import days_left, due_days
from services.models import Request
from tests.factories.cases import at, make_case, make_case_service
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import CalendarDay

pytestmark = pytest.mark.django_db


def lines_of(request):
    """The lines that the tracking page shows for a request, each as "days: what they are"."""
    request = Request.objects.get(pk=request.pk)
    return [f"{day.label}: {day.text}" for day in due_days(request)]


def test_each_day_from_complete_documents_to_the_due_date_is_explained(cast):
    with clock.at(at(26)):
        request = make_case(make_case_service(cast))
        assert lines_of(request) == [
            "Kamis, 26 November: berkas lengkap",
            "Jumat, 27 November: hari kerja ke-1",
            "Sabtu dan Minggu, 28–29 November: tidak dihitung",
            "Senin, 30 November: hari kerja ke-2",
            "Selasa, 1 Desember: hari kerja ke-3, hari terakhir",
        ]


def test_holidays_are_named_and_days_of_waiting_for_the_applicant_are_not_counted(cast):
    CalendarDay.objects.create(date=datetime.date(2026, 11, 27), kind="holiday", name="Hari Contoh")
    CalendarDay.objects.create(date=datetime.date(2026, 11, 30), kind="joint_leave", name="Cuti Contoh")
    workdays.clear_cache()
    try:
        with clock.at(at(23)):
            request = make_case(make_case_service(cast))
        with clock.at(at(24, "10:00")):
            ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas")
        with clock.at(at(26, "10:00")):
            assert lines_of(request) == [
                "Senin, 23 November: berkas lengkap",
                "Selasa, 24 November: hari kerja ke-1",
                "Rabu dan Kamis, 25–26 November: menunggu Anda, tidak dihitung",
            ]
            waiting = Request.objects.get(pk=request.pk)
            assert days_left(waiting, due_days(waiting)) == 2
            applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
        assert lines_of(request) == [
            "Senin, 23 November: berkas lengkap",
            "Selasa, 24 November: hari kerja ke-1",
            "Rabu dan Kamis, 25–26 November: menunggu Anda, tidak dihitung",
            "Jumat, 27 November: libur nasional (Hari Contoh), tidak dihitung",
            "Sabtu dan Minggu, 28–29 November: tidak dihitung",
            "Senin, 30 November: cuti bersama (Cuti Contoh), tidak dihitung",
            "Selasa, 1 Desember: hari kerja ke-2",
            "Rabu, 2 Desember: hari kerja ke-3, hari terakhir",
        ]
    finally:
        CalendarDay.objects.all().delete()
        workdays.clear_cache()


def test_days_of_waiting_after_the_due_date_are_replaced(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    with clock.at(at(27, "10:00")):
        ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas")
    with clock.at(at(30, "10:00")):
        assert lines_of(request)[3:] == [
            "Kamis, 26 November: hari kerja ke-3, hari terakhir",
            "Jumat, 27 November: melewati waktu yang kami janjikan",
            "Sabtu dan Minggu, 28–29 November: tidak dihitung",
            "Senin, 30 November: menunggu Anda, tidak dihitung",
        ]
        applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    assert lines_of(request)[-1] == "Jumat, 27 November: tambahan hari karena menunggu Anda, hari terakhir"


def test_nothing_is_explained_before_the_documents_are_complete():
    assert due_days(SimpleNamespace(due_at=None)) == []


class Pauses(list):
    """A list that can be read like ``request.pauses``."""

    def all(self):
        return self


@given(
    start=st.integers(0, 300),
    promised=st.integers(1, 12),
    pauses=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=4),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_explained_days_end_at_the_stored_due_date(start, promised, pauses):
    """For any pauses, exactly the promised number of days counts and the last day is the stored due date."""
    complete = at(1, month=1) + datetime.timedelta(days=start)
    due, moment, kept = deadlines.due_at(complete, promised), complete, Pauses()
    for gap, length in pauses:
        begin = moment + datetime.timedelta(days=gap)
        moment = begin + datetime.timedelta(days=length)
        kept.append(SimpleNamespace(from_at=begin, to_at=moment))
        due = deadlines.extended(due, deadlines.pause_days(begin, moment, complete))
    service = SimpleNamespace(working_days=promised)
    days = due_days(SimpleNamespace(due_at=due, complete_at=complete, service=service, pauses=kept))
    assert days[-1].is_due and days[-1].days == (clock.local(due).date(),)
    assert sum(day.is_due for day in days) == 1
    dates = [each for day in days for each in day.days]
    assert dates == [dates[0] + datetime.timedelta(days=n) for n in range(len(dates))]
    counts = [day.count for day in days if day.kind == "counted"]
    assert counts == list(range(1, len(counts) + 1)) and len(counts) <= promised
    # Days that replace a pause after the due date ("moved") are not counted.
    paused_before_due = all(clock.local(each.from_at) <= due for each in kept)
    if paused_before_due and not any(day.kind == "moved" for day in days):
        assert len(counts) == promised


def test_the_page_shows_them_folded(client, cast):
    with clock.at(at(26)):
        request = make_case(make_case_service(cast))
        html = client.get(reverse("track_detail", args=[tracking_token(request)])).content.decode()
    assert (
        "Hitungan hari demi hari" in html and "Senin, 30 November" in html and "hari kerja ke-3, hari terakhir" in html
    )
