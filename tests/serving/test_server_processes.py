"""Which processes the measurement of memory counts: a worker and its parent look alike in the list of processes."""

import subprocess
import sys

from tests.load.streams import server_processes

# Like the server: a parent and a worker with the same command line, until their input ends.
FORKING = 'import os; os.fork(); os.write(1, b"%d\\n" % os.getpid()); os.read(0, 1)'


def test_each_process_of_the_server_is_counted_once():
    name = "no-port-at-all"
    command = [sys.executable, "-c", FORKING, "granian", name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        running = sorted(int(parent.stdout.readline()) for _n in range(2))
        counted = sorted(process.pid for process in server_processes(name))
        parent.stdin.close()
    assert counted == running
