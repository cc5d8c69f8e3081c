"""How a case stands, in a word and a tone: as its applicant sees it, as the office does, and against its promise."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.deadlines.urgency import broke_promise
from services.models import Request, StepRun
from ula_portal.core.text.badges import Badge
from ula_portal.core.text.words import indonesian, worded

from .queries.recording import flow_of_case

State = Request.State
# The colour of each state, whoever reads it.
KINDS: dict[str, str] = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.IN_PROGRESS: "info",
    State.WAITING_APPLICANT: "warn",
    State.COMPLETED: "good",
    State.REJECTED: "bad",
    State.WITHDRAWN: "neutral",
}

# A step of the way, told besides its class: the word that is heard, and the icon in place of its number.
STEPS = {
    "done": Badge("good", gettext_lazy("selesai"), "check"),
    "now": Badge("info", gettext_lazy("sedang berlangsung")),
    "waiting": Badge("warn", gettext_lazy("menunggu"), "pause"),
    "skipped": Badge("neutral", gettext_lazy("dilewati")),
    "next": Badge("neutral", gettext_lazy("berikutnya")),
}


def badge_of(request: Request, run: StepRun | None) -> Badge:
    """The state of a request in the office's words. ``run``: the open one, or None."""
    if request.state == State.IN_PROGRESS and run and run.led_by == "external":
        agency = flow_of_case(request).step(run.step_id).lead_name
        return Badge("warn", _("Menunggu %(who)s") % {"who": agency})
    if request.state == State.IN_PROGRESS and run and run.led_by == "applicant" and request.fulfilled_at:
        return Badge("good", _("Siap diambil"), "doc")
    if request.state == State.WAITING_APPLICANT or (run and run.led_by == "applicant"):
        return Badge("warn", _("Menunggu pemohon"), "pause")
    return state_badge(request.state)


def applicant_badge(request: Request, run: StepRun | None) -> Badge:
    """The same in the applicant's words. ``run``: the open one, with its step."""
    if request.state != State.IN_PROGRESS or run is None:
        return state_badge(request.state)
    step = flow_of_case(request).step(run.step_id)
    if run.led_by == "external":
        return Badge("warn", worded(_("Menunggu %(agency)s"), agency=indonesian(step.lead_name)))
    if run.led_by == "applicant":
        return Badge("good", _("Siap diambil")) if run.step.shape == "end" else Badge("warn", _("Menunggu Anda"))
    if step.issues_letter:
        return Badge("info", _("Menunggu tanda tangan"))
    return Badge("info", _("Diperiksa") if run.step.shape == "decision" else _("Diproses"))


def state_badge(state: str) -> Badge:
    """A state by itself, whatever the open step."""
    return Badge(KINDS[state], State(state).label)


def promise_badge(request: Request) -> Badge:
    """Whether the promise was kept; of a request whose office part is done, or that is closed."""
    if not request.fulfilled_at or not request.due_at:
        return Badge("neutral", request.get_state_display())
    late = broke_promise(request, request.fulfilled_at)
    return Badge("bad", _("Melewati janji")) if late else Badge("good", _("Sesuai janji"))
