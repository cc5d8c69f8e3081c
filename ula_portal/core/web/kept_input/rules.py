"""What may be stored of a form: never passwords, codes, tokens, NIK, or the form's own keys."""

import re

from django.http import QueryDict

# Names of fields with secrets, and of fields that belong to the form itself.
_SECRET_NAME = re.compile(
    r"passw|sandi|csrf|idempotency|undo|(?:^|[-_])(?:key|otp|pin|token|secret|nik|owner)(?:[-_\d]|$)", re.IGNORECASE
)
# Fields that the page sets itself; a new page has new values.
_OF_THE_FORM = re.compile(r"csrf|idempotency|undo|(?:^|[-_])(?:key|owner)$", re.IGNORECASE)
# Sixteen digits in any usual grouping. NUPTK also have sixteen, but in fields of that name.
_NIK = re.compile(
    r"(?<!\d)(?:\d{16}|\d{4}(?P<a>[ .-])\d{4}(?P=a)\d{4}(?P=a)\d{4}|\d{6}(?P<b>[ .-])\d{6}(?P=b)\d{4}"
    r"|\d\d(?P<c>[ .-])\d\d(?P=c)\d\d(?P=c)\d{6}(?P=c)\d{4})(?!\d)"
)
_ADDRESS_WITH_SECRET = re.compile(r"(/(?:lacak|tiket|janji-temu)/)[\w-]{30,}")
_BARE_TOKEN = re.compile(r"[\w-]{43}")
REDACTED = "…"
# Characters of all names and values; a longer form is not stored.
MAX_CHARACTERS = 400_000


def keepable(data: QueryDict) -> tuple[list[tuple[str, list[str]]], list[str]] | None:
    """The values by name that may be stored, and the names of fields with omitted values; None if it is too much."""
    fields: list[tuple[str, list[str]]] = []
    omitted: list[str] = []
    size = 0
    for name, values in data.lists():
        if _SECRET_NAME.search(name):
            if any(values) and not _OF_THE_FORM.search(name):
                omitted.append(name)
            continue
        cleaned = [_without_secrets(name, value) for value in values]
        if cleaned != values:
            omitted.append(name)
        size += len(name) + sum(map(len, cleaned))
        fields.append((name, cleaned))
    return (fields, omitted) if size <= MAX_CHARACTERS else None


def _without_secrets(name: str, value: str) -> str:
    if _BARE_TOKEN.fullmatch(value.strip()):
        return ""
    value = _ADDRESS_WITH_SECRET.sub(rf"\1{REDACTED}", value)
    if "nuptk" in name.lower():
        return value
    masked = _NIK.sub(REDACTED, value)
    return "" if masked.strip() == REDACTED else masked


def looks_typed(value: str) -> bool:
    """Whether a value without a field was probably entered by a person, and not set by the form."""
    value = value.strip()
    if value.startswith(("{", "[")) or len(value) < 3:
        return False
    return bool(re.search(r"\s|[A-Z]", value)) or len(re.sub(r"[-+ ]", "", value)) >= 8
