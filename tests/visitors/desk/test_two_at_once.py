"""Two callers at the same moment: for every locking verb of the queue, the second sees what the first did."""

import datetime

import pytest

from tests.factories import visitors as make
from tests.factories.concurrently import one_after_the_other
from tests.factories.states import put
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff, visitor
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.checkin.actions import checkin, correcting, paper
from visitors.counter.actions import calling, serving, sessions
from visitors.hosting.actions import hosts, leaving
from visitors.models import QueueEvent, Ticket, Visit
from visitors.queue.actions import undoing
from visitors.queue.actions.tickets import leave_queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_now")]
# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


def later(act, by=SECOND):
    def acting():
        with clock.at(NOW + by):
            return act()

    return acting


def of_kind(kind):
    return QueueEvent.objects.filter(kind=kind).count()


def before(state):
    """A function that puts a ticket of the hall into a state, at the first counter if the state needs one."""

    def prepare(hall):
        ticket = hall.tickets[0]
        if state != "waiting":
            calling.call_particular(ticket, by=staff(hall.clerk), session=hall.session)
        if state == "serving":
            serving.start_serving(ticket, by=staff(hall.clerk))
        if state == "held":
            serving.hold(ticket, by=staff(hall.clerk))
        if state == "no_show":
            make.missed(Ticket.objects.get(pk=ticket.pk), hall.clerk)
        if state == "finished":
            serving.finish_serving(ticket, by=staff(hall.clerk))
        return ticket

    return prepare


CALL, HOLD, FINISH, SERVE = calling.call_particular, serving.hold, serving.finish_serving, serving.start_serving
# State before, the first call, the second call meanwhile, and the refusal that the second gets.
PAIRS = {
    "two clerks call one visitor": (
        "waiting",
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        lambda h, t: CALL(t, by=staff(h.colleague), session=h.other),
        Outdated,
    ),
    "one clerk calls two visitors": (
        "waiting",
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        lambda h, t: CALL(h.tickets[1], by=staff(h.clerk), session=h.session),
        Refused,
    ),
    "called back by two": (
        "held",
        lambda h, t: calling.resume(t, by=staff(h.clerk), session=h.session),
        lambda h, t: calling.resume(t, by=staff(h.colleague), session=h.other),
        Outdated,
    ),
    "served twice": (
        "called",
        lambda h, t: SERVE(t, by=staff(h.clerk)),
        lambda h, t: SERVE(t, by=staff(h.clerk)),
        Outdated,
    ),
    "finished and put on hold": (
        "serving",
        lambda h, t: FINISH(t, by=staff(h.clerk)),
        lambda h, t: HOLD(t, by=staff(h.clerk)),
        Outdated,
    ),
    "finished and passed on": (
        "serving",
        lambda h, t: FINISH(t, by=staff(h.clerk)),
        lambda h, t: serving.transfer(t, by=staff(h.clerk), counter_id=h.counters[1].pk),
        Outdated,
    ),
    "called and given back on the phone": (
        "called",
        lambda h, t: SERVE(t, by=staff(h.clerk)),
        lambda h, t: leave_queue(t, by=actors.visitor(t.visit_id)),
        Outdated,
    ),
    "given back on the phone and called": (
        "waiting",
        lambda h, t: leave_queue(t, by=actors.visitor(t.visit_id)),
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        Outdated,
    ),
    "reported back by phone and at the desk": (
        "no_show",
        lambda h, t: serving.report_back(t, by=visitor(t.visit_id)),
        lambda h, t: serving.report_back(t, by=staff(h.desk)),
        Outdated,
    ),
    "reported back at the desk and by phone": (
        "no_show",
        lambda h, t: serving.report_back(t, by=staff(h.desk)),
        lambda h, t: serving.report_back(t, by=visitor(t.visit_id)),
        Outdated,
    ),
    "called and sent home": (
        "waiting",
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        lambda h, t: leaving.check_out(t.visit, by=staff(h.desk)),
        Refused,
    ),
    "sent home and put right": (
        "waiting",
        lambda h, t: leaving.check_out(t.visit, by=staff(h.desk)),
        lambda h, t: correcting.correct_visit(t.visit, by=staff(h.desk), errand=checkin.Errand(purpose="complaint")),
        Outdated,
    ),
    "called and put right": (
        "waiting",
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        lambda h, t: correcting.correct_visit(t.visit, by=staff(h.desk), errand=checkin.Errand(purpose="complaint")),
        Refused,
    ),
    "taken back twice": (
        "finished",
        lambda h, t: undoing.take_back(t, by=staff(h.clerk)),
        lambda h, t: undoing.take_back(t, by=staff(h.clerk)),
        Outdated,
    ),
    "taken back to a counter that just calls": (
        "finished",
        lambda h, t: calling.call_next(h.session, by=staff(h.clerk)),
        lambda h, t: undoing.take_back(t, by=staff(h.clerk)),
        Refused,
    ),
    "called at a counter that just closes": (
        "waiting",
        lambda h, t: sessions.close_session(h.session, by=staff(h.clerk)),
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        Outdated,
    ),
    "closed while calling": (
        "waiting",
        lambda h, t: calling.call_next(h.session, by=staff(h.clerk)),
        lambda h, t: sessions.close_session(h.session, by=staff(h.clerk)),
        Refused,
    ),
    "paused while calling": (
        "waiting",
        lambda h, t: CALL(t, by=staff(h.clerk), session=h.session),
        lambda h, t: sessions.pause(h.session, by=staff(h.clerk)),
        Refused,
    ),
    "a number on paper entered twice": (
        "waiting",
        lambda h, t: enter(h),
        lambda h, t: enter(h),
        Refused,
    ),
    "one counter opened by two": (
        "waiting",
        lambda h, t: sessions.open_session(h.third, by=staff(make.person(Role.COUNTER))),
        lambda h, t: sessions.open_session(h.third, by=staff(h.newcomer)),
        Refused,
    ),
}


def enter(hall):
    return make.enter_from_paper(hall.sheet, hall.desk, hall.sheet.first, NOW, name="Tamu Contoh", purpose="consult")


@pytest.mark.parametrize("pair", PAIRS)
def test_the_second_is_told_what_the_first_did(hall, pair):
    state, first, second, error = PAIRS[pair]
    ticket = before(state)(hall)
    hall.sheet = paper.reserve_numbers(hall.place, by=staff(hall.desk), count=1)
    hall.third, hall.newcomer = make.counter(), make.person(Role.COUNTER)
    done, told = one_after_the_other(lambda: first(hall, ticket), lambda: second(hall, ticket))
    assert type(told) is error, told
    assert done is not None


def test_who_is_sent_home_twice_left_when_the_first_said(hall):
    visit = hall.tickets[0].visit
    one_after_the_other(
        lambda: leaving.check_out(visit, by=staff(hall.desk)),
        later(lambda: leaving.check_out(visit, by=staff(hall.clerk))),
    )
    assert Visit.objects.get(pk=visit.pk).left_at == NOW
    _done, told = one_after_the_other(
        lambda: leaving.take_back_leaving(visit, by=staff(hall.desk)),
        lambda: leaving.take_back_leaving(visit, by=staff(hall.desk)),
    )
    assert type(told) is Outdated and of_kind("undone") == 1


def test_a_host_takes_over_from_a_colleague_who_just_answers(hall):
    unit_post, post = make.position(), make.position()
    host, colleague = make.person(Role.OFFICIAL, position=post), make.person(Role.OFFICIAL, position=unit_post)
    visit = checkin.check_in(
        hall.place,
        by=staff(hall.desk),
        arrival=checkin.Arrival(name="Siti"),
        errand=checkin.Errand(purpose="meet", host_id=post.pk),
    ).visit
    call = visit.host_call
    hosts.answer_host(call, by=staff(host), answer="delegated", delegate_id=colleague.pk)
    _done, told = one_after_the_other(
        lambda: hosts.answer_host(call, by=staff(host), answer="coming"),
        lambda: hosts.answer_host(call, by=staff(colleague), answer="five_minutes"),
    )
    assert type(told) is NotAllowed


@pytest.mark.parametrize("verb", ["serve", "pass on"])
def test_who_calls_in_one_window_goes_on_in_another(hall, verb):
    """The session that the ticket got while the second window waited for the lock is read afterwards."""
    ticket = hall.tickets[0]
    second = {
        "serve": lambda: SERVE(ticket, by=staff(hall.clerk)),
        "pass on": lambda: serving.transfer(ticket, by=staff(hall.clerk), counter_id=hall.counters[1].pk),
    }[verb]
    call = lambda: CALL(ticket, by=staff(hall.clerk), session=hall.session)  # noqa: E731
    _called, after = one_after_the_other(call, second)
    assert not isinstance(after, Exception), after
    last = QueueEvent.objects.filter(ticket=ticket).latest("pk")
    assert (last.kind, last.counter) == ("serving" if verb == "serve" else "transferred", hall.counters[0])


@pytest.fixture
def missed_twice(hall):
    """A visit with two tickets that were both missed, one after the other."""
    first = before("no_show")(hall)
    second = make.issue(first.visit, service=hall.service)
    CALL(second, by=staff(hall.clerk), session=hall.session)
    make.missed(Ticket.objects.get(pk=second.pk), hall.clerk)
    return first, second


def test_of_two_missed_numbers_one_comes_back(hall, missed_twice):
    first, second = missed_twice
    for way in (
        lambda: serving.report_back(second, by=staff(hall.desk)),
        lambda: serving.report_back(second, by=visitor(second.visit_id)),
    ):
        _back, told = one_after_the_other(lambda: serving.report_back(first, by=staff(hall.desk)), way)
        assert type(told) is Refused and "nomor lain" in str(told)
        put(Ticket.objects.filter(pk=first.pk), state="no_show")
    # Nor by taking back the last click.
    with clock.at(Ticket.objects.get(pk=second.pk).finished_at):
        _back, told = one_after_the_other(
            lambda: serving.report_back(first, by=staff(hall.desk)),
            lambda: undoing.take_back(second, by=staff(hall.clerk)),
        )
    assert type(told) is Outdated and "nomor lain" in str(told)


@pytest.mark.parametrize("way", [serving.report_back, undoing.take_back])
def test_who_just_leaves_does_not_wait_again(hall, way):
    ticket = before("no_show")(hall)
    with clock.at(Ticket.objects.get(pk=ticket.pk).finished_at):
        _left, told = one_after_the_other(
            lambda: leaving.check_out(ticket.visit, by=staff(hall.desk)), lambda: way(ticket, by=staff(hall.clerk))
        )
    assert isinstance(told, Refused) and "sudah selesai" in str(told)
    assert Ticket.objects.get(pk=ticket.pk).state == "no_show"
