"""The reasons that must be given when a step is finished."""

from django.utils.translation import gettext as _

from services.papers.queries.judged import Paper
from sop.rules.flow import FlowStep
from ula_portal.core.verbs.errors import Refused

from .. import decisions
from . import completeness
from .locked import Case


def must_be_given(
    case: Case, step: FlowStep, outcome: str, note: str, papers_reason: str, *, late: bool, reason: str
) -> list[Paper]:
    """Check that every required reason is given; returns the papers accepted despite not being in order.

    Raises: Refused for the first missing reason, with the other missing ones in ``also``.
    """
    missing, unfit = [], []
    try:
        _must_be_noted(case, step, outcome, note)
    except Refused as refused:
        missing.append(refused)
    try:
        unfit = completeness.must_be_judged(case, step, outcome, papers_reason)
    except Refused as refused:
        missing.append(refused)
    if late and not reason.strip():
        missing.append(Refused(_("Langkah ini melewati waktu bakunya. Tuliskan alasannya."), field="deviation_reason"))
    if missing:
        raise Refused(str(missing[0]), field=missing[0].field, also=missing[1:])
    return unfit


def _must_be_noted(case: Case, step: FlowStep, outcome: str, note: str) -> None:
    if note or not decisions.reason_is_due(case.flow, step, outcome):
        return
    if decisions.leads_to_applicant(case.flow, step, outcome):
        raise Refused(_("Tuliskan apa yang perlu dilengkapi pemohon."), field="note")
    raise Refused(_("Tuliskan alasan jawaban ini."), field="note")
