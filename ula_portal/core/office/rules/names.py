"""Finds units and positions by the names that people type, and makes codes of names."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from ula_portal.core.text.cleaning import plain_line

Thing = TypeVar("Thing")


class Unknown(ValueError):
    """The name fits nothing, or several; the sentence says which."""


def folded(name: str) -> str:
    """A name for comparisons: capitals and spaces do not count."""
    return plain_line(name).casefold()


class Directory(Generic[Thing]):
    """Things by name. Those that share a name are told apart as in "Kepala Seksi Kurikulum (Bidang SD)"."""

    def __init__(self) -> None:
        self._found: dict[str, list[Thing]] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}

    def add(self, thing: Thing, name: str, beside: str = "") -> None:
        """``beside``: what tells the thing apart from others of this name."""
        self._found.setdefault(folded(name), []).append(thing)
        self._names.setdefault(folded(name), []).append((name, beside))
        if beside:
            self._found.setdefault(folded(f"{name} ({beside})"), []).append(thing)

    def labels(self) -> list[str]:
        """The text by which each thing is found, sorted."""
        return sorted(
            f"{name} ({beside})" if beside and len(rows) > 1 else name
            for rows in self._names.values()
            for name, beside in rows
        )

    def find(self, typed: str) -> Thing:
        """The one thing of this name. Raises: Unknown."""
        found = self._found.get(folded(typed), [])
        if not found:
            raise Unknown(_("“%(name)s” belum ada. Periksa ejaannya, atau tambahkan dahulu.") % {"name": typed})
        if len(found) > 1:
            message = _("Ada %(count)s bernama “%(name)s”. Tulis juga unitnya di dalam kurung.")
            raise Unknown(message % {"count": len(found), "name": typed})
        return found[0]


# Words that say nothing in a code.
_SMALL = {"dan", "di", "ke", "yang", "pada", "untuk", "serta", "atau"}


def code_of(name: str, taken: Iterable[str], limit: int) -> str:
    """A code of capitals, digits and hyphens for a name, at most ``limit`` long and none of ``taken``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [word for word in re.findall("[A-Z0-9]+", plain) if word.lower() not in _SMALL] or ["X"]
    code: str = words[0][:limit]
    for word in words[1:]:
        if len(code) + len(word) + 1 > limit:
            break
        code += f"-{word}"
    known, found, number = set(taken), code, 1
    while found in known:
        number += 1
        found = f"{code[: limit - len(str(number)) - 1]}-{number}"
    return found
