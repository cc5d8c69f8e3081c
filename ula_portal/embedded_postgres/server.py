"""Start, share and stop an embedded server; see the package's docstring for an overview."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from ula_portal.embedded_postgres import cluster, keeper
from ula_portal.embedded_postgres.cluster import DATABASE, PORT, ROLE
from ula_portal.embedded_postgres.folders import EmbeddedPostgresError, ServerFolders

Report = Callable[[str], None]
_PROGRESS_SECONDS = 3
_POLL_SECONDS = 0.05
_LOG_LIMIT_BYTES = 20_000_000
# File descriptors of this process's user locks, by data folder; open until the process ends.
_users: dict[Path, int] = {}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def database_settings(var_dir: Path) -> dict:
    """Django's parameters (without ENGINE) of the server that belongs to ``var_dir``. No side effects."""
    return {
        "NAME": DATABASE,
        "USER": ROLE,
        "PASSWORD": "",
        "HOST": str(ServerFolders.of(var_dir).socket),
        "PORT": str(PORT),
    }


def ensure_running(var_dir: Path, *, durable: bool = True, disposable: bool = False, report: Report = _say) -> dict:
    """Start the server unless it runs, wait until it answers, and create an empty database if there is none.

    The calling process becomes a user of the server until it ends or calls ``stop_if_last``. ``durable=False`` trades
    safety against power loss for speed (tests); ``disposable`` also deletes ``var_dir`` after its last user. Returns
    ``database_settings(var_dir)``.
    Raises: EmbeddedPostgresError with one sentence.
    """
    folders = ServerFolders.of(var_dir)
    folders.prepare()
    try:
        _become_user(folders, report)
        with _locked(folders.var_dir / "postgres.lock", report):
            cluster.set_leftover_aside(folders, report)
            while not _start_or_join(folders, durable=durable, disposable=disposable, report=report):
                report("Menunggu sisa proses basis data yang terhenti mendadak …")
                time.sleep(1)
            _create_database(folders)
    except OSError as error:
        named = f"{error.strerror} ({error.filename})" if error.filename else str(error)
        raise EmbeddedPostgresError(f"Basis data di {folders.data} tidak dapat dimulai: {named}") from None
    except psycopg2.Error as error:
        raise EmbeddedPostgresError(
            f"Basis data di {folders.data} menolak sambungan: {cluster.failure(str(error))}"
        ) from None
    return database_settings(var_dir)


def stop_if_last(var_dir: Path) -> bool:
    """Stop using the server. If nobody else uses it, stop it and wait. Returns whether it has stopped."""
    folders = ServerFolders.of(var_dir)
    if (mine := _users.pop(folders.var_dir, None)) is not None:
        os.close(mine)
    while (pid := cluster.running_pid(folders)) is not None:
        descriptor = _open_lock(folders.var_dir / "postgres.users")
        try:
            if _try_lock(descriptor, fcntl.LOCK_EX):
                keeper.stop(pid)
                return True
            # If even the shared lock is refused, the keeper is stopping the server right now.
            if _try_lock(descriptor, fcntl.LOCK_SH) and cluster.running_pid(folders) is not None:
                return False
        finally:
            os.close(descriptor)
        time.sleep(_POLL_SECONDS)
    return True


def has_keeper(var_dir: Path) -> bool:
    """Whether the server has a keeper that would restart it; ``ensure_running`` starts one."""
    descriptor = _open_lock(ServerFolders.of(var_dir).var_dir / "postgres.keeper")
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def running_pid(var_dir: Path) -> int | None:
    """The process id of the server that belongs to ``var_dir``, or None if it is not running."""
    return cluster.running_pid(ServerFolders.of(var_dir))


def remove(var_dir: Path) -> None:
    """Stop the server and delete ``var_dir`` and its data. For disposable servers.

    Raises: EmbeddedPostgresError if another process uses it.
    """
    folders = ServerFolders.of(var_dir)
    if not stop_if_last(var_dir):
        raise EmbeddedPostgresError(f"Basis data di {folders.data} masih dipakai proses lain.")
    for folder in _folders(folders):
        shutil.rmtree(folder, ignore_errors=True)


def recreate_database(var_dir: Path) -> None:
    """Replace the running server's database by an empty one, closing all connections to it."""
    folders = ServerFolders.of(var_dir)
    with _maintenance(folders) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    _create_database(folders)


def _folders(folders: ServerFolders) -> list[Path]:
    return [folders.socket, folders.home, folders.var_dir]


