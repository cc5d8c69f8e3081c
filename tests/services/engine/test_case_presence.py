"""Absences, deputies and acting holders: who gets the open step, and what the citizen reads about it."""

import datetime

import pytest
from django.urls import reverse

from services.applying.receipt import tracking_token
from services.conversation.actions.asking import withdraw_request
from services.engine.actions import presence
from services.engine.actions.deviating import reassign
from services.engine.actions.presence import follow_presence
from services.engine.actions.steps import decide_step, start_step
from services.inbox.queries.inbox import inbox_counts, mine_now, scope_of
from services.models import InboxEntry, StepRun, TimelineEntry
from services.tracking.absence_words import away_note, away_sentence
from tests.factories.cases import at, count_queries, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.core import anew, make_acting, make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed

pytestmark = pytest.mark.django_db
TODAY, LAST = datetime.date(2026, 11, 23), datetime.date(2026, 11, 25)


@pytest.fixture
def monday(cast):
    with clock.at(at(23)):
        yield


@pytest.fixture
def request_(cast, monday):
    return make_case(make_case_service(cast))


def away(user, kind="leave", deputy=None, last=LAST):
    return record_absence(user, by=SYSTEM, kind=kind, from_date=TODAY, to_date=last, deputy=deputy)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("travel", "sedang dinas luar sampai 25 November 2026"),
        ("leave", "sedang cuti sampai 25 November 2026"),
        ("meeting", "sedang mengikuti rapat sampai 25 November 2026"),
        ("sick", "sedang berhalangan sampai 25 November 2026"),
    ],
)
def test_the_citizen_reads_why_but_no_name_and_no_illness(cast, request_, client, kind, words):
    away(cast.official, kind, deputy=cast.section_head)
    html = client.get(reverse("track_detail", args=[tracking_token(request_)])).content.decode()
    assert f"Pengelola Layanan Pendidikan Dasar {words} dan digantikan oleh Kepala Bidang" in html
    assert "Waktu pelayanan tetap berjalan." in html
    for secret in ("sakit", cast.official.full_name, cast.section_head.full_name):
        assert secret.lower() not in html.lower()


def test_the_sentence_names_the_acting_holder_or_the_unit(cast, request_):
    away(cast.official)
    assert away_sentence(run_of(request_)) == (
        "Pengelola Layanan Pendidikan Dasar sedang cuti sampai 25 November 2026. Waktu pelayanan tetap berjalan."
    )
    follow_presence()
    assert "digantikan oleh Bidang Pembinaan Pendidikan Dasar" in away_sentence(run_of(request_))
    assert away_note(run_of(request_)) == "Cuti s.d. 25 Nov, pengganti: Bidang Pembinaan Pendidikan Dasar"
    position = cast.positions["PENGELOLA-DIKDAS"]
    make_acting(cast.outsider, position, to_date=LAST)
    assert "digantikan oleh Plh. Pengelola Layanan Pendidikan Dasar" in away_sentence(run_of(request_))
    with clock.at(at(26)):
        assert away_sentence(run_of(request_)) == away_note(run_of(request_)) == ""


def test_the_deputy_reads_whose_place_they_take(cast, request_, client):
    deputy = make_user(Role.OFFICIAL, None)
    away(cast.official, deputy=deputy)
    assert mine_now(anew(deputy)).count() == 1
    client.force_login(anew(deputy))
    html = client.get(reverse("case_detail", args=[request_.number])).content.decode()
    assert "Cuti s.d. 25 Nov</span>" in html


