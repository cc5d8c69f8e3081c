"""Eight clerks call the next visitor at the same time, with the portal's verb and with bare SQL as its reference.

Each clerk is a process with its own connection. Only the call is timed; the clerk is then freed by the same plain
UPDATE on both sides, which is not timed.
"""

import multiprocessing
import os
import time

from .clients import CLIENTS, Measured, percentiles
from .servers import connect

_CALL = (
    "UPDATE ticket SET state = 'called', called_at = now(), clerk = %s WHERE id = (SELECT id FROM ticket"
    " WHERE state = 'waiting' ORDER BY waiting_since, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


def call_in_portal(sessions: list[tuple[int, int]], tickets: int) -> Measured:
    """Let the clerks empty a queue of ``tickets`` through ``visitors.counter.actions.calling.call_next``."""
    return _run(_clerk_of_portal, [(session, user) for session, user in sessions], tickets)


def call_by_sql(parameters: dict, tickets: int) -> Measured:
    """Let the clerks empty a separate queue with one SQL statement through psycopg2."""
    connection = connect(parameters)
    with connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE ticket")
        cursor.execute(
            "INSERT INTO ticket (state, waiting_since) SELECT 'waiting', now() + n * interval '1 microsecond'"
            " FROM generate_series(1, %s) n",
            [tickets],
        )
        cursor.execute("ANALYZE ticket")
    connection.close()
    return _run(_clerk_of_sql, [(parameters, number) for number in range(CLIENTS)], tickets)


def _run(clerk, details, tickets):
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(len(details)), context.Queue()
    clerks = [context.Process(target=clerk, args=(*each, ready, results)) for each in details]
    for process in clerks:
        process.start()
    found = [results.get(timeout=300) for _process in clerks]
    for process in clerks:
        process.join(30)
    called = [ticket for tickets_, _times in found for ticket in tickets_]
    # The figures are valid only if each ticket was called exactly once.
    wrong = abs(len(called) - tickets) + len(called) - len(set(called))
    times = [ms for _tickets, times_ in found for ms in times_]
    rate = len(times) / (sum(times) / 1000 / len(details))
    return Measured(rate, *percentiles(times), wrong, len(called))


def _clerk_of_portal(session_id, user_id, ready, results):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.load.settings")
    import django

    django.setup()
    from django.db import connection

    from ula_portal.core.journal.actors import staff
    from ula_portal.core.models import User
    from visitors.counter.actions.calling import call_next
    from visitors.models import CounterSession

    user, session = User.objects.get(pk=user_id), CounterSession.objects.get(pk=session_id)
    cursor = connection.cursor()
    tickets, times = [], []
    ready.wait(60)
    while True:
        began = time.perf_counter()
        ticket = call_next(session, by=staff(user))
        took = (time.perf_counter() - began) * 1000
        if ticket is None:
            break
        times.append(took)
        tickets.append(ticket.pk)
        cursor.execute("UPDATE visitors_ticket SET state = 'finished' WHERE id = %s", [ticket.pk])
    results.put((tickets, times))


def _clerk_of_sql(parameters, number, ready, results):
    connection = connect(parameters)
    connection.autocommit = True
    cursor = connection.cursor()
    tickets, times = [], []
    ready.wait(60)
    while True:
        began = time.perf_counter()
        cursor.execute(_CALL, [number])
        row = cursor.fetchone()
        took = (time.perf_counter() - began) * 1000
        if row is None:
            break
        times.append(took)
        tickets.append(row[0])
        cursor.execute("UPDATE ticket SET state = 'finished' WHERE id = %s", [row[0]])
    connection.close()
    results.put((tickets, times))
