"""Dates, times and amounts in words, and Indonesian data marked as such on pages in another language."""

import datetime

from django.utils.formats import date_format, number_format, time_format
from django.utils.functional import lazy
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from ula_portal.core import clock


def _local(value: datetime.date) -> datetime.date:
    return clock.local(value) if isinstance(value, datetime.datetime) else value


def long_date(value: datetime.date | None) -> str:
    """Selasa, 1 Desember 2026."""
    return date_format(_local(value), "l, j F Y") if value else ""


def short_date(value: datetime.date | None) -> str:
    """1 Des 2026."""
    return date_format(_local(value), "j M Y") if value else ""


def clock_time(value: datetime.datetime | datetime.time | None) -> str:
    """07.30 (add "pukul … WIB" in the sentence)."""
    if isinstance(value, datetime.time):
        return time_format(value, "H.i")
    return date_format(_local(value), "H.i") if value else ""


def moment(value: datetime.datetime | None) -> str:
    """26 November 2026 pukul 09.15 WIB."""
    if not value:
        return ""
    return _("%(date)s pukul %(time)s WIB") % {
        "date": date_format(_local(value), "j F Y"),
        "time": clock_time(value),
    }


def _duration_text(length: datetime.timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds // 86400 in (365, 366):
        return _("1 tahun")
    if seconds > 86400 and seconds % 86400 == 0:
        n, text = seconds // 86400, ngettext("%(n)s hari", "%(n)s hari", seconds // 86400)
    elif seconds % 3600 == 0:
        n, text = seconds // 3600, ngettext("%(n)s jam", "%(n)s jam", seconds // 3600)
    elif seconds % 60 == 0:
        n, text = seconds // 60, ngettext("%(n)s menit", "%(n)s menit", seconds // 60)
    else:
        n, text = seconds, ngettext("%(n)s detik", "%(n)s detik", seconds)
    return text % {"n": n}


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


# A duration in its largest whole unit (1 menit, 24 jam, 30 hari), and a grouped number (4.000). Both are evaluated when
# shown, in the reader's language.
duration_text = lazy(_duration_text, str)
grouped = lazy(_grouped, str)


def megabytes(size: int) -> str:
    return f"{size // 1024 // 1024} MB"


def indonesian(text: str) -> str:
    """Office data (names of services, papers, steps), which is Indonesian on every page.

    On a page in another language it is marked with ``lang``, so that screen readers pronounce it correctly.
    """
    if not text or (get_language() or "id").startswith("id"):
        return text
    return format_html('<span lang="id">{}</span>', text)


def filled_sentence(sentence: StrOrPromise, **values: StrOrPromise) -> SafeString:
    """A translated sentence with ``%(name)s`` filled in and escaped; values from ``indonesian`` keep their ``lang``."""
    return mark_safe(conditional_escape(sentence) % {name: conditional_escape(value) for name, value in values.items()})
