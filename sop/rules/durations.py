"""Working time in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ula_portal.core.workdays import MINUTES_PER_SOP_DAY

from .flow import FlowStep

WORKING_DAY = MINUTES_PER_SOP_DAY * 60


def duration_in_words(seconds: int | float | None) -> str:
    """Working time in words: "30 detik", "1 jam 30 menit", "2 hari kerja" (SOP days of 450 minutes); "" for None."""
    if seconds is None:
        return ""
    days, rest = divmod(round(seconds), WORKING_DAY)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [
        (days, ngettext("%(n)s hari kerja", "%(n)s hari kerja", days)),
        (hours, ngettext("%(n)s jam", "%(n)s jam", hours)),
        (minutes, ngettext("%(n)s menit", "%(n)s menit", minutes)),
        (rest, ngettext("%(n)s detik", "%(n)s detik", rest)),
    ]
    # Only the two largest units are shown: minutes add nothing to days, nor seconds to hours.
    shown = [(n, text) for n, text in parts if n][:2]
    return " ".join(text % {"n": n} for n, text in shown) or _("0 menit")


def step_time(step: FlowStep) -> str:
    """A step's standard time for the column "Waktu": as written, else in words, marked if it is a time per item."""
    text = step.time_text or duration_in_words(step.seconds)
    return _("%(time)s per berkas") % {"time": text} if text and step.per_item else text
