"""A case that a verb holds: its request's row is locked, so that two verbs on one request run one after the other."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import states
from services.models import Pause, Request, StepRun, TimelineEntry
from services.papers.queries.brought import held_originals, place_of
from sop.rules.flow import Flow, FlowStep
from ula_portal.core import clock
from ula_portal.core.data import joined
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused

from ..queries.recording import flow_of_case, unit_of_case


@dataclass
class Case:
    """A request whose row is locked, its flow, and the run that is open now (or None)."""

    request: Request
    flow: Flow
    run: StepRun | None
    at: datetime = field(default_factory=clock.now)
    changed: set[str] = field(default_factory=set)
    # Ordinal of the newest run; None: not read yet.
    last_ordinal: int | None = None
    # Steps that are only passed through are offered to nobody.
    quiet: bool = False
    # Several steps on one form are not taken back singly.
    undoable: bool = True
    # How long outside notices of this verb wait, and their ids.
    hold: timedelta = timedelta(0)
    told: list[int] = field(default_factory=list)
    # The run that was finished last, and the entry that tells it.
    last: StepRun | None = None
    entry: TimelineEntry | None = None

    @classmethod
    def lock(cls, request_id: int | None) -> "Case":
        """Lock a request; raises Refused when it does not exist or is a draft."""
        request = (
            Request.objects.select_for_update(of=("self",))
            .select_related("service__unit", "sop_version__sop", "responsible")
            .filter(pk=request_id or 0, sop_version__isnull=False)
            .first()
        )
        if request is None:
            raise Refused(_("Permohonan ini tidak ditemukan."))
        joined.forget_lost(request, "responsible")
        run = request.runs.filter(finished_at__isnull=True).select_related("assignee", "position").first()
        return cls(request, flow_of_case(request), run, at=_never_back(clock.now(), run))

    @classmethod
    def lock_of_run(cls, run_id: int) -> "Case":
        """Lock the request that a run belongs to."""
        request_id = StepRun.objects.filter(pk=run_id).values_list("request_id", flat=True).first()
        return cls.lock(request_id)

    @property
    def unit_id(self) -> int | None:
        """Unit whose pool the case belongs to: the service's, else the SOP's."""
        return unit_of_case(self.request)

    @property
    def step(self) -> FlowStep | None:
        return self.flow.step(self.run.step_id) if self.run else None

    @property
    def open_run(self) -> StepRun:
        """The open run, for what stands on there being one (``must_be_current``)."""
        assert self.run is not None, "the verb looked first whether a step is open"
        return self.run

    @property
    def open_step(self) -> FlowStep:
        """The open run's step, likewise."""
        return self.flow.step(self.open_run.step_id)

    def open_pause(self) -> Pause | None:
        return Pause.objects.filter(request=self.request, to_at__isnull=True).first()

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.request, name, value)
            self.changed.add(name)

    def move(self, verb: str) -> None:
        """Bring the request into the state a verb leads to; raises Outdated when it does not apply."""
        states.REQUEST.make(self.request, verb)
        self.changed.add("state")

    def begin(self) -> None:
        """Work on the request begins, or goes on."""
        if self.request.state == Request.State.SUBMITTED:
            self.move("begin")

    def shut(self, verb: str, *, actor: Actor) -> None:
        """Close the request by a verb. Staff give back first what originals the office keeps; whoever the office did
        not ask (a download, a withdrawal) is not stopped: then the paper stays in the list of those that are held.
        """
        if actor.kind == "staff" and verb != "withdraw":
            _must_hold_nothing(self.request)
        self.move(verb)
        self.set(closed_at=self.at)

    def save(self) -> None:
        if self.changed:
            self.request.save(update_fields=sorted(self.changed))
            self.changed.clear()

    def must_be_open(self) -> None:
        if not self.request.is_open:
            raise Outdated(_("Permohonan ini sudah ditutup."))


def _must_hold_nothing(request: Request) -> None:
    held = held_originals(request)
    if held:
        raise Refused(
            _("Dokumen asli masih disimpan: %(papers)s. Kembalikan kepada pemohon dan catat pengembaliannya dahulu.")
            % {"papers": "; ".join(place_of(each) for each in held)}
        )


def _never_back(at: datetime, run: StepRun | None) -> datetime:
    """A server's clock may be set back; a case's never is."""
    return max([at, run.offered_at, run.started_at or run.offered_at]) if run else at


def must_be_current(case: Case, run_id: int) -> None:
    """Raise Outdated, with who was faster, unless the run is the one that is open now."""
    if case.run is not None and case.run.pk == run_id:
        return
    earlier = StepRun.objects.filter(pk=run_id, request=case.request).select_related("finished_by").first()
    if earlier is None or earlier.finished_at is None:
        raise Outdated(_("Langkah ini tidak sedang berjalan. Muat ulang halaman ini."))
    raise Outdated(who_was_faster(earlier))


def who_was_faster(earlier: StepRun) -> str:
    """Who finished a step and when, for somebody who came too late; ``finished_by`` is read."""
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
