"""The form of a service: versions with typed fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .catalogue import Service


class FormVersion(models.Model):
    """A version of a service's form. It cannot change once a request uses it, so that answers keep their meaning."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="form_versions", verbose_name=_("layanan"))
    ordinal = models.PositiveSmallIntegerField(_("versi"))
    created_at = models.DateTimeField(_("dibuat"))
    is_current = models.BooleanField(_("dipakai"), default=False)

    class Meta:
        verbose_name = _("versi formulir")
        verbose_name_plural = pgettext_lazy("jamak", "versi formulir")
        constraints = [
            models.UniqueConstraint(fields=["service", "ordinal"], name="form_version_ordinal_once"),
            models.UniqueConstraint(
                fields=["service"], condition=models.Q(is_current=True), name="form_one_current_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} v{self.ordinal}"


class Field(models.Model):
    """A form field; ``type`` is a key of ``services.fields.types``, ``rules`` holds its limits and options."""

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="fields", verbose_name=_("versi"))
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
