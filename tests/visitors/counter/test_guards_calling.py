"""What a call writes and whom its refusals name; what stands in the way of taking a click back, clause by clause."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.states import put
from ula_portal.core import clock
from ula_portal.core.live import waking as live
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import permissions
from visitors.counter.actions import calling, serving
from visitors.hosting.actions import leaving
from visitors.models import QueueEvent, Ticket, Visit
from visitors.queue.actions import tickets, undoing

pytestmark = pytest.mark.django_db


def read(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def written(ticket):
    event = QueueEvent.objects.filter(ticket=ticket).latest("pk")
    return event.kind, event.location_id, event.counter, event.data.get("turn"), event.data.get("call")


# Calling


def test_the_refusal_names_who_is_at_this_counter_now(hall):
    """Neither who was put on hold here nor who is at a colleague's."""
    beside, held, here = hall.tickets
    calling.call_particular(hall.other.pk, beside.pk, hall.colleague)
    calling.call_particular(hall.session.pk, held.pk, hall.clerk)
    serving.hold(held.pk, hall.clerk)
    calling.call_particular(hall.session.pk, here.pk, hall.clerk)
    waiting = make.ticket(service=hall.service, user=hall.desk)
    for call, ticket in ((calling.call_particular, waiting), (calling.resume, held)):
        with pytest.raises(Refused, match=f"Selesaikan dahulu {here.label}"):
            call(hall.session.pk, ticket.pk, hall.clerk)


def test_what_a_call_and_a_call_again_write(hall):
    ticket, moment = hall.tickets[0], clock.now()
    for minute, (call, turn, calls) in enumerate(
        ((calling.call_particular, "call_particular", 1), (calling.resume, "resume", 2))
    ):
        now = moment + timedelta(minutes=minute)
        with clock.at(now):
            call(hall.session.pk, ticket.pk, hall.clerk)
        kept = read(ticket)
        assert (kept.state, kept.session, kept.called_at, kept.calls) == ("called", hall.session, now, calls)
        assert (kept.undo["of"], kept.undo["by"], kept.undo["at"]) == ("called", hall.clerk.pk, now.isoformat())
        assert written(ticket) == ("called", hall.place.pk, hall.counters[0], turn, calls)
        with clock.at(now):
            serving.hold(ticket.pk, hall.clerk)
    with clock.at(moment + timedelta(minutes=2)):
        calling.resume(hall.session.pk, ticket.pk, hall.clerk)
    again = moment + timedelta(minutes=3)
    with clock.at(again):
        calling.recall(ticket.pk, hall.clerk)
    assert (read(ticket).called_at, read(ticket).calls) == (again, 4)
    assert written(ticket) == ("recalled", hall.place.pk, hall.counters[0], None, 4)


def test_how_long_until_the_next_call_is_counted_from_the_last(hall):
    ticket = calling.call_next(hall.session.pk, hall.clerk)
    for second in (10, 20):
        with clock.at(ticket.called_at + timedelta(seconds=second)):
            calling.recall(ticket.pk, hall.clerk)
    with clock.at(ticket.called_at + timedelta(seconds=26)), pytest.raises(Refused, match="5 detik lagi"):
        calling.recall(ticket.pk, hall.clerk)


def test_who_comes_too_late_hears_where_the_visitor_is_or_how_it_ended(hall):
    """The counter only while the visitor stands there: later, a session that is still noted says nothing."""
    ticket = hall.tickets[0]

    def told():
        with pytest.raises(Outdated) as late:
            calling.call_particular(hall.other.pk, ticket.pk, hall.colleague)
        return str(late.value)

    calling.call_particular(hall.session.pk, ticket.pk, hall.clerk)
    at_one = f"{ticket.label} sudah dipanggil di {hall.counters[0]}."
    assert told() == at_one
    serving.start_serving(ticket.pk, hall.clerk)
    assert told() == at_one
    for state, word in (("held", "ditunda"), ("finished", "selesai"), ("cancelled", "batal")):
        put(Ticket.objects.filter(pk=ticket.pk), state=state)
        assert told() == f"{ticket.label} sudah tidak menunggu tindakan ini (keadaan: {word})."
    waiting = hall.tickets[1]
    with pytest.raises(Outdated, match=r"keadaan: menunggu\)"):
        serving.start_serving(waiting.pk, hall.clerk)


def test_a_call_wakes_the_screens_once_and_no_call_wakes_nobody(
    session, clerk, service, django_capture_on_commit_callbacks
):
    def woken(count):
        with django_capture_on_commit_callbacks() as later:
            calling.call_next(session.pk, clerk)
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
    """Not who is at a colleague's counter, nor who was put on hold or finished at this one."""
    beside, held, mine = hall.tickets
    calling.call_particular(hall.other.pk, beside.pk, hall.colleague)
    calling.call_particular(hall.session.pk, held.pk, hall.clerk)
    serving.hold(held.pk, hall.clerk)
    calling.call_particular(hall.session.pk, mine.pk, hall.clerk)
    serving.finish(mine.pk, hall.clerk)
    assert undoing.take_back(mine.pk, hall.clerk).state == "called"
    serving.finish(mine.pk, hall.clerk)
    following = calling.call_particular(
        hall.session.pk, make.ticket(service=hall.service, user=hall.desk).pk, hall.clerk
    )
    with pytest.raises(Refused, match=f"dahulu {following.label}"):
        undoing.take_back(mine.pk, hall.clerk)


def test_only_a_live_number_of_the_same_visitor_stands_in_the_way(hall):
    """Neither one of theirs that has ended, nor the live ones of others, nor the number itself."""
    first = calling.call_particular(hall.session.pk, hall.tickets[0].pk, hall.clerk)
    serving.finish(first.pk, hall.clerk)
    second = tickets.issue_ticket(first.visit, service=hall.service)
    calling.call_particular(hall.session.pk, second.pk, hall.clerk)
    serving.hold(second.pk, hall.clerk)
    assert undoing.take_back(second.pk, hall.clerk).state == "called"
    serving.hold(second.pk, hall.clerk)
    with pytest.raises(Outdated, match="memegang nomor lain"):
        undoing.take_back(first.pk, hall.clerk)


def test_who_gave_the_number_back_by_leaving_is_here_again_and_nobody_else(hall):
    ticket, other = hall.tickets[:2]
    for each in (ticket, other):
        leaving.check_out(each.visit_id, hall.desk)
    undoing.take_back(ticket.pk, hall.desk)
    assert read(ticket).state == "waiting"
    assert Visit.objects.get(pk=ticket.visit_id).left_at is None
    assert Visit.objects.get(pk=other.visit_id).left_at is not None


def test_a_click_at_the_counter_taken_back_tells_nothing_of_leaving(hall):
    """Whoever left after it stays away: only the click that ended the visit brings it back."""
    ticket = calling.call_next(hall.session.pk, hall.clerk)
    serving.hold(ticket.pk, hall.clerk)
    Visit.objects.filter(pk=ticket.visit_id).update(left_at=clock.now())
    with pytest.raises(Outdated, match="sudah selesai"):
        undoing.take_back(ticket.pk, hall.clerk)
    assert Visit.objects.get(pk=ticket.visit_id).left_at
