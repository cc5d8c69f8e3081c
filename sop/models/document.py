"""The SOP and its versions. An approved version is frozen (``sop/sql/frozen.sql``)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop.states import VERSION
from ula_portal.core.models import StoredFile, Unit, User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField


class Sop(models.Model):
    """Identity of an SOP through all its versions: the number, else unit and name."""

    number = models.CharField(_("nomor SOP"), max_length=80, unique=True)
    name = models.CharField(_("nama SOP"), max_length=300)
    slug = models.SlugField(_("alamat"), max_length=120, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sops", verbose_name=_("unit"))
    # A number from the template, not the source: then unit and name are the identity at the next import.
    number_is_generated = models.BooleanField(_("nomor dari portal"), default=False)
    source_unit = models.CharField(_("unit pada sumber"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("SOP")
        verbose_name_plural = pgettext_lazy("jamak", "SOP")
        ordering = ["name"]
        indexes = [
            models.Index(fields=["unit", "name"]),
            # For the search in the public list (icontains).
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="sop_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name


class SopVersion(Moving):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        VERIFIED = "verified", _("Diverifikasi")
        APPROVED = "approved", _("Disahkan")
        PUBLISHED = "published", _("Diterbitkan")
        WITHDRAWN = "withdrawn", _("Dicabut")

    sop = models.ForeignKey(Sop, models.PROTECT, related_name="versions", verbose_name=_("SOP"))
    ordinal = models.PositiveSmallIntegerField(_("versi"))
    # The name that this version's document bears; the SOP takes it over when the version is published.
    name = models.CharField(_("nama pada dokumen"), max_length=300, blank=True)
    state = StateField(_("keadaan"), max_length=12, choices=State.choices, default=State.DRAFT, moves=VERSION)
    created_on = models.DateField(_("tanggal pembuatan"), null=True, blank=True)
    revised_on = models.DateField(_("tanggal revisi"), null=True, blank=True)
    # Half-open: in force from effective_from up to, not including, effective_to.
    effective_from = models.DateField(_("tanggal efektif"), null=True, blank=True)
    effective_to = models.DateField(_("berlaku sampai sebelum"), null=True, blank=True)
    decree = models.CharField(_("nomor keputusan pengesahan"), max_length=120, blank=True)
    decree_date = models.DateField(_("tanggal keputusan"), null=True, blank=True)
    # Established on paper before it came into the portal: recorded with the decree's scan, not approved here.
    on_paper = models.BooleanField(_("disahkan di kertas"), default=False)
    decree_scan = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pindaian keputusan")
    )
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dicatat oleh")
    )
    recorded_at = models.DateTimeField(_("dicatat"), null=True, blank=True)
    legal_basis = models.JSONField(_("dasar hukum"), default=list, blank=True)
    qualifications = models.JSONField(_("kualifikasi pelaksana"), default=list, blank=True)
    related = models.JSONField(_("keterkaitan"), default=list, blank=True)
    equipment = models.JSONField(_("peralatan/perlengkapan"), default=list, blank=True)
    warnings = models.JSONField(_("peringatan"), default=list, blank=True)
    records = models.JSONField(_("pencatatan dan pendataan"), default=list, blank=True)
    is_example = models.BooleanField(_("contoh"), default=False)
    source_confidence = models.CharField(_("keyakinan sumber"), max_length=200, blank=True)
    # SHA-256 of the canonical content: the same content again changes nothing.
    content_hash = models.CharField(_("sidik isi"), max_length=64, blank=True)
    # Grows with every change of the content by hand; 0 as long as the content is that of a file.
    revision = models.PositiveIntegerField(_("perubahan"), default=0)
    edited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("terakhir diubah oleh")
    )
    edited_at = models.DateTimeField(_("terakhir diubah"), null=True, blank=True)
    # The drafter has asked for the verification; a change of the content takes that back.
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diajukan oleh")
    )
    proposed_at = models.DateTimeField(_("diajukan"), null=True, blank=True)
    author = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("penyusun")
    )
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diverifikasi oleh")
    )
    verified_at = models.DateTimeField(_("diverifikasi"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("disahkan oleh")
    )
    approved_at = models.DateTimeField(_("disahkan"), null=True, blank=True)
    # As printed in the identity block, fixed at approval: position, name with titles, rank, NIP.
    approved_as = models.JSONField(_("pengesah pada dokumen"), default=dict, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diterbitkan oleh")
    )
    published_at = models.DateTimeField(_("diterbitkan"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("dicabut"), null=True, blank=True)

    class Meta:
        verbose_name = _("versi SOP")
        verbose_name_plural = pgettext_lazy("jamak", "versi SOP")
        ordering = ["sop", "-ordinal"]
        indexes = [
            # What waits for somebody's verb is a handful among all versions.
            models.Index(
                fields=["state", "proposed_at"],
                name="sop_version_waiting",
                condition=Q(state__in=["draft", "verified", "approved"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sop", "ordinal"], name="sop_version_ordinal_once"),
            models.UniqueConstraint(
                fields=["sop"], condition=Q(state__in=["draft", "verified"]), name="sop_one_open_draft"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"])
                | Q(approved_by__isnull=False, approved_at__isnull=False)
                | Q(on_paper=True, recorded_by__isnull=False, recorded_at__isnull=False),
                name="sop_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(on_paper=False)
                | Q(decree_date__isnull=False, decree_scan__isnull=False, approved_by__isnull=True) & ~Q(decree=""),
                name="sop_on_paper_has_decree",
            ),
            models.CheckConstraint(
                condition=Q(decree_date__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_from__gte=F("decree_date")),
                name="sop_in_force_after_its_decree",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(effective_from__isnull=False),
                name="sop_published_has_date",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(approved_by__isnull=True) | ~Q(author=F("approved_by")),
                name="sop_author_is_not_approver",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="sop_version_dates_in_order",
            ),
            ExclusionConstraint(
                name="sop_versions_in_force_apart",
                expressions=[
                    ("sop", RangeOperators.EQUAL),
                    (
                        Func(
                            F("effective_from"),
                            F("effective_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=["approved", "published"]) & Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (versi {self.ordinal})"

    @property
    def title(self) -> str:
        return self.name or self.sop.name

    @property
    def badge(self) -> Badge:
        """What an open version waits for, as its drafter sees it."""
        if self.state == self.State.DRAFT and not self.proposed_at:
            return Badge("info", _("Draf"), "pencil")
        words = {"draft": _("Menunggu verifikasi"), "verified": _("Menunggu pengesahan")}
        return Badge("warn", words[self.state], "clock")

    @property
    def task_badge(self) -> Badge:
        """What a version waits for, as whoever it waits for sees it."""
        words = {"draft": _("Menunggu verifikasi Anda"), "verified": _("Menunggu pengesahan Anda")}
        return Badge("warn", words.get(self.state, _("Menunggu diterbitkan")), "clock")
