"""The line at the top of the tracking page, and the meter of the promised time."""

import datetime
from types import SimpleNamespace as Plain

import pytest
from django.urls import reverse

from services.applying.receipt import tracking_token
from services.models import Request
from services.tracking.queries.headline import Meter, headline_of, meter_of
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_service
from ula_portal.core import clock

State = Request.State
COMPLETE = datetime.datetime(2026, 11, 25, 8, 30, tzinfo=datetime.UTC)
DUE = datetime.datetime(2026, 12, 1, 8, 30, tzinfo=datetime.UTC)
OFFICE, APPLICANT = Plain(led_by="position"), Plain(led_by="applicant")


def the_request(state=State.IN_PROGRESS, *, end="", **more):
    runs = [Plain(step=Plain(shape="end" if end else "process", end_kind=end))]
    own = {"closed_at": None, "fulfilled_at": None, "complete_at": COMPLETE, "due_at": DUE}
    return Plain(state=state, State=State, runs=Plain(all=lambda: runs), **{**own, **more})


@pytest.mark.parametrize(
    ("request_", "run", "more", "line"),
    [
        (the_request(), OFFICE, {}, "Selesai paling lambat Selasa, 1 Desember 2026"),
        (the_request(), OFFICE, {"late": True}, "Permohonan ini melewati waktu yang kami janjikan"),
        (the_request(due_at=None), OFFICE, {}, "Semua berkas wajib sudah ada"),
        (the_request(due_at=None), OFFICE, {"lacks_papers": True}, "Berkas Anda belum lengkap"),
        (the_request(), OFFICE, {"pause": object()}, "Kami menunggu kelengkapan dari Anda"),
        (the_request(), OFFICE, {"pause": object(), "to_mend": True}, "Ada berkas yang perlu diperbaiki"),
        (the_request(), APPLICANT, {"letter": object(), "late": True}, "Surat Anda sudah terbit"),
        (the_request(), APPLICANT, {}, "Sekarang giliran Anda"),
        (the_request(State.COMPLETED, end="completed", closed_at=DUE), None, {}, "Permohonan Anda sudah selesai"),
        (the_request(State.COMPLETED, end="passed_on", closed_at=DUE), None, {}, "Permohonan Anda sudah kami teruskan"),
        (the_request(State.REJECTED, closed_at=DUE), None, {}, "Permohonan tidak dapat dikabulkan"),
        (the_request(State.WITHDRAWN, closed_at=DUE), None, {}, "Permohonan ini sudah ditarik"),
    ],
)
def test_the_headline_says_what_to_do_or_when_it_is_finished(request_, run, more, line):
    given = {"pause": None, "letter": None, "to_mend": False, "lacks_papers": False, "late": False, **more}
    assert headline_of(request_, run, given.pop("pause"), given.pop("letter"), **given) == line


@pytest.mark.parametrize(
    ("request_", "day", "late", "meter"),
    [
        (the_request(), 26, False, Meter("ample", "Sisa 3 hari kerja", 13)),
        (the_request(), 30, False, Meter("near", "Besok", 80)),
        (the_request(State.WAITING_APPLICANT), 27, False, Meter("paused", "Waktu dihentikan", 0)),
        (
            the_request(due_at=DUE - datetime.timedelta(days=4)),
            30,
            True,
            Meter("late", "Lewat waktu 1 hari kerja", 100, "Dijanjikan Jumat, 27 November 2026"),
        ),
        (the_request(fulfilled_at=DUE), 30, False, Meter("done", "Selesai dalam waktu yang kami janjikan")),
        (
            the_request(fulfilled_at=DUE),
            30,
            True,
            Meter("late", "Selesai setelah waktu yang kami janjikan. Kami mohon maaf."),
        ),
        (the_request(State.REJECTED, closed_at=DUE), 30, False, None),
    ],
)
@pytest.mark.django_db
def test_the_meter_shows_how_much_of_the_promised_time_is_used(request_, day, late, meter):
    due = Plain(due_at=request_.due_at, late=late, working_days=4)
    with clock.at(datetime.datetime(2026, 11, day, 3, 0, tzinfo=datetime.UTC)):
        assert meter_of(request_, due) == meter


def test_before_the_file_is_complete_there_is_no_meter():
    assert meter_of(the_request(), Plain(due_at=None, late=False, working_days=4)) is None


@pytest.mark.django_db
def test_the_address_of_a_draft_continues_it(client):
    draft = make_draft(make_service(named_cast()))
    token = tracking_token(draft)
    answer = client.get(reverse("track_detail", args=[token]))
    assert answer.status_code == 302 and answer.url == reverse("apply_continue", args=[draft.service.slug, token])
    assert client.get(reverse("track_detail", args=["x"])).status_code == 404
