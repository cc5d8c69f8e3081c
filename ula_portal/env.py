"""Strict readers of environment variables: a wrong value stops the start with one sentence.

Every reader registers the name it reads, so that ``reject_unknown`` can distinguish misspelt variables from unrelated
ones. An empty value counts as not set. All readers raise ``EnvError`` with one Indonesian sentence that names the
variable and its allowed values; ``manage.py`` and the server's entry points print it and exit with status 2.
"""

import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url

# Variables of the portal that are read elsewhere (entry points, Makefile).
_known = {"WEB_THREADS", "WEB_WORKERS", "LIVE_STREAMS", "BROWSER"}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_SECRET_KEY_LENGTH = 50


class EnvError(Exception):
    """An environment variable is not usable; the text is one sentence for the operator."""


def _raw(name: str) -> str | None:
    _known.add(name)
    return os.environ.get(name, "").strip() or None


def _fail(name: str, value: str, allowed: str) -> EnvError:
    return EnvError(f'Variabel {name} bernilai "{value}"; yang diperbolehkan: {allowed}.')


def read_str(name: str, *, default: str, choices: Sequence[str] = ()) -> str:
    """Text; if ``choices`` are given, one of them."""
    value = _raw(name)
    if value is None:
        return default
    if choices and value not in choices:
        near = get_close_matches(value, choices, n=1)
        hint = f' (maksud Anda "{near[0]}"?)' if near else ""
        raise _fail(name, value, ", ".join(choices) + hint)
    return value


def read_bool(name: str, *, default: bool) -> bool:
    """``true``, ``false``, ``1`` or ``0``, in any case."""
    value = _raw(name)
    if value is None:
        return default
    try:
        return _BOOLEANS[value.lower()]
    except KeyError:
        raise _fail(name, value, "true atau false") from None


def read_int(name: str, *, default: int, minimum: int | None = None, maximum: int | None = None) -> int:
    """A whole number within the bounds (included)."""
    value = _raw(name)
    if value is None:
        return default
    bounds = "bilangan bulat"
    if minimum is not None:
        bounds += f" paling kecil {minimum}"
    if maximum is not None:
        bounds += f" paling besar {maximum}"
    # int() would also take "1_000", "+5" and digits of other scripts.
    if not (value.removeprefix("-").isascii() and value.removeprefix("-").isdigit()):
        raise _fail(name, value, bounds)
    number = int(value)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise _fail(name, value, bounds)
    return number


def read_list(name: str, *, default: Sequence[str]) -> list[str]:
    """Items separated by commas; spaces around them are removed, empty items are refused."""
    value = _raw(name)
    if value is None:
        return list(default)
    items = [item.strip() for item in value.split(",")]
    if not all(items):
        raise _fail(name, value, "daftar yang dipisahkan koma tanpa butir kosong")
    return items


