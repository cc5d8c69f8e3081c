"""Why a version was given back: a review round with a remark, kept beside the journal, which holds no words."""

from django.utils.translation import gettext as _

from sop.exchange.texts import plain
from sop.models import Comment, ReviewRound, SopVersion
from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused

MAX_REASON = 2000


def open_round(version: SopVersion, user: User, reason: str) -> ReviewRound:
    """Note a return and its reason, where one was given. Raises Refused (field ``reason``) when it is too long."""
    reason = plain(reason)
    if len(reason) > MAX_REASON:
        sentence = _("Alasan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": MAX_REASON, "count": len(reason)}, field="reason")
    now = clock.now()
    review = ReviewRound.objects.create(version=version, opened_by=user, opened_at=now)
    if reason:
        Comment.objects.create(round=review, author=user, text=reason, written_at=now)
    return review


def close_rounds(version: SopVersion) -> None:
    """The drafter answered: what was remarked on the whole version counts as dealt with."""
    Comment.objects.filter(round__version=version, step=None, resolved=False).update(resolved=True)
