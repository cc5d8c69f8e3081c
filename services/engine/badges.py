"""How a request stands, as the office's pages mark it; what its applicant reads: ``tracking.queries.tracking``."""

from django.utils.translation import gettext as _

from services.models import Request
from sop.rules.queries.flows import flow_of
from ula_portal.core.text.badges import Badge

State = Request.State
# The colour of each state, whoever reads it.
KINDS = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.IN_PROGRESS: "info",
    State.WAITING_APPLICANT: "warn",
    State.COMPLETED: "good",
    State.REJECTED: "bad",
    State.WITHDRAWN: "neutral",
}


def badge_of(request, run) -> Badge:
    """The state of a request in the office's words. ``run``: the open one, or None."""
    if request.state == State.IN_PROGRESS and run and run.led_by == "external":
        agency = flow_of(request.sop_version_id).step(run.step_id).lead_name
        return Badge("warn", _("Menunggu %(who)s") % {"who": agency})
    if request.state == State.IN_PROGRESS and run and run.led_by == "applicant" and request.fulfilled_at:
        return Badge("good", _("Siap diambil"), "doc")
    if request.state == State.WAITING_APPLICANT or (run and run.led_by == "applicant"):
        return Badge("warn", _("Menunggu pemohon"), "pause")
    return Badge(KINDS[request.state], request.get_state_display())
