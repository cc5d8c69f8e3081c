"""Ticket printers in the office's network."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Location


class TicketPrinter(models.Model):
    """A thermal printer that accepts ESC/POS at a network address; one in use per location."""

    class Width(models.IntegerChoices):
        NARROW = 58, _("58 mm")
        WIDE = 80, _("80 mm")

    location = models.ForeignKey(Location, models.CASCADE, related_name="printers", verbose_name=_("lokasi"))
    name = models.CharField(_("nama"), max_length=80)
    address = models.GenericIPAddressField(_("alamat IP"), help_text=_("Alamat printer di jaringan kantor."))
    port = models.PositiveIntegerField(
        _("porta"), default=9100, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    width = models.PositiveSmallIntegerField(_("lebar kertas"), choices=Width.choices, default=Width.WIDE)
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("printer nomor")
        verbose_name_plural = pgettext_lazy("jamak", "printer nomor")
        constraints = [
            models.UniqueConstraint(
                fields=["location"], condition=Q(active=True), name="one_printer_in_use_per_location"
            ),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="printer_port"),
            models.CheckConstraint(condition=Q(width__in=(58, 80)), name="printer_width"),
        ]

    def __str__(self) -> str:
        return self.name
