"""Clean text that people type or paste: no invisible characters, each letter in its normal form (NFC). No database."""

import re
import unicodedata

# Invisible letters and marks outside the categories Cc, Cf, Co and Cs.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# More combining marks on one letter than any language uses; they would cover the lines above.
_STACKED_MARKS = re.compile("([\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{4})[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]+")


def plain_line(text: str) -> str:
    """The text on one line: white space becomes single spaces, invisible characters are removed. Result in NFC."""
    return " ".join(plain_text(text).split())


def plain_text(text: str) -> str:
    """As ``plain_line``, but line breaks stay (as ``\\n``); white space at both ends is removed."""
    # Normalised after the removal, since an invisible character may have separated a letter from its mark.
    text = unicodedata.normalize("NFC", "".join(map(_visible, _BREAKS.sub("\n", text))))
    text = _STACKED_MARKS.sub(r"\1", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _visible(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    return "" if char in _INVISIBLE or category in ("Cc", "Cf", "Co", "Cs") else char


def row_id(text: str | int | None) -> int:
    """A row id from a form or an address; 0, which no row has, for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
