"""What is stated when a step is finished, and the reasons that must be given."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from services.papers.queries.judged import Paper
from sop.rules.flow import FlowStep
from ula_portal.core.verbs.errors import Refused

from .. import decisions
from . import completeness
from .locked import Case


@dataclass(frozen=True)
class StepReport:
    """What a member of staff states when finishing a step.

    ``note``: words about it, or the reason of a decision. ``happened_on``, ``sent_on``: for a step recorded later, the
    days on which it was done and, for another agency's, sent to the agency (default: today, and the day of the offer).
    ``deviation_reason``: why an office step is past its alarm. ``papers_reason``: why the file counts as complete
    although a document must be corrected or has not been judged.
    """

    note: str = ""
    happened_on: date | None = None
    sent_on: date | None = None
    deviation_reason: str = ""
    papers_reason: str = ""


def must_give_reasons(case: Case, step: FlowStep, outcome: str, report: StepReport, *, late: bool) -> list[Paper]:
    """Check that every required reason is given; returns the papers accepted despite not being in order.

    Raises: Refused for the first missing reason, with the other missing ones in ``also``.
    """
    missing, unfit = [], []
    try:
        _must_give_note(case, step, outcome, report.note.strip())
    except Refused as refused:
        missing.append(refused)
    try:
        unfit = completeness.must_be_judged(case, step, outcome, report.papers_reason)
    except Refused as refused:
        missing.append(refused)
    if late and not report.deviation_reason.strip():
        missing.append(Refused(_("Langkah ini melewati waktu bakunya. Tulis alasannya."), field="deviation_reason"))
    if missing:
        raise Refused(str(missing[0]), field=missing[0].field, also=missing[1:])
    return unfit


def _must_give_note(case: Case, step: FlowStep, outcome: str, note: str) -> None:
    if note or not decisions.reason_is_due(case.flow, step, outcome):
        return
    if decisions.leads_to_applicant(case.flow, step, outcome):
        raise Refused(_("Tulis apa yang perlu dilengkapi pemohon."), field="note")
    raise Refused(_("Tulis alasan jawaban ini."), field="note")
