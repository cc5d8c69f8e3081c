"""The register of schools that forms offer in their school picker."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class School(models.Model):
    """A school of the register, as the office loads it from the public reference data."""

    npsn = models.CharField(_("NPSN"), max_length=8, unique=True)
    name = models.CharField(_("nama"), max_length=150)
    level = models.CharField(_("bentuk"), max_length=30, blank=True)
    status = models.CharField(_("status"), max_length=20, blank=True)
    district = models.CharField(_("kecamatan"), max_length=80, blank=True)
    village = models.CharField(_("desa/kelurahan"), max_length=80, blank=True)
    # The words by which it is found; see services.schools.rules.
    words = models.TextField(_("kata pencarian"), editable=False)

    class Meta:
        verbose_name = _("sekolah")
        verbose_name_plural = pgettext_lazy("jamak", "sekolah")
        ordering = ["name", "npsn"]
        indexes = [
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="school_words"),
            models.Index(fields=["district", "village"], name="school_places"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.npsn})"
