"""Parts that store why a version was returned: a review round with a remark, because the journal holds no words."""

from django.utils.translation import gettext as _

from sop.exchange.texts import plain
from sop.models import Comment, ReviewRound, SopVersion
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part

MAX_REASON = 2000


@part
def open_round(version: SopVersion, *, by: Actor, reason: str) -> ReviewRound:
    """Store a return and its reason, if there is one. Raises Refused with the field ``reason`` if it is too long."""
    user = by.staff_member
    reason = plain(reason)
    if len(reason) > MAX_REASON:
        sentence = _("Alasan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": MAX_REASON, "count": len(reason)}, field="reason")
    now = clock.now()
    review = ReviewRound.objects.create(version=version, opened_by=user, opened_at=now)
    if reason:
        Comment.objects.create(round=review, author=user, text=reason, written_at=now)
    return review


@part
def close_rounds(version: SopVersion) -> None:
    """Mark all remarks on the whole version as resolved."""
    Comment.objects.filter(round__version=version, step=None, resolved=False).update(resolved=True)