def test_the_step_follows_the_absence_there_and_back(cast, request_):
    deputy = make_user(Role.OFFICIAL, None)
    away(cast.official, deputy=deputy)
    assert follow_presence() == 1
    assert run_of(request_).assignee == deputy
    # One notice, and no further reassignment while nothing changes.
    assert follow_presence() == 0
    assert Notice.objects.filter(user=deputy, kind="step_offered").count() == 1
    assert TimelineEntry.objects.get(verb="step_passed_on").audience == "internal"
    with clock.at(at(26)):
        assert follow_presence() == 1
        assert run_of(request_).assignee == cast.official
        with pytest.raises(NotAllowed):
            decide_step(run_of(request_), by=staff(anew(deputy)), yes=True)
    assert JournalEntry.objects.filter(verb="pass_on_step").count() == 2


def test_a_letter_that_a_deputy_may_not_sign_is_not_late_by_them(cast, request_, client):
    deputy = make_user(Role.OFFICIAL, None)
    to_letter(request_, cast)
    away(cast.section_head, deputy=deputy)
    follow_presence()
    with clock.at(at(25)):
        InboxEntry.objects.update(due_at=at(24))
        assert inbox_counts(scope_of(anew(deputy)), tabs=("mine", "late")) == {"mine": 1, "late": 0}
        client.force_login(anew(deputy))
        page = client.get("/petugas/kasus/")
        StepRun.objects.filter(pk=run_of(request_).pk).update(due_at=at(24))
        case = client.get(reverse("case_detail", args=[request_.number])).content.decode()
        assert case.count("Menunggu Plh. atau Plt.") == 2 and "ewat waktu" not in case
        assert page.context["rows"][0].awaits_signer
        assert "Menunggu Plh. atau Plt." in page.content.decode()
        make_acting(deputy, cast.positions["KABID-DIKDAS"], to_date=LAST)
        assert inbox_counts(scope_of(anew(deputy)), tabs=("mine", "late")) == {"mine": 1, "late": 1}


def test_an_acting_tenure_has_the_steps_for_its_time(cast, request_):
    away(cast.official)
    position = cast.positions["PENGELOLA-DIKDAS"]
    make_acting(cast.outsider, position, "plt", to_date=LAST)
    follow_presence()
    run = run_of(request_)
    assert (run.assignee, run.unit) == (cast.outsider, None)
    decide_step(run, by=staff(anew(cast.outsider)), yes=True)
    with clock.at(at(26)):
        walk(request_, (cast.official, "done"))
        with pytest.raises(NotAllowed):
            decide_step(run_of(request_), by=staff(anew(cast.outsider)), yes=True)


def test_a_step_in_hand_stays_with_whoever_is_here(cast, request_):
    start_step(run_of(request_), by=staff(cast.official))
    make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    assert follow_presence() == 0
    reassign(run_of(request_), by=staff(cast.section_head), to_user=cast.section_head, reason="Sri membantu di loket.")
    assert follow_presence() == 0
    # The user to whom it was given is absent too, so it returns to the position.
    away(cast.section_head)
    assert follow_presence() == 1
    assert (run_of(request_).assignee, run_of(request_).deviation) == (None, "")


def test_steps_that_are_done_take_no_turn_of_the_open_ones(cast, request_, monkeypatch):
    walk(request_, (cast.official, "yes"))
    open_one = make_case(request_.service)
    away(cast.official)
    monkeypatch.setattr(presence, "BATCH_SIZE", 1)
    assert follow_presence() == 1 and run_of(open_one).unit == cast.unit


def test_a_case_that_closes_between_the_list_and_its_turn_stays_as_it_is(cast, request_, monkeypatch):
    away(cast.official)
    reassign_run = presence._reassign

    def withdrawn_first(pk):
        withdraw_request(request_, by=applicant(pk))
        return reassign_run(pk)

    monkeypatch.setattr(presence, "_reassign", withdrawn_first)
    assert follow_presence() == 0
    assert run_of(request_) is None and not TimelineEntry.objects.filter(verb="step_passed_on").exists()


def test_following_asks_as_little_for_many_as_for_one(cast, request_):
    before = count_queries(follow_presence)
    for _ in range(3):
        make_case(request_.service)
    assert count_queries(follow_presence) == before
