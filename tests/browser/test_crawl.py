"""Every link and button of every page, for each role: all lead somewhere, and each press has a visible effect.

Every address is requested once for each role; each kind of page and of control is tried in a real browser.
"""

import pytest
from django.db import connection
from django.urls import reverse

from tests.access_table import CITIZEN, MODELS, TABLE
from tests.crawling.browser import pressing
from tests.crawling.client import asking
from tests.crawling.crawler import Crawler, drawing_of
from tests.crawling.pages import Answer
from tests.crawling.states import STATES
from tests.factories.world import ROLES
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from visitors.counter.actions import calling, serving, sessions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
# The crawl is divided between two workers.
ONE, OTHER = pytest.mark.xdist_group("crawl one"), pytest.mark.xdist_group("crawl other")
FIRST = ("anonymous", "frontdesk", "counter", "head")
PEOPLE = [("anonymous", "id"), ("anonymous", "en"), *((role, "id") for role in ROLES[1:])]
PEOPLE = [pytest.param(*each, marks=ONE if each[0] in FIRST else OTHER) for each in PEOPLE]
# Examples of components: their links and buttons stand for things that do not exist.
EXAMPLES = ("style_page",)
# The staff pages; the public ones are crawled as a citizen.
INSIDE = ("/petugas/", "/akun/", "/admin/")
ASKED = ("/layanan/?q=pindah+sekolah", "/layanan/?q=tidakadasamasekali", "/sop/?q=surat", "/sop/?q=tidakadasama")


def starts(world, role):
    """The addresses of the access table that a role may open, and those of requests in various states."""
    place = ROLES.index(role)
    # Public pages are the same for staff and are not repeated.
    table = TABLE if role == "anonymous" else {name: row for name, row in TABLE.items() if name not in CITIZEN}
    allowed = [name for name, row in table.items() if row.get.split()[place].startswith("200") and name not in EXAMPLES]
    found = [reverse(name, args=TABLE[name].args(world)) for name in allowed]
    requests = (world.asked, world.signing, world.lettered, world.walk_in)
    if role == "anonymous":
        return [*found, *ASKED, *(reverse("track_detail", args=[world.token(each)]) for each in requests)]
    if role != "outsider":
        found += [reverse("case_detail", args=[each.number]) for each in requests[:3]]
    for label, readers in MODELS.items():
        pages = zip(("changelist", "add"), readers, strict=True)
        found += [reverse(f"admin:{label.replace('.', '_')}_{page}") for page, may in pages if role in may]
    return found


@pytest.fixture(scope="module")
def press(chromium):
    with pressing(chromium) as press:
        yield press


@pytest.fixture(scope="module")
def tried():
    """The kinds of pages and controls that have been pressed before, for any role."""
    return set()


@pytest.fixture(scope="module")
def answers():
    """The answers for each role."""
    return {}


@pytest.fixture(autouse=True)
def _patient_database(world):
    """The world's transaction is not used while the browser presses."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def look(crawler, press, tried, addresses):
    crawler.crawl(addresses)
    for page in crawler.pages:
        kinds = {drawing_of(page.address), *page.controls}
        if kinds - tried:
            tried |= kinds
            press(crawler, page)
    return list(crawler.findings)


def look_again(who, ask, page, press, answers):
    """Findings on one page whose state has changed since the last crawl for this role."""
    crawler = Crawler(who, ask, (page.address,), answers={**answers, page.address: page})
    return look(crawler, press, set(), [page.address])


@pytest.mark.parametrize(("role", "language"), PEOPLE)
def test_every_link_and_button_leads_somewhere(world, press, tried, answers, role, language):
    area = ("/",) if role == "anonymous" else INSIDE
    crawler = Crawler(f"{role} ({language})", asking(world.user(role), language), area)
    answers[role] = crawler.answers
    # In English the texts differ, so everything is pressed again.
    assert look(crawler, press, tried if language == "id" else set(), starts(world, role)) == []


@ONE
@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_a_page_in_a_state_of_its_own(world, press, answers, state):
    shown = state(world)
    with clock.at(clock.now() + shown.after):
        ask = asking(world.user(shown.role), "id")
        page = ask(shown.address, shown.data)
        assert shown.words in page.content.decode()
        assert look_again(state.__name__, ask, page, press, answers.get(shown.role, {})) == []


@ONE
def test_a_counter_at_work(world, press, answers):
    """The page has different buttons without a called ticket, with one, and while serving."""
    clerk, found = world.cast.counter, []
    session, ask = sessions.open_session(world.desk, by=staff(clerk)), asking(world.cast.counter, "id")
    steps = [
        lambda: None,
        lambda: calling.call_next(session, by=staff(clerk)),
        lambda: serving.start_serving(world.waiting, by=staff(clerk)),
    ]
    for step in steps:
        step()
        found += look_again("counter at work", ask, ask(reverse("counter")), press, answers.get("counter", {}))
    assert found == []


DEAD = """<!DOCTYPE html><html lang="id"><head><title>x</title></head><body>
<button type="button" id="dead">Mati</button>
<form method="post" action="/tiada/sekali/"><button>Kirim ke mana</button></form>
<form method="get"><input name="q"><button>Cari percuma</button></form>
<p><a href="/layanan/" style="position: absolute; left: 9px; top: 300px">Tertutup</a></p>
<p style="position: absolute; left: 0; top: 290px; width: 300px; height: 50px; background: #fff">di atasnya</p>
</body></html>"""
ALIVE = """<!DOCTYPE html><html lang="id"><head><title>x</title></head><body>
<details><summary>Buka</summary><a href="/layanan/">Layanan</a></details>
<button type="button" onclick="window.print()">Cetak</button>
<button type="button" onclick="this.setAttribute('aria-pressed', 'true')">Besar</button>
<form method="post" action="/lacak/"><input name="x" required><button>Lacak</button></form>
<form method="get" action="/layanan/"><input name="q"><button>Cari</button></form>
<form><input name="a"><button type="reset">Kosongkan</button></form>
<button type="button" disabled>Belum</button><button type="button" hidden>Tersembunyi</button>
</body></html>"""


@OTHER
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            DEAD,
            {
                "button “Mati” does nothing when it is pressed",
                "button “Kirim ke mana” sends to /tiada/sekali/, which is not there",
                "button “Cari percuma” leads to the page it stands on",
                "a “Tertutup” lies under <p style=",
            },
        ),
        (ALIVE, set()),
    ],
)
def test_a_press_without_effect_is_found(press, body, expected):
    page = Answer("/contoh/", 200, body.encode(), True)
    elsewhere = Answer("/layanan/", 200, b"<html><body>Layanan</body></html>", True)
    crawler = Crawler("somebody", lambda address: page if address.startswith("/contoh/") else elsewhere)
    press(crawler, page)
    found = [each.removeprefix("somebody /contoh/: ") for each in crawler.findings]
    assert len(found) == len(expected)
    assert all(any(each.startswith(words) for each in found) for words in expected)
