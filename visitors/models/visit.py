"""Visitors and their visits (*buku tamu*)."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.models import Request, Service
from ula_portal.core.models import Location, Position, User


class Visitor(models.Model):
    """A person who comes to the office; as little data as needed, never a NIK."""

    name = models.CharField(_("nama"), max_length=150)
    phone = models.CharField(_("nomor HP"), max_length=20, blank=True)
    institution = models.CharField(_("instansi"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("tamu")
        verbose_name_plural = pgettext_lazy("jamak", "tamu")
        indexes = [
            models.Index(fields=["phone"], condition=~Q(phone=""), name="visitor_phone"),
            # The desk types a part of a name.
            GinIndex(fields=["name"], name="visitor_name_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    class Purpose(models.TextChoices):
        SERVICE = "service", _("Mengurus layanan")
        FOLLOW_UP = "follow_up", _("Melanjutkan permohonan")
        MEET = "meet", _("Bertemu pejabat")
        COLLECT = "collect", _("Mengambil surat")
        CONSULT = "consult", _("Konsultasi")
        COMPLAINT = "complaint", _("Pengaduan")

    visitor = models.ForeignKey(Visitor, models.PROTECT, related_name="visits", verbose_name=_("tamu"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("lokasi"))
    purpose = models.CharField(_("keperluan"), max_length=10, choices=Purpose.choices)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("layanan")
    )
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("permohonan")
    )
    host = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pejabat yang dituju"),
    )
    head_count = models.PositiveSmallIntegerField(_("jumlah tamu"), default=1)
    # Whoever helps the visitor (an elder's child, an interpreter), so that the counter knows whom to address.
    companion = models.CharField(_("pendamping"), max_length=150, blank=True)
    # Those for whom the visitor comes by power of attorney, whose paper was shown at the desk.
    represents = models.CharField(_("mewakili"), max_length=300, blank=True)
    proxy_seen = models.BooleanField(_("surat kuasa diperlihatkan"), default=False)
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    checked_in_at = models.DateTimeField(_("datang"))
    checked_in_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dicatat oleh"))
    left_at = models.DateTimeField(_("pulang"), null=True, blank=True)
    # Nobody recorded the check-out, so ``left_at`` is an estimate.
    left_assumed = models.BooleanField(_("pulang tidak dicatat"), default=False)
    # Entered afterwards (from paper, or a guest who went straight in); the other times are the true ones.
    recorded_late_at = models.DateTimeField(_("dicatat kemudian"), null=True, blank=True)

    class Meta:
        verbose_name = _("kunjungan")
        verbose_name_plural = pgettext_lazy("jamak", "kunjungan")
        constraints = [
            models.CheckConstraint(condition=Q(head_count__gte=1, head_count__lte=100), name="visit_head_count"),
            models.CheckConstraint(condition=Q(represents="") | Q(proxy_seen=True), name="visit_proxy_was_seen"),
        ]
        indexes = [
            models.Index(fields=["checked_in_at", "id"]),
            models.Index(fields=["location"], condition=Q(left_at__isnull=True), name="visit_inside"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} {self.checked_in_at:%Y-%m-%d}"
