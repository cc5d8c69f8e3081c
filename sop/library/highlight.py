"""Marks in found texts. Every piece of a text is escaped on its own, so nothing in an SOP becomes markup."""

import re
import unicodedata

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_WORD = re.compile(r"[^\W_]+")
# An excerpt shows so many letters before the first hit, and so many in all.
BEFORE, LONGEST = 60, 180


def words_of(*texts: str) -> set[str]:
    """The words of texts as the index writes them: lower case, without accents."""
    return {_plain(found[0]) for text in texts for found in _WORD.finditer(text)}


def marked(text: str, hits: set[str]) -> SafeString:
    """The text as HTML with ``<mark>`` around each word that is in ``hits`` (see ``words_of``)."""
    pieces: list[str] = []
    at = 0
    for found in _WORD.finditer(text):
        if _plain(found[0]) in hits:
            pieces += [escape(text[at : found.start()]), "<mark>", escape(found[0]), "</mark>"]
            at = found.end()
    return mark_safe("".join([*pieces, escape(text[at:])]))


def excerpt(text: str, hits: set[str]) -> SafeString:
    """The part of a long text around its first hit, cut between words, marked."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return marked(text, hits)
    first = next((found.start() for found in _WORD.finditer(text) if _plain(found[0]) in hits), 0)
    start = text.rfind(" ", 0, max(first - BEFORE, 0)) + 1
    end = len(text) if start + LONGEST >= len(text) else text.rfind(" ", start, start + LONGEST)
    # A single word longer than the excerpt.
    end = end if end > first else start + LONGEST
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(before + marked(text[start:end], hits) + after)


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore")
    return folded.decode()
