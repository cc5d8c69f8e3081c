"""The journal (*jejak audit*): append-only, one hash chain per subject, sealed daily.

Entries contain only ids, verbs and hashes; words and names are stored in other rows that can be erased, so that purging
does not break the chains. Database triggers refuse update, delete and truncate (``append_only.sql``).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JournalEntry(models.Model):
    subject_kind = models.CharField(_("jenis pokok"), max_length=40)
    subject_id = models.CharField(_("id pokok"), max_length=40)
    sequence = models.PositiveIntegerField(_("urutan"))
    at = models.DateTimeField(_("waktu"))
    verb = models.CharField(_("tindakan"), max_length=60)
    actor_kind = models.CharField(_("jenis pelaku"), max_length=20)
    actor_id = models.CharField(_("id pelaku"), max_length=40, blank=True)
    data = models.JSONField(_("keterangan"), default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("catatan jejak audit")
        verbose_name_plural = pgettext_lazy("jamak", "jejak audit")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "sequence"], name="journal_chain_without_fork"
            )
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} #{self.sequence} {self.verb}"


class JournalHead(models.Model):
    """The newest entry of each chain; appending locks this row."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="journal_one_head")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class JournalSeal(models.Model):
    """A daily seal: the hash of all chains that changed, chained to the previous seal."""

    day = models.DateField(unique=True)
    heads = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("segel jejak audit")
        verbose_name_plural = pgettext_lazy("jamak", "segel jejak audit")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
