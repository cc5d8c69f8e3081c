"""The code of a new service, made from its name."""

import re

from django.utils.text import slugify

# Words that tell services apart least.
_SMALL = {"dan", "atau", "di", "ke", "dari", "untuk", "bagi", "yang", "dengan", "pada", "oleh", "secara", "layanan"}
LONGEST = 8


def code_of(name: str) -> str:
    """The initials of a name's words, ``Legalisasi Ijazah`` → ``LI``; a single word keeps its first letters."""
    words = [word for word in re.split(r"-+", slugify(name)) if word and word not in _SMALL]
    code = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:5]
    return code[:LONGEST].upper() or "LAYANAN"
