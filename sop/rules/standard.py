"""Rules for the quality standard of a step: its time and its output."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ula_portal.core.workdays import MINUTES_PER_SOP_DAY

from .durations import WORKING_DAY, duration_in_words
from .finding import ERROR, WARNING, Finding, step_finding
from .flow import FlowStep

_UNITS = {"detik": 1, "menit": 60, "jam": 3600, "hari": WORKING_DAY, "minggu": 5 * WORKING_DAY}
_NUMBER = r"\d+(?:[.,]\d+)?"
_TERM = rf"({_NUMBER})(?:\s*(?:-|–|s\.?/?d\.?|sampai|hingga)\s*({_NUMBER}))?\s*({'|'.join(_UNITS)})(?:\s+kerja)?"
_TERMS = re.compile(_TERM)
_WHOLE = re.compile(rf"(?:{_TERM}[\s,+&]*(?:dan\s+)?)+\.?")
_AROUND = re.compile(
    r"(±|\+/-|@|≤|<=?|maks(?:imal|imum|\.)?|paling lama|paling lambat|sekitar|kurang lebih|lebih kurang|selama)\s*"
)
_PER_ITEM = re.compile(
    r"(?:\bper|/|\btiap|\bsetiap)\s*(?:\d+\s*)?"
    r"(berkas|orang|dokumen|lembar|ijazah|surat|permohonan|pemohon|pegawai|guru|siswa|sekolah|lembaga|tamu|eksemplar)\b"
)
# An office day may be counted as 7, 7½ or 8 hours, so a difference of up to a tenth is not reported.
TOLERANCE = 0.1


def standard_findings(step: FlowStep) -> Iterator[Finding]:
    """Findings on the standard of a step: time and output are stated, and the time in words matches the seconds."""
    text = " ".join(step.time_text.split())
    if not step.seconds and step.lead_kind != "applicant":
        yield _no_time(step, text)
    if not step.output.strip():
        message = _("output belum diisi. Tulis apa yang dihasilkan langkah ini.")
        yield step_finding(step, ERROR, "no_output", message, "output")
    hours = hours_in(text)
    if hours is not None and hours >= 24:
        message = _(
            "waktu tertulis “%(text)s”. Pastikan maksudnya jam kerja atau hari kalender. Bila hari, tulis dalam "
            "hari kerja."
        )
        yield step_finding(step, WARNING, "many_hours", message, "time_text", text=text)
    elif step.seconds and _disagree(step.seconds, seconds_in(text)):
        message = _(
            "waktu tertulis “%(text)s”, tetapi yang dihitung %(counted)s. "
            "Samakan keduanya (1 hari kerja = %(day)s menit)."
        )
        words = {"text": text, "counted": duration_in_words(step.seconds), "day": MINUTES_PER_SOP_DAY}
        yield step_finding(step, WARNING, "time_disagrees", message, "seconds", **words)
    item = _PER_ITEM.search(text.lower())
    if item and not step.per_item:
        message = _("waktu tertulis “%(text)s”, tetapi belum ditandai sebagai waktu per berkas. Beri tandanya.")
        yield step_finding(step, WARNING, "per_item_unmarked", message, "per_item", text=text)


def _no_time(step: FlowStep, text: str) -> Finding:
    if text:
        message = _(
            "waktu “%(text)s” belum dapat dihitung. "
            "Isi waktu baku dengan angka dan satuannya (1 hari kerja = %(day)s menit)."
        )
    else:
        message = _("waktu belum diisi. Isi waktu baku dengan angka dan satuannya (1 hari kerja = %(day)s menit).")
    return step_finding(step, ERROR, "no_time", message, "seconds", text=text, day=MINUTES_PER_SOP_DAY)


def hours_in(text: str) -> float | None:
    """The largest number of hours that a text mentions ("168 jam", "1 x 24 jam"), or None."""
    found = []
    for times, hours in re.findall(r"(?:(\d+)\s*[x×]\s*)?(\d+(?:[.,]\d+)?)\s*jam\b", text.lower()):
        found.append(float(hours.replace(",", ".")) * int(times or 1))
    return max(found, default=None)


def seconds_in(text: str) -> tuple[float, float] | None:
    """The least and the most working seconds that a time in words can mean, or None if it is ambiguous.

    "1 jam 30 menit" is a single time and "1–2 hari kerja" a range; "segera" and "1 x 24 jam" are ambiguous.
    """
    plain = _AROUND.sub("", _PER_ITEM.sub("", text.lower())).strip(" ()")
    if not plain or not _WHOLE.fullmatch(plain):
        return None
    least = most = 0.0
    for low, high, unit in _TERMS.findall(plain):
        least += _number(low) * _UNITS[unit]
        most += _number(high or low) * _UNITS[unit]
    return least, most


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _disagree(seconds: int, stated: tuple[float, float] | None) -> bool:
    return stated is not None and not stated[0] * (1 - TOLERANCE) <= seconds <= stated[1] * (1 + TOLERANCE)
