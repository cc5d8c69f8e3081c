"""Estimates the width of bold text, to fit actors' names into the headings of narrow columns on paper."""

import re

# Widths in Liberation Sans Bold (same as Arial) in thousandths of the font size: the largest of each group of letters.
_WIDTHS = {
    **dict.fromkeys(" ./,;:'!|ijlI", 280),
    **dict.fromkeys("-()[]rft", 390),
    **dict.fromkeys("acesvxyzkJ0123456789", 560),
    **dict.fromkeys("bdghnopquFLTZ", 615),
    **dict.fromkeys("EPSVXYABCDHKNRU&", 725),
    **dict.fromkeys("GOQw", 780),
    **dict.fromkeys("mMW%@", 980),
}


def bold_width(text: str, font: float) -> float:
    """The width in px of bold text at a font size in px; an upper bound."""
    return sum(_WIDTHS.get(letter, 725) for letter in text) * font / 1000


def unbreakable_parts(name: str) -> list[str]:
    """The parts of a name that cannot be broken: a line may end at a space and after a hyphen or slash."""
    return re.findall(r"[^\s/-]*[/-]+|[^\s/-]+", name)


def wrapped(name: str, room: float, font: float) -> list[str]:
    """The lines of a name. Each fits into ``room`` px, unless a single part is wider than that."""
    lines: list[str] = []
    for piece in re.findall(r"\s*(?:[^\s/-]*[/-]+|[^\s/-]+)", name.strip()):
        if lines and bold_width(lines[-1] + piece, font) <= room:
            lines[-1] += piece
        else:
            lines.append(piece.strip())
    return lines
