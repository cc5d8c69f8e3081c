"""The television in the waiting room from Friday to Monday: never reloaded, and never showing anything wrong."""

import datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.closing.actions import close_suddenly, reopen
from visitors.counter.actions import calling, serving, sessions
from visitors.counter.actions.day_end import end_past_days
from visitors.models import ScreenNotice, ScreenRule

from .conftest import People, serve
from .test_waiting_room import LISTEN

FRIDAY, SATURDAY, MONDAY = (datetime.date(2026, 11, day) for day in (27, 28, 30))
CHIME, LONGEST = 1_000, 21_000


class Office:
    """A counter with its clerk, the portal's clock, and the television's clock."""

    def __init__(self, file, display):
        self.file, self.display, self.mark = file, display, ""
        self.service, self.clerk = make.service("A"), make.person(Role.COUNTER)
        self.counter = make.counter(self.service, name="Loket 1")
        self.moment = None

    def is_(self, day, time):
        """Set the portal's clock."""
        self.moment = datetime.datetime.combine(day, datetime.time.fromisoformat(time), clock.OFFICE_ZONE)
        ahead = (self.moment - datetime.datetime.now(datetime.UTC)).total_seconds()
        whole = self.file.with_suffix(".new")
        whole.write_text(f"{ahead}\n{self.mark}\n")
        whole.replace(self.file)
        return self.moment

    def sleeps_until(self, day, time):
        """Set both clocks as after a sleep: the television's clock jumps."""
        before = self.moment
        self.display.clock.fast_forward(int((self.is_(day, time) - before).total_seconds() * 1000))

    def does(self, verb, *arguments, **options):
        with clock.at(self.moment):
            return verb(*arguments, **options)

    def opens(self):
        self.session = self.does(sessions.open_session, self.counter, by=staff(self.clerk))

    def calls(self):
        """A new visitor gets a ticket and is called."""
        with clock.at(self.moment):
            made = make.ticket(service=self.service, user=self.clerk)
            assert calling.call_next(self.session, by=staff(self.clerk)) == made
        self.last = made
        return made


@pytest.fixture
def place(transactional_db, chromium, database_url, tmp_path):
    file = tmp_path / "clock"
    windows = People(chromium, "")
    display = windows.stranger(width=1920, height=1080)
    office = Office(file, display)
    office.windows = windows
    office.serve = lambda **more: serve(
        database_url, application="tests.browser.night_server:application", NIGHT_CLOCK=str(file), **more
    )
    yield office
    for context in windows.contexts:
        context.close()


def test_a_display_lives_through_a_weekend(place):
    display, asked = place.display, []
    display.on("request", lambda request: asked.append(request.url))
    number, box = display.locator(".d-now .d-number"), display.locator("[data-sound]")
    ScreenNotice.objects.create(text="Hari ini sampai sore.", from_date=FRIDAY, to_date=FRIDAY)
    ScreenNotice.objects.create(text="Selamat berakhir pekan.", from_date=SATURDAY, to_date=SATURDAY)
    display.clock.install(time=place.is_(FRIDAY, "15:50"))
    with place.serve() as base:
        place.windows.base, port = base, urlsplit(base).port
        display.goto(f"{base}/layar/ula/")
        display.evaluate(LISTEN)
        display.get_by_role("button", name="Mulai suara").click()
        expect(box).to_have_attribute("data-state", "on")
        place.opens()
        place.does(serving.finish_serving, place.calls(), by=staff(place.clerk))
        place.calls()
        expect(number).to_have_text("A-002")
        _spoken(display, "A-001", "A-002")
        expect(display.get_by_text("Hari ini sampai sore.")).to_be_visible()

        # Nobody has closed the counter. At midnight an active screen removes the call.
        place.sleeps_until(FRIDAY, "23:59")
        expect(display.locator("[data-clock]")).to_have_text("23.59")
        place.is_(SATURDAY, "00:01")
        expect(number).to_have_count(0)
        expect(display.locator("[data-date]")).to_have_text("Sabtu, 28 November 2026")
        expect(display.get_by_text("Selamat berakhir pekan.")).to_be_visible()
        place.does(end_past_days)
        # After a minute without events it polls, and reconnects where it left off.
        display.clock.run_for(60_000)
        assert any("/live/display/ula?sejak=" in url for url in asked)

    # The server is down from Saturday to Monday and comes back as another version with other silent hours.
    display.clock.run_for(60_000)
    expect(display.locator("[data-stale]")).to_be_visible()
    old = display.locator("[data-board]").get_attribute("data-version")
    ScreenRule.objects.create(location=place.counter.location, silent_from="12:00", silent_to="13:00")
    place.mark = "new"
    place.sleeps_until(MONDAY, "08:10")
    expect(display.get_by_text("Sambungan ke portal sedang dipulihkan")).to_be_visible()
    expect(display.locator("[data-board]")).to_be_hidden()
    place.opens()
    place.does(serving.finish_serving, place.calls(), by=staff(place.clerk))
    place.sleeps_until(MONDAY, "08:20")
    place.calls()
    place.sleeps_until(MONDAY, "08:30")
    with place.serve(port=port):
        display.clock.run_for(20_000)
        expect(display.locator("[data-board]")).to_be_visible()
        expect(number).to_have_text("A-002")
        # Today's call, although Friday had the same number, and of the two missed calls the one that is still
        # valid.
        _spoken(display, "A-001", "A-002", "A-002")
        display.clock.run_for(40_000)
        expect(display.locator("[data-board]")).not_to_have_attribute("data-version", old)
        expect(box).to_have_attribute("data-silent-from", "12:00")
        # Sound continues without a gesture, and the page was not reloaded.
        expect(box).to_have_attribute("data-state", "on")
        assert display.evaluate("window.openedOnce") is True
        display.evaluate(LISTEN)
        closure = place.does(close_suddenly, place.counter.location, by=staff(place.clerk), reason="Listrik padam")
        expect(display.get_by_text("Pelayanan dihentikan sementara: Listrik padam.")).to_be_visible()
        place.does(reopen, closure, by=staff(place.clerk))
        expect(display.get_by_text("Listrik padam")).to_have_count(0)
        place.does(serving.finish_serving, place.last, by=staff(place.clerk))
        place.calls()
        expect(number).to_have_text("A-003")
        _spoken(display, "A-003")
    # The server was stopped on purpose, and a recording requested just before the clock jumped belongs to an
    # earlier day.
    on_purpose = ("ERR_", "/layar/ula/suara/")
    assert [each for each in place.windows.complaints if not any(words in each for words in on_purpose)] == []


def _spoken(display, *labels):
    """All calls spoken so far, in order; a recording that is being played is cut short."""
    box = display.locator("[data-sound]")
    for _n in labels * 3:
        if (box.get_attribute("data-heard") or "").split() == list(labels):
            break
        display.clock.run_for(CHIME)
        display.clock.run_for(LONGEST)
    expect(box).to_have_attribute("data-heard", " ".join(labels))
