"""Actors (columns) and steps (rows) of a version."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Position
from ula_portal.core.text.badges import Badge

from .document import SopVersion


class SopActor(models.Model):
    """An actor of an SOP: a column of its flowchart table. The import guesses its kind, a user confirms it."""

    class Kind(models.TextChoices):
        POSITION = "position", _("Jabatan di kantor ini")
        APPLICANT = "applicant", _("Pemohon")
        EXTERNAL = "external", _("Instansi atau pihak lain")

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="actors", verbose_name=_("versi"))
    order = models.PositiveSmallIntegerField(_("urutan kolom"))
    name = models.CharField(_("nama pelaksana"), max_length=200)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("jabatan")
    )
    confirmed = models.BooleanField(_("sudah dipastikan"), default=False)

    class Meta:
        db_table = "sop_actor"
        verbose_name = _("pelaksana")
        verbose_name_plural = pgettext_lazy("jamak", "pelaksana")
        ordering = ["version", "order"]
        constraints = [
            # Checked at the end of a statement, so that a single UPDATE can renumber.
            models.UniqueConstraint(
                fields=["version", "order"], name="sop_actor_order_once", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(fields=["version", "name"], name="sop_actor_name_once"),
            models.CheckConstraint(
                condition=Q(kind="position") | Q(position__isnull=True), name="sop_actor_position_fits_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def badge(self) -> Badge:
        return Badge("good", _("Sudah dipastikan")) if self.confirmed else Badge("warn", _("Usulan"))


class Step(models.Model):
    class Shape(models.TextChoices):
        START = "start", _("Mulai")
        PROCESS = "process", _("Proses")
        DECISION = "decision", _("Keputusan")
        END = "end", pgettext_lazy("bentuk", "Selesai")

    class EndKind(models.TextChoices):
        COMPLETED = "completed", _("Selesai")
        REJECTED = "rejected", _("Ditolak")
        PASSED_ON = "passed_on", _("Diteruskan ke pihak lain")

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="steps", verbose_name=_("versi"))
    no = models.PositiveSmallIntegerField(_("nomor"))
    activity = models.TextField(_("uraian kegiatan"), blank=True)
    shape = models.CharField(_("bentuk"), max_length=10, choices=Shape.choices)
    actors = models.ManyToManyField(SopActor, through="StepActor", related_name="steps", verbose_name=_("pelaksana"))
    inputs = models.TextField(_("kelengkapan"), blank=True)
    # Working time: 1 working day = 450 minutes = 27,000 seconds. None: not stated.
    seconds = models.PositiveIntegerField(_("waktu baku (detik)"), null=True, blank=True)
    time_text = models.CharField(_("waktu seperti tertulis"), max_length=80, blank=True)
    per_item = models.BooleanField(_("waktu per berkas"), default=False)
    output = models.TextField(_("output"), blank=True)
    note = models.TextField(_("keterangan"), blank=True)
    next = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("berikutnya")
    )
    if_yes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("bila ya")
    )
    if_no = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("bila tidak")
    )
    yes_label = models.CharField(_("sebutan ya"), max_length=40, blank=True)
    no_label = models.CharField(_("sebutan tidak"), max_length=40, blank=True)
    end_kind = models.CharField(_("cara berakhir"), max_length=10, choices=EndKind.choices, blank=True)
    issues_letter = models.BooleanField(_("menerbitkan surat"), default=False)

    class Meta:
        verbose_name = _("langkah")
        verbose_name_plural = pgettext_lazy("jamak", "langkah")
        ordering = ["version", "no"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "no"], name="sop_step_no_once", deferrable=models.Deferrable.IMMEDIATE
            )
        ]

    def __str__(self) -> str:
        return f"{self.no}. {self.activity}"


class StepActor(models.Model):
    """Who acts in a step; the first office position leads and completes."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="step_actors")
    actor = models.ForeignKey(SopActor, models.CASCADE, related_name="step_actors")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["step", "order"]
        constraints = [
            models.UniqueConstraint(fields=["step", "actor"], name="sop_step_actor_once"),
            models.UniqueConstraint(fields=["step", "order"], name="sop_step_actor_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.actor_id}"
