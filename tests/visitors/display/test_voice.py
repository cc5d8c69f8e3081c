"""What the waiting room hears and sees besides the queue: spoken calls, waiting times, notices."""

import wave
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import pages
from tests.factories import visitors as make
from tests.factories.core import named_cast
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff, visitor
from ula_portal.core.models import Role
from ula_portal.core.text.numbers import number_words
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors.counter.actions import calling, serving, sessions
from visitors.display import voice
from visitors.display.queries import screen
from visitors.display.queries.board import board_of, status_of, status_words
from visitors.models import QueueEvent, QueueRule, ScreenNotice, ScreenRule, Ticket
from visitors.queue import waiting_time
from visitors.queue.actions import tickets

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (7, "tujuh"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (45, "empat puluh lima"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (219, "dua ratus sembilan belas"),
        (1000, "seribu"),
        (2026, "dua ribu dua puluh enam"),
        (310_500, "tiga ratus sepuluh ribu lima ratus"),
    ],
)
def test_numbers_in_words(number, words):
    assert number_words(number) == words


@given(st.integers(0, 999_999))
def test_every_number_has_words_of_its_own_that_start_like_its_thousands(number):
    words = number_words(number)
    assert words and not any(sign.isdigit() for sign in words)
    assert number == 0 or "nol" not in words
    if number > 1999 and number % 1000:
        assert words == f"{number_words(number - number % 1000)} {number_words(number % 1000)}"


def test_the_sentence_of_a_call():
    assert voice.call_words("A", 12, "Loket 2") == "Nomor antrean A, dua belas. Silakan menuju Loket dua."
    assert voice.call_words("T", 105, "Ruang Kepala Dinas", last=True) == (
        "Panggilan terakhir. Nomor antrean T, seratus lima. Silakan menuju Ruang Kepala Dinas."
    )


@pytest.mark.parametrize(("wanted", "call", "last"), [(5, 3, False), (5, 5, True), (2, 2, True), (1, 1, False)])
def test_the_last_call_is_the_last_of_the_office_s_rule(wanted, call, last):
    """A single call is not announced as the last."""
    assert QueueRule(calls_before_no_show=wanted).is_last(call) is last


def test_a_sentence_is_spoken_once_and_forgotten_later(settings, tmp_path):
    settings.VOICE_DIR = tmp_path / "voice"
    assert voice.delete_old_recordings() == 0
    path = voice.recording_of("Nomor antrean A, dua belas. Silakan menuju Loket dua.")
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert 2 < sound.getnframes() / sound.getframerate() < 10
        # It is not silence.
        assert len(set(sound.readframes(20_000))) > 50
    made = path.stat().st_mtime_ns
    assert voice.recording_of("Nomor antrean A, dua belas. Silakan menuju Loket dua.").stat().st_mtime_ns == made
    assert voice.recording_of("Nomor antrean A, tiga belas.") != path
    assert voice.delete_old_recordings() == 0
    import os

    os.utime(path, (1, 1))
    assert voice.delete_old_recordings() == 1
    assert len(list(settings.VOICE_DIR.iterdir())) == 1


@pytest.fixture
def called(db):
    service, clerk = make.service("A"), make.person(Role.COUNTER)
    make.ticket(service=service, user=clerk)
    session = sessions.open_session(make.counter(service, name="Loket 2"), by=staff(clerk))
    return calling.call_next(session, by=staff(clerk))


def sound_of(event, place="ula"):
    return reverse("display_voice", args=[place, event.pk])


def test_the_display_gets_the_sound_of_todays_calls_only(client, called, settings, tmp_path):
    settings.VOICE_DIR = tmp_path
    call = QueueEvent.objects.get(kind="called")
    answer = client.get(sound_of(call))
    assert answer["Content-Type"] == "audio/wav"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    assert client.get(sound_of(QueueEvent.objects.get(kind="issued"))).status_code == 404
    make.location("lain")
    assert client.get(sound_of(call, "lain")).status_code == 404
    assert client.get(sound_of(call, "tidak-ada")).status_code == 404
    with clock.at(clock.now() + timedelta(days=1)):
        assert client.get(sound_of(call)).status_code == 404


