"""A locked case: the row of its request is locked, so two verbs on one request run one after the other."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import states
from services.models import Pause, Request, StepRun, TimelineEntry
from services.papers.queries.brought import held_originals, paper_with_shelf
from sop.rules.flow import Flow, FlowStep
from ula_portal.core import clock
from ula_portal.core.data import locked_relations
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused

from ..queries.recording import flow_of_case, unit_of_case


@dataclass
class Case:
    """A request whose row is locked, its flow, and its open run (or None).

    ``at`` is the moment at which the verb happens; ``changed_fields`` holds the names of the request's columns to save.
    """

    request: Request
    flow: Flow
    run: StepRun | None
    at: datetime = field(default_factory=clock.now)
    changed_fields: set[str] = field(default_factory=set)
    # Ordinal of the newest run; None until it has been read.
    last_ordinal: int | None = None
    # When several steps are completed together, nobody is notified of those in between.
    skips_notices: bool = False
    # Steps completed together on one form cannot be taken back one by one.
    undoable: bool = True
    # How long notices of this verb wait before they are sent, and their ids.
    notice_delay: timedelta = timedelta(0)
    notice_ids: list[int] = field(default_factory=list)
    # The run that was finished last, and its timeline entry.
    finished_run: StepRun | None = None
    finish_entry: TimelineEntry | None = None

    @classmethod
    def lock(cls, request_id: int | None) -> "Case":
        """Lock a submitted request and load its case.

        Raises: Refused when the request does not exist or is a draft.
        """
        request = (
            Request.objects.select_for_update(of=("self",))
            .select_related("service__unit", "sop_version__sop", "responsible")
            .filter(pk=request_id or 0, sop_version__isnull=False)
            .first()
        )
        if request is None:
            raise Refused(_("Permohonan ini tidak ditemukan."))
        locked_relations.drop_stale_relations(request, "responsible")
        run = _open_runs(request).first()
        return cls(request, flow_of_case(request), run, at=_not_before_run(clock.now(), run))

    @classmethod
    def lock_of_run(cls, run: StepRun) -> "Case":
        """Lock the request to which a run belongs and load its case, as ``lock``."""
        return cls.lock(run.request_id)

    @property
    def unit_id(self) -> int | None:
        """Id of the unit to whose pool the case belongs: the service's unit, else the SOP's."""
        return unit_of_case(self.request)

    @property
    def step(self) -> FlowStep | None:
        return self.flow.step(self.run.step_id) if self.run else None

    @property
    def open_run(self) -> StepRun:
        """The open run, for code that runs after ``must_be_current`` has made sure that there is one."""
        assert self.run is not None, "the verb looked first whether a step is open"
        return self.run

    @property
    def open_step(self) -> FlowStep:
        """The step of the open run, under the same condition as ``open_run``."""
        return self.flow.step(self.open_run.step_id)

    def open_pause(self) -> Pause | None:
        return Pause.objects.filter(request=self.request, to_at__isnull=True).first()

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.request, name, value)
            self.changed_fields.add(name)

    def move(self, verb: str) -> None:
        """Put the request into the state to which the verb leads.

        Raises: Outdated when the verb does not apply in the present state.
        """
        states.REQUEST.make(self.request, verb)
        self.changed_fields.add("state")

    def begin(self) -> None:
        """Mark the request as in progress, if this is the first work on it."""
        if self.request.state == Request.State.SUBMITTED:
            self.move("begin")

    def close(self, verb: str, *, by: Actor) -> None:
        """Close the request by a verb.

        Raises: Refused while the office keeps originals, if staff close it other than by a withdrawal. A download or
        a withdrawal closes it anyway, and the originals stay in the list of those to be returned.
        """
        if by.kind == "staff" and verb != "withdraw":
            _must_hold_nothing(self.request)
        self.move(verb)
        self.set(closed_at=self.at)

    def save(self) -> None:
        if self.changed_fields:
            self.request.save(update_fields=sorted(self.changed_fields))
            self.changed_fields.clear()

    def must_be_open(self) -> None:
        if not self.request.is_open:
            raise Outdated(_("Permohonan ini sudah ditutup."))


def _must_hold_nothing(request: Request) -> None:
    held = held_originals(request)
    if held:
        raise Refused(
            _("Dokumen asli masih disimpan: %(papers)s. Kembalikan kepada pemohon dan catat pengembaliannya dahulu.")
            % {"papers": "; ".join(paper_with_shelf(each) for each in held)}
        )


def _open_runs(request: Request) -> QuerySet[StepRun]:
    """The open run of a request, if any. ``last_pause_at``: when the newest pause of the request began or ended."""
    pauses = Pause.objects.filter(request=request).order_by("-from_at")
    last_pause_at = Subquery(pauses.values(last=Greatest("from_at", "to_at"))[:1])
    runs = request.runs.filter(finished_at__isnull=True).select_related("assignee", "position")
    return runs.annotate(last_pause_at=last_pause_at)


def _not_before_run(at: datetime, run: Any) -> datetime:
    """Time of the verb, at least the last time of the open run and of the case's pauses.

    The server's clock may have been set back. ``run``: from ``_open_runs``, or None.
    """
    return max(at, run.offered_at, run.started_at or at, run.last_pause_at or at) if run else at


def must_be_current(case: Case, run: StepRun) -> None:
    """Check that the run is still the open one.

    Raises: Outdated, saying who finished the run before, if it is not.
    """
    if case.run is not None and case.run.pk == run.pk:
        return
    earlier = StepRun.objects.filter(pk=run.pk, request=case.request).select_related("finished_by").first()
    if earlier is None or earlier.finished_at is None:
        raise Outdated(_("Langkah ini tidak sedang berjalan. Muat ulang halaman ini."))
    raise Outdated(who_was_faster(earlier))


def who_was_faster(earlier: StepRun) -> str:
    """Sentence for a user who came too late: who finished the step, and when. Reads ``earlier.finished_by``."""
    if earlier.taken_back_at:
        return _("Penyelesaian langkah ini diurungkan. Muat ulang halaman untuk melihat keadaannya sekarang.")
    assert earlier.finished_at, "only who finished a step was faster"
    at = clock.local(earlier.finished_at)
    words = {
        "name": earlier.finished_by or _("pemohon"),
        "date": date_format(at, "j F Y"),
        "time": date_format(at, "H.i"),
    }
    if at.date() == clock.today():
        return _("Langkah ini sudah diselesaikan oleh %(name)s pukul %(time)s WIB.") % words
    return _("Langkah ini sudah diselesaikan oleh %(name)s pada %(date)s pukul %(time)s WIB.") % words
