"""What somebody typed into a search box, as words to look for; shared by the searches of all floors."""

import re

from django.utils.text import slugify

# Words that say nothing about what somebody needs; PostgreSQL has no Indonesian list of its own.
_STOP_WORDS = (
    "ada adalah agar akan saya aku anda apa atau bagaimana bagi bagian bantu bisa boleh buat cara caranya dan dalam"
    " dapat dari dengan di dinas gimana harus hendak ingin itu jadi jika juga kalau kami karena ke kita layanan mana"
    " mau membuat meminta mengajukan mengurus minta mohon nya oleh pada pak bu pelayanan perlu permohonan punya"
    " saat sebagai supaya syarat tentang tidak untuk urus urusan yang"
)
_ENGLISH = (
    "a an and apply are can do for from get have how i in is it me my need of on or please the to want what where with"
)
STOP_WORDS = frozenset(f"{_STOP_WORDS} {_ENGLISH}".split())
MAX_WORDS = 8
MAX_LENGTH = 200


def tidy(typed: str | None) -> str:
    """What was typed, in lower case on one line, without control characters and cut at 200 characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in (typed or "").lower()[:MAX_LENGTH]).split())


def terms_of(typed: str | None, *, without: frozenset[str] = STOP_WORDS) -> list[str]:
    """The words of a question: a to z and digits only, no doubles, at most eight.

    Words that say nothing are left out, unless nothing else was typed.
    """
    words = [slugify(word).replace("-", "") for word in re.split(r"[\W_]+", tidy(typed))]
    words = [word for word in dict.fromkeys(words) if word]
    return [word for word in words if word not in without][:MAX_WORDS] or words[:MAX_WORDS]
