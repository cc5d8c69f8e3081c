"""How a case's time was spent: the sums agree with the working calendar. 23 November 2026 is a Monday."""

import datetime
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deadlines.queries.times import times_of
from services.deadlines.urgency import urgency_of
from services.models import Request, Service
from tests.factories.cases import at
from ula_portal.core import workdays

pytestmark = pytest.mark.django_db
HOUR = 3600


def case(complete=None, due=None, received=None, **more):
    request = Request(received_at=received or at(23), complete_at=complete, due_at=due, **more)
    request.service = Service(working_days=3)
    return request


def run(pk, offered, finished=None, led_by="position", due=None, started=None, seconds=1800):
    step = SimpleNamespace(seconds=seconds)
    return SimpleNamespace(
        pk=pk, offered_at=offered, started_at=started, finished_at=finished, led_by=led_by, due_at=due, step=step
    )


def pause(begin, end=None):
    return SimpleNamespace(from_at=begin, to_at=end)


def test_time_before_the_file_is_complete_is_not_on_the_clock():
    found = times_of(case(), [], [], at(24))
    assert (found.used, found.left, found.allowed, found.percent) == (0, None, None, None)
    assert found.outside == found.elapsed == 7.5 * HOUR
    assert "belum dihitung" in found.text


def test_used_paused_external_and_left():
    request = case(complete=at(23), due=at(26, "16:00"))
    runs = [
        run(1, at(23), at(23, "11:00"), due=at(24)),
        run(2, at(23, "11:00"), at(24, "09:00"), "external", due=at(24, "11:00")),
        run(3, at(24), started=at(24, "10:00"), due=at(26)),
    ]
    found = times_of(request, runs, [pause(at(24, "14:00"), at(25))], at(25, "10:00"))
    assert found.elapsed == 16 * HOUR
    assert found.paused == 3.5 * HOUR
    assert found.used == 12.5 * HOUR
    assert found.external == 5.5 * HOUR
    assert found.office == found.used - found.external
    assert found.left == 12.5 * HOUR
    assert found.left + found.used == found.allowed
    assert found.runs[3].idle == HOUR
    assert found.runs[3].paused == found.paused
    assert "Dari waktu itu 5 jam 30 menit berada di instansi lain." in found.sentences
    assert "Menunggu pemohon 3 jam 30 menit: tidak dihitung." in found.sentences
    assert "Sisa waktu kerja 1 hari kerja 5 jam" in found.text


def test_a_paused_clock_stands_still():
    request = case(complete=at(23), due=at(26, "16:00"), state="waiting_applicant")
    runs = [run(1, at(23), due=at(24))]
    early = times_of(request, runs, [pause(at(23, "11:00"))], at(23, "14:00"))
    later = times_of(request, runs, [pause(at(23, "11:00"))], at(30))
    assert (early.used, early.left) == (later.used, later.left) == (2 * HOUR, (4 + 3 * 7.5) * HOUR)
    assert early.runs[1].left == later.runs[1].left == 5.5 * HOUR
    assert later.paused_now
    assert "Waktu dihentikan sejak Senin, 23 November pukul 11.00 WIB" in later.text


def test_late_and_done_are_told():
    late = times_of(case(complete=at(23), due=at(24, "16:00")), [], [], at(25))
    assert late.left == -1.5 * HOUR
    assert late.percent == 100
    assert "terlampaui 1 jam 30 menit waktu kerja" in late.text
    done = case(complete=at(23), due=at(24, "16:00"), fulfilled_at=at(24), closed_at=at(26))
    told = times_of(done, [], [], at(30))
    assert "Selesai 6 jam sebelum jatuh tempo" in told.text
    assert told.outside == workdays.working_seconds_between(at(24), at(26))


MOMENTS = st.integers(0, 60 * 24 * 3600).map(lambda n: at(2) + datetime.timedelta(seconds=n, microseconds=n % 997))


@given(st.lists(MOMENTS, min_size=5, max_size=13), st.booleans(), st.booleans(), st.integers(-9, 60))
@settings(max_examples=200, deadline=None)
def test_the_parts_add_up_to_working_time(moments, still_paused, done, due_in_days):
    received, complete, *rest, end = sorted(moments)
    due = complete + datetime.timedelta(days=due_in_days)
    pauses = [pause(rest[n], rest[n + 1]) for n in range(0, len(rest) - 1, 2)]
    if still_paused and not done:
        pauses.append(pause(rest[-1] if len(rest) % 2 else end))
    request = case(complete, due, received, **({"fulfilled_at": rest[-1], "closed_at": end} if done else {}))
    runs = [run(1, received, rest[0], "external", due=due), run(2, rest[0], due=due, started=rest[-1])]
    found = times_of(request, runs, pauses, end)
    stop = rest[-1] if done else end
    between = workdays.working_seconds_between
    whole = [moment.replace(microsecond=0) for moment in (received, complete, stop, end)]
    assert found.elapsed == between(whole[0], whole[3])
    assert found.outside == between(whole[0], whole[1]) + between(whole[2], whole[3])
    assert found.used + found.paused + found.outside == found.elapsed
    assert found.left + found.used == found.allowed
    assert 0 <= found.external <= found.used
    for each in found.runs.values():
        assert each.used + each.paused == each.elapsed
        assert each.left + each.used == each.allowed
        assert 0 <= each.idle <= each.used


def test_the_bar_shows_the_parts_and_the_page_says_them_in_words():
    request = case(complete=at(23), due=at(24, "16:00"), state="in_progress")
    runs = [run(1, at(23), at(23, "14:00"), "external", due=at(24)), run(2, at(23, "14:00"), due=at(25))]
    found = times_of(request, runs, [], at(24, "08:30"))
    assert [(part.key, part.text) for part in found.parts] == [
        ("office", "3 jam"),
        ("external", "4 jam"),
        ("left", "6 jam 30 menit"),
    ]
    assert sum(part.width for part in found.parts) == pytest.approx(100, abs=0.1)
    assert found.limit is None
    late = times_of(request, runs, [], at(25))
    assert [(part.key, part.text) for part in late.parts][-1] == ("over", "1 jam 30 menit")
    assert late.limit == 90
    html = render_to_string(
        "services/casework/_case_clock.html",
        {"case": request, "run": runs[1], "times": late, "urgency": urgency_of(None, request, at(25))},
    )
    assert "Melewati batas: <strong>1 jam 30 menit</strong>" in html
    assert "Selasa, 24 November 2026 pukul 16.00 WIB" in html
    assert 'x="90.0%"' in html
    assert "waktu baku 30 menit" in html
