"""Additional processes for a test, not forked from its own one, whose threads' locks a child would hold forever.

They are forked from a small server process that has no threads and has loaded Django once.
"""

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager

from django.db import connection, connections

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.loaded"])


def in_processes(*works: tuple) -> list:
    """Run each (function, *arguments) in a separate process on this test's database, all started at the same time.

    The functions must be defined at module level; arguments and results are pickled. Returns the results in order, with
    None for a process that was killed.
    """
    gate = _context.Event()
    begun = [_begin(_work, connection.settings_dict["NAME"], gate, *work) for work in works]
    for _process, ours in begun:
        ours.recv()
    gate.set()
    return [_end(process, ours) for process, ours in begun]


@contextmanager
def beside(function: Callable, *arguments) -> Generator:
    """Run ``function(*arguments)`` in a separate process that lives as long as the block; yields its result."""
    process, ours = _begin(_stay, function, *arguments)
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def _begin(function, *arguments):
    ours, theirs = _context.Pipe()
    process = _context.Process(target=function, args=(theirs, *arguments))
    process.start()
    theirs.close()
    return process, ours


def _end(process, ours):
    try:
        answer = ours.recv()
    except EOFError:
        answer = None
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return answer


def _work(theirs, database, gate, function, *arguments):
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    theirs.send("ready")
    gate.wait()
    theirs.send(function(*arguments))
    connections.close_all()


def _stay(theirs, function, *arguments):
    try:
        theirs.send(function(*arguments))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    signal.pause()
