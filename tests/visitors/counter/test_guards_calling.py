"""What a call writes, whom its refusals name, and what prevents taking a click back: every guard clause."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.states import put
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.live import waking as live
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import permissions
from visitors.counter.actions import calling, serving
from visitors.hosting.actions import leaving
from visitors.models import QueueEvent, Ticket, Visit
from visitors.queue.actions import undoing

pytestmark = pytest.mark.django_db


def read(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def written(ticket):
    event = QueueEvent.objects.filter(ticket=ticket).latest("pk")
    return event.kind, event.location_id, event.counter, event.data.get("turn"), event.data.get("call")


# Calling


def test_the_refusal_names_who_is_at_this_counter_now(hall):
    """Neither a ticket on hold here nor one at a colleague's counter."""
    beside, held, here = hall.tickets
    calling.call_particular(beside, by=staff(hall.colleague), session=hall.other)
    calling.call_particular(held, by=staff(hall.clerk), session=hall.session)
    serving.hold(held, by=staff(hall.clerk))
    calling.call_particular(here, by=staff(hall.clerk), session=hall.session)
    waiting = make.ticket(service=hall.service, user=hall.desk)
    for call, ticket in ((calling.call_particular, waiting), (calling.resume, held)):
        with pytest.raises(Refused, match=f"Selesaikan dahulu {here.label}"):
            call(ticket, by=staff(hall.clerk), session=hall.session)


def test_what_a_call_and_a_call_again_write(hall):
    ticket, moment = hall.tickets[0], clock.now()
    for minute, (call, turn, calls) in enumerate(
        ((calling.call_particular, "call_particular", 1), (calling.resume, "resume", 2))
    ):
        now = moment + timedelta(minutes=minute)
        with clock.at(now):
            call(ticket, by=staff(hall.clerk), session=hall.session)
        kept = read(ticket)
        assert (kept.state, kept.session, kept.called_at, kept.calls) == ("called", hall.session, now, calls)
        assert (kept.undo["of"], kept.undo["by"], kept.undo["at"]) == ("called", hall.clerk.pk, now.isoformat())
        assert written(ticket) == ("called", hall.place.pk, hall.counters[0], turn, calls)
        with clock.at(now):
            serving.hold(ticket, by=staff(hall.clerk))
    with clock.at(moment + timedelta(minutes=2)):
        calling.resume(ticket, by=staff(hall.clerk), session=hall.session)
    again = moment + timedelta(minutes=3)
    with clock.at(again):
        calling.recall(ticket, by=staff(hall.clerk))
    assert (read(ticket).called_at, read(ticket).calls) == (again, 4)
    assert written(ticket) == ("recalled", hall.place.pk, hall.counters[0], None, 4)


def test_how_long_until_the_next_call_is_counted_from_the_last(hall):
    ticket = calling.call_next(hall.session, by=staff(hall.clerk))
    for second in (10, 20):
        with clock.at(ticket.called_at + timedelta(seconds=second)):
            calling.recall(ticket, by=staff(hall.clerk))
    with clock.at(ticket.called_at + timedelta(seconds=26)), pytest.raises(Refused, match="5 detik lagi"):
        calling.recall(ticket, by=staff(hall.clerk))


def test_who_comes_too_late_hears_where_the_visitor_is_or_how_it_ended(hall):
    """The counter is named only while the visitor is there; the session of an ended ticket is not."""
    ticket = hall.tickets[0]

    def told():
        with pytest.raises(Outdated) as late:
            calling.call_particular(ticket, by=staff(hall.colleague), session=hall.other)
        return str(late.value)

    calling.call_particular(ticket, by=staff(hall.clerk), session=hall.session)
    at_one = f"{ticket.label} sudah dipanggil di {hall.counters[0]}."
    assert told() == at_one
    serving.start_serving(ticket, by=staff(hall.clerk))
    assert told() == at_one
    for state, word in (("held", "ditunda"), ("finished", "selesai"), ("cancelled", "batal")):
        put(Ticket.objects.filter(pk=ticket.pk), state=state)
        assert told() == f"{ticket.label} sudah tidak menunggu tindakan ini (keadaan: {word})."
    waiting = hall.tickets[1]
    with pytest.raises(Outdated, match=r"keadaan: menunggu\)"):
        serving.start_serving(waiting, by=staff(hall.clerk))


