"""Highlights search hits in texts. Every piece of a text is escaped, so no SOP can inject markup."""

import re
import unicodedata

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_WORD = re.compile(r"[^\W_]+")
# Number of characters of an excerpt before the first hit, and in total.
BEFORE, LONGEST = 60, 180


def index_words(*texts: str) -> set[str]:
    """The words of texts as they are in the index: lower case, without accents."""
    return {_plain(found[0]) for text in texts for found in _WORD.finditer(text)}


def marked(text: str, hits: set[str]) -> SafeString:
    """The text as HTML with ``<mark>`` around each word in ``hits`` (see ``index_words``)."""
    pieces: list[str] = []
    at = 0
    for found in _WORD.finditer(text):
        if _plain(found[0]) in hits:
            pieces += [escape(text[at : found.start()]), "<mark>", escape(found[0]), "</mark>"]
            at = found.end()
    return mark_safe("".join([*pieces, escape(text[at:])]))


def excerpt(text: str, hits: set[str]) -> SafeString:
    """The part of a long text around its first hit, cut between words, with the hits marked."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return marked(text, hits)
    first = next((found.start() for found in _WORD.finditer(text) if _plain(found[0]) in hits), 0)
    start = text.rfind(" ", 0, max(first - BEFORE, 0)) + 1
    end = len(text) if start + LONGEST >= len(text) else text.rfind(" ", start, start + LONGEST)
    # A single word may be longer than the excerpt.
    end = end if end > first else start + LONGEST
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(before + marked(text[start:end], hits) + after)


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore")
    return folded.decode()
