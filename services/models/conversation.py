"""Message templates, common reasons for corrections, and mentions of colleagues in internal notes."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Unit, User

from .request import Message


class MessageTemplate(models.Model):
    """A template of a message to applicants. Placeholders in ``text``: ``conversation.message_templates``."""

    title = models.CharField(_("judul"), max_length=100)
    text = models.TextField(_("isi"), validators=[MaxLengthValidator(2000)])
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("hanya untuk unit")
    )
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("templat pesan")
        verbose_name_plural = pgettext_lazy("jamak", "templat pesan")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "unit"], nulls_distinct=False, name="message_template_title_once_per_unit"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReadyReason(models.Model):
    """A common reason why a document must be corrected, to choose instead of typing it."""

    text = models.CharField(_("alasan"), max_length=300, unique=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("alasan perbaikan berkas")
        verbose_name_plural = pgettext_lazy("jamak", "alasan perbaikan berkas")
        ordering = ["order", "text"]

    def __str__(self) -> str:
        return self.text


class Mention(models.Model):
    """A colleague mentioned in an internal note; it counts as unread until they have opened the note."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions", verbose_name=_("catatan internal"))
    user = models.ForeignKey(User, models.PROTECT, related_name="mentions", verbose_name=_("disebut"))
    read_at = models.DateTimeField(_("dibaca"), null=True, blank=True)

    # Set by ``mentions_of``: whether the user may still read the case.
    may_read: bool

    class Meta:
        verbose_name = _("sebutan")
        verbose_name_plural = pgettext_lazy("jamak", "sebutan")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mentioned_once_per_note")]
        indexes = [
            models.Index(fields=["user", "-id"], name="mention_by_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="mention_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.message_id}"
