"""Run functions at the same time, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(*functions: Callable) -> list:
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
