"""A clerk's wrong click can be taken back for a minute, and nothing else can."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors.counter import queries as counter
from visitors.counter.actions import calling, serving, sessions
from visitors.models import QueueEvent, Ticket
from visitors.queue.actions import undoing

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
    ticket = called
    clicks = {
        "start_serving": lambda: serving.start_serving(ticket, by=staff(clerk)),
        "hold": lambda: serving.hold(ticket, by=staff(clerk)),
        "finish": lambda: serving.finish_serving(ticket, by=staff(clerk), result="Berkas diterima."),
        "transfer": lambda: serving.transfer(ticket, by=staff(clerk), counter_id=other.pk),
        "call_next": lambda: calling.call_next(session, by=staff(clerk)),
        "call_particular": lambda: calling.call_particular(ticket, by=staff(clerk), session=session),
        "resume": lambda: calling.resume(ticket, by=staff(clerk), session=session),
    }
    if verb.startswith("call"):
        ticket = make.ticket(service=service, user=clerk)
        serving.finish_serving(called, by=staff(clerk))
    if verb == "resume":
        serving.hold(ticket, by=staff(clerk))
    before = standing(ticket.pk)

    clicks[verb]()
    assert standing(ticket.pk) != before
    undoing.take_back(ticket, by=staff(clerk))

    assert standing(ticket.pk) == before
    assert QueueEvent.objects.filter(ticket=ticket).latest("pk").kind == "undone"
    with pytest.raises(Outdated):
        undoing.take_back(ticket, by=staff(clerk))


def test_a_no_show_comes_back_to_the_counter(called, clerk):
    make.missed(called, clerk)
    with clock.at(Ticket.objects.get(pk=called.pk).finished_at):
        assert undoing.take_back(called, by=staff(clerk)).state == "called"


def test_after_a_minute_or_by_a_colleague_it_is_too_late(called, clerk):
    serving.finish_serving(called, by=staff(clerk))
    with pytest.raises(Outdated, match="Tidak ada tindakan Anda"):
        undoing.take_back(called, by=staff(make.person(Role.COUNTER)))
    with clock.at(clock.now() + timedelta(seconds=61)), pytest.raises(Outdated, match="lewat 1 menit"):
        undoing.take_back(called, by=staff(clerk))
    assert Ticket.objects.get(pk=called.pk).state == "finished"


def test_what_a_colleague_has_called_since_stays_theirs(called, clerk, service):
    other, colleague = make.counter(service, name="Loket 2"), make.person(Role.COUNTER)
    serving.transfer(called, by=staff(clerk), counter_id=other.pk)
    calling.call_next(sessions.open_session(other, by=staff(colleague)), by=staff(colleague))
    with pytest.raises(Outdated):
        undoing.take_back(called, by=staff(clerk))
    assert Ticket.objects.get(pk=called.pk).session.counter == other


def test_the_counter_must_be_free_and_open(called, clerk, service, session):
    following = make.ticket(service=service, user=clerk)
    serving.finish_serving(called, by=staff(clerk))
    calling.call_next(session, by=staff(clerk))
    with pytest.raises(Refused, match=f"dahulu {following.label}"):
        undoing.take_back(called, by=staff(clerk))
    undoing.take_back(following, by=staff(clerk))
    assert undoing.take_back(called, by=staff(clerk)).state == "called"
    serving.finish_serving(called, by=staff(clerk))
    sessions.close_session(session, by=staff(clerk))
    with pytest.raises(Refused, match="Buka atau lanjutkan"):
        undoing.take_back(called, by=staff(clerk))


def test_who_has_a_new_number_or_left_is_not_fetched_back(called, clerk, service):
    serving.finish_serving(called, by=staff(clerk))
    make.issue(called.visit, service=service)
    with pytest.raises(Outdated, match="nomor lain"):
        undoing.take_back(called, by=staff(clerk))


def test_a_call_taken_back_takes_nobodys_turn(session, clerk, service):
    for lane in ("priority", "priority", "priority", "regular"):
        make.ticket(service=service, user=clerk, lane=lane)
    first = calling.call_next(session, by=staff(clerk))
    serving.finish_serving(first, by=staff(clerk))
    second = calling.call_next(session, by=staff(clerk))
    undoing.take_back(second, by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)) == second
    serving.finish_serving(second, by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)).lane == "regular"


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
        assert counter.workplace_of(counter.session_of(clerk), clerk).undoable is None
