"""How urgent a case is, by the earlier of its two deadlines, in working days. 23 November 2026 is a Monday."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from services.deadlines.urgency import ICONS, TONES, urgency_of
from services.models import Request
from tests.factories.cases import at
from ula_portal.core import workdays
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import CalendarDay
from ula_portal.core.time import actions as calendar

pytestmark = pytest.mark.django_db
NOW = at(25)  # Wednesday, 09:00


def request_due(due_at, state="in_progress", **more):
    return Request(state=state, due_at=due_at, **more)


def run_due(due_at, led_by="position", finished_at=None):
    return SimpleNamespace(due_at=due_at, led_by=led_by, finished_at=finished_at, offered_at=at(20))


@pytest.mark.parametrize(
    ("due_at", "kind", "word"),
    [
        (at(23, "16:00"), "late", "lewat waktu 2 hari kerja"),
        (at(25, "08:30"), "late", "lewat waktu sejak pukul 08.30"),
        (at(20, "16:30"), "late", "lewat waktu 3 hari kerja"),
        (at(25, "16:00"), "today", "hari ini"),
        (at(26, "16:00"), "soon", "besok"),
        (at(27, "16:30"), "fine", "sisa 2 hari kerja"),
        # The weekend between does not count.
        (at(30, "16:00"), "fine", "sisa 3 hari kerja"),
        (None, "none", "belum ada jatuh tempo"),
    ],
)
def test_words_count_working_days(due_at, kind, word):
    found = urgency_of(None, request_due(due_at), NOW)
    assert (found.kind, found.word, found.due_at) == (kind, word, due_at)
    assert found.tone == TONES[kind]


def test_a_weekend_lies_between_friday_and_the_next_working_day():
    friday, monday = at(27), at(30, "16:00")
    assert urgency_of(None, request_due(monday), friday).word == "sisa 1 hari kerja"
    assert urgency_of(None, request_due(monday), friday).kind == "soon"
    assert urgency_of(None, request_due(monday), at(29)).word == "besok"
    # On the Saturday after, the case is late, but by no working day.
    assert urgency_of(None, request_due(at(27, "16:30")), at(28)).word == "lewat waktu"


def test_a_holiday_is_no_working_day():
    calendar.set_calendar_day(by=SYSTEM, date=at(26).date(), kind=CalendarDay.Kind.HOLIDAY, name="Libur daerah")
    workdays.clear_cache()
    assert urgency_of(None, request_due(at(27, "16:30")), NOW).word == "sisa 1 hari kerja"
    assert urgency_of(None, request_due(at(25, "16:00")), at(27)).word == "lewat waktu 1 hari kerja"


def test_the_earlier_hand_counts():
    request = request_due(at(30, "16:00"))
    by_step = urgency_of(run_due(at(25, "16:00")), request, NOW)
    assert (by_step.kind, by_step.of) == ("today", "step")
    assert urgency_of(run_due(at(1, month=12)), request, NOW).of == "request"
    assert urgency_of(run_due(at(24)), request, NOW).kind == "late"
    assert urgency_of(run_due(at(24), "external"), request, NOW).kind == "late"
    # Finished runs and the applicant's runs have no alarm.
    assert urgency_of(run_due(at(24), finished_at=at(24)), request, NOW).of == "request"
    assert urgency_of(run_due(at(24), "applicant"), request, NOW).of == "request"


def test_a_stopped_or_finished_clock_is_never_late():
    late = at(23, "16:00")
    assert urgency_of(None, request_due(late, "waiting_applicant"), NOW).kind == "paused"
    assert urgency_of(None, request_due(late, fulfilled_at=NOW), NOW).kind == "none"
    assert urgency_of(None, request_due(late, "completed", closed_at=NOW), NOW).kind == "none"


def test_the_component_has_word_icon_and_tone():
    for kind in TONES:
        assert ICONS[kind]
    urgency = urgency_of(None, request_due(at(23, "16:00")), NOW)
    html = render_to_string("components/_urgency.html", {"urgency": urgency, "prefix": "Jatuh tempo"})
    assert "pill--bad" in html
    assert "lewat waktu 2 hari kerja" in html
    assert "<svg" in html
    assert "Jatuh tempo" in html
    assert "janji kepada pemohon" not in html
    html = render_to_string("components/_urgency.html", {"urgency": urgency, "named": True})
    assert "janji kepada pemohon: lewat waktu 2 hari kerja" in html


def test_the_word_names_whose_time_it_is():
    step = run_due(at(23, "16:00"))
    assert urgency_of(step, request_due(at(30, "16:00")), NOW).named.startswith("langkah ini: lewat waktu")
    paused = urgency_of(None, request_due(at(23, "16:00"), "waiting_applicant"), NOW)
    assert paused.named == paused.word