def test_a_call_wakes_the_screens_once_and_no_call_wakes_nobody(
    session, clerk, service, django_capture_on_commit_callbacks
):
    def woken(count):
        with django_capture_on_commit_callbacks() as later:
            calling.call_next(session, by=staff(clerk))
        assert later == [live.notify] * count

    woken(0)
    ticket = make.ticket(service=service, user=clerk)
    woken(1)
    with clock.at(read(ticket).called_at):
        woken(0)


def test_the_rail_asks_for_a_room_only_where_no_role_of_the_desk_decides(counter, clerk):
    post = make.position()
    official, stranger = make.person(Role.OFFICIAL, position=post), make.person(Role.OFFICIAL)
    room = make.counter(kind="room", position=post)
    assert permissions.rooms_to_call_to(clerk) is True
    assert permissions.rooms_to_call_to(make.person(Role.FRONT_DESK)) is True
    assert list(permissions.rooms_to_call_to(official)) == [room]
    assert not permissions.rooms_to_call_to(stranger)


# Taking back


def test_whom_the_counter_has_called_is_named_others_do_not_stand_in_the_way(hall):
    """Neither a ticket at a colleague's counter nor one on hold or finished at this one."""
    beside, held, mine = hall.tickets
    calling.call_particular(beside, by=staff(hall.colleague), session=hall.other)
    calling.call_particular(held, by=staff(hall.clerk), session=hall.session)
    serving.hold(held, by=staff(hall.clerk))
    calling.call_particular(mine, by=staff(hall.clerk), session=hall.session)
    serving.finish_serving(mine, by=staff(hall.clerk))
    assert undoing.take_back(mine, by=staff(hall.clerk)).state == "called"
    serving.finish_serving(mine, by=staff(hall.clerk))
    following = calling.call_particular(
        make.ticket(service=hall.service, user=hall.desk), by=staff(hall.clerk), session=hall.session
    )
    with pytest.raises(Refused, match=f"dahulu {following.label}"):
        undoing.take_back(mine, by=staff(hall.clerk))


def test_only_a_live_number_of_the_same_visitor_stands_in_the_way(hall):
    """Neither ended tickets of the visitor, nor live ones of others, nor the ticket itself."""
    first = calling.call_particular(hall.tickets[0], by=staff(hall.clerk), session=hall.session)
    serving.finish_serving(first, by=staff(hall.clerk))
    second = make.issue(first.visit, service=hall.service)
    calling.call_particular(second, by=staff(hall.clerk), session=hall.session)
    serving.hold(second, by=staff(hall.clerk))
    assert undoing.take_back(second, by=staff(hall.clerk)).state == "called"
    serving.hold(second, by=staff(hall.clerk))
    with pytest.raises(Outdated, match="nomor lain yang berlaku"):
        undoing.take_back(first, by=staff(hall.clerk))


def test_who_gave_the_number_back_by_leaving_is_here_again_and_nobody_else(hall):
    ticket, other = hall.tickets[:2]
    for each in (ticket, other):
        leaving.check_out(each.visit, by=staff(hall.desk))
    undoing.take_back(ticket, by=staff(hall.desk))
    assert read(ticket).state == "waiting"
    assert Visit.objects.get(pk=ticket.visit_id).left_at is None
    assert Visit.objects.get(pk=other.visit_id).left_at is not None


def test_a_click_at_the_counter_taken_back_tells_nothing_of_leaving(hall):
    """A visit that ended later stays ended: only the click that ended it can be taken back."""
    ticket = calling.call_next(hall.session, by=staff(hall.clerk))
    serving.hold(ticket, by=staff(hall.clerk))
    Visit.objects.filter(pk=ticket.visit_id).update(left_at=clock.now())
    with pytest.raises(Outdated, match="sudah selesai"):
        undoing.take_back(ticket, by=staff(hall.clerk))
    assert Visit.objects.get(pk=ticket.visit_id).left_at
