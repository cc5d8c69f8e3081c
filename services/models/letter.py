"""Letters: templates, and letters with their gapless numbers, files and verification codes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.states import LETTER
from ula_portal.core.models import StoredFile, User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField

from .case import StepRun
from .request import Request


def default_subject() -> list[str]:
    return ["applicant"]


class LetterTemplate(models.Model):
    """Text and number pattern of a letter.

    Placeholders are ``letters.rules.NUMBER_PLACEHOLDERS`` in ``number_pattern``, and ``letters.rules.PLACEHOLDERS`` and
    the names of form fields in ``body``. ``subject``: the placeholders whose masked values the verification page shows.
    """

    code = models.SlugField(_("kode"), max_length=60, unique=True)
    name = models.CharField(_("nama"), max_length=150)
    title = models.CharField(_("judul surat"), max_length=200)
    classification = models.CharField(_("kode klasifikasi"), max_length=20)
    number_pattern = models.CharField(_("pola nomor"), max_length=100, default="{code}/{sequence}-{unit}/{year}")
    body = models.TextField(_("isi"))
    is_refusal = models.BooleanField(_("surat penolakan"), default=False)
    subject = models.JSONField(
        _("pokok surat pada halaman Periksa keaslian surat"), default=default_subject, blank=True
    )

    class Meta:
        verbose_name = _("templat surat")
        verbose_name_plural = pgettext_lazy("jamak", "templat surat")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Letter(Moving):
    """A letter of a request. Its number is reserved before rendering and kept for the next attempt if that fails."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Nomor dipesan")
        ISSUED = "issued", pgettext_lazy("surat", "Diterbitkan")
        WITHDRAWN = "withdrawn", _("Dicabut")

    request = models.ForeignKey(Request, models.PROTECT, related_name="letters", verbose_name=_("permohonan"))
    run = models.ForeignKey(StepRun, models.PROTECT, null=True, blank=True, related_name="letters")
    template = models.ForeignKey(LetterTemplate, models.PROTECT, related_name="+", verbose_name=_("templat"))
    number = models.CharField(_("nomor surat"), max_length=100, unique=True)
    sequence = models.PositiveIntegerField(_("nomor urut"))
    year = models.PositiveSmallIntegerField(_("tahun"))
    state = StateField(_("keadaan"), max_length=10, choices=State.choices, default=State.RESERVED, moves=LETTER)
    body = models.TextField(_("isi"))
    signatory = models.JSONField(_("penanda tangan"), default=dict)
    # Pairs of label and masked value, fixed when it is issued; emptied when the personal data are erased.
    subject = models.JSONField(_("pokok surat, disamarkan"), default=list, db_default=[], blank=True)
    signed_how = models.CharField(_("cara penandatanganan"), max_length=20, default="wet")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="letters")
    # The verification code is printed on the letter; only its hash is stored.
    nonce = models.CharField(max_length=32)
    verify_hash = models.CharField(max_length=64, unique=True)
    reserved_at = models.DateTimeField(_("nomor dipesan"))
    issued_at = models.DateTimeField(pgettext_lazy("surat", "diterbitkan"), null=True, blank=True)
    issued_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("surat", "diterbitkan oleh"),
    )
    collected_at = models.DateTimeField(pgettext_lazy("surat", "diambil"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("dicabut"), null=True, blank=True)

    class Meta:
        verbose_name = _("surat")
        verbose_name_plural = pgettext_lazy("jamak", "surat")
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="letter_sequence_once"),
            models.CheckConstraint(
                condition=Q(state="reserved") | Q(file__isnull=False, issued_at__isnull=False),
                name="issued_letter_has_file",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="issued"), name="one_valid_letter_per_request"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="reserved"), name="one_reserved_letter_per_request"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def badge(self) -> Badge:
        tones = {"reserved": "warn", "issued": "good", "withdrawn": "bad"}
        return Badge(tones[self.state], self.get_state_display())
