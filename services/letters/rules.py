"""Letters as text: number, body, subject and signature block. Pure functions, no database, no files."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from services.models import Request
from ula_portal.core import clock
from ula_portal.core.models import Tenure, User
from ula_portal.core.text.cleaning import plain_line, plain_text
from ula_portal.core.text.numbers import number_words

ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# Printed for a placeholder without a value; the official replaces it.
BLANK = "…………………"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BRACED = re.compile(r"\{([^{}]*)\}")
_BLANKS = re.compile("…{2,}")
# General placeholders, available for every request; the names of form fields are added to them.
PLACEHOLDERS = {
    "applicant": gettext_lazy("Nama pemohon"),
    "service": gettext_lazy("Layanan"),
    "request_number": gettext_lazy("Nomor permohonan"),
    "submitted_on": gettext_lazy("Tanggal permohonan"),
    "reason": gettext_lazy("Alasan penolakan"),
    "legal_basis": gettext_lazy("Dasar hukum layanan"),
    "objection_days": gettext_lazy("Hari kerja untuk keberatan"),
}
NUMBER_PLACEHOLDERS = ("code", "sequence", "unit", "roman_month", "year")
_LABELLED = re.compile(r"^\s*([^:]{1,40}?)\s*:\s*(\S.*)$")


def letter_number(pattern: str, *, code: str, sequence: int, unit: str, day: date) -> str:
    """The number of a letter from its template's pattern, such as ``400.3.5/2367-Dikdas/2026``.

    Source: standards 6.
    """
    words = {
        "code": code,
        "sequence": str(sequence),
        "unit": unit,
        "roman_month": ROMAN_MONTHS[day.month - 1],
        "year": str(day.year),
    }
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], ""), pattern)


def filled_body(body: str, words: Mapping[str, str]) -> str:
    """A template's body with its placeholders filled; unknown or empty ones become ``BLANK``."""
    return _PLACEHOLDER.sub(lambda match: _value_of(match[1], words) or BLANK, body)


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """Names in braces that are not in ``known``, in order; an unmatched brace is reported as "{"."""
    found = [name for name in _BRACED.findall(text) if name not in known]
    return found + ["{"] * bool(re.search(r"[{}]", _BRACED.sub("", text)))


def placeholders_of(body: str) -> list[str]:
    """The placeholders of a template's body, each once, in order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(body)))


def placeholders_without_value(body: str, words: Mapping[str, str]) -> list[str]:
    """The placeholders of a template's body that have no value."""
    return [name for name in placeholders_of(body) if not _value_of(name, words)]


def blanks_in(body: str) -> list[str]:
    """Descriptions of the blanks left in a letter's text: the label of the line, else the words before the blank."""
    found = []
    for line in body.splitlines():
        for blank in _BLANKS.finditer(line):
            before = line[: blank.start()].rstrip(" :")
            found.append(before if len(before) <= 40 else "… " + " ".join(before.split()[-4:]))
    return [each or BLANK[:2] for each in dict.fromkeys(found)]


def value_in_text(body: str, template_body: str, name: str, label: str, known: str) -> str:
    """The value that an edited letter text has for a placeholder of its template; "" if it cannot be determined.

    ``known`` is the value that the portal has. The value is searched in this order: in the line ``label: value`` that
    the template has for the placeholder, or that carries its own ``label``; then ``known``, if the text contains it as
    often as the template names the placeholder; then between the words that surround the placeholder in the template.
    If the template never names the placeholder, the value is ``known``.
    """
    own_line = re.search(rf"^\s*([^:\n]{{1,40}}?)\s*:\s*\{{{name}\}}\s*$", template_body, re.MULTILINE)
    for line_label in ([own_line[1]] if own_line else []) + [label]:
        if line := re.search(rf"^\s*{re.escape(line_label)}\s*:\s*(\S.*)$", body, re.MULTILINE | re.IGNORECASE):
            return plain_line(line[1])
    expected, known = template_body.count(f"{{{name}}}"), plain_line(known)
    if known and _count_of(known, body) >= expected:
        return known
    values = {value for value in _values_between(body, template_body, name) if value.casefold() != known.casefold()}
    if len(values) == 1:
        return values.pop()
    return "" if expected else known


def _count_of(words: str, body: str) -> int:
    plain = " ".join(body.split()).casefold()
    return len(re.findall(rf"(?<!\w){re.escape(words.casefold())}(?!\w)", plain))


