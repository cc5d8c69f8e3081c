"""Badges (a word and a colour) for the state of a case: for the office, for the applicant, and against the due date."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.deadlines.urgency import broke_promise, place_of
from services.models import CasePlace, Request, StepRun
from ula_portal.core.text.badges import Badge
from ula_portal.core.text.words import filled_sentence, indonesian

from .queries.recording import flow_of_case

State = Request.State
# The colour of each state, the same for the office and the applicant.
KINDS: dict[str, str] = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.IN_PROGRESS: "info",
    State.WAITING_APPLICANT: "warn",
    State.COMPLETED: "good",
    State.REJECTED: "bad",
    State.WITHDRAWN: "neutral",
}

# Badges of the steps in a progress list, by CSS class: the word for screen readers, and the icon shown instead of the
# step's number.
STEPS = {
    "done": Badge("good", gettext_lazy("selesai"), "check"),
    "now": Badge("info", gettext_lazy("sedang berlangsung")),
    "waiting": Badge("warn", gettext_lazy("menunggu"), "pause"),
    "skipped": Badge("neutral", gettext_lazy("dilewati")),
    "next": Badge("neutral", gettext_lazy("berikutnya")),
}


def badge_of(request: Request, run: StepRun | None) -> Badge:
    """Badge of a request's state in the office's words. ``run``: the open run, or None."""
    if request.state == State.IN_PROGRESS and run and run.led_by == "external":
        agency = flow_of_case(request).step(run.step_id).lead_name
        return Badge("warn", _("Menunggu %(who)s") % {"who": agency})
    if request.state == State.IN_PROGRESS and run and run.led_by == "applicant" and request.fulfilled_at:
        return Badge("good", _("Siap diambil"), "doc")
    if place_of(run, request) == CasePlace.ANSWERED:
        return Badge("warn", CasePlace.ANSWERED.label)
    if request.state == State.WAITING_APPLICANT:
        return Badge("warn", _("Menunggu pemohon"), "pause")
    return state_badge(request.state)


def applicant_badge(request: Request, run: StepRun | None) -> Badge:
    """Badge of a request's state in the applicant's words. ``run``: the open run with its step loaded, or None."""
    if request.state != State.IN_PROGRESS or run is None:
        return state_badge(request.state)
    step = flow_of_case(request).step(run.step_id)
    if run.led_by == "external":
        return Badge("warn", filled_sentence(_("Menunggu %(agency)s"), agency=indonesian(step.lead_name)))
    if run.led_by == "applicant":
        return Badge("good", _("Siap diambil")) if run.step.shape == "end" else Badge("warn", _("Menunggu Anda"))
    if step.issues_letter:
        return Badge("info", _("Menunggu tanda tangan"))
    return Badge("info", _("Diperiksa") if run.step.shape == "decision" else _("Diproses"))


def state_badge(state: str) -> Badge:
    """Badge of a request's state alone, without looking at the open step."""
    return Badge(KINDS[state], State(state).label)


def promise_badge(request: Request) -> Badge:
    """Badge saying whether the due date was met, for a request that is closed or whose office part is done."""
    if not request.fulfilled_at or not request.due_at:
        return Badge("neutral", request.get_state_display())
    late = broke_promise(request, request.fulfilled_at)
    return Badge("bad", _("Melewati janji")) if late else Badge("good", _("Sesuai janji"))
