"""Run functions at the same time, each in a thread with its own database connection."""

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction


def concurrently(*functions: Callable) -> list:
    """The results in the order of the functions, or the exception that one raised in its place.

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
    """The results of two functions, the second of which starts when the first has done everything except commit.

    Results and requirements as for ``concurrently``. The first commits once the second waits for a lock or has ended.
    If a verb takes its lock, the second reads the changes of the first; otherwise it continues with the previous state.
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
