"""Cases that were sent back: by whom and why, and what was answered when the case returned to the sender."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import Document, Pause, StepRun
from sop.rules.flow import Flow

from .recording import done_by_words


@dataclass(frozen=True)
class Return:
    """A case sent back: ``by`` is position and name, ``user_id`` who finished or recorded the step.

    ``answers``: pairs of who answered and what.
    """

    by: str
    reason: str
    user_id: int | None
    answers: tuple[tuple[str, str], ...] = ()


def is_return(flow: Flow, earlier: StepRun, run: StepRun) -> bool:
    """Whether ``earlier`` sent the case back to the step of ``run``, by an answer or by a deviation out of order."""
    if "applicant" in (earlier.led_by, run.led_by):
        return False
    by_choice = earlier.outcome in ("yes", "no") or (earlier.outcome, earlier.deviation) == ("skipped", "reordered")
    return by_choice and flow.step(run.step_id).no < flow.step(earlier.step_id).no


def returned_of(flow: Flow, runs: Sequence[StepRun]) -> Return | None:
    """Who sent the case back to the open step and why; None if it was not sent back.

    ``runs``: runs that count, in order.
    """
    if len(runs) < 2 or runs[-1].finished_at or not is_return(flow, runs[-2], runs[-1]):
        return None
    return _return_by(flow, runs[-2])


def answered_of(
    flow: Flow, runs: Sequence[StepRun], pauses: Sequence[Pause], documents: Iterable[Document]
) -> Return | None:
    """What was answered, if the open step had sent the case back before or asked the applicant; None otherwise.

    ``runs``: runs that count, in order. ``pauses``: all of the request. ``documents``: its present documents. Makes no
    query.
    """
    if not runs or runs[-1].finished_at:
        return None
    open_run = runs[-1]
    ended_pauses = [pause for pause in pauses if pause.run_id == open_run.pk and pause.to_at]
    if ended_pauses:
        last = ended_pauses[-1]
        return Return("", last.wanted, last.opened_by_id, (_answer_of_applicant(last, documents),))
    place = next((n for n in range(len(runs) - 2, -1, -1) if runs[n].step_id == open_run.step_id), None)
    if place is None:
        return None
    by_run = {pause.run_id: pause for pause in pauses}
    # In an end step the applicant is not asked for anything.
    between = [run for run in runs[place + 1 : -1] if run.led_by != "applicant" or run.pk in by_run]
    before = runs[place]
    if not between or not (between[0].led_by == "applicant" or is_return(flow, before, between[0])):
        return None
    answers = tuple(_answer(flow, run, by_run.get(run.pk), documents) for run in between)
    sent_back = _return_by(flow, before)
    return Return(sent_back.by, sent_back.reason, sent_back.user_id, answers)


def _return_by(flow: Flow, run: StepRun) -> Return:
    if run.outcome == "skipped":
        return Return(str(run.finished_by or _("Petugas")), run.deviation_reason, run.finished_by_id)
    name, who = flow.step(run.step_id).lead_name, done_by_words(run)
    return Return(f"{name} ({who})" if who else name, run.note, run.finished_by_id)


def _answer(flow: Flow, run: StepRun, pause: Pause | None, documents: Iterable[Document]) -> tuple[str, str]:
    if pause and run.led_by == "applicant":
        return _answer_of_applicant(pause, documents)
    step = flow.step(run.step_id)
    return done_by_words(run) or step.lead_name, run.note or _("dikerjakan kembali tanpa catatan")


def _answer_of_applicant(pause: Pause, documents: Iterable[Document]) -> tuple[str, str]:
    """The applicant's answer with the number of new documents, as a pair of who and what."""
    words = pause.answer or _("tanpa jawaban tertulis")
    brought = sum(pause.from_at < each.added_at <= pause.to_at for each in documents) if pause.to_at else 0
    if brought:
        words = ngettext("%(words)s, %(n)d berkas baru", "%(words)s, %(n)d berkas baru", brought) % {
            "words": words,
            "n": brought,
        }
    return _("Pemohon"), words
