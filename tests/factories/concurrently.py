"""Run functions at the same time, each in a thread with a database connection of its own."""

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction


def concurrently(*functions: Callable) -> list:
    """Results in the order of the functions; an exception that one raised stands in its place.

    Needs a test with real transactions (``@pytest.mark.django_db(transaction=True)``).
    """
    ready = threading.Barrier(len(functions))

    def run(function):
        try:
            connection.ensure_connection()
            ready.wait(timeout=30)
            return function()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def one_after_the_other(first: Callable, second: Callable) -> tuple:
    """What two get of whom the second begins while the first has done everything but commit. As ``concurrently``.

    The second is let alone until it waits for a lock or has ended; then the first commits. Where a verb takes its lock,
    the second reads what the first has done; where it takes none, it goes on from what stood there before.
    """
    pid = queue.SimpleQueue()

    def follow():
        try:
            connection.ensure_connection()
            pid.put(connection.connection.info.backend_pid)
            return second()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            done = first()
            other = pool.submit(contextvars.copy_context().run, follow)
            waiting = pid.get(timeout=30)
            while not other.done():
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [waiting])
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.002)
        return done, other.result(timeout=30)
