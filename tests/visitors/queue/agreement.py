"""The load, the display, the ticket's page, the counter and the desk must agree about one moment."""

from django.db import transaction

from ula_portal.core import ports
from ula_portal.core.journal.actors import staff
from visitors.counter import queries as counter
from visitors.counter.actions import calling
from visitors.desk.queries.desk import numbers_today
from visitors.display.queries.board import board_of, status_of, status_words, tickets_with_location
from visitors.models import Ticket
from visitors.own_ticket import queries as own_ticket
from visitors.places.queries.closures import locations


def assert_all_say_the_same(place, desk, clerks) -> None:
    """Assert that every page says the same about who waits and who is next.

    ``desk``: somebody of the front desk; ``clerks``: all who may sit at a counter or in a room of ``place``.
    """
    board = board_of(place.pk)
    hall = next(hall for hall in own_ticket.halls_now() if hall.location.pk == place.pk)
    own = {ticket.pk: status_of(ticket) for ticket in tickets_with_location().filter(state="waiting")}
    waits = {pk: each for pk, each in own.items() if each.ahead is not None}
    at_desk = numbers_today(desk, locations()[0])
    positions = {ticket.pk: position for ticket, position in at_desk.waiting}

    # Who waits.
    assert board.waiting == hall.waiting == len(waits) == ports.queue_now()["waiting"]
    assert set(positions) == set(waits)
    assert sum(load.waiting for load in hall.services) == len(waits)
    assert {pk: board.statuses[pk] for pk in own} == own
    for pk in own.keys() - waits.keys():
        assert status_words(own[pk])["heading"] == "Loket sudah tutup"

    # While service is stopped no waiting time is shown.
    assert not hall.stopped or {board.wait, *(each.wait for each in own.values())} == {None}

    # Who can be called, and by whom.
    lines = {clerk.pk: _line_of(clerk) for clerk in clerks}
    callable_ = {pk for line in lines.values() for pk in line}
    assert callable_ == {pk for pk, each in waits.items() if each.seated == "open"}
    assert callable_ == {pk for pk, position in positions.items() if position.calling}
    labels = {each.label: pk for pk, each in waits.items()}
    shown = [labels[label] for label in board.next]
    assert set(shown) <= callable_
    assert len(shown) == min(5, len(callable_))
    ahead = [waits[pk].ahead for pk in shown]
    assert ahead == sorted(ahead)
    assert [t.pk for t, position in at_desk.waiting][: len(shown)] == shown

    # Who is next: the first of a line, and nobody else.
    first = {line[0] for line in lines.values() if line}
    assert first == {pk for pk in callable_ if waits[pk].ahead == 0}
    assert first == {pk for pk, each in waits.items() if status_words(each)["heading"] == "Anda berikutnya"}
    for clerk in clerks:
        _assert_called(clerk, lines[clerk.pk])

    for load in hall.services:
        free = Ticket.objects.filter(pk__in=waits, service__isnull=not load.name, target__isnull=True)
        for ticket in free.filter(service__name=load.name) if load.name else free:
            assert (load.counters > 0) == (waits[ticket.pk].seated == "open")


def _line_of(clerk):
    """Ids of the tickets that an open counter shows as waiting, in its order."""
    session = counter.session_of(clerk)
    if session is None or session.paused_at:
        return []
    return [ticket.pk for ticket in counter.workplace_of(session, clerk).waiting]


def _assert_called(clerk, line):
    """Assert that a free counter would call the first of its line; the call is rolled back."""
    session = counter.session_of(clerk)
    if session is None or session.paused_at or counter.workplace_of(session, clerk).current:
        return
    mark = transaction.savepoint()
    called = calling.call_next(session, by=staff(clerk))
    transaction.savepoint_rollback(mark)
    assert (called.pk if called else None) == (line[0] if line else None)
