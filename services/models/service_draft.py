"""What is being edited of a service, before the public sees it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import User

from .catalogue import Service


class ServiceDraft(models.Model):
    """The editing of a service: unpublished changes, the last changes for undo, and who asked for publication.

    ``values``: changed values of a published service by name, as ``services.studio.rules.values`` defines them. A
    service that is not published is changed itself, so it has none. ``changes``: the last changes, oldest first, each
    with ``no``, ``field``, ``old``, ``new``, ``by`` (user id) and ``at`` (ISO).
    """

    service = models.OneToOneField(
        Service, models.CASCADE, primary_key=True, related_name="draft", verbose_name=_("layanan")
    )
    values = models.JSONField(_("perubahan"), default=dict, blank=True)
    changes = models.JSONField(_("perubahan terakhir"), default=list, blank=True)
    revision = models.PositiveIntegerField(_("revisi"), default=0)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("diubah oleh"))
    edited_at = models.DateTimeField(_("diubah"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("diminta oleh"))
    asked_at = models.DateTimeField(_("penerbitan diminta"), null=True)

    class Meta:
        verbose_name = _("draf layanan")
        verbose_name_plural = pgettext_lazy("jamak", "draf layanan")

    def __str__(self) -> str:
        return str(self.service)
