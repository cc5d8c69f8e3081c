"""A clerk's misclick can be taken back for a minute, and nothing else can."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.errors import Outdated, Refused
from ula_portal.core.models import Role
from visitors import actions, queries
from visitors.models import QueueEvent, Ticket

pytestmark = pytest.mark.django_db
KEPT = ("state", "session_id", "target_id", "service_id", "waiting_since", "calls", "called_at", "served_at")


def standing(pk):
    ticket = Ticket.objects.select_related("visit").get(pk=pk)
    return [getattr(ticket, name) for name in (*KEPT, "finished_at", "result")] + [ticket.visit.left_at]


@pytest.mark.parametrize(
    "verb", ["start_serving", "hold", "finish", "transfer", "call_next", "call_particular", "resume"]
)
def test_every_click_goes_back_to_where_the_ticket_stood(called, session, clerk, service, verb):
    other = make.counter(service, name="Loket 2")
    pk = called.pk
    clicks = {
        "start_serving": lambda: actions.start_serving(pk, clerk),
        "hold": lambda: actions.hold(pk, clerk),
        "finish": lambda: actions.finish(pk, clerk, "Berkas diterima."),
        "transfer": lambda: actions.transfer(pk, clerk, counter_id=other.pk),
        "call_next": lambda: actions.call_next(session.pk, clerk),
        "call_particular": lambda: actions.call_particular(session.pk, pk, clerk),
        "resume": lambda: actions.resume(session.pk, pk, clerk),
    }
    if verb.startswith("call"):
        pk = make.ticket(service=service, user=clerk).pk
        actions.finish(called.pk, clerk)
    if verb == "resume":
        actions.hold(pk, clerk)
    before = standing(pk)

    clicks[verb]()
    assert standing(pk) != before
    actions.take_back(pk, clerk)

    assert standing(pk) == before
    assert QueueEvent.objects.filter(ticket=pk).latest("pk").kind == "undone"
    with pytest.raises(Outdated):
        actions.take_back(pk, clerk)


def test_a_no_show_comes_back_to_the_counter(called, clerk):
    make.missed(called, clerk)
    with clock.at(Ticket.objects.get(pk=called.pk).finished_at):
        assert actions.take_back(called.pk, clerk).state == "called"


def test_after_a_minute_or_by_a_colleague_it_is_too_late(called, clerk):
    actions.finish(called.pk, clerk)
    with pytest.raises(Outdated, match="Tidak ada tindakan Anda"):
        actions.take_back(called.pk, make.person(Role.COUNTER))
    with clock.at(clock.now() + timedelta(seconds=61)), pytest.raises(Outdated, match="lewat satu menit"):
        actions.take_back(called.pk, clerk)
    assert Ticket.objects.get(pk=called.pk).state == "finished"


def test_what_a_colleague_has_called_since_stays_theirs(called, clerk, service):
    other, colleague = make.counter(service, name="Loket 2"), make.person(Role.COUNTER)
    actions.transfer(called.pk, clerk, counter_id=other.pk)
    actions.call_next(actions.open_session(other.pk, colleague).pk, colleague)
    with pytest.raises(Outdated):
        actions.take_back(called.pk, clerk)
    assert Ticket.objects.get(pk=called.pk).session.counter == other


def test_the_counter_must_be_free_and_open(called, clerk, service, session):
    following = make.ticket(service=service, user=clerk)
    actions.finish(called.pk, clerk)
    actions.call_next(session.pk, clerk)
    with pytest.raises(Refused, match=f"dahulu {following.label}"):
        actions.take_back(called.pk, clerk)
    actions.take_back(following.pk, clerk)
    assert actions.take_back(called.pk, clerk).state == "called"
    actions.finish(called.pk, clerk)
    actions.close_session(session.pk, clerk)
    with pytest.raises(Refused, match="Buka atau lanjutkan"):
        actions.take_back(called.pk, clerk)


def test_who_has_a_new_number_or_left_is_not_fetched_back(called, clerk, service):
    actions.finish(called.pk, clerk)
    actions.issue_ticket(called.visit, service=service)
    with pytest.raises(Outdated, match="nomor lain"):
        actions.take_back(called.pk, clerk)


def test_a_call_taken_back_takes_nobodys_turn(session, clerk, service):
    for lane in ("priority", "priority", "priority", "regular"):
        make.ticket(service=service, user=clerk, lane=lane)
    first = actions.call_next(session.pk, clerk)
    actions.finish(first.pk, clerk)
    second = actions.call_next(session.pk, clerk)
    actions.take_back(second.pk, clerk)
    assert actions.call_next(session.pk, clerk) == second
    actions.finish(second.pk, clerk)
    assert actions.call_next(session.pk, clerk).lane == "regular"


def test_the_page_offers_it_for_a_minute(client, called, clerk, session):
    client.force_login(clerk)
    client.post("/petugas/loket/", {"do": "finish", "ticket": called.pk})
    html = client.get("/petugas/loket/").content.decode()
    assert "A-001 baru saja: selesai." in html
    assert (
        "kembali seperti sebelumnya"
        in client.post("/petugas/loket/", {"do": "take_back", "ticket": called.pk}, follow=True).content.decode()
    )
    assert Ticket.objects.get(pk=called.pk).state == "called"
    with clock.at(clock.now() + timedelta(seconds=70)):
        assert queries.workplace_of(queries.session_of(clerk), clerk).undoable is None
