"""Alarms: the office's editable steps of reminding and escalating, and the alarms that were raised."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Notice, User

from .case import StepRun
from .request import Request

# The most superiors up to which an escalation may go.
MAX_LEVELS = 9


class AlarmStep(models.Model):
    """Who is notified how long before or after which due date; ``services.alarms`` evaluates these rows."""

    class Kind(models.TextChoices):
        STEP = "step", _("batas langkah")
        REQUEST = "request", _("jatuh tempo permohonan")

    class Unit(models.TextChoices):
        DAY = "day", _("hari kerja")
        HOUR = "hour", _("jam kerja")
        MINUTE = "minute", _("menit kerja")

    class Whom(models.TextChoices):
        ASSIGNEE = "assignee", _("Petugas yang mengerjakan langkah")
        HOLDERS = "holders", _("Semua pemegang jabatan langkah")
        RESPONSIBLE = "responsible", _("Penanggung jawab permohonan")
        SUPERIOR = "superior", _("Atasan jabatan langkah")
        UNIT_HEAD = "unit_head", _("Pimpinan unit layanan")
        OFFICE_HEAD = "office_head", _("Kepala dinas")

    # Escalations, in contrast to reminders, are written to the timeline and the journal.
    ESCALATIONS = (Whom.SUPERIOR, Whom.UNIT_HEAD, Whom.OFFICE_HEAD)

    order = models.PositiveSmallIntegerField(_("urutan"), default=100)
    kind = models.CharField(_("menurut"), max_length=8, choices=Kind.choices)
    # Negative before the due date, positive after it; 0 days means the day itself, 0 hours the moment it passes.
    offset = models.SmallIntegerField(_("jarak"), default=0)
    offset_unit = models.CharField(_("satuan"), max_length=8, choices=Unit.choices, default=Unit.DAY)
    whom = models.CharField(_("kepada"), max_length=12, choices=Whom.choices)
    # For whom=superior: how many levels up; 1 is the direct superior.
    levels = models.PositiveSmallIntegerField(_("tingkat atasan"), default=1)
    text = models.CharField(_("isi pemberitahuan"), max_length=300)
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("tahap peringatan")
        verbose_name_plural = pgettext_lazy("jamak", "tahap peringatan")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(levels__gte=1, levels__lte=MAX_LEVELS), name="alarm_levels_in_range"),
            models.CheckConstraint(condition=Q(offset__gte=-999, offset__lte=999), name="alarm_offset_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.when_in_words()}"

    def when_in_words(self) -> str:
        """The moment in words, such as ``1 hari kerja sebelum jatuh tempo permohonan``."""
        words = {"n": abs(self.offset), "unit": self.get_offset_unit_display(), "due": self.get_kind_display()}
        if self.offset < 0:
            return _("%(n)d %(unit)s sebelum %(due)s") % words
        if self.offset > 0:
            return _("%(n)d %(unit)s sesudah %(due)s") % words
        if self.offset_unit == self.Unit.DAY:
            return _("pada hari %(due)s") % words
        return _("saat %(due)s lewat") % words

    @property
    def escalates(self) -> bool:
        return self.whom in self.ESCALATIONS


class Alarm(models.Model):
    """An alarm raised for a run or, if it is about the request's due date, for a request: once for each step."""

    step = models.ForeignKey(AlarmStep, models.CASCADE, related_name="alarms", verbose_name=_("tahap"))
    request = models.ForeignKey(Request, models.CASCADE, related_name="alarms", verbose_name=_("permohonan"))
    # The run whose alarm it is; NULL for the request's due date.
    run = models.ForeignKey(StepRun, models.CASCADE, null=True, blank=True, related_name="alarms")
    due_at = models.DateTimeField(_("jatuh tempo"))
    rang_at = models.DateTimeField(_("berbunyi"))

    class Meta:
        verbose_name = _("peringatan")
        verbose_name_plural = pgettext_lazy("jamak", "peringatan")
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], condition=Q(run__isnull=False), name="alarm_once_per_run"),
            models.UniqueConstraint(
                fields=["request", "step"], condition=Q(run__isnull=True), name="alarm_once_per_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.step}"


class AlarmCall(models.Model):
    """Who was notified of an alarm, and by which notice. All alarms of one sweep reach a user in one mail."""

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="calls")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("penerima peringatan")
        verbose_name_plural = pgettext_lazy("jamak", "penerima peringatan")
        constraints = [models.UniqueConstraint(fields=["alarm", "user"], name="alarm_call_once")]

    def __str__(self) -> str:
        return f"{self.alarm_id} → {self.user_id}"
