"""The office: its letterhead, units, positions and the places where visitors are received."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .files import StoredFile


class Office(models.Model):
    """The office that this portal serves: a single row, edited by an administrator."""

    name = models.CharField(_("nama kantor"), max_length=150)
    regency = models.CharField(_("kabupaten/kota"), max_length=150)
    letterhead = models.JSONField(_("baris kop surat"), default=list, blank=True)
    address = models.TextField(_("alamat"), blank=True)
    postal_code = models.CharField(_("kode pos"), max_length=5, blank=True, db_default="")
    website = models.CharField(_("situs web"), max_length=120, blank=True, db_default="")
    phone = models.CharField(_("telepon"), max_length=40, blank=True)
    email = models.EmailField(_("surel"), blank=True)
    city = models.CharField(_("tempat penandatanganan"), max_length=80, blank=True)
    # Printed across letters and receipts of a demonstration, so that they are not mistaken for real ones.
    specimen_mark = models.CharField(_("tanda contoh"), max_length=30, blank=True)
    # A picture drawn anew from the uploaded one (``core.office.actions.emblem``), and the one before it, for the undo.
    emblem = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    # Whether the emblem needs a light plate behind it on the dark head of pages.
    emblem_on_light = models.BooleanField(default=False, db_default=False, editable=False)
    earlier_emblem = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo sebelumnya")
    )
    # The unit whose staff are suggested for a request that no routing rule, position or head of unit takes.
    default_unit = models.ForeignKey(
        "Unit",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit penerima bila tidak ada yang cocok"),
    )

    class Meta:
        verbose_name = _("kantor")
        verbose_name_plural = pgettext_lazy("jamak", "kantor")

    def __str__(self) -> str:
        return f"{self.name} {self.regency}"

    @property
    def emblem_url(self) -> str:
        """The address of the emblem, which never changes its content; "" without one."""
        return reverse("office_emblem", args=[self.emblem_id]) if self.emblem_id else ""


class Unit(models.Model):
    code = models.CharField(_("kode"), max_length=30, unique=True)
    name = models.CharField(_("nama"), max_length=200)
    short_name = models.CharField(_("singkatan pada nomor surat"), max_length=30, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("induk")
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = pgettext_lazy("jamak", "unit")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A position in the office (*jabatan*). SOP actors refer to positions, never to people."""

    code = models.CharField(_("kode"), max_length=60, unique=True)
    name = models.CharField(_("nama jabatan"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions", verbose_name=_("unit"))
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name=_("atasan")
    )
    heads_unit = models.BooleanField(_("memimpin unit"), default=False)
    # Decisions only: letters and SOPs are always signed by a definitive or acting holder.
    deputy_decides = models.BooleanField(_("pengganti boleh mengambil keputusan"), default=True, db_default=True)

    class Meta:
        verbose_name = _("jabatan")
        verbose_name_plural = pgettext_lazy("jamak", "jabatan")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Secretariat(models.Model):
    """The holders of ``keeper`` record, in their own name, what the holder of ``position`` wrote on paper."""

    keeper = models.ForeignKey(
        Position, models.CASCADE, related_name="secretariat_of", verbose_name=_("jabatan yang mencatat")
    )
    position = models.ForeignKey(
        Position, models.CASCADE, related_name="secretariats", verbose_name=_("sekretariat dari")
    )

    class Meta:
        verbose_name = _("sekretariat")
        verbose_name_plural = pgettext_lazy("jamak", "sekretariat")
        constraints = [
            models.UniqueConstraint(fields=["keeper", "position"], name="secretariat_once"),
            models.CheckConstraint(condition=~Q(keeper=F("position")), name="secretariat_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.keeper} – {self.position}"


class Location(models.Model):
    """A place where visitors are received and tickets are issued. Its code is part of the URLs of displays."""

    code = models.SlugField(_("kode"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=120)
    address = models.CharField(_("alamat"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("lokasi")
        verbose_name_plural = pgettext_lazy("jamak", "lokasi")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SetupAddress(models.Model):
    """The secret address at which an administrator is made while the portal has none; only its hash is stored.

    ``despite_others``: also works while there are administrators, for an office that can no longer log in as one.
    """

    LIFETIME = datetime.timedelta(hours=24)

    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    despite_others = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.pk}"
