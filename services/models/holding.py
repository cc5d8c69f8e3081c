"""Earlier times at which the office kept an original that has been brought again."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import User

from .request import Document


class PastHolding(models.Model):
    """A time at which the office kept an original and gave it back; the newest one is stored on the document itself.

    A trigger (``past_holding.sql``) prevents changes to shelf, dates and ``returned_by``; when a document is replaced
    by a new scan, the row moves to the new one.
    """

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="past_holdings", verbose_name=_("berkas permohonan")
    )
    shelf = models.CharField(_("rak"), max_length=40, blank=True)
    kept_at = models.DateTimeField(_("asli disimpan sejak"))
    returned_at = models.DateTimeField(_("asli dikembalikan"))
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dikembalikan oleh"))
    # Name of the person who took it back.
    returned_to = models.CharField(_("diterima kembali oleh"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("penyimpanan asli terdahulu")
        verbose_name_plural = pgettext_lazy("jamak", "penyimpanan asli terdahulu")
        ordering = ["document", "returned_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(returned_at__gte=F("kept_at")), name="past_holding_ended_after_it_began")
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.shelf})"
