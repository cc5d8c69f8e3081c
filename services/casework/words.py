"""Sentences that a page shows after an act: which step is done, who has the case now, how a document was judged."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.engine.actions.finishing import StepResult
from services.engine.queries.recording import flow_of_case
from services.models import Request, StepRun
from sop.rules.flow import Flow
from ula_portal.core.models import User

VERDICT_SENTENCES = {
    "fits": gettext_lazy("Berkas dinilai sesuai."),
    "mend": gettext_lazy("Berkas ditandai perlu diperbaiki. Pemohon belum diberi tahu."),
    "": gettext_lazy("Penilaian berkas diurungkan. Pemohon tidak perlu menggantinya."),
}


def done_words(moved: StepResult, user: User) -> str:
    """The sentence after a step was done or skipped. ``moved``: the result of the engine's verb."""
    flow = flow_of_case(moved.request)
    no = flow.step(moved.run.step_id).no
    done = _("Langkah %(no)d dilewati") if moved.run.outcome == "skipped" else _("Langkah %(no)d selesai")
    return f"{done % {'no': no}}{next_words(moved.request, moved.next_run, flow, user)}"


def next_words(request: Request, run: StepRun | None, flow: Flow, user: User) -> str:
    """The end of a sentence that says who has the case now. ``run``: the new open one, None for a closed case."""
    if run is None:
        return _(". Permohonan ditutup: %(state)s.") % {"state": request.get_state_display().lower()}
    step = flow.step(run.step_id)
    if step.lead_kind == "applicant":
        return _(", surat siap diambil pemohon.") if step.shape == "end" else _(", menunggu pemohon.")
    if step.lead_kind == "external":
        return _(", menunggu %(who)s.") % {"who": step.lead_name}
    if run.assignee_id == user.pk:
        return _(", langkah berikutnya juga tugas Anda.")
    return _(", diteruskan kepada %(who)s.") % {"who": step.lead_name}
