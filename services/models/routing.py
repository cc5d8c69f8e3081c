"""Routing: rules that say which official should get a request, and every assignment that was made."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Notice, Position, Unit, User

from .case import StepRun
from .catalogue import Service
from .request import Message, Request, TimelineEntry


class RoutingRule(models.Model):
    """A routing rule: the first that matches wins, and empty conditions match everything.

    ``answers``: name of a field → accepted answers.
    """

    order = models.PositiveSmallIntegerField(_("urutan"))
    # What a rule refers to cannot be deleted: the rule would vanish, and requests would silently go elsewhere.
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("layanan")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    source = models.CharField(_("asal"), max_length=10, choices=Request.Source.choices, blank=True)
    answers = models.JSONField(_("jawaban"), default=dict, blank=True)
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kepada jabatan")
    )
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kepada petugas")
    )
    # An automatic rule assigns the official immediately; others only suggest one in the routing list.
    automatic = models.BooleanField(_("langsung diteruskan"), default=False)
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("aturan penerusan")
        verbose_name_plural = pgettext_lazy("jamak", "aturan penerusan")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__isnull=False, user__isnull=True) | Q(position__isnull=True, user__isnull=False),
                name="rule_names_one_target",
            ),
            # Checked at the end of the transaction, so that two rules can swap places.
            models.UniqueConstraint(fields=["order"], name="rule_order_once", deferrable=models.Deferrable.DEFERRED),
        ]

    def __str__(self) -> str:
        return str(self.target)

    @property
    def target(self) -> Position | User | None:
        return self.position or self.user


class Routing(models.Model):
    """One assignment of a request to an official, with the state before it, so that it can be undone for a minute.

    ``run``: the step open at that time. If it was reassigned too (``step_given``), ``step_from`` and
    ``step_started_at`` are its earlier assignee and start.
    """

    request = models.ForeignKey(Request, models.CASCADE, related_name="routings", verbose_name=_("permohonan"))
    from_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kepada petugas"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("petugas"))
    at = models.DateTimeField(_("waktu"))
    run = models.ForeignKey(StepRun, models.PROTECT, null=True, blank=True, related_name="+")
    step_given = models.BooleanField(default=False)
    step_from = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    step_started_at = models.DateTimeField(null=True, blank=True)
    entry = models.ForeignKey(TimelineEntry, models.PROTECT, related_name="+")
    note = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    notice = models.ForeignKey(Notice, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("diurungkan"), null=True, blank=True)

    class Meta:
        verbose_name = _("penerusan")
        verbose_name_plural = pgettext_lazy("jamak", "penerusan")
        ordering = ["request", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("at")), name="routing_undone_after"
            ),
            models.CheckConstraint(
                condition=Q(step_given=False) | Q(run__isnull=False), name="routing_gives_an_open_step"
            ),
        ]
        indexes = [
            # Assignments that a user may still undo.
            models.Index(fields=["by", "at"], condition=Q(undone_at__isnull=True), name="routing_by_whom")
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.to_user}"