def read_networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks (``10.0.0.0/8``), separated by commas; an empty list if the variable is not set."""
    try:
        return [ip_network(item) for item in read_list(name, default=[])]
    except ValueError:
        allowed = "alamat atau jaringan IP yang dipisahkan koma, misalnya 127.0.0.1,10.0.0.0/8"
        raise _fail(name, os.environ[name].strip(), allowed) from None


def read_path(name: str, *, default: Path) -> Path:
    """The absolute path of a folder, with links resolved. A relative path starts at the current folder."""
    value = _raw(name)
    path = default if value is None else Path(value).expanduser()
    path = path.resolve()
    if path.exists() and not path.is_dir():
        raise _fail(name, str(path), "jalur sebuah folder")
    return path


def is_set(name: str) -> bool:
    """Whether the variable is set and not empty."""
    return _raw(name) is not None


def read_url(name: str, *, default: str, schemes: Sequence[str] = ("http", "https")) -> str:
    """A URL with one of the schemes and a host, without query and fragment."""
    value = _raw(name)
    if value is None:
        return default
    allowed = "alamat seperti " + " atau ".join(f"{scheme}://nama-host" for scheme in schemes)
    try:
        parts = urlsplit(value)
        broken = parts.scheme not in schemes or not parts.hostname or parts.port == 0
    except ValueError:
        raise _fail(name, value, allowed) from None
    if broken or parts.query or parts.fragment or parts.username or any(c.isspace() for c in value):
        raise _fail(name, value, allowed)
    return value


def read_socket(name: str) -> str:
    """The socket of a daemon: ``unix:/path`` or ``host:port``; "" if the variable is not set."""
    value = _raw(name)
    if value is None:
        return ""
    host, _colon, port = value.rpartition(":")
    if value.startswith("unix:/") or (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return value
    raise _fail(name, value, "unix:/jalur/soket atau nama-host:port")


def read_database_url(name: str) -> dict | None:
    """Django's parameters for a PostgreSQL server, or None if the variable is not set.

    Only ``postgres://`` and ``postgresql://`` with a database name are accepted. Messages never contain the URL, since
    it contains the password.
    """
    value = _raw(name)
    if value is None:
        return None
    allowed = "postgresql://pengguna:sandi@host:5432/nama-basis-data"
    try:
        scheme = urlsplit(value).scheme
        if scheme not in ("postgres", "postgresql"):
            raise EnvError(f'Variabel {name} memakai "{scheme}"; portal hanya memakai PostgreSQL, contoh: {allowed}.')
        parameters = dj_database_url.parse(value)
    except ValueError:
        parameters = {}
    if not parameters.get("NAME"):
        raise EnvError(f"Variabel {name} tidak terbaca; bentuknya: {allowed}.")
    return dict(parameters)


def read_email_url(name: str, *, default: str) -> dict:
    """How e-mail is sent: ``smtp://``, ``smtp+tls://`` or ``smtps://`` with ``user:password@host:port``,
    ``file:///folder``, ``console://``, or ``none`` if the portal sends none.

    Returns ``backend`` and, if they apply, ``file_path``, ``host``, ``port``, ``user``, ``password``, ``tls``, ``ssl``.
    """
    value = _raw(name) or default
    allowed = "smtp+tls://pengguna:sandi@host:587, smtp://host:25, smtps://host:465, file:///folder, console://, none"
    wrong = EnvError(f"Variabel {name} tidak terbaca; bentuknya: {allowed}.")
    backends = "django.core.mail.backends"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise wrong from None
    if value == "none":
        return {"backend": f"{backends}.dummy.EmailBackend"}
    if parts.scheme == "console":
        return {"backend": f"{backends}.console.EmailBackend"}
    if parts.scheme == "file":
        if not parts.path.startswith("/") or parts.netloc:
            raise wrong
        return {"backend": f"{backends}.filebased.EmailBackend", "file_path": unquote(parts.path)}
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname or parse_qs(parts.query) or parts.path.strip("/"):
        raise wrong
    return {
        "backend": f"{backends}.smtp.EmailBackend",
        "host": parts.hostname,
        "port": port or ports[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtps",
    }


def prepare_var_dir(var_dir: Path) -> None:
    """Create the data folder if it is missing, with mode 711: other accounts can pass through it but not list it.

    The database's account has to pass; the content has its own modes. An existing folder stays unchanged.
    """
    if not var_dir.is_dir():
        try:
            var_dir.mkdir(parents=True, exist_ok=True)
            var_dir.chmod(0o711)
        except OSError as error:
            raise EnvError(f"Folder data {var_dir} tidak dapat dibuat: {error.strerror}.") from None


def secret_key(var_dir: Path, *, production: bool) -> str:
    """``SECRET_KEY``; outside production it is generated once and stored in ``var_dir/secret_key`` (mode 600)."""
    value = _raw("SECRET_KEY")
    if value is not None:
        if production and len(value) < _SECRET_KEY_LENGTH:
            raise EnvError(f"Variabel SECRET_KEY terlalu pendek; paling sedikit {_SECRET_KEY_LENGTH} karakter.")
        return value
    if production:
        raise EnvError(
            "Variabel SECRET_KEY wajib diisi pada PORTAL_ENV=production: "
            f"teks acak paling sedikit {_SECRET_KEY_LENGTH} karakter."
        )
    prepare_var_dir(var_dir)
    path = var_dir / "secret_key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(_SECRET_KEY_LENGTH))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvError(f"Kunci rahasia {path} tidak dapat dibaca atau ditulis: {error}.") from None
    if not key:
        raise EnvError(f"Kunci rahasia {path} kosong; hapus berkas itu agar dibuat ulang.")
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


def reject_unknown(prefixes: Iterable[str] = ("ULA_", "PORTAL_")) -> None:
    """Refuse variables that are probably misspelt. Call it after all readers.

    These are unknown variables with our prefix, and those that differ from a known name in one letter (missing, added,
    changed, or two swapped).
    """
    for name in sorted(set(os.environ) - _known):
        ours = name.startswith(tuple(prefixes))
        bare = next((name.removeprefix(p) for p in prefixes if name.startswith(p)), name)
        near = [known for known in sorted(_known) if known == bare or _one_slip_apart(name, known)]
        if near or ours:
            near = near or get_close_matches(bare, _known, n=3)
            hint = f"maksud Anda {' atau '.join(near)}?" if near else "periksa penulisannya"
            raise EnvError(f"Variabel {name} tidak dikenal; {hint}.")


def _one_slip_apart(name: str, known: str) -> bool:
    if len(known) < 6 or name == known or abs(len(name) - len(known)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(name, known, strict=False)) if a != b), len(known))
    rest, other = name[start:], known[start:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped
