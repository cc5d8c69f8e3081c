"""Numbers in Indonesian words."""

_SMALL = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_SCALES = ((1000, "ribu", "seribu"), (100, "ratus", "seratus"), (10, "puluh", "sepuluh"))


def number_words(number: int) -> str:
    """A whole number from 0 to 999,999 in Indonesian words: 12 → "dua belas".

    Raises: ValueError for other numbers.
    """
    if not 0 <= number < 1_000_000:
        raise ValueError("a number from 0 to 999,999 is read")
    if number < 10:
        return _SMALL[number]
    if number == 11:
        return "sebelas"
    if 11 < number < 20:
        return f"{_SMALL[number - 10]} belas"
    scale, many, one = next(row for row in _SCALES if number >= row[0])
    count, rest = divmod(number, scale)
    words = one if count == 1 else f"{number_words(count)} {many}"
    return f"{words} {number_words(rest)}" if rest else words
