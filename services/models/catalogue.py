"""The catalogue: services with the components of their service standard, and their requirements."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from services.states import SERVICE
from sop.models import Sop
from ula_portal.core.models import Unit
from ula_portal.core.text.words import grouped
from ula_portal.core.verbs.moves import Moving, StateField

from .glossary import explanation_of


class Category(models.Model):
    slug = models.SlugField(_("alamat"), max_length=60, unique=True)
    name = models.CharField(_("nama"), max_length=100)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("kelompok layanan")
        verbose_name_plural = pgettext_lazy("jamak", "kelompok layanan")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Service(Moving):
    """A service of the catalogue. The public sees it while it is published and the SOP it may need is in force."""

    class Kind(models.TextChoices):
        REQUEST = "request", _("Permohonan (berjalan menurut SOP)")
        VISIT = "visit", _("Kunjungan (tanpa permohonan)")
        ELSEWHERE = "elsewhere", _("Bukan di sini")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        PUBLISHED = "published", _("Diterbitkan")
        WITHDRAWN = "withdrawn", _("Ditarik")

    # The keys are also values in addresses (?untuk=guru) and in the catalogue's file, so they are Indonesian.
    AUDIENCES = [
        ("orang_tua", _("Orang tua dan siswa")),
        ("guru", _("Guru dan tenaga kependidikan")),
        ("sekolah", _("Sekolah")),
        ("lembaga", _("Pendiri lembaga")),
        ("peneliti", _("Mahasiswa dan peneliti")),
        ("tamu", _("Tamu kantor")),
        ("umum", _("Masyarakat umum")),
    ]
    CHANNELS = [("online", _("Daring")), ("walk-in", _("Datang langsung")), ("appointment", _("Janji kedatangan"))]

    code = models.CharField(_("kode"), max_length=30, unique=True)
    slug = models.SlugField(_("alamat"), max_length=120, unique=True)
    name = models.CharField(_("nama"), max_length=200)
    official_name = models.CharField(_("nama resmi"), max_length=300, blank=True)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    state = StateField(_("keadaan"), max_length=10, choices=State.choices, default=State.DRAFT, moves=SERVICE)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("unit penanggung jawab"),
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="services", verbose_name=_("kelompok"))
    audiences = ArrayField(models.CharField(max_length=20), verbose_name=_("untuk siapa"), default=list, blank=True)
    summary = models.TextField(_("ringkasan"), blank=True)
    channels = ArrayField(models.CharField(max_length=20), verbose_name=_("cara mengurus"), default=list, blank=True)
    ticket_letter = models.CharField(_("huruf antrean"), max_length=1, blank=True)
    sop = models.ForeignKey(Sop, models.PROTECT, null=True, blank=True, related_name="services", verbose_name=_("SOP"))
    working_days = models.PositiveSmallIntegerField(_("jangka waktu (hari kerja)"), null=True, blank=True)
    fee_idr = models.PositiveIntegerField(_("biaya (rupiah)"), default=0)
    product = models.CharField(_("hasil layanan"), max_length=250, blank=True)
    # Component 6 of the standard; internal_components has the other eight by their number ("7" to "14").
    complaint_handling = models.TextField(_("penanganan pengaduan, saran, dan masukan"), blank=True)
    internal_components = models.JSONField(_("komponen 7 sampai 14"), default=dict, blank=True)
    legal_basis = models.JSONField(_("dasar hukum"), default=list, blank=True)
    decree = models.CharField(_("nomor keputusan standar pelayanan"), max_length=120, blank=True)
    decree_date = models.DateField(_("tanggal keputusan"), null=True, blank=True)
    # When the standard was last reviewed; PermenPAN-RB 15/2014 requires a review every year.
    reviewed_on = models.DateField(_("terakhir ditinjau"), null=True, blank=True)
    synonyms = ArrayField(models.CharField(max_length=80), verbose_name=_("kata lain"), default=list, blank=True)
    # Situations in which nobody has to come or apply, one per line.
    when_not = models.TextField(_("kapan tidak perlu diurus"), blank=True)
    after = models.TextField(_("setelah selesai"), blank=True)
    where = models.TextField(_("ke mana"), blank=True)
    letter_template = models.ForeignKey(
        "services.LetterTemplate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("templat surat"),
    )
    # For staff only, never shown to the public.
    editor_note = models.TextField(_("catatan penyunting"), blank=True)
    confidence = models.CharField(_("keyakinan data"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("layanan")
        verbose_name_plural = pgettext_lazy("jamak", "layanan")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="request", state="published") | Q(sop__isnull=False, working_days__isnull=False),
                name="published_request_service_has_sop",
            ),
            # On a ticket, I, O and Q are easily misread as 1 and 0.
            models.CheckConstraint(
                condition=Q(ticket_letter="") | Q(ticket_letter__regex=r"^[A-HJ-NPR-Z]$"),
                name="service_ticket_letter",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fee(self) -> str:
        """The fee in words."""
        return f"Rp{grouped(self.fee_idr)}" if self.fee_idr else gettext("Gratis")

    @property
    def free_of_charge_notice(self) -> str:
        """A sentence saying that the service is free, so nobody may ask for money; "" if there is a fee."""
        return "" if self.fee_idr else gettext("Layanan ini gratis.")


class Requirement(models.Model):
    class Kind(models.TextChoices):
        UPLOAD = "upload", _("Diunggah")
        ORIGINAL = "original", _("Dibawa dan diperlihatkan")
        CONDITION = "condition", _("Ketentuan")

    service = models.ForeignKey(Service, models.CASCADE, related_name="requirements", verbose_name=_("layanan"))
    order = models.PositiveSmallIntegerField(_("urutan"))
    text = models.CharField(_("persyaratan"), max_length=300)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    required = models.BooleanField(_("wajib"), default=True)
    # {"field name": ["answer", …]}: applies only with one of these answers.
    show_if = models.JSONField(_("berlaku bila"), default=dict, blank=True)
    active = models.BooleanField(_("berlaku"), default=True)
    # Who issues the document, for applicants who do not have it yet: "Dinas Kependudukan dan Pencatatan Sipil".
    issued_by = models.CharField(_("diterbitkan oleh"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("persyaratan")
        verbose_name_plural = pgettext_lazy("jamak", "persyaratan")
        ordering = ["service", "order"]

    def __str__(self) -> str:
        return self.text

    @property
    def issuer(self) -> str:
        """A sentence saying who issues the document; "" if that is not recorded."""
        return gettext("Diterbitkan oleh %(who)s.") % {"who": self.issued_by} if self.issued_by else ""

    @property
    def explained(self) -> str:
        """The explanation of an office term in the text; "" if there is none."""
        return explanation_of(self.text)
