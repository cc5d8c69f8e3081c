"""The rows of the inbox, and the names of its tabs."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy

from services.deadlines.urgency import Urgency, urgency_of
from services.engine.badges import badge_of
from services.models import InboxEntry, Request, StepRun
from services.models.inbox import CLOCK_RUNS
from sop.models import Step
from ula_portal.core.text.badges import Badge

from .scope import InboxScope

TAB_LABELS = {
    "mine": gettext_lazy("Perlu saya kerjakan"),
    "pool": gettext_lazy("Belum ada yang mengambil"),
    "paper": gettext_lazy("Menunggu catatan kertas"),
    "waiting": gettext_lazy("Menunggu pihak lain"),
    "late": gettext_lazy("Lewat waktu"),
    "done": gettext_lazy("Selesai"),
}
TABS = tuple(TAB_LABELS)


@dataclass(frozen=True)
class InboxRow:
    """One row: the request, its open run (None when it is closed), its urgency. ``tabs``: where it is shown."""

    request: Request
    run: StepRun | None
    urgency: Urgency
    # The clock is stopped: the applicant is asked, or the result waits to be collected.
    paused: bool = False
    tabs: tuple[str, ...] = ()
    # The previous step sent it back.
    returned: bool = False
    # The person has it only as a deputy, who may not sign: it waits for a Plh. or Plt.
    awaits_signer: bool = False
    # It waits at a step assigned to the person, or to somebody for whom they deputise.
    is_yours: bool = False

    @cached_property
    def step(self) -> Step | None:
        return self.run.step if self.run else None

    @property
    def tab_labels(self) -> list[str]:
        return [str(TAB_LABELS[tab]) for tab in self.tabs]

    @property
    def badge(self) -> Badge:
        return badge_of(self.request, self.run)


def rows_of(request_ids: list[int], scope: InboxScope) -> list[InboxRow]:
    """Rows for these requests, in this order. The caller has checked that the person may see them. One query."""
    entries = InboxEntry.objects.select_related(
        "request__service", "run__step", "run__assignee", "run__position", "run__unit"
    ).defer("words", "request__answers")
    found = entries.in_bulk(request_ids) if request_ids else {}
    return [_row(found[pk], scope) for pk in request_ids if pk in found]


def _row(entry: InboxEntry, scope: InboxScope) -> InboxRow:
    run, request = entry.run, entry.request
    paused = entry.place not in CLOCK_RUNS
    urgency = urgency_of(run, request, scope.at)
    mine = entry.assignee_id == scope.user.pk or (
        entry.assignee_id in scope.stands_in_for and entry.position_id in scope.position_ids
    )
    return InboxRow(
        request,
        run,
        urgency,
        paused,
        returned=entry.returned,
        awaits_signer=scope.awaits_signer(run),
        is_yours=mine and not paused,
    )
