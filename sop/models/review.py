"""Rounds of review of a draft with comments, and corrections proposed to its drafter."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop.states import CORRECTION
from ula_portal.core.models import User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField

from .document import SopVersion
from .flow import Step


class ReviewRound(models.Model):
    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="rounds", verbose_name=_("versi"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dibuka oleh"))
    opened_at = models.DateTimeField(_("dibuka"))

    class Meta:
        verbose_name = _("putaran reviu")
        verbose_name_plural = pgettext_lazy("jamak", "putaran reviu")

    def __str__(self) -> str:
        return f"{self.version} {self.opened_at:%Y-%m-%d}"


class Comment(models.Model):
    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="comments", verbose_name=_("putaran"))
    step = models.ForeignKey(Step, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("langkah"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("penulis"))
    text = models.TextField(_("catatan"))
    written_at = models.DateTimeField(_("ditulis"))
    resolved = models.BooleanField(_("sudah ditindaklanjuti"), default=False)

    class Meta:
        verbose_name = _("catatan reviu")
        verbose_name_plural = pgettext_lazy("jamak", "catatan reviu")

    def __str__(self) -> str:
        return self.text[:60]


class Correction(Moving):
    """New words for a field, proposed by a verifier or approver; the drafter accepts or declines them.

    ``step_id``: id of the step as in ``RemovedStep``, None for the identity block. ``field``: as in the editor's
    verbs. ``before``: the field's content when the correction was proposed. Lists have one line per item.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Menunggu jawaban")
        TAKEN = "taken", _("Dipakai")
        DECLINED = "declined", _("Ditolak penyusun")
        WITHDRAWN = "withdrawn", _("Ditarik pengusul")

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="corrections", verbose_name=_("versi"))
    step_id = models.BigIntegerField(_("id langkah"), null=True, blank=True)
    field = models.CharField(_("isian"), max_length=30)
    before = models.TextField(_("tulisan sekarang"), blank=True)
    text = models.TextField(_("usulan"), blank=True)
    state = StateField(_("keadaan"), max_length=10, choices=State.choices, default=State.OPEN, moves=CORRECTION)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("diusulkan oleh"))
    proposed_at = models.DateTimeField(_("diusulkan"))
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dijawab oleh")
    )
    answered_at = models.DateTimeField(_("dijawab"), null=True, blank=True)
    answer = models.TextField(_("jawaban"), blank=True)

    class Meta:
        verbose_name = _("usulan perbaikan")
        verbose_name_plural = pgettext_lazy("jamak", "usulan perbaikan")
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True)
                | ~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="sop_correction_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["taken", "declined"]) | ~Q(answered_by=models.F("proposed_by")),
                name="sop_correction_answered_by_another",
            ),
            models.UniqueConstraint(
                fields=["version", "proposed_by", "step_id", "field"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="sop_correction_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def badge(self) -> Badge:
        """The answer to a correction that is not open any more."""
        return Badge("good" if self.state == self.State.TAKEN else "neutral", self.get_state_display())
