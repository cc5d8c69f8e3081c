"""Sentences about the absence of the official of a step, naming positions but never people."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.models import StepRun
from ula_portal.core.models import Absence, Tenure
from ula_portal.core.office.absences import PositionAway, position_away

# For applicants. Illness is not disclosed, since people who know the office can tell the person from the position.
_AWAY: dict[str, StrOrPromise] = {
    Absence.Kind.TRAVEL: gettext_lazy("%(position)s sedang dinas luar sampai %(until)s"),
    Absence.Kind.LEAVE: gettext_lazy("%(position)s sedang cuti sampai %(until)s"),
    Absence.Kind.SICK: gettext_lazy("%(position)s sedang berhalangan sampai %(until)s"),
    Absence.Kind.MEETING: gettext_lazy("%(position)s sedang mengikuti rapat sampai %(until)s"),
}
_ACTING: dict[str, str] = {Tenure.Kind.PLT: "Plt.", Tenure.Kind.PLH: "Plh."}


# For staff, shown next to the position's name.
_SHORT: dict[str, StrOrPromise] = {
    Absence.Kind.TRAVEL: gettext_lazy("Dinas luar"),
    Absence.Kind.LEAVE: gettext_lazy("Cuti"),
    Absence.Kind.SICK: gettext_lazy("Berhalangan"),
    Absence.Kind.MEETING: gettext_lazy("Rapat"),
}


def away_sentence(run: StepRun) -> str:
    """Tell the applicant that the holder of the step's position is away, until when and who acts; "" if not away.

    Reads ``run.position`` and ``run.unit``. Runs one query for a step of a position, two while its holder is away.
    """
    away = _away_from(run)
    if away is None or run.position is None:
        return ""
    words = {"position": run.position.name, "until": date_format(away.until, "j F Y")}
    sentence, substitute = str(_AWAY[away.kind]) % words, _substitute(run, away)
    if not substitute:
        return _("%(said)s. Waktu pelayanan tetap berjalan.") % {"said": sentence}
    return _("%(said)s dan digantikan oleh %(instead)s. Waktu pelayanan tetap berjalan.") % {
        "said": sentence,
        "instead": substitute,
    }


def away_note(run: StepRun) -> str:
    """Tell staff the same in short, ``Cuti s.d. 25 Nov, pengganti: …``, without the position; "" if nobody is away."""
    away = _away_from(run)
    if away is None:
        return ""
    words = {"why": _SHORT[away.kind], "until": date_format(away.until, "j M"), "instead": _substitute(run, away)}
    if not words["instead"]:
        return _("%(why)s s.d. %(until)s") % words
    return _("%(why)s s.d. %(until)s, pengganti: %(instead)s") % words


def _away_from(run: StepRun) -> PositionAway | None:
    return position_away(run.position_id) if run.led_by == "position" and run.position_id else None


def _substitute(run: StepRun, away: PositionAway) -> str:
    """Return who acts meanwhile: the acting holder, the deputy's own position, or the unit; "" if nobody does."""
    if away.acting and run.position:
        return f"{_ACTING[away.acting]} {run.position.name}"
    return away.deputy_position or (run.unit.name if run.unit else "")
