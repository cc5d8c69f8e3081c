"""Strict readers of environment variables: a wrong value stops the start with one sentence.

Every reader registers the name it reads, so that ``finish`` can distinguish misspelt variables from unrelated
ones. An empty value counts as not set. All readers raise ``EnvError`` with one Indonesian sentence that names the
variable and its allowed values; ``manage.py`` and the server's entry points print it and exit with status 2. While the
settings are read, the faults are collected instead, so that the operator sees all of them at once (``begin``,
``finish``).
"""

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url

# Variables of the portal that are read elsewhere (entry points, Makefile).
_known = {"BROWSER"}
# Sentences about what is wrong, while they are collected; and the variables that count as not set because of them.
_faults: list[str] | None = None
_unusable: set[str] = set()
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


Given = ParamSpec("Given")
Value = TypeVar("Value")


class EnvError(Exception):
    """An environment variable is not usable; the text is one sentence for the operator, or one line for each fault."""


def begin() -> None:
    """Collect faults from now on: a reader whose variable is unusable returns its default."""
    global _faults
    _faults = []


def report(sentence: str) -> None:
    """Add the fault of a variable, or raise it if faults are not collected.

    Raises: EnvError.
    """
    if _faults is None:
        raise EnvError(sentence)
    _faults.append(sentence)


def is_refused() -> bool:
    """Whether a fault has been collected, so that the start is going to be refused."""
    return bool(_faults)


def finish() -> None:
    """Stop collecting. Call it after all readers.

    Raises: EnvError with all faults, and all names that are probably misspelt.
    """
    global _faults
    found, _faults = [*(_faults or []), *_misspelt()], None
    _unusable.clear()
    if found:
        raise EnvError("\n".join(found))


def _reader(function: Callable[Given, Value]) -> Callable[Given, Value]:
    """Mark a reader, whose first argument is the name of its variable."""

    @functools.wraps(function)
    def read(*args: Given.args, **options: Given.kwargs) -> Value:
        try:
            return function(*args, **options)
        except EnvError as error:
            report(str(error))
            _unusable.add(str(args[0]))
            return function(*args, **options)

    return read


def _raw(name: str) -> str | None:
    _known.add(name)
    return None if name in _unusable else os.environ.get(name, "").strip() or None


def _fail(name: str, value: str, allowed: str) -> EnvError:
    return EnvError(f'Variabel {name} bernilai "{value}"; yang diperbolehkan: {allowed}.')


@_reader
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


@_reader
def read_bool(name: str, *, default: bool) -> bool:
    """``true``, ``false``, ``1`` or ``0``, in any case."""
    value = _raw(name)
    if value is None:
        return default
    try:
        return _BOOLEANS[value.lower()]
    except KeyError:
        raise _fail(name, value, "true atau false") from None


@_reader
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


@_reader
def read_list(name: str, *, default: Sequence[str]) -> list[str]:
    """Items separated by commas; spaces around them are removed, empty items are refused."""
    value = _raw(name)
    if value is None:
        return list(default)
    items = [item.strip() for item in value.split(",")]
    if not all(items):
        raise _fail(name, value, "daftar yang dipisahkan koma tanpa butir kosong")
    return items


@_reader
def read_networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks (``10.0.0.0/8``), separated by commas; an empty list if the variable is not set."""
    try:
        return [ip_network(item) for item in read_list(name, default=[])]
    except ValueError:
        allowed = "alamat atau jaringan IP yang dipisahkan koma, misalnya 127.0.0.1,10.0.0.0/8"
        raise _fail(name, os.environ[name].strip(), allowed) from None


@_reader
def read_path(name: str, *, default: Path) -> Path:
    """The absolute path of a folder, with links resolved. A relative path starts at the current folder."""
    value = _raw(name)
    path = default if value is None else Path(value).expanduser()
    path = path.resolve()
    if path.exists() and not path.is_dir():
        raise _fail(name, str(path), "jalur sebuah folder")
    return path


def is_set(name: str) -> bool:
    """Whether the variable is set and not empty, usable or not."""
    return bool(os.environ.get(name, "").strip())


def is_usable(name: str) -> bool:
    """Whether the variable is set and no reader has refused it."""
    return is_set(name) and name not in _unusable


@_reader
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


@_reader
def read_socket(name: str) -> str:
    """The socket of a daemon: ``unix:/path`` or ``host:port``; "" if the variable is not set."""
    value = _raw(name)
    if value is None:
        return ""
    host, _colon, port = value.rpartition(":")
    if value.startswith("unix:/") or (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return value
    raise _fail(name, value, "unix:/jalur/soket atau nama-host:port")


@_reader
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


@_reader
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


def _misspelt(prefixes: tuple[str, ...] = ("ULA_", "PORTAL_")) -> Iterator[str]:
    """Sentences about variables that are probably misspelt.

    These are unknown variables with our prefix, and those that differ from a known name in one letter (missing, added,
    changed, or two swapped).
    """
    for name in sorted(set(os.environ) - _known):
        bare = next((name.removeprefix(p) for p in prefixes if name.startswith(p)), name)
        near = [known for known in sorted(_known) if known == bare or _one_slip_apart(name, known)]
        if near or name.startswith(prefixes):
            near = near or get_close_matches(bare, _known, n=3)
            hint = f"maksud Anda {' atau '.join(near)}?" if near else "periksa penulisannya"
            yield f"Variabel {name} tidak dikenal; {hint}."


def _one_slip_apart(name: str, known: str) -> bool:
    if len(known) < 6 or name == known or abs(len(name) - len(known)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(name, known, strict=False)) if a != b), len(known))
    rest, other = name[start:], known[start:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped
