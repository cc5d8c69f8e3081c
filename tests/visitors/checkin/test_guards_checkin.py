"""Checking in, correcting an errand, calling hosts: every guard clause."""

from datetime import timedelta

import pytest

from services.models import Service
from tests.factories import visitors as make
from tests.factories.states import put
from tests.factories.visitors import state_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Absence, Notice, Role, StaffRole, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.checkin.actions import checkin, correcting, paper
from visitors.counter.actions import calling, serving, sessions
from visitors.hosting.actions import hosts, leaving
from visitors.hosting.queries import guests
from visitors.models import Counter, HostCall, QueueEvent, Ticket, Visit, Visitor

pytestmark = pytest.mark.django_db
NOBODY = 10**12


@pytest.fixture
def receive(desk, counter, service):
    def receive(**changes):
        given = {"user": desk, "place": counter.location, "purpose": "consult", "name": "Siti Contoh"}
        return make.check_in(**(given | changes))

    return receive


# Checking in


def test_another_ones_key_opens_no_visit_of_theirs(receive, desk):
    own = receive(key="kunci")
    other = receive(user=make.person(Role.FRONT_DESK), name="Budi Contoh", key="kunci")
    assert other.visit != own.visit and other.visit.visitor.name == "Budi Contoh"
    assert receive(key="kunci").visit == own.visit
    # Nor for a correction, whose key would return the colleague's visit.
    correcting.correct_visit(own.visit, by=staff(desk), key="lain", errand=checkin.Errand(purpose="complaint"))
    colleague = make.person(Role.COUNTER)
    again = correcting.correct_visit(
        other.visit, by=staff(colleague), key="lain", errand=checkin.Errand(purpose="complaint")
    )
    assert again.visit == other.visit


def test_who_lost_the_role_meanwhile_receives_nobody(receive, desk):
    visit = receive().visit
    StaffRole.objects.filter(user=desk).delete()
    gone = User.objects.get(pk=desk.pk)
    with pytest.raises(NotAllowed):
        receive(user=gone)
    with pytest.raises(NotAllowed):
        correcting.correct_visit(visit, by=staff(gone), errand=checkin.Errand(purpose="complaint"))
    with pytest.raises(NotAllowed):
        paper.reserve_numbers(visit.location, by=staff(gone), count=1)
    assert Visit.objects.count() == 1


def test_a_time_to_come_is_no_time_of_coming(receive):
    now = clock.now()
    with clock.at(now):
        with pytest.raises(Refused, match="masa depan") as refusal:
            receive(came_at=now + timedelta(microseconds=1))
        assert refusal.value.field == "came_at"
        # Of this very moment it is, and is marked as entered afterwards.
        made = receive(came_at=now)
    assert (made.visit.checked_in_at, made.visit.recorded_late_at) == (now, now)
    assert receive().visit.recorded_late_at is None


@pytest.mark.parametrize("heads", [1, 100])
def test_one_to_a_hundred_heads(receive, heads):
    assert receive(head_count=heads).visit.head_count == heads


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "consult", "open_request": True}, "open_request"),
        ({"purpose": "meet", "host_id": 1, "open_request": True}, "open_request"),
        ({"purpose": "service", "request_number": "ULA-2026-1", "open_request": True}, "request_number"),
        ({"purpose": "consult", "request_number": "ULA-2026-999999"}, "request_number"),
        ({"purpose": "collect"}, "request_number"),
        ({"purpose": "follow_up", "request_number": "  "}, "request_number"),
        ({"represents": "Budi"}, "proxy_seen"),
        ({"visitor_id": NOBODY, "name": ""}, "name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said_beside_its_field(receive, service, changes, field):
    if changes.get("purpose") == "service":
        changes = changes | {"service": make.service(kind="request")}
    with pytest.raises(Refused) as refusal:
        receive(**changes)
    assert refusal.value.field == field
    assert not Visit.objects.exists() and not Visitor.objects.exists()


def test_blank_names_of_others_need_no_paper(receive):
    assert receive(represents="   ").visit.represents == ""


@pytest.mark.parametrize("phone", ["", "0812 3456 7890"])
def test_only_name_and_phone_together_make_the_same_visitor(receive, phone):
    first, second = receive(phone=phone).visit, receive(phone=phone).visit
    assert (first.visitor == second.visitor) == bool(phone)


def test_the_room_to_wait_for_is_in_use_at_this_place_and_the_hosts(receive, counter):
    post = make.position()
    make.counter(kind="room", position=post, place=make.location("cabang"))
    make.counter(kind="room", position=make.position())
    make.counter(position=post)
    closed = make.counter(kind="room", position=post)
    Counter.objects.filter(pk=closed.pk).update(active=False)
    assert receive(purpose="meet", host_id=post.pk).ticket.target is None
    Counter.objects.filter(pk=closed.pk).update(active=True)
    assert receive(purpose="meet", host_id=post.pk).ticket.target == closed
    # A position named with another errand is not a host.
    made = receive(purpose="complaint", host_id=post.pk)
    assert (made.visit.host, made.ticket.target) == (None, None) and not hasattr(made.visit, "host_call")


def test_guests_stand_under_the_published_service_for_visits(receive, service):
    post = make.position()
    put(Service.objects.all(), state=Service.State.DRAFT)
    assert receive(purpose="meet", host_id=post.pk).visit.service is None
    Service.objects.update(state=Service.State.PUBLISHED)
    assert receive(purpose="meet", host_id=post.pk).visit.service == service
    own = make.service("B")
    assert receive(purpose="meet", host_id=post.pk, service=own).visit.service == own
    Service.objects.update(kind=Service.Kind.ELSEWHERE)
    assert receive(purpose="meet", host_id=post.pk).visit.service is None


# Numbers


def test_a_service_is_waited_for_where_a_counter_in_use_here_serves_it(receive, counter):
    closed, distant = make.service("B"), make.service("C")
    Counter.objects.filter(pk=make.counter(closed).pk).update(active=False)
    make.counter(distant, place=make.location("cabang"))
    for service in (closed, distant):
        assert receive(purpose="service", service=service).ticket.service is None


# Correcting an errand


@pytest.mark.parametrize("state", ["called", "serving"])
def test_nobody_is_taken_away_from_a_counter_by_a_correction(called, clerk, state):
    if state == "serving":
        serving.start_serving(called, by=staff(clerk))
    with pytest.raises(Refused, match="Alihkan dari loket"):
        correcting.correct_visit(called.visit, by=staff(clerk), errand=checkin.Errand(purpose="complaint"))
    assert state_of(called) == state


def test_an_errand_of_who_has_left_or_was_served_stands(receive, called, clerk, desk):
    serving.finish_serving(called, by=staff(clerk))
    with pytest.raises(Refused, match="sudah dilayani"):
        correcting.correct_visit(called.visit, by=staff(desk), errand=checkin.Errand(purpose="complaint"))
    gone = receive().visit
    leaving.check_out(gone, by=staff(desk))
    for visit in (gone, Visit(pk=NOBODY)):
        with pytest.raises(Outdated, match="sudah pulang"):
            correcting.correct_visit(visit, by=staff(desk), errand=checkin.Errand(purpose="complaint"))
    for visit in (gone, called.visit):
        assert Visit.objects.get(pk=visit.pk).purpose == "consult"


def test_a_correction_lacks_nothing_that_a_check_in_needs(receive, desk):
    made = receive()
    for purpose, field in (("meet", "host"), ("service", "service"), ("collect", "request_number"), ("x", "purpose")):
        with pytest.raises(Refused) as refusal:
            correcting.correct_visit(made.visit, by=staff(desk), errand=checkin.Errand(purpose=purpose))
        assert refusal.value.field == field
    assert state_of(made.ticket) == "waiting"


def test_a_correction_gives_no_number_to_who_has_none_and_keeps_the_lane_that_is_said(receive, desk):
    quiet = correcting.correct_visit(
        receive(takes_number=False).visit, by=staff(desk), errand=checkin.Errand(purpose="complaint")
    )
    assert quiet.ticket is None
    made = correcting.correct_visit(
        receive(ground="elderly").visit, by=staff(desk), ground="pregnant", errand=checkin.Errand(purpose="complaint")
    )
    assert (made.ticket.lane, made.ticket.priority_ground) == ("priority", "pregnant")
    plain = correcting.correct_visit(made.visit, by=staff(desk), errand=checkin.Errand(purpose="consult"))
    assert (plain.ticket.lane, plain.ticket.priority_ground) == ("regular", "")


def test_a_correction_to_another_service_gives_a_number_of_that(receive, desk, service):
    other = make.service("B")
    make.counter(other)
    visit = receive(purpose="service", service=service).visit
    made = correcting.correct_visit(visit, by=staff(desk), errand=checkin.Errand(purpose="service", service=other))
    assert (made.ticket.service, made.ticket.letter) == (other, "B")


def test_a_correction_to_another_official_calls_them_and_no_longer_the_first(receive, desk):
    first, second = make.position(), make.position()
    holders = [make.person(Role.OFFICIAL, position=post) for post in (first, second)]
    visit = receive(purpose="meet", host_id=first.pk).visit
    correcting.correct_visit(visit, by=staff(desk), errand=checkin.Errand(purpose="meet", host_id=second.pk))
    assert [len(guests.host_calls_for(each)) for each in holders] == [0, 1]
    # The same official a second time: the call stays as it is.
    correcting.correct_visit(visit, by=staff(desk), errand=checkin.Errand(purpose="meet", host_id=second.pk))
    assert HostCall.objects.get().position == second
    assert Notice.objects.filter(user=holders[1]).count() == 1


# Hosts


@pytest.fixture
def call(receive):
    post = make.position()
    make.person(Role.OFFICIAL, position=post)
    return receive(purpose="meet", host_id=post.pk).visit.host_call


def host_of(call):
    return call.position.tenures.get().user


def test_a_call_that_is_not_there_is_answered_by_nobody(call):
    with pytest.raises(NotAllowed):
        hosts.answer_host(HostCall(pk=NOBODY), by=staff(host_of(call)), answer="coming")


def test_a_host_answers_while_the_position_is_theirs(call):
    host = host_of(call)
    host.tenures.update(to_date=clock.today() - timedelta(days=1))
    gone = User.objects.get(pk=host.pk)
    with pytest.raises(NotAllowed):
        hosts.answer_host(call, by=staff(gone), answer="coming")
    assert guests.host_calls_for(gone) == [] and not guests.guests_of(gone).exists()
    with pytest.raises(NotAllowed):
        leaving.check_out(call.visit, by=staff(gone))


@pytest.mark.parametrize("why", ["elsewhere", "away", "closed", "gone", "coming", "oneself"])
def test_only_a_colleague_of_the_unit_who_is_here_receives_instead(call, why):
    colleague = make.person(Role.OFFICIAL, position=make.position())
    tenure = colleague.tenures.get()
    today = clock.today()
    if why == "elsewhere":
        unit = type(tenure.position.unit).objects.create(code="LAIN", name="Unit lain")
        type(tenure.position).objects.filter(pk=tenure.position_id).update(unit=unit)
    elif why == "away":
        Absence.objects.create(user=colleague, kind="leave", from_date=today, to_date=today)
    elif why == "closed":
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    elif why == "gone":
        colleague.tenures.update(to_date=today - timedelta(days=1))
    elif why == "coming":
        colleague.tenures.update(from_date=today + timedelta(days=1))
    receiver = host_of(call) if why == "oneself" else colleague
    with pytest.raises(Refused) as refusal:
        hosts.answer_host(call, by=staff(host_of(call)), answer="delegated", delegate_id=receiver.pk)
    assert refusal.value.field == "delegate"


@pytest.mark.parametrize("last_day", [None, 0])
def test_a_colleague_is_a_colleague_until_their_last_day(call, last_day):
    colleague = make.person(Role.OFFICIAL, position=make.position())
    colleague.tenures.update(to_date=None if last_day is None else clock.today())
    hosts.answer_host(call, by=staff(host_of(call)), answer="delegated", delegate_id=colleague.pk)
    assert HostCall.objects.get().delegate == colleague


def test_guests_are_those_of_today_who_were_not_seen_leaving(call, desk):
    host = host_of(call)
    assert list(guests.guests_of(host)) == [call.visit] == [each.visit for each in guests.host_calls_for(host)]
    with clock.at(clock.now() + timedelta(days=1)):
        assert guests.host_calls_for(host) == [] and not guests.guests_of(host).exists()
        with pytest.raises(NotAllowed):
            leaving.check_out(call.visit, by=staff(host))
    leaving.check_out(call.visit, by=staff(host))
    assert guests.host_calls_for(host) == [] and guests.guest_just_left(host, call.visit_id) == call.visit
    assert guests.guest_just_left(make.person(Role.OFFICIAL), call.visit_id) is None
    with clock.at(clock.now() + timedelta(seconds=62)):
        assert guests.guest_just_left(host, call.visit_id) is None


def test_an_answer_is_waited_for_until_it_is_given_or_the_visitor_is_in_a_room(call, clerk, counter):
    host = host_of(call)
    assert guests.host_calls_waiting(host).count() == 1
    ticket, room = call.visit.tickets.get(), make.counter(kind="room", position=call.position)
    session = sessions.open_session(counter, by=staff(clerk))
    calling.call_particular(ticket, by=staff(clerk), session=session)
    # A call to a counter does not count as received.
    assert guests.host_calls_waiting(host).count() == 1
    serving.transfer(ticket, by=staff(clerk), counter_id=room.pk)
    assert guests.host_calls_waiting(host).count() == 1
    host = User.objects.get(pk=host.pk)
    calling.call_next(sessions.open_session(room, by=staff(host)), by=staff(host))
    assert guests.host_calls_waiting(host).count() == 0
    make.missed(Ticket.objects.get(pk=ticket.pk), host)
    assert guests.host_calls_waiting(host).count() == 1
    hosts.answer_host(call, by=staff(host), answer="five_minutes")
    assert guests.host_calls_waiting(host).count() == 0
    assert QueueEvent.objects.filter(kind="host_answered").count() == 1
