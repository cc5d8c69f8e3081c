"""The disposition sheet (*lembar disposisi*), on which a superior writes instructions for a case."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from services.engine.queries.recording import flow_of_case, may_record_open_run, previous_unit_of, runs_before
from services.models import Request, StepRun
from services.papers.queries.slots import document_label, documents_of
from sop.rules.flow import FlowStep
from ula_portal.core.models import Position, User
from ula_portal.core.office.queries import holders_of

WORD = "disposisi"
# Usual instructions, to be ticked. Others are written by hand.
INSTRUCTIONS = (
    _("Tindak lanjuti sesuai ketentuan"),
    _("Teliti dan beri pendapat"),
    _("Koordinasikan dengan pihak terkait"),
    _("Siapkan konsep surat"),
    _("Bicarakan dengan saya"),
    _("Wakili dan laporkan"),
    _("Untuk diketahui"),
    _("Simpan"),
)
NATURES = (_("Segera"), _("Sangat segera"), _("Rahasia"))
# As many as fit on the sheet. The dotted lines below them are for others.
MAX_POSITIONS = 7


@dataclass(frozen=True)
class DispositionSheet:
    """The contents of the sheet.

    ``official``: the only holder of the step's position today, else None. ``forward_to``: names of positions.
    ``papers``: labels of the documents.
    """

    request: Request
    run: StepRun
    step: FlowStep
    official: User | None
    forward_to: tuple[str, ...]
    papers: tuple[str, ...]

    instructions = INSTRUCTIONS
    natures = NATURES

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers of a decision, to be ticked; () for other steps."""
        return (self.step.yes_label, self.step.no_label) if self.step.shape == "decision" else ()


def sheet_run(request: Request) -> StepRun | None:
    """The open run for which a sheet can be printed, if it is at a position; else None. One query."""
    runs = StepRun.objects.filter(request=request, finished_at__isnull=True, led_by="position", position__isnull=False)
    return runs.select_related("position__unit").first()


def may_print_sheet(user: User, request: Request, run: StepRun) -> bool:
    """Whether a person may print the sheet: those who may record what comes back on it. Two queries."""
    return may_record_open_run(user, request, run, previous_unit_of(runs_before(run), run))


def is_disposition(step: FlowStep, position: Position | None) -> bool:
    """Whether a superior gives instructions in a step: it says "disposisi", or its position heads a unit."""
    text = f"{step.activity} {step.output}".casefold()
    return WORD in text or bool(position and position.heads_unit)


def sheet_of(request: Request, run: StepRun) -> DispositionSheet:
    """The sheet for an open run. Four queries."""
    flow = flow_of_case(request)
    step = flow.step(run.step_id)
    holders = holders_of([run.position_id])[run.position_id] if run.position_id else []
    others = [actor.name for actor in flow.actors if actor.position_id and actor.position_id != run.position_id]
    papers = tuple(dict.fromkeys(document_label(each) for each in documents_of(request)))
    return DispositionSheet(
        request,
        run,
        step,
        holders[0] if len(holders) == 1 else None,
        tuple(dict.fromkeys(others))[:MAX_POSITIONS],
        papers,
    )
