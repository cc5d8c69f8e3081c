"""The case of a request: runs of SOP steps, pauses of the clock, deviations from the SOP."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.states import RUN
from sop.models import SopActor, Step
from ula_portal.core.models import Position, StoredFile, Unit, User
from ula_portal.core.verbs.moves import Moving, StateField

from .request import Request

# How long a finished step can be taken back.
UNDO_WITHIN = timedelta(minutes=1)
# Condition on StepRun: runs that were not taken back.
COUNTED = Q(taken_back_at__isnull=True)


class StepRun(Moving):
    """One execution of one SOP step. A loop back opens a new run; a request has at most one open run."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Selesai")
        YES = "yes", _("Ya")
        NO = "no", _("Tidak")
        SKIPPED = "skipped", _("Dilewati")
        CANCELLED = "cancelled", _("Dihentikan")
        # Opened by a step that was taken back.
        UNDONE = "undone", _("Diurungkan")

    request = models.ForeignKey(Request, models.PROTECT, related_name="runs", verbose_name=_("permohonan"))
    step = models.ForeignKey(Step, models.PROTECT, related_name="runs", verbose_name=_("langkah"))
    ordinal = models.PositiveSmallIntegerField(_("urutan"))
    # Kind of the leading actor, copied so that lists need no join.
    led_by = models.CharField(_("dipimpin oleh"), max_length=10, choices=SopActor.Kind.choices)
    # Whose work it is: the position's holders'; without a holder or position, the pool's of ``unit``.
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("jabatan")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("petugas")
    )
    offered_at = models.DateTimeField(_("ditawarkan"))
    started_at = models.DateTimeField(_("dimulai"), null=True, blank=True)
    # When the step becomes late: standard time from the offer, with a minimum; NULL for steps of the applicant.
    due_at = models.DateTimeField(_("batas langkah"), null=True, blank=True)
    finished_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    finished_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diselesaikan oleh")
    )
    outcome = StateField(_("hasil"), max_length=10, choices=Outcome.choices, blank=True, moves=RUN)
    # Working seconds between start and finish without pauses, compared with the standard time.
    worked_seconds = models.PositiveIntegerField(_("waktu kerja (detik)"), null=True, blank=True)
    note = models.TextField(_("catatan"), blank=True)
    # When recorded later: the days on which an agency received and did the step, or on which the paper was signed.
    sent_on = models.DateField(_("tanggal dikirim"), null=True, blank=True)
    happened_on = models.DateField(_("tanggal sebenarnya"), null=True, blank=True)
    # Done on paper by the holder of the position (``done_by``, if there is only one); ``finished_by`` recorded it.
    recorded_from_paper = models.BooleanField(_("dicatat dari lembar kertas"), default=False, db_default=False)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dikerjakan oleh")
    )
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("foto lembar")
    )
    # The kind of the latest deviation; all of them are stored as Deviation.
    deviation = models.CharField(_("jenis pengecualian"), max_length=20, blank=True)
    deviation_reason = models.TextField(_("alasan pengecualian dari SOP"), blank=True)
    # Snapshot for taking the step back (see engine.actions.taking_back); None if it cannot be taken back.
    undo = models.JSONField(null=True, blank=True)
    # A run that was taken back, and the runs that it opened, stay unchanged but count nowhere (see ``COUNTED``).
    taken_back_at = models.DateTimeField(_("diurungkan"), null=True, blank=True)

    class Meta:
        verbose_name = _("langkah pekerjaan")
        verbose_name_plural = pgettext_lazy("jamak", "langkah pekerjaan")
        ordering = ["request", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["request", "ordinal"], name="run_ordinal_once"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(finished_at__isnull=True), name="one_open_run_per_request"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, outcome="") | (Q(finished_at__isnull=False) & ~Q(outcome="")),
                name="run_outcome_when_finished",
            ),
            models.CheckConstraint(condition=Q(deviation="") | ~Q(deviation_reason=""), name="deviation_has_reason"),
            models.CheckConstraint(
                condition=~Q(outcome="skipped") | Q(deviation__in=["skipped", "reordered"]),
                name="skipped_run_is_deviation",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(started_at__gte=F("offered_at")), name="run_starts_after_offer"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(started_at__isnull=False, finished_at__gte=F("started_at")),
                name="run_finishes_after_start",
            ),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True) | Q(happened_on__isnull=True) | Q(happened_on__gte=F("sent_on")),
                name="run_done_after_sent",
            ),
            # Who recorded what somebody else wrote is always named.
            models.CheckConstraint(
                condition=Q(recorded_from_paper=False)
                | Q(finished_at__isnull=False, finished_by__isnull=False, happened_on__isnull=False),
                name="paper_run_names_recorder",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="undone") | Q(taken_back_at__isnull=False), name="undone_run_is_taken_back"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True)
                | Q(
                    finished_at__isnull=False,
                    taken_back_at__gte=F("finished_at"),
                    taken_back_at__lte=F("finished_at") + UNDO_WITHIN,
                ),
                name="run_taken_back_in_its_minute",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(recorded_from_paper=True), name="done_by_is_from_paper"
            ),
        ]
        indexes = [
            models.Index(fields=["step", "outcome"]),
            # For alarms.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(finished_at__isnull=True, due_at__isnull=False),
                name="run_open_due",
            ),
            # What a user has done, for the inbox.
            models.Index(
                fields=["finished_by", "request"],
                condition=Q(finished_by__isnull=False),
                name="run_finished_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.step}"

    def missed_alarm(self, at: datetime) -> bool:
        """Whether this is an open step of the office that is late at the moment ``at``."""
        waits = self.finished_at is None and self.led_by == "position"
        return waits and self.due_at is not None and self.due_at < at

    @property
    def undo_until(self) -> datetime:
        """The moment until which the finished run can be taken back, if it can be at all."""
        assert self.finished_at, "only a finished step is taken back"
        return self.finished_at + UNDO_WITHIN


class Deviation(models.Model):
    """A deviation from the SOP, with its reason and who is answerable for it. A run may have several."""

    class Kind(models.TextChoices):
        SKIPPED = "skipped", _("Langkah dilewati")
        REORDERED = "reordered", _("Urutan langkah diubah")
        OVERRUN = "overrun", _("Melewati waktu baku")
        REASSIGNED = "reassigned", _("Dialihkan di luar pemegang jabatan")
        PAPERS = "papers", _("Dinyatakan lengkap dengan berkas yang belum sesuai")

    request = models.ForeignKey(Request, models.PROTECT, related_name="deviations", verbose_name=_("permohonan"))
    run = models.ForeignKey(StepRun, models.PROTECT, related_name="deviations", verbose_name=_("langkah pekerjaan"))
    kind = models.CharField(_("jenis pengecualian"), max_length=20, choices=Kind.choices)
    reason = models.TextField(_("alasan pengecualian dari SOP"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("petugas"))
    at = models.DateTimeField(_("waktu"))

    class Meta:
        verbose_name = _("pengecualian dari SOP")
        verbose_name_plural = pgettext_lazy("jamak", "pengecualian dari SOP")
        ordering = ["request", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="deviation_reason_given")]
        indexes = [models.Index(fields=["at", "id"], name="deviation_at")]

    def __str__(self) -> str:
        return f"{self.run}: {self.get_kind_display()}"


class Pause(models.Model):
    """Time that does not count because the applicant is asked for something; ``wanted`` tells them what."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="pauses", verbose_name=_("permohonan"))
    run = models.ForeignKey(StepRun, models.PROTECT, null=True, blank=True, related_name="pauses")
    from_at = models.DateTimeField(_("mulai"))
    to_at = models.DateTimeField(_("berakhir"), null=True, blank=True)
    wanted = models.TextField(_("yang diminta"))
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diminta oleh")
    )
    answer = models.TextField(_("jawaban pemohon"), blank=True)

    class Meta:
        verbose_name = _("jeda")
        verbose_name_plural = pgettext_lazy("jamak", "jeda")
        ordering = ["request", "from_at"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(to_at__isnull=True), name="one_open_pause"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=models.F("from_at")), name="pause_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.wanted[:60]
