"""Counters and the guest book in the admin panel."""

import pytest

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry
from visitors.counter.actions import sessions
from visitors.models import Counter

LIST = "/admin/visitors/counter/"
GUESTS = "/admin/visitors/visit/"


@pytest.fixture
def panel(client, cast):
    client.force_login(cast.admin)
    return client


def test_a_counter_is_added_and_stands_in_the_journal(panel):
    place, service = make.location(), make.service()
    values = {
        "location": place.pk,
        "kind": "counter",
        "name": "Loket 7",
        "number": "7",
        "services": [service.pk],
        "active": "on",
    }
    assert panel.post(f"{LIST}add/", values).status_code == 302
    counter = Counter.objects.get(name="Loket 7")
    assert list(counter.services.all()) == [service]
    assert JournalEntry.objects.filter(subject_kind="counter", subject_id=str(counter.pk), verb="admin_add").exists()


def test_a_used_counter_is_not_deleted(panel, cast):
    used, fresh = make.counter(), make.counter()
    sessions.open_session(used, by=staff(cast.counter))
    assert panel.post(f"{LIST}{used.pk}/delete/", {"post": "yes"}).status_code == 403
    assert panel.post(f"{LIST}{fresh.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Counter.objects.all()) == [used]


def test_the_guest_book_is_only_read(panel):
    visit = make.visit()
    assert visit.visitor.name in panel.get(GUESTS).content.decode()
    assert panel.get(f"{GUESTS}add/").status_code == 403
    assert panel.get(f"{GUESTS}{visit.pk}/change/").status_code == 200
    assert panel.post(f"{GUESTS}{visit.pk}/change/", {"note": "x"}).status_code == 403
    assert panel.post(f"{GUESTS}{visit.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_lists_need_as_many_queries_for_many_rows(panel):
    for path, add in ((GUESTS, make.visit), (LIST, make.counter)):
        add()
        panel.get(path)
        one = count_queries(lambda path=path: panel.get(path))
        for _n in range(3):
            add()
        assert count_queries(lambda path=path: panel.get(path)) == one


@pytest.mark.parametrize("person", ["section_head", "head", "counter", "frontdesk", "official"])
def test_others_see_neither(client, cast, person):
    client.force_login(getattr(cast, person))
    assert client.get(LIST).status_code in (302, 403)
    assert client.get(GUESTS).status_code in (302, 403)
