"""The announced sentence; pure Python. Numbers in words, no leading zeros, no names (wording: voice)."""

from ula_portal.core.text.numbers import number_words


def _word(word: str) -> str:
    return number_words(int(word)) if word.isascii() and word.isdecimal() and len(word) < 6 else word


def call_words(letter: str, number: int, counter: str, *, last: bool = False) -> str:
    """The sentence of a call. ``counter``: its name; ``last``: it is the rule's last call.

    "Nomor antrean A, dua belas. Silakan menuju loket dua."
    """
    place = " ".join(map(_word, counter.split()))
    opening = "Panggilan terakhir. " if last else ""
    return f"{opening}Nomor antrean {letter}, {number_words(number)}. Silakan menuju {place}."
