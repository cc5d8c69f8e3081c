"""Rounds of review of a draft, with comments on steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import User

from .document import SopVersion
from .flow import Step


class ReviewRound(models.Model):
    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="rounds", verbose_name=_("versi"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dibuka oleh"))
    opened_at = models.DateTimeField(_("dibuka"))

    class Meta:
        verbose_name = _("putaran reviu")
        verbose_name_plural = pgettext_lazy("jamak", "putaran reviu")

    def __str__(self):
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

    def __str__(self):
        return self.text[:60]
