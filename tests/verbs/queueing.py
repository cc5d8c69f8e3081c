"""Verbs of the visitors app: check-in, hosts, the queue, counters, numbers on paper."""

import datetime

from tests.factories.visitors import counter
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff, visitor
from visitors.checkin.actions import checkin, correcting, paper
from visitors.checkin.actions.checkin import Arrival, Errand
from visitors.counter.actions import calling, day_end, sessions
from visitors.counter.actions.serving import (
    finish_serving,
    hold,
    no_show,
    report_back,
    start_serving,
    transfer,
)
from visitors.hosting.actions import hosts, leaving
from visitors.hosting.actions.leaving import check_out
from visitors.places import actions as places
from visitors.queue.actions import undoing
from visitors.queue.actions.tickets import leave_queue

from .given import DAYS
from .rows import OUTDATED, REFUSED, SAME, Row, on

SECOND = datetime.timedelta(seconds=1)


def session(w):
    return sessions.open_session(w.desk, by=staff(w.cast.counter))


def called(w):
    return calling.call_next(session(w), by=staff(w.cast.counter))


def serving(w):
    return start_serving(called(w), by=staff(w.cast.counter))


def mine(w, ticket):
    return on(ticket, by=staff(w.cast.counter))


def held(w):
    at = session(w)
    ticket = calling.call_next(at, by=staff(w.cast.counter))
    hold(start_serving(ticket, by=staff(w.cast.counter)), by=staff(w.cast.counter))
    return on(ticket, by=staff(w.cast.counter), session=at)


def yesterday(act, w):
    with clock.at(clock.now() - DAYS):
        return act(w)


def often_called(w):
    """Called as often as the rule requires before a visitor counts as absent, the last time half a minute ago."""
    with clock.at(clock.now() - 30 * SECOND):
        ticket = called(w)
    type(ticket).objects.filter(pk=ticket.pk).update(calls=3)
    return mine(w, ticket)


def room(w):
    return counter(place=w.location, kind="room", position=w.cast.positions["PENGELOLA-DIKDAS"], name="Ruang 1")


def receive(w, takes_number=True, **errand):
    arrival = Arrival(name="Ibu Baru", takes_number=takes_number)
    return on(w.location, by=staff(w.cast.frontdesk), arrival=arrival, errand=Errand(**errand), key="k")


def correct(w, visit, **errand):
    return on(visit, by=staff(w.cast.frontdesk), errand=Errand(**errand), key="k")


def from_paper(w, finished_at=None, purpose="consult", **errand):
    desk = staff(w.cast.frontdesk)
    sheet = paper.reserve_numbers(w.location, by=desk, count=2)
    line = paper.PaperLine(sheet.first, clock.now(), finished_at)
    return on(sheet, by=desk, line=line, arrival=Arrival(name="Ibu Kertas"), errand=Errand(purpose, **errand))


def guest(w):
    """The visitor of a host."""
    return w.host_call.visit


def left(w):
    check_out(guest(w), by=staff(w.cast.frontdesk))
    return on(guest(w), by=staff(w.cast.frontdesk))


ROWS = [
    Row(
        checkin.check_in,
        "frontdesk",
        lambda w: receive(w, purpose="service", service=w.service),
        wrote=("event issued",),
    ),
    Row(
        checkin.check_in,
        "frontdesk",
        lambda w: receive(w, purpose="service", service=w.service, open_request=True),
        case="opens a request",
        wrote=(
            "event issued",
            "journal request: submit_request",
            "notice request: step_offered to official",
            "timeline request: submitted",
        ),
    ),
    Row(
        checkin.check_in,
        "frontdesk",
        lambda w: receive(w, purpose="meet", host_id=w.cast.positions["KADIS"].pk),
        case="for an official",
        wrote=("event host_called", "event issued", "notice visit: visitor_for_you to head"),
    ),
    Row(
        checkin.check_in,
        "frontdesk",
        lambda w: receive(w, purpose="consult", takes_number=False),
        case="without a number",
    ),
    Row(
        correcting.correct_visit,
        "frontdesk",
        lambda w: correct(w, w.waiting.visit, purpose="consult"),
        case="another errand",
        wrote=("event issued", "event left"),
    ),
    Row(
        correcting.correct_visit,
        "frontdesk",
        lambda w: correct(w, guest(w), purpose="meet", host_id=w.cast.positions["KADIS"].pk),
        case="another host",
        wrote=(
            "event host_answered",
            "event host_called",
            "event issued",
            "event left",
            "notice visit: visitor_for_you to head",
        ),
    ),
    Row(
        hosts.answer_host,
        "official",
        lambda w: on(w.host_call, by=staff(w.cast.official), answer="coming"),
        case="coming",
        wrote=("event host_answered",),
        again=SAME,
    ),
    Row(
        hosts.answer_host,
        "official",
        lambda w: on(w.host_call, by=staff(w.cast.official), answer="delegated", delegate_id=w.cast.section_head.pk),
        case="delegated",
        wrote=("event host_answered", "notice visit: visitor_for_you to section_head"),
        again=("event host_answered",),
    ),
    Row(sessions.open_session, "counter", lambda w: on(w.desk, by=staff(w.cast.counter)), wrote=("event opened",)),
    Row(
        sessions.open_session,
        "counter",
        lambda w: yesterday(session, w) and on(w.desk, by=staff(w.cast.counter)),
        case="left open",
        later=DAYS,
        wrote=("event closed", "event opened"),
    ),
    Row(
        sessions.close_session,
        "counter",
        lambda w: on(session(w), by=staff(w.cast.counter)),
        wrote=("event closed",),
        again=OUTDATED,
    ),
    Row(sessions.pause, "counter", lambda w: on(session(w), by=staff(w.cast.counter)), wrote=("event paused",)),
    Row(
        sessions.unpause,
        "counter",
        lambda w: on(sessions.pause(session(w), by=staff(w.cast.counter)), by=staff(w.cast.counter)),
        wrote=("event unpaused",),
    ),
    Row(calling.call_next, "counter", lambda w: on(session(w), by=staff(w.cast.counter)), wrote=("event called",)),
    Row(
        calling.call_particular,
        "counter",
        lambda w: on(w.waiting, by=staff(w.cast.counter), session=session(w)),
        wrote=("event called",),
        again=REFUSED,
    ),
    Row(calling.resume, "counter", held, wrote=("event called",), again=REFUSED),
    Row(calling.recall, "counter", often_called, wrote=("event recalled",), again=REFUSED),
    Row(start_serving, "counter", lambda w: mine(w, called(w)), wrote=("event serving",), again=OUTDATED),
    Row(no_show, "counter", often_called, wrote=("event no_show",), again=OUTDATED),
    Row(
        report_back,
        "frontdesk",
        lambda w: on(w.missed, by=staff(w.cast.frontdesk)),
        wrote=("event reported_back",),
        again=OUTDATED,
    ),
    Row(
        report_back,
        "visitor",
        lambda w: on(w.missed, by=visitor(w.missed.visit_id)),
        case="by phone",
        wrote=("event reported_back",),
        again=OUTDATED,
    ),
    Row(hold, "counter", lambda w: mine(w, serving(w)), wrote=("event held",), again=OUTDATED),
    Row(
        transfer,
        "counter",
        lambda w: on(serving(w), by=staff(w.cast.counter), counter_id=room(w).pk),
        case="to a room",
        wrote=("event transferred",),
        again=SAME,
    ),
    Row(
        transfer,
        "frontdesk",
        lambda w: on(w.waiting, by=staff(w.cast.frontdesk), service_id=w.elsewhere.pk),
        case="to a service",
        wrote=("event transferred",),
        again=SAME,
    ),
    Row(finish_serving, "counter", lambda w: mine(w, serving(w)), wrote=("event finished",), again=OUTDATED),
    Row(
        leave_queue,
        "visitor",
        lambda w: on(w.waiting, by=visitor(w.waiting.visit_id)),
        wrote=("event left",),
        again=OUTDATED,
    ),
    Row(
        check_out,
        "frontdesk",
        lambda w: on(w.waiting.visit, by=staff(w.cast.frontdesk)),
        case="with a number",
        wrote=("event left",),
    ),
    Row(
        check_out,
        "official",
        lambda w: on(guest(w), by=staff(w.cast.official)),
        case="by the host",
        wrote=("event guest_left", "event left"),
    ),
    Row(
        undoing.take_back,
        "counter",
        lambda w: mine(w, finish_serving(serving(w), by=staff(w.cast.counter))),
        wrote=("event undone",),
        again=OUTDATED,
    ),
    Row(leaving.take_back_leaving, "frontdesk", left, wrote=("event guest_left", "event undone"), again=OUTDATED),
    Row(
        paper.reserve_numbers,
        "frontdesk",
        lambda w: on(w.location, by=staff(w.cast.frontdesk), count=2, key="k"),
        wrote=("journal paper_sheet: reserve_numbers",),
    ),
    Row(paper.enter_from_paper, "frontdesk", from_paper, case="still waits", wrote=("event issued",), again=REFUSED),
    Row(
        paper.enter_from_paper,
        "frontdesk",
        lambda w: from_paper(w, finished_at=clock.now()),
        case="served",
        wrote=("event finished", "event issued"),
        again=REFUSED,
    ),
    Row(
        paper.enter_from_paper,
        "frontdesk",
        lambda w: from_paper(w, finished_at=clock.now(), purpose="meet", host_id=w.cast.positions["KADIS"].pk),
        case="served by an official",
        wrote=("event finished", "event issued"),
        again=REFUSED,
    ),
    Row(
        day_end.end_past_days,
        "system",
        lambda w: yesterday(serving, w) and on(),
        later=DAYS,
        wrote=("event closed", "event finished", "event left"),
    ),
    Row(
        places.add_counter,
        "admin",
        lambda w: on(w.location, by=staff(w.cast.admin), name="Loket 2", number=2),
        wrote=("journal counter: add_counter",),
        again=REFUSED,
    ),
    Row(
        places.open_counters,
        "admin",
        lambda w: on(None, by=staff(w.cast.admin), name="Ruang Baru", count=2, key="k"),
        wrote=("journal counter: add_counter", "journal counter: add_counter", "journal location: add_location"),
    ),
    Row(
        places.serve_everywhere,
        "admin",
        lambda w: on(by=staff(w.cast.admin)),
        wrote=("journal counter: serve_services",),
    ),
]
