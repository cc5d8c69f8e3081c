"""Normalises the texts of an SOP for storing, comparing and hashing."""

import unicodedata
from collections.abc import Iterable

_UNSEEN = ("Cc", "Cf", "Cs", "Cn")


def plain(text: str | None) -> str:
    """A text in normal form without control and invisible characters, which PostgreSQL or XML may refuse."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(ch for ch in text if ch in "\n\u200c\u200d" or unicodedata.category(ch) not in _UNSEEN)
    # Composing is the last step, so that normalising the text again changes nothing.
    return unicodedata.normalize("NFC", text).strip()


def one_line(text: str | None) -> str:
    """A text like ``plain``, on one line and with single spaces."""
    return " ".join(plain(text).split())


def clean_lines(lines: Iterable[str] | None) -> list[str]:
    """The normalised lines of a box of the identity block, without empty ones."""
    return [line for line in map(plain, lines or ()) if line]
