"""Notices: written in the transaction of a verb, delivered by the worker."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..verbs.moves import Move, Moves, Moving, StateField

NOTICE = Moves(
    "core_notice",
    Move("send", ("waiting",), "sent"),
    Move("give_up", ("waiting",), "failed"),
    # There is no recipient or no text, or the act was undone.
    Move("suppress", ("waiting",), "suppressed"),
    Move("retry", ("failed",), "waiting"),
)


class Notice(Moving):
    """A message to send. Recipient and text are determined at delivery; no address, name or code is stored here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu")
        SENT = "sent", _("Terkirim")
        FAILED = "failed", _("Gagal")
        SUPPRESSED = "suppressed", _("Tidak dikirim")

    kind = models.CharField(_("jenis"), max_length=60)
    subject_kind = models.CharField(_("jenis pokok"), max_length=40)
    subject_id = models.CharField(_("id pokok"), max_length=40)
    user = models.ForeignKey(
        "core.User", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("petugas")
    )
    path = models.CharField(_("alamat halaman"), max_length=200, blank=True)
    state = StateField(_("keadaan"), max_length=12, choices=State.choices, default=State.WAITING, moves=NOTICE)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    next_try_at = models.DateTimeField(_("dicoba lagi"))
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("kesalahan terakhir"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("dibuat"))
    sent_at = models.DateTimeField(_("terkirim"), null=True, blank=True)

    class Meta:
        verbose_name = _("pemberitahuan")
        verbose_name_plural = pgettext_lazy("jamak", "pemberitahuan")
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="notice_due"),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"
