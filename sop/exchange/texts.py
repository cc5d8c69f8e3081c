"""Texts of an SOP in the one form in which they are kept, compared and hashed."""

import unicodedata
from collections.abc import Iterable

_UNSEEN = ("Cc", "Cf", "Cs", "Cn")


def plain(text: str | None) -> str:
    """Text in normal form, without controls that PostgreSQL or XML refuse, or that turn or part words unseen."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(ch for ch in text if ch in "\n\u200c\u200d" or unicodedata.category(ch) not in _UNSEEN)
    # Composed at the end, so that reading it again changes nothing.
    return unicodedata.normalize("NFC", text).strip()


def one_line(text: str | None) -> str:
    """The same on one line, each run of spaces one space."""
    return " ".join(plain(text).split())


def clean_lines(lines: Iterable[str] | None) -> list[str]:
    """The lines of a box of the identity block, empty ones left out."""
    return [line for line in map(plain, lines or ()) if line]
