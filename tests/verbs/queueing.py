"""Verbs of the visitors app: check-in, hosts, the queue, counters, numbers on paper."""

import datetime

from tests.factories.visitors import counter
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from visitors.checkin.actions import checkin, correcting, paper
from visitors.counter.actions import calling, day_end, sessions
from visitors.counter.actions.serving import (
    finish,
    hold,
    no_show,
    report_back,
    report_back_oneself,
    start_serving,
    transfer,
)
from visitors.hosting.actions import hosts, leaving
from visitors.hosting.actions.leaving import check_out
from visitors.places import actions as places
from visitors.queue.actions import tickets, undoing
from visitors.queue.actions.tickets import leave_queue

from .given import DAYS
from .rows import OUTDATED, REFUSED, SAME, Row, on

SECOND = datetime.timedelta(seconds=1)


def desk(w):
    return {"user": w.cast.frontdesk}


def session(w):
    return sessions.open_session(w.desk.pk, w.cast.counter)


def called(w):
    return calling.call_next(session(w).pk, w.cast.counter)


def serving(w):
    return start_serving(called(w).pk, w.cast.counter)


def mine(w, ticket):
    return on(ticket.pk, w.cast.counter)


def held(w):
    at = session(w)
    ticket = calling.call_next(at.pk, w.cast.counter)
    hold(start_serving(ticket.pk, w.cast.counter).pk, w.cast.counter)
    return on(at.pk, ticket.pk, w.cast.counter)


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


def receive(w, **more):
    return on(**desk(w), location=w.location, name="Ibu Baru", idempotency_key="k", **more)


def correct(w, visit, **more):
    return on(visit.pk, **desk(w), idempotency_key="k", **more)


def from_paper(w, **more):
    sheet = paper.reserve_numbers(w.location, w.cast.frontdesk, count=2)
    more = {"came_at": clock.now(), "purpose": "consult", "name": "Ibu Kertas"} | more
    return on(sheet.pk, sheet.first, w.cast.frontdesk, **more)


def guest(w):
    """The visitor of a host."""
    return w.host_call.visit


def call_another(w):
    visit = checkin.check_in(**desk(w), location=w.location, purpose="consult", name="Bapak Tamu").visit
    visit.host_id = w.cast.positions["KADIS"].pk
    visit.save()
    return on(visit)


def left(w):
    check_out(guest(w).pk, w.cast.frontdesk)
    return on(guest(w).pk, w.cast.frontdesk)


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
    Row(checkin.check_in, "frontdesk", lambda w: receive(w, purpose="consult", issue=False), case="without a number"),
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
        hosts.call_host, "frontdesk", call_another, wrote=("event host_called", "notice visit: visitor_for_you to head")
    ),
    Row(
        hosts.answer_host,
        "official",
        lambda w: on(w.host_call.pk, w.cast.official, "coming"),
        case="coming",
        wrote=("event host_answered",),
        again=SAME,
    ),
    Row(
        hosts.answer_host,
        "official",
        lambda w: on(w.host_call.pk, w.cast.official, "delegated", w.cast.section_head.pk),
        case="delegated",
        wrote=("event host_answered", "notice visit: visitor_for_you to section_head"),
        again=("event host_answered",),
    ),
    Row(
        tickets.issue_ticket,
        "frontdesk",
        lambda w: leave_queue(w.waiting.pk) and on(w.waiting.visit),
        wrote=("event issued",),
        again=REFUSED,
    ),
    Row(sessions.open_session, "counter", lambda w: on(w.desk.pk, w.cast.counter), wrote=("event opened",)),
    Row(
        sessions.open_session,
        "counter",
        lambda w: yesterday(session, w) and on(w.desk.pk, w.cast.counter),
        case="left open",
        later=DAYS,
        wrote=("event closed", "event opened"),
    ),
    Row(
        sessions.close_session,
        "counter",
        lambda w: on(session(w).pk, w.cast.counter),
        wrote=("event closed",),
        again=OUTDATED,
    ),
    Row(sessions.pause, "counter", lambda w: on(session(w).pk, w.cast.counter), wrote=("event paused",)),
    Row(
        sessions.unpause,
        "counter",
        lambda w: on(sessions.pause(session(w).pk, w.cast.counter).pk, w.cast.counter),
        wrote=("event unpaused",),
    ),
    Row(calling.call_next, "counter", lambda w: on(session(w).pk, w.cast.counter), wrote=("event called",)),
    Row(
        calling.call_particular,
        "counter",
        lambda w: on(session(w).pk, w.waiting.pk, w.cast.counter),
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
        lambda w: on(w.missed.pk, w.cast.frontdesk),
        wrote=("event reported_back",),
        again=OUTDATED,
    ),
    Row(report_back_oneself, "visitor", lambda w: on(w.missed.pk), wrote=("event reported_back",), again=OUTDATED),
    Row(hold, "counter", lambda w: mine(w, serving(w)), wrote=("event held",), again=OUTDATED),
    Row(
        transfer,
        "counter",
        lambda w: on(serving(w).pk, w.cast.counter, counter_id=room(w).pk),
        case="to a room",
        wrote=("event transferred",),
        again=SAME,
    ),
    Row(
        transfer,
        "frontdesk",
        lambda w: on(w.waiting.pk, w.cast.frontdesk, service_id=w.elsewhere.pk),
        case="to a service",
        wrote=("event transferred",),
        again=SAME,
    ),
    Row(finish, "counter", lambda w: mine(w, serving(w)), wrote=("event finished",), again=OUTDATED),
    Row(leave_queue, "visitor", lambda w: on(w.waiting.pk), wrote=("event left",), again=OUTDATED),
    Row(
        check_out,
        "frontdesk",
        lambda w: on(w.waiting.visit_id, w.cast.frontdesk),
        case="with a number",
        wrote=("event left",),
    ),
    Row(
        check_out,
        "official",
        lambda w: on(guest(w).pk, w.cast.official),
        case="by the host",
        wrote=("event guest_left", "event left"),
    ),
    Row(
        undoing.take_back,
        "counter",
        lambda w: mine(w, finish(serving(w).pk, w.cast.counter)),
        wrote=("event undone",),
        again=OUTDATED,
    ),
    Row(leaving.take_back_leaving, "frontdesk", left, wrote=("event guest_left", "event undone"), again=OUTDATED),
    Row(
        paper.reserve_numbers,
        "frontdesk",
        lambda w: on(w.location, w.cast.frontdesk, count=2, idempotency_key="k"),
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
        lambda w: on(w.location, "Loket 2", number=2, actor=staff(w.cast.admin)),
        wrote=("journal counter: add_counter",),
        again=REFUSED,
    ),
]
