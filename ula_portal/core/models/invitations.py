"""Invitations with which staff set their first password."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import User


class Invitation(models.Model):
    """The newest invitation of an account. A new one takes its place, so the link and code of the old one end.

    Link and start code are derived from ``nonce`` and the account (``core.office.invitations``); only hashes are
    stored.
    """

    class Way(models.TextChoices):
        MAIL = "mail", _("surel")
        SLIP = "slip", _("slip cetak")

    user = models.OneToOneField(User, models.CASCADE, related_name="invitation")
    way = models.CharField(max_length=4, choices=Way.choices)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_dates_in_order"),
            models.CheckConstraint(
                condition=Q(token_hash__regex="^[0-9a-f]{64}$", code_hash__regex="^[0-9a-f]{64}$"),
                name="invitation_is_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
