"""What an office decides about the display of a waiting room."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Location, StoredFile


class ScreenRule(models.Model):
    """The voice of a location's display; without a row it speaks at all hours once somebody has started it."""

    location = models.OneToOneField(Location, models.CASCADE, related_name="screen_rule", verbose_name=_("lokasi"))
    voice = models.BooleanField(_("panggilan dibacakan"), default=True)
    silent_from = models.TimeField(_("jam tenang dari"), null=True, blank=True)
    silent_to = models.TimeField(
        _("jam tenang sampai"),
        null=True,
        blank=True,
        help_text=_("Di antara kedua jam ini layar tidak bersuara, misalnya saat salat. Kosongkan bila tidak ada."),
    )

    class Meta:
        verbose_name = _("suara layar")
        verbose_name_plural = pgettext_lazy("jamak", "suara layar")
        constraints = [
            models.CheckConstraint(
                condition=Q(silent_from__isnull=True, silent_to__isnull=True)
                | Q(silent_from__isnull=False, silent_to__isnull=False) & ~Q(silent_from=F("silent_to")),
                name="silent_hours_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.location)


class ScreenNotice(models.Model):
    """A notice, with or without a picture, that the display shows in turn with others while it is valid."""

    location = models.ForeignKey(
        Location,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lokasi"),
        help_text=_("Kosongkan untuk semua layar."),
    )
    text = models.CharField(_("kalimat"), max_length=160, help_text=_("Dibaca dari jauh: satu kalimat pendek."))
    picture = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gambar")
    )
    from_date = models.DateField(_("dari tanggal"))
    to_date = models.DateField(_("sampai tanggal"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=1)

    class Meta:
        verbose_name = _("pengumuman layar")
        verbose_name_plural = pgettext_lazy("jamak", "pengumuman layar")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="screen_notice_dates"
            )
        ]

    def __str__(self) -> str:
        return self.text
