"""The folder for everything that the portal writes, and the secret key in it."""

import os
import secrets
import tempfile
from pathlib import Path

from ula_portal import env

_SECRET_KEY_LENGTH = 50


def prepare_var_dir(var_dir: Path) -> None:
    """Create the data folder if it is missing, with mode 711: other accounts can pass through it but not list it.

    The database's account has to pass; the content has its own modes. An existing folder stays unchanged.
    """
    if not var_dir.is_dir():
        try:
            var_dir.mkdir(parents=True, exist_ok=True)
            var_dir.chmod(0o711)
        except OSError as error:
            raise env.EnvError(f"Folder data {var_dir} tidak dapat dibuat: {error.strerror}.") from None


def secret_key(var_dir: Path, *, production: bool) -> str:
    """``SECRET_KEY``; outside production it is generated once and stored in ``var_dir/secret_key`` (mode 600)."""
    value = env.read_str("SECRET_KEY", default="")
    if value:
        if production and len(value) < _SECRET_KEY_LENGTH:
            env.report(f"Variabel SECRET_KEY terlalu pendek; paling sedikit {_SECRET_KEY_LENGTH} karakter.")
        return value
    if production:
        env.report(
            "Variabel SECRET_KEY wajib diisi pada PORTAL_ENV=production: "
            f"teks acak paling sedikit {_SECRET_KEY_LENGTH} karakter."
        )
    if production or env.is_refused():
        # A start that is going to be refused writes nothing.
        return ""
    prepare_var_dir(var_dir)
    path = var_dir / "secret_key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(_SECRET_KEY_LENGTH))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise env.EnvError(f"Kunci rahasia {path} tidak dapat dibaca atau ditulis: {error}.") from None
    if not key:
        raise env.EnvError(f"Kunci rahasia {path} kosong; hapus berkas itu agar dibuat ulang.")
    return key


def _write_once(path: Path, text: str) -> None:
    """Create a private file atomically; if another process creates it first, that one's content stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
