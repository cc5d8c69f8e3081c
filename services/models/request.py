"""Requests, their documents, messages and timeline."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.states import REQUEST
from sop.models import SopVersion
from ula_portal.core.models import StoredFile, User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField

from .catalogue import Requirement, Service
from .form import FormVersion

# Condition of the index of due dates.
NOT_CLOSED = Q(closed_at__isnull=True)


class Request(Moving):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        SUBMITTED = "submitted", _("Diterima")
        IN_PROGRESS = "in_progress", _("Diproses")
        WAITING_APPLICANT = "waiting_applicant", _("Menunggu kelengkapan dari Anda")
        COMPLETED = "completed", _("Selesai")
        REJECTED = "rejected", _("Tidak dapat dikabulkan")
        WITHDRAWN = "withdrawn", _("Ditarik pemohon")

    OPEN_STATES = ("submitted", "in_progress", "waiting_applicant")

    class Source(models.TextChoices):
        ONLINE = "online", _("Daring")
        WALK_IN = "walk-in", _("Datang langsung")
        KIOSK = "kiosk", _("Anjungan mandiri")

    # Given at submission, e.g. ULA-2026-000123.
    number = models.CharField(_("nomor permohonan"), max_length=30, unique=True, null=True, blank=True)
    # The number on paper of a request that was running before the portal.
    paper_number = models.CharField(_("nomor di kertas"), max_length=60, blank=True, default="", db_default="")
    service = models.ForeignKey(Service, models.PROTECT, related_name="requests", verbose_name=_("layanan"))
    # Pinned at submission: the case follows this version to its end.
    sop_version = models.ForeignKey(
        SopVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("versi SOP"),
    )
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="requests", verbose_name=_("formulir"))
    state = StateField(_("keadaan"), max_length=20, choices=State.choices, default=State.DRAFT, moves=REQUEST)
    source = models.CharField(_("asal"), max_length=10, choices=Source.choices)
    answers = models.JSONField(_("jawaban"), default=dict, blank=True)
    applicant_name = models.CharField(_("nama pemohon"), max_length=150, blank=True)
    applicant_phone = models.CharField(_("nomor HP"), max_length=20, blank=True)
    applicant_email = models.EmailField(_("surel"), blank=True)
    on_behalf = models.CharField(_("mengajukan sebagai"), max_length=60, blank=True)
    behalf_name = models.CharField(_("nama pemberi kuasa"), max_length=150, blank=True)
    responsible = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responsible_for",
        verbose_name=_("penanggung jawab"),
    )
    created_at = models.DateTimeField(_("dibuat"))
    received_at = models.DateTimeField(_("diterima"), null=True, blank=True)
    complete_at = models.DateTimeField(_("berkas lengkap"), null=True, blank=True)
    due_at = models.DateTimeField(_("jatuh tempo"), null=True, blank=True)
    # When the office had done its part: the letter waits for the applicant, or the request was closed. It is compared
    # with due_at, so that a letter collected late does not make the office late.
    fulfilled_at = models.DateTimeField(_("selesai dikerjakan"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True)
    # Tracking code and link: see ula_portal.core.security.codes.
    nonce = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    # The code that opens a draft on another device; after the submission it leads to the receipt.
    draft_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # For a lost code: the link with which the applicant creates a new one, and until when it is valid.
    renewal_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    renewal_until = models.DateTimeField(null=True, blank=True)
    is_specimen = models.BooleanField(_("contoh"), default=False)

    class Meta:
        verbose_name = _("permohonan")
        verbose_name_plural = pgettext_lazy("jamak", "permohonan")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(number__isnull=False, sop_version__isnull=False, received_at__isnull=False),
                name="submitted_request_is_numbered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["completed", "rejected", "withdrawn"], closed_at__isnull=False)
                | Q(
                    state__in=["draft", "submitted", "in_progress", "waiting_applicant"],
                    closed_at__isnull=True,
                ),
                name="request_closed_when_ended",
            ),
            models.UniqueConstraint(
                fields=["service", "paper_number"], condition=~Q(paper_number=""), name="request_paper_number_once"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(complete_at__isnull=False),
                name="request_due_needs_completeness",
            ),
        ]
        indexes = [
            models.Index(fields=["service", "state", "due_at"]),
            models.Index(fields=["service", "received_at"]),
            models.Index(fields=["responsible", "state"]),
            models.Index(fields=["due_at"], condition=NOT_CLOSED, name="request_open_due"),
            models.Index(fields=["created_at"], condition=Q(state="draft"), name="request_draft_age"),
            models.Index(fields=["closed_at", "id"], condition=Q(closed_at__isnull=False), name="request_closed"),
            # Requests received in a period, for reports.
            models.Index(fields=["received_at", "id"], condition=Q(received_at__isnull=False), name="request_received"),
            models.Index(
                fields=["fulfilled_at", "id"], condition=Q(fulfilled_at__isnull=False), name="request_fulfilled"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draf {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class Document(models.Model):
    """A document of a request. One that was replaced or removed is marked as such and stays until it is purged."""

    class Original(models.TextChoices):
        SEEN = "seen", _("Asli diperlihatkan dan dikembalikan")
        KEPT = "kept", _("Asli disimpan")
        COPY = "copy", _("Salinan")

    class Verdict(models.TextChoices):
        FITS = "fits", _("Sesuai")
        MEND = "mend", _("Perlu diperbaiki")

    request = models.ForeignKey(Request, models.CASCADE, related_name="documents", verbose_name=_("permohonan"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("persyaratan")
    )
    # Name of a form field of type file (surat_kuasa), if it does not belong to a requirement.
    field_name = models.CharField(_("isian"), max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("berkas")
    )
    original = models.CharField(_("asli"), max_length=5, choices=Original.choices, blank=True)
    # An original kept by the office: on which shelf, since when, and to whom it was given back.
    shelf = models.CharField(_("rak"), max_length=40, blank=True)
    kept_at = models.DateTimeField(_("asli disimpan sejak"), null=True, blank=True)
    returned_at = models.DateTimeField(_("asli dikembalikan"), null=True, blank=True)
    returned_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dikembalikan oleh")
    )
    returned_to = models.CharField(_("diterima kembali oleh"), max_length=150, blank=True)
    verdict = models.CharField(_("penilaian"), max_length=5, choices=Verdict.choices, blank=True)
    verdict_note = models.CharField(_("yang perlu diperbaiki"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("ditambahkan"))
    removed_at = models.DateTimeField(_("diganti atau dihapus"), null=True, blank=True)

    class Meta:
        verbose_name = _("berkas permohonan")
        verbose_name_plural = pgettext_lazy("jamak", "berkas permohonan")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "requirement"],
                condition=Q(removed_at__isnull=True, requirement__isnull=False),
                name="one_document_per_requirement",
            ),
            models.UniqueConstraint(
                fields=["request", "field_name"],
                condition=Q(removed_at__isnull=True) & ~Q(field_name=""),
                name="one_document_per_field",
            ),
            models.CheckConstraint(
                condition=Q(original="kept", kept_at__isnull=False)
                | (~Q(original="kept") & Q(kept_at__isnull=True, shelf="")),
                name="shelf_of_kept_original",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True, returned_to="")
                | Q(original="kept", returned_at__isnull=False, returned_by__isnull=False),
                name="returned_original_was_kept",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kept_at", "id"],
                condition=Q(original="kept", returned_at__isnull=True, removed_at__isnull=True),
                name="document_original_held",
            ),
        ]

    def __str__(self) -> str:
        return str(self.requirement or self.field_name)

    @property
    def is_held(self) -> bool:
        """Whether the office keeps the original now."""
        return self.original == self.Original.KEPT and self.returned_at is None and self.removed_at is None

    @property
    def badge(self) -> Badge:
        """Badge of the verdict, for a document that has been judged."""
        words = self.get_verdict_display()
        return Badge("good", words) if self.verdict == self.Verdict.FITS else Badge("warn", words, "alert")


class Message(models.Model):
    """A message between office and applicant, or an internal note."""

    TEXT_LENGTH = 4000

    request = models.ForeignKey(Request, models.CASCADE, related_name="messages", verbose_name=_("permohonan"))
    at = models.DateTimeField(_("waktu"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("penulis"))
    internal = models.BooleanField(_("catatan internal"), default=False)
    text = models.TextField(_("isi"), max_length=TEXT_LENGTH)

    class Meta:
        verbose_name = _("pesan")
        verbose_name_plural = pgettext_lazy("jamak", "pesan")
        ordering = ["request", "at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(internal=False) | Q(author__isnull=False), name="internal_note_has_author"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class TimelineEntry(models.Model):
    """An event of a request; append-only by trigger. It holds ids and verbs only, the texts are in other rows."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Pemohon dan kantor")
        INTERNAL = "internal", _("Kantor")

    request = models.ForeignKey(Request, models.PROTECT, related_name="timeline", verbose_name=_("permohonan"))
    at = models.DateTimeField(_("waktu"))
    verb = models.CharField(_("tindakan"), max_length=40)
    audience = models.CharField(_("pembaca"), max_length=8, choices=Audience.choices)
    actor_kind = models.CharField(_("jenis pelaku"), max_length=20)
    actor_id = models.CharField(_("id pelaku"), max_length=40, blank=True)
    run = models.ForeignKey("services.StepRun", models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField(_("keterangan"), default=dict, blank=True)

    class Meta:
        verbose_name = _("riwayat")
        verbose_name_plural = pgettext_lazy("jamak", "riwayat")
        ordering = ["request", "id"]
        indexes = [
            # Shortage sheets printed in a period, for reports.
            models.Index(fields=["at", "id"], condition=Q(verb="shortage_printed"), name="timeline_shortages"),
        ]

    def __str__(self) -> str:
        return self.verb