def _open_lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        # The owner of the folder must be able to use it after root did.
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_lock(descriptor: int, kind: int, report: Report) -> None:
    reported = time.monotonic()
    while not _try_lock(descriptor, kind):
        if time.monotonic() - reported > _PROGRESS_SECONDS:
            report("Menunggu proses lain yang sedang memulai atau menghentikan basis data …")
            reported = time.monotonic()
        time.sleep(_POLL_SECONDS)


@contextmanager
def _locked(path: Path, report: Report) -> Iterator[None]:
    descriptor = _open_lock(path)
    try:
        _wait_for_lock(descriptor, fcntl.LOCK_EX, report)
        yield
    finally:
        os.close(descriptor)


def _become_user(folders: ServerFolders, report: Report) -> None:
    if folders.var_dir not in _users:
        descriptor = _open_lock(folders.var_dir / "postgres.users")
        _wait_for_lock(descriptor, fcntl.LOCK_SH, report)
        _users[folders.var_dir] = descriptor


@contextmanager
def _maintenance(folders: ServerFolders) -> Iterator["psycopg2.extensions.cursor"]:
    connection = psycopg2.connect(dbname="postgres", user=ROLE, host=str(folders.socket), port=PORT)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _create_database(folders: ServerFolders) -> None:
    with _maintenance(folders) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE}")


def _start_or_join(folders: ServerFolders, *, durable: bool, disposable: bool, report: Report) -> bool:
    """Start the server or a missing keeper. Called under the start lock.

    Returns False if the server cannot start yet because processes of a crashed server are still ending.
    """
    keeper_process = None
    lock = _open_lock(folders.var_dir / "postgres.keeper")
    try:
        # A keeper whose server has crashed will restart it or end.
        while not (unguarded := _try_lock(lock, fcntl.LOCK_EX)) and cluster.running_pid(folders) is None:
            time.sleep(_POLL_SECONDS)
        if unguarded:
            # No server is running, or only its keeper was killed.
            keeper_process = _spawn_keeper(folders, lock, durable=durable, disposable=disposable, report=report)
    finally:
        os.close(lock)
    return _wait_until_ready(folders, keeper_process, report)


def _spawn_keeper(
    folders: ServerFolders, lock: int, *, durable: bool, disposable: bool, report: Report
) -> subprocess.Popen:
    folders.log.parent.mkdir(mode=0o700, exist_ok=True)
    pid = cluster.running_pid(folders)
    command, account = cluster.prepare(folders, durable=durable, report=report)
    if pid is None and folders.log.exists() and folders.log.stat().st_size > _LOG_LIMIT_BYTES:
        folders.log.replace(folders.log.with_name("postgres.log.1"))
    users = _open_lock(folders.var_dir / "postgres.users")
    specification = {
        "command": command,
        "pid": pid,
        "data": str(folders.data),
        "user": account and account.pw_uid,
        "group": account and account.pw_gid,
        "users": users,
        "log": str(folders.log),
        "remove": [str(folder) for folder in _folders(folders)] if disposable else [],
    }
    try:
        # The keeper inherits the lock with its descriptor. It has its own session, so that Ctrl-C does not reach it.
        return subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, json.dumps(specification)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            pass_fds=[lock, users],
            start_new_session=True,
        )
    finally:
        os.close(users)


def _wait_until_ready(folders: ServerFolders, keeper_process: subprocess.Popen | None, report: Report) -> bool:
    """Wait until the server answers, without a time limit, since a recovery may take long.

    Returns False if this process has to try again: the server ended because processes of an earlier one still hold its
    memory, or another process had started it.
    Raises: EmbeddedPostgresError if it cannot start.
    """
    begun = reported = time.monotonic()
    while True:
        try:
            with _maintenance(folders):
                return True
        except psycopg2.OperationalError as error:
            ended = keeper_process.poll() is not None if keeper_process else not has_keeper(folders.var_dir)
            # A final refusal, as opposed to "starting up" or "recovering".
            refused = "authentication failed" in str(error) or "does not exist" in str(error)
            if refused and not ended:
                raise
        if ended:
            if keeper_process is None:
                return False
            reason = cluster.failure(_tail(folders.log))
            if "pre-existing shared memory block" in reason:
                return False
            raise EmbeddedPostgresError(
                f"Basis data di {folders.data} tidak dapat dimulai: {reason} (catatan lengkap: {folders.log})"
            )
        now = time.monotonic()
        if now - reported > _PROGRESS_SECONDS:
            report(f"Menunggu basis data siap … {now - begun:.0f} detik")
            reported = now
        time.sleep(_POLL_SECONDS)


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 8192))
            return stream.read().decode(errors="replace")
    except OSError:
        return ""
