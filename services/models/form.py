"""The form of a service: versions with typed fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import User

from .catalogue import Service


class FormVersion(models.Model):
    """A version of a service's form: the office's draft, the one in use, or a former one.

    Once published it never changes (``services/sql/form_frozen.sql``), so that answers keep their meaning. ``removed``:
    the fields removed from a draft, the newest last, until they are restored: as ``form_editor.queries.snapshot_of``.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="form_versions", verbose_name=_("layanan"))
    ordinal = models.PositiveSmallIntegerField(_("versi"))
    created_at = models.DateTimeField(_("dibuat"))
    is_current = models.BooleanField(_("dipakai"), default=False)
    is_draft = models.BooleanField(_("draf"), default=False)
    published_at = models.DateTimeField(_("diterbitkan"), null=True, blank=True)
    # Changes of a draft: their number, and who made the last one.
    revision = models.PositiveIntegerField(_("perubahan"), default=0)
    edited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diubah oleh")
    )
    edited_at = models.DateTimeField(_("diubah"), null=True, blank=True)
    removed = models.JSONField(_("isian yang dihapus"), default=list, blank=True)

    class Meta:
        verbose_name = _("versi formulir")
        verbose_name_plural = pgettext_lazy("jamak", "versi formulir")
        constraints = [
            models.UniqueConstraint(fields=["service", "ordinal"], name="form_version_ordinal_once"),
            models.UniqueConstraint(
                fields=["service"], condition=models.Q(is_current=True), name="form_one_current_version"
            ),
            models.UniqueConstraint(fields=["service"], condition=models.Q(is_draft=True), name="form_one_draft"),
            models.CheckConstraint(
                condition=models.Q(is_draft=False) | models.Q(is_current=False, published_at=None),
                name="form_draft_is_not_published",
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(published_at__isnull=False),
                name="form_current_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} v{self.ordinal}"


class FormPage(models.Model):
    """A page of a form with its questions. Forms without pages are divided automatically."""

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="pages", verbose_name=_("versi"))
    order = models.PositiveSmallIntegerField(_("urutan"))
    title = models.CharField(_("judul"), max_length=100)

    class Meta:
        verbose_name = _("halaman formulir")
        verbose_name_plural = pgettext_lazy("jamak", "halaman formulir")
        ordering = ["version", "order"]

    def __str__(self) -> str:
        return self.title


class Field(models.Model):
    """A form field; ``type`` is a key of ``services.fields.types``, ``rules`` holds its limits and options."""

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="fields", verbose_name=_("versi"))
    # Its page, where the form has pages; the order counts through the whole form.
    page = models.ForeignKey(
        FormPage, models.RESTRICT, null=True, blank=True, related_name="fields", verbose_name=_("halaman")
    )
    order = models.PositiveSmallIntegerField(_("urutan"))
    name = models.SlugField(_("nama"), max_length=60)
    label = models.CharField(_("label"), max_length=200)
    type = models.CharField(_("jenis"), max_length=12)
    required = models.BooleanField(_("wajib"), default=False)
    help = models.CharField(_("keterangan"), max_length=300, blank=True)
    # options, min, max, max_items, item: as in the catalogue file.
    rules = models.JSONField(_("aturan"), default=dict, blank=True)
    show_if = models.JSONField(_("tampil bila"), default=dict, blank=True)
    # Asked of every applicant (who applies, name, contact), in contrast to the service's own questions.
    is_common = models.BooleanField(_("umum"), default=False)

    class Meta:
        verbose_name = _("isian")
        verbose_name_plural = pgettext_lazy("jamak", "isian")
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="form_field_name_once")]

    def __str__(self) -> str:
        return self.label
