"""The data folder of an embedded server (``initdb``, access rules) and the server's command line."""

import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from ula_portal.embedded_postgres import keeper
from ula_portal.embedded_postgres.folders import (
    REFUGE,
    EmbeddedPostgresError,
    ServerFolders,
    account_of,
    binaries_for,
    private_folder,
    refuge,
)

DATABASE = "ula"
# Owner of the database, and superuser since migrations create extensions.
ROLE = "ula"
PORT = 5432
_SPACE_NEEDED_BYTES = 200_000_000
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # JIT made small queries slow (docs/performance.md).
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    # Statements, parameters and error details may contain personal data, so they are not logged.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# Not safe against power loss; for disposable servers only.
_FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}


def prepare(
    folders: ServerFolders, *, durable: bool, report: Callable[[str], None]
) -> tuple[list[str], pwd.struct_passwd | None]:
    """Create everything that the server needs. Returns its command line, and the account to run it under (None: the
    caller's own).
    """
    account = account_of(folders)
    install = binaries_for(account)
    if account and (folders.elsewhere or REFUGE in install.parents):
        kept = "basis data dan salinan berkas PostgreSQL" if folders.elsewhere else "salinan berkas PostgreSQL"
        report(f"Akun {account.pw_name} tidak dapat mencapai folder portal; {kept} disimpan di {REFUGE}.")
    if folders.elsewhere:
        _link_from_var_dir(folders)
    if folders.data.is_dir() and any(folders.data.iterdir()):
        _check_data(folders)
    else:
        _initdb(folders, install, account, durable=durable, report=report)
    _write_access_rules(folders, account)
    private_folder(folders.socket, account)
    settings = _SETTINGS | ({} if durable else _FAST_SETTINGS)
    if (install / "lib" / "pg_stat_statements.so").exists():
        settings["shared_preload_libraries"] = "pg_stat_statements"
    command = [
        str(install / "bin" / "postgres"),
        "-D",
        str(folders.data),
        "-k",
        str(folders.socket),
        "-p",
        str(PORT),
    ]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command, account


def set_leftover_aside(folders: ServerFolders, report: Callable[[str], None]) -> None:
    """Rename data stored elsewhere for a deleted ``var_dir``, so that a new one neither reuses nor loses them."""
    if folders.elsewhere and folders.data.is_dir() and not (folders.var_dir / "postgres").is_symlink():
        if (pid := running_pid(folders)) is not None:
            keeper.stop(pid)
        aside = folders.data.with_name(f"postgres-{time.strftime('%Y%m%d-%H%M%S')}")
        folders.data.rename(aside)
        report(f"Folder data {folders.var_dir} baru; basis data lamanya dipindahkan ke {aside}.")


def running_pid(folders: ServerFolders) -> int | None:
    """The process id of the running server, or None. Ignores an id that a crash left and another process reuses."""
    try:
        pid = int((folders.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if pid <= 0 or not keeper.is_alive(pid):
        return None
    try:
        return pid if Path(f"/proc/{pid}/cwd").resolve(strict=True) == folders.data.resolve() else None
    except OSError:
        return None


def failure(log: str) -> str:
    """The line of a PostgreSQL log or error output that explains the failure."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    marks = ("PANIC:", "FATAL:", "error:", "could not")
    telling = [line for line in lines if any(mark in line for mark in marks)]
    line = (telling or lines or ["tanpa pesan"])[-1]
    # Without the time and process id of the log.
    return re.sub(r"^\S+ \S+ \S+ \[\d+\] ", "", line)


def _link_from_var_dir(folders: ServerFolders) -> None:
    refuge()
    folders.home.mkdir(exist_ok=True)
    folders.home.chmod(0o711)
    link = folders.var_dir / "postgres"
    if not link.is_symlink():
        link.symlink_to(folders.data)


def _check_data(folders: ServerFolders) -> None:
    try:
        made_by = (folders.data / "PG_VERSION").read_text().strip()
    except OSError:
        made_by = ""
    if not made_by or not (folders.data / "global" / "pg_control").exists():
        raise EmbeddedPostgresError(
            f"Folder basis data {folders.data} rusak (berkas pokoknya hilang); pulihkan dari cadangan, atau "
            "pindahkan folder itu untuk memulai dari kosong."
        )
    ours = metadata.version("embedded-postgres").split(".")[0]
    if made_by != ours:
        raise EmbeddedPostgresError(
            f"Basis data di {folders.data} dibuat dengan PostgreSQL {made_by}, sedangkan portal ini membawa "
            f"PostgreSQL {ours}; buat cadangan dengan portal versi lama lalu pulihkan di sini."
        )


def _initdb(
    folders: ServerFolders,
    install: Path,
    account: pwd.struct_passwd | None,
    *,
    durable: bool,
    report: Callable[[str], None],
) -> None:
    if shutil.disk_usage(folders.home).free < _SPACE_NEEDED_BYTES:
        raise EmbeddedPostgresError(
            f"Ruang penyimpanan di {folders.home} tidak cukup untuk basis data (perlu sekitar 200 MB)."
        )
    report("Menyiapkan basis data PostgreSQL …")
    # Renamed once complete, so that an interrupted start leaves no incomplete data folder.
    fresh = folders.home / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh, account)
    command = [
        str(install / "bin" / "initdb"),
        "-D",
        str(fresh),
        "-U",
        ROLE,
        "--auth=peer",
        "--encoding=UTF8",
    ]
    # PostgreSQL's builtin locale, so that system upgrades cannot change the order of an index.
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    if not durable:
        command.append("--no-sync")
    as_account: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    )
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        check=False,
        **as_account,
    )
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        reason = failure(done.stderr).removeprefix("initdb: ").removeprefix("error: ")
        raise EmbeddedPostgresError(f"Basis data tidak dapat dibuat di {folders.data}: {reason}")
    if folders.data.is_dir():
        folders.data.rmdir()
    fresh.rename(folders.data)


def _write_access_rules(folders: ServerFolders, account: pwd.struct_passwd | None) -> None:
    """Accept only root, the portal's account and the server's account, by peer authentication."""
    names = {
        pwd.getpwuid(0).pw_name,
        pwd.getpwuid(os.geteuid()).pw_name,
        pwd.getpwuid(folders.data.stat().st_uid).pw_name,
    }
    rules = {
        "pg_hba.conf": "local all all peer map=portal\n",
        "pg_ident.conf": "".join(f'portal "{name}" {ROLE}\n' for name in sorted(names)),
    }
    for file, text in rules.items():
        path = folders.data / file
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            if account:
                os.fchown(stream.fileno(), account.pw_uid, account.pw_gid)
