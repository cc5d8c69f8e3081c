"""How wide bold words are on paper: what an actor's name needs as the heading of a narrow column."""

import re

# Widths of Liberation Sans Bold (as of Arial, Helvetica) in thousandths of the letter's height, the largest of a group.
_WIDTHS = {
    **dict.fromkeys(" ./,;:'!|ijlI", 280),
    **dict.fromkeys("-()[]rft", 390),
    **dict.fromkeys("acesvxyzkJ0123456789", 560),
    **dict.fromkeys("bdghnopquFLTZ", 615),
    **dict.fromkeys("EPSVXYABCDHKNRU&", 725),
    **dict.fromkeys("GOQw", 780),
    **dict.fromkeys("mMW%@", 980),
}


def width_of(text: str, font: float) -> float:
    """Width in px of bold letters that are ``font`` px high; never less than it is."""
    return sum(_WIDTHS.get(letter, 725) for letter in text) * font / 1000


def words(name: str) -> list[str]:
    """The pieces of a name that stay whole: a line ends at a space, or behind a hyphen or stroke."""
    return re.findall(r"[^\s/-]*[/-]+|[^\s/-]+", name)


def wrapped(name: str, room: float, font: float) -> list[str]:
    """The lines of a name, each within ``room`` px as far as its words are."""
    lines: list[str] = []
    for piece in re.findall(r"\s*(?:[^\s/-]*[/-]+|[^\s/-]+)", name.strip()):
        if lines and width_of(lines[-1] + piece, font) <= room:
            lines[-1] += piece
        else:
            lines.append(piece.strip())
    return lines
