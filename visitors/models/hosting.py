"""Calls to an official whom a visitor has come to meet, and their answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Position, User
from ula_portal.core.text.badges import Badge

from .visit import Visit


class HostCall(models.Model):
    """The information to a position's holder that a visitor has come for them; the desk reads the answer.

    It holds no names and no text: the visit says who came and why.
    """

    class Answer(models.TextChoices):
        COMING = "coming", _("Silakan masuk")
        FIVE_MINUTES = "five_minutes", _("Mohon tunggu 5 menit")
        DELEGATED = "delegated", _("Diwakilkan")

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="host_call", verbose_name=_("kunjungan"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="+", verbose_name=_("pejabat"))
    asked_at = models.DateTimeField(_("diberi tahu"))
    answer = models.CharField(_("jawaban"), max_length=12, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dijawab oleh")
    )
    # Who receives the visitor instead.
    delegate = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diwakilkan kepada")
    )

    class Meta:
        verbose_name = _("pemberitahuan tamu")
        verbose_name_plural = pgettext_lazy("jamak", "pemberitahuan tamu")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="host_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(answer="delegated", delegate__isnull=False)
                | ~Q(answer="delegated") & Q(delegate__isnull=True),
                name="host_delegate_when_delegated",
            ),
        ]
        indexes = [
            models.Index(fields=["position", "asked_at"], name="host_call_of_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.visit_id}"

    @property
    def badge(self) -> Badge:
        """For the desk."""
        return self._answered() or Badge("neutral", _("Pejabat diberi tahu"), "clock")

    @property
    def task_badge(self) -> Badge:
        """For the official. Needs ``received``, as ``hosting.queries.guests`` annotates it."""
        # Only the query annotates ``received``.
        if self.received and not self.answer:  # type: ignore[attr-defined]
            return Badge("good", _("Sudah diterima"), "check")
        return self._answered() or Badge("warn", _("Menunggu jawaban Anda"), "clock")

    def _answered(self) -> Badge | None:
        return Badge("good", self.get_answer_display(), "check") if self.answer else None
