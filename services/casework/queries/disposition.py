"""The sheet on which a superior writes what is to be done with a case (*lembar disposisi*)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from services.engine.queries.recording import flow_of_case, giver_unit_of, may_record_open_run, runs_before
from services.models import Request, StepRun
from services.papers.queries.slots import document_label, documents_of
from sop.rules.flow import FlowStep
from ula_portal.core.models import Position, User
from ula_portal.core.office.queries import holders_of

WORD = "disposisi"
# What superiors usually order, to tick; the rest they write by hand.
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
# Positions that fit on the sheet; the dotted lines below them take any other.
MOST_POSITIONS = 7


@dataclass(frozen=True)
class Sheet:
    """What is printed: the open step, its position and who holds it today, to whom it may be passed on, the papers."""

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
        """Exits of a decision, to tick; empty for other steps."""
        return (self.step.yes_label, self.step.no_label) if self.step.shape == "decision" else ()


def sheet_run(request: Request) -> StepRun | None:
    """The open step that a sheet can be printed for: one of a position. One query."""
    runs = StepRun.objects.filter(request=request, finished_at__isnull=True, led_by="position", position__isnull=False)
    return runs.select_related("position__unit").first()


def may_print_sheet(user: User, request: Request, run: StepRun) -> bool:
    """Who may record what comes back on the sheet prints it. Two queries, besides the person's standing."""
    return may_record_open_run(user, request, run, giver_unit_of(runs_before(run), run))


def is_disposition(step: FlowStep, position: Position | None) -> bool:
    """Whether a step is where a superior orders: its words say so, or its position heads a unit."""
    said = f"{step.activity} {step.output}".casefold()
    return WORD in said or bool(position and position.heads_unit)


def sheet_of(request: Request, run: StepRun) -> Sheet:
    """The sheet of an open step. Four queries."""
    flow = flow_of_case(request)
    step = flow.step(run.step_id)
    holders = holders_of([run.position_id])[run.position_id] if run.position_id else []
    others = [actor.name for actor in flow.actors if actor.position_id and actor.position_id != run.position_id]
    papers = tuple(dict.fromkeys(document_label(each) for each in documents_of(request)))
    return Sheet(
        request,
        run,
        step,
        holders[0] if len(holders) == 1 else None,
        tuple(dict.fromkeys(others))[:MOST_POSITIONS],
        papers,
    )
