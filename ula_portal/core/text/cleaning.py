"""What people type and paste, made plain: no sign that cannot be seen, one way of writing each letter. No database."""

import re
import unicodedata

# Letters and marks that show nothing, beside the categories Cc, Cf, Co and Cs.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# More marks on one letter than any language writes run over the lines above.
_HEAPED = re.compile("([\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{4})[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]+")


def plain_line(text: str) -> str:
    """One line: breaks, tabs and other blanks become single spaces, signs that cannot be seen are left out; NFC."""
    return " ".join(plain_text(text).split())


def plain_text(text: str) -> str:
    """Lines, kept as such (``\\n``), otherwise as ``plain_line`` has them; blanks at both ends are cut off."""
    # Normalised last: a sign left out may have kept a letter and its mark apart.
    text = unicodedata.normalize("NFC", "".join(map(_seen, _BREAKS.sub("\n", text))))
    text = _HEAPED.sub(r"\1", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _seen(sign: str) -> str:
    if sign == "\n":
        return sign
    category = unicodedata.category(sign)
    if sign == "\t" or category == "Zs":
        return " "
    return "" if sign in _UNSEEN or category in ("Cc", "Cf", "Co", "Cs") else sign


def row_id(text: str | int | None) -> int:
    """A row's number from a form or an address; 0, which no row has, for anything that is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
