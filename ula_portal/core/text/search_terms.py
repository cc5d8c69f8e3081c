"""Turn the text of a search box into search terms; shared by all searches."""

import re

from django.utils.text import slugify

# Stop words; PostgreSQL has no Indonesian list.
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


def normalised_query(text: str | None) -> str:
    """The text in lower case on one line, without control characters, at most 200 characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in (text or "").lower()[:MAX_LENGTH]).split())


def terms_of(text: str | None, *, without: frozenset[str] = STOP_WORDS) -> list[str]:
    """The distinct words of a search text, a to z and digits only, at most eight.

    Words in ``without`` are left out, unless there are no others.
    """
    words = [slugify(word).replace("-", "") for word in re.split(r"[\W_]+", normalised_query(text))]
    words = [word for word in dict.fromkeys(words) if word]
    return [word for word in words if word not in without][:MAX_WORDS] or words[:MAX_WORDS]