def test_a_server_without_a_voice_says_so(client, called, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.VOICE_DIR = tmp_path / "file"
    assert client.get(sound_of(QueueEvent.objects.get(kind="called"))).status_code == 503


def test_the_last_call_of_the_rule_is_said_as_such(called):
    place, clerk = called.location_id, called.session.user
    moment = called.called_at
    for _n in range(2):
        moment += timedelta(seconds=10)
        with clock.at(moment):
            calling.recall(called, by=staff(clerk))
    events = QueueEvent.objects.filter(ticket=called, kind__in=["called", "recalled"]).order_by("pk")
    assert [screen.call_of_event(place, event.pk).last for event in events] == [False, False, True]


def test_silent_hours_stand_on_the_display(client, called):
    assert "data-silent-from" not in client.get("/layar/ula/").content.decode()
    rule = ScreenRule.objects.create(location=called.location, silent_from="12:00", silent_to="13:15")
    html = pages.text(client.get("/layar/ula/"))
    assert 'data-silent-from="12:00" data-silent-to="13:15"' in html and "Mulai suara" in html
    ScreenRule.objects.update(voice=False)
    assert "Mulai suara" not in client.get("/layar/ula/").content.decode()
    rule.silent_to = None
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.save()


def test_notices_are_shown_while_they_are_valid(client, called):
    today = clock.today()
    for text, first, last, place in (
        ("Hari ini", today, today, None),
        ("Di sini", today, None, called.location),
        ("Kemarin", today - timedelta(days=9), today - timedelta(days=1), None),
        ("Besok", today + timedelta(days=1), None, None),
        ("Di tempat lain", today, None, make.location("lain")),
    ):
        ScreenNotice.objects.create(text=text, from_date=first, to_date=last, location=place)
    assert [news.text for news in screen.news_of(called.location_id)] == ["Hari ini", "Di sini"]
    html = client.get("/layar/ula/data/").json()["html"]
    assert "Hari ini" in html and "Kemarin" not in html


def test_a_long_notice_is_shown_in_parts(called):
    words = " ".join(["Pengambilan ijazah yang tertinggal dilayani di loket tiga"] * 2)
    ScreenNotice.objects.create(text=words, from_date=clock.today())
    parts = [news.text for news in screen.news_of(called.location_id)]
    assert len(parts) == 2 and " ".join(parts) == words and max(map(len, parts)) <= 70


def test_an_administrator_adds_a_notice_with_a_picture(client, db):
    cast = named_cast()
    client.force_login(cast.admin)
    page = reverse("admin:visitors_screennotice_add")
    typed = {"text": "Bawa berkas asli.", "from_date": "24-11-2026", "order": 1}
    wrong = client.post(page, typed | {"upload": picture("bukan.gif", kind="GIF")})
    assert wrong.status_code == 200 and not ScreenNotice.objects.exists()
    client.post(page, typed | {"upload": picture("poster.png", "red")})
    notice = ScreenNotice.objects.get()
    with clock.at(MORNING):
        answer = client.get(reverse("display_picture", args=[notice.pk]))
        assert answer["Content-Type"] == "image/jpeg"
    with clock.at(MORNING - timedelta(days=1)):
        assert client.get(reverse("display_picture", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize(
    ("ahead", "counters", "served", "band"),
    [
        (4, 1, [300] * 10, (20, 25)),
        (4, 2, [300] * 10, (10, 15)),
        (0, 1, [300] * 10, (0, 5)),
        (6, 2, [240, 300, 300, 420, 600, 600], (10, 30)),
        (4, 0, [300] * 10, None),
        (4, 1, [300] * 4, None),
        (90, 1, [600] * 10, None),
    ],
)
def test_the_band_of_the_waiting_time(ahead, counters, served, band):
    assert waiting_time.band(ahead, counters, served) == band


@given(st.integers(0, 40), st.integers(1, 6), st.lists(st.floats(1, 3600), min_size=5, max_size=30))
def test_the_band_is_a_band(ahead, counters, served):
    band = waiting_time.band(ahead, counters, served)
    assert band is None or (0 <= band[0] < band[1] <= 240 and band[0] % 5 == band[1] % 5 == 0)


def test_the_waiting_time_is_told_where_it_is_known(client, db):
    service, clerk = make.service("A"), make.person(Role.COUNTER)
    session = sessions.open_session(make.counter(service), by=staff(clerk))
    moment = clock.now()
    for _n in range(6):
        make.ticket(service=service, user=clerk)
        called = calling.call_next(session, by=staff(clerk))
        with clock.at(called.called_at + timedelta(minutes=5)):
            serving.finish_serving(called, by=staff(clerk))
    waiting = [make.ticket(service=service, user=clerk) for _n in range(4)]
    # It is shown from the next interval on, for visits that ended a while ago.
    with clock.at(moment + timedelta(minutes=13)):
        place = status_of(waiting[3])
        assert (place.ahead, place.wait) == (3, (15, 20))
        assert "Sekitar 15–20 menit" in status_words(place)["text"]


def test_how_long_visits_take_is_read_every_few_minutes(called, django_assert_num_queries):
    now, place = clock.now().replace(minute=0, second=0), called.location_id
    with clock.at(now):
        screen.served_seconds(place)
    for minutes, asked in ((4, 0), (5, 1), (9, 0)):
        with clock.at(now + timedelta(minutes=minutes)), django_assert_num_queries(asked):
            screen.served_seconds(place)


def test_who_missed_the_call_reports_back_by_phone_twice(client, called):
    clerk, page = called.session.user, reverse("ticket_own", args=[tickets.ticket_token(called)])
    moment = clock.now()
    for _n in range(2):
        make.missed(Ticket.objects.get(pk=called.pk), clerk)
        assert "Saya sudah di ruang tunggu" in client.get(page).content.decode()
        assert "Anda dipanggil lagi" in client.post(page, {"do": "back"}, follow=True).content.decode()
        moment += timedelta(minutes=5)
        with clock.at(moment):
            calling.call_next(called.session, by=staff(clerk))
    make.missed(Ticket.objects.get(pk=called.pk), clerk)
    with pytest.raises(Refused, match="meja depan"):
        serving.report_back(called, by=visitor(called.visit_id))
    serving.report_back(called, by=staff(make.person(Role.FRONT_DESK)))
    with pytest.raises(Outdated):
        serving.report_back(called, by=visitor(called.visit_id))


def test_after_hours_the_display_shows_no_line_any_more(client, db):
    counter, clerk = make.counter(make.service()), make.person(Role.COUNTER)
    with clock.at(MORNING):
        ticket = make.ticket(user=clerk)
        # No counter is open yet, so nobody is next.
        board = board_of(ticket.location_id)
        assert (board.next, board.waiting) == ([], 1)
        session = sessions.open_session(counter, by=staff(clerk))
        assert board_of(ticket.location_id).next == [ticket.label]
        sessions.close_session(session, by=staff(clerk))
    with clock.at(MORNING + timedelta(hours=12)):
        board = board_of(ticket.location_id)
        assert (board.next, board.waiting, board.notice) == ([], 0, "Pelayanan hari ini sudah selesai.")