def _values_between(body: str, template_body: str, name: str) -> Iterator[str]:
    """Yield what a text has between the words that surround a placeholder within a line of the template."""
    for line in template_body.splitlines():
        for place in re.finditer(rf"\{{{name}\}}", line):
            before, after = _PLACEHOLDER.split(line[: place.start()])[-1], _PLACEHOLDER.split(line[place.end() :])[0]
            if not re.search(r"\w", before + after):
                continue
            opening = "^" if before.strip() == line[: place.start()].strip() else ""
            closing = "$" if after.strip() == line[place.end() :].strip() else ""
            before, after = _with_any_spaces(before), _with_any_spaces(after)
            pattern = rf"{opening}\s*{before}\s*(\S.{{0,200}}?)\s*{after}\s*{closing}"
            yield from (plain_line(match) for match in re.findall(pattern, body, re.MULTILINE))


def _with_any_spaces(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.split())


def masked(value: str) -> str:
    """A value as the verification page shows it: ``B*** S*****``, ``******1234``. It can be compared, but not read."""
    groups = groupby(value.split(), key=lambda word: any(char.isdecimal() for char in word))
    return " ".join(_masked_number(" ".join(words)) if number else _masked_words(words) for number, words in groups)


def _masked_number(number: str) -> str:
    """A number with only its last four characters visible, or none if it is short.

    A number written in groups is masked as one, because the first group of a NIP is the date of birth.
    """
    length = sum(char != " " for char in number)
    hidden = length - 4 if length > 6 else length
    masked_chars, seen = [], 0
    for char in number:
        seen += char != " "
        masked_chars.append("*" if char != " " and seen <= hidden else char)
    return "".join(masked_chars)


def _masked_words(words: Iterable[str]) -> str:
    return " ".join(word[0] + "*" * (len(word) - 1) for word in words)


def _value_of(name: str, words: Mapping[str, str]) -> str:
    """The value of a placeholder on one line, so that an applicant's input cannot add lines to the letter."""
    text = str(words.get(name) or "")
    return plain_text(text) if name == "reason" else plain_line(text)


def request_values(request: Request, answers: Iterable[tuple[str, str]] = (), reason: str = "") -> dict[str, str]:
    """Values of the general placeholders and of the form fields, by name.

    ``answers``: pairs of field name and answer in words. ``reason``: why the request is refused.
    """
    assert request.received_at, "a letter answers what was received"
    return {
        **dict(answers),
        "applicant": request.applicant_name,
        "service": request.service.name,
        "request_number": request.number or "",
        "reason": reason,
        "legal_basis": "; ".join(request.service.legal_basis),
        "objection_days": f"{settings.OBJECTION_DAYS} ({number_words(settings.OBJECTION_DAYS)})",
        "submitted_on": date_format(clock.local(request.received_at), "j F Y"),
    }


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text, or a list of label and value (``data``)."""

    text: str = ""
    data: tuple[tuple[str, str], ...] = ()


def paragraphs(body: str) -> list[Paragraph]:
    """The paragraphs of a body, separated by empty lines; if every line reads ``label: value``, it becomes data."""
    found = []
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines = [line for line in block.split("\n") if line.strip()]
        pairs = [pair for line in lines if (pair := _LABELLED.match(line))]
        if lines and len(pairs) == len(lines) and (len(lines) > 1 or len(lines[0]) < 60):
            found.append(Paragraph(data=tuple((pair[1], pair[2]) for pair in pairs)))
        elif lines:
            found.append(Paragraph(text=" ".join(line.strip() for line in lines)))
    return found


def signatory(user: User, tenure: Tenure | None) -> dict[str, str]:
    """The signature block of an official as texts, which are stored with the letter. ``tenure``: None for nobody yet.

    Only an acting holder signs as *Plt.* or *Plh.*; ``authority`` then cites the order.

    Source: UU 30/2014 art. 14.
    """
    return {
        "position": f"{tenure.prefix}{tenure.position.name}" if tenure else "",
        "name": user.titled_name,
        "rank": user.rank,
        "nip": user.nip,
        "mandate": tenure.mandate if tenure else "",
        "authority": authority(tenure) if tenure and tenure.prefix else "",
    }


def authority(tenure: Tenure) -> str:
    """Citation, in a letter, of the order that appoints an acting holder."""
    assert tenure.mandate_date and tenure.to_date, "an order has its day and its end"
    return (
        f"Berdasarkan Surat Perintah {tenure.mandate_by} Nomor {tenure.mandate} "
        f"tanggal {date_format(tenure.mandate_date, 'j F Y')}, berlaku {date_format(tenure.from_date, 'j F Y')} "
        f"sampai dengan {date_format(tenure.to_date, 'j F Y')}"
    )


def initials(name: str) -> str:
    """Initials of a name, ``S. A. P.``: all that the verification page shows of the applicant."""
    return " ".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_]+", name or "")[:4])
