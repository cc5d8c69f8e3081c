"""Write a notice within a verb's transaction, let failed ones be tried again, drop those of an act that was undone."""

import contextlib
import contextvars
import datetime
from collections.abc import Iterable, Iterator

from django.db import transaction

from ula_portal.core import clock
from ula_portal.core.models import Notice, User
from ula_portal.core.models.outbox import NOTICE

from .kinds import known
from .tasks import deliver_notice

_suppressed = contextvars.ContextVar("notices_suppressed", default=False)


def tell(
    kind: str,
    subject_kind: str,
    subject_id: object,
    *,
    user: User | None = None,
    path: str = "",
    delay: datetime.timedelta = datetime.timedelta(0),
) -> Notice:
    """Write a notice and its task; call it inside the verb's transaction.

    ``path`` is a path of this portal without secrets; ``delay`` lets an act that can be undone wait. Raises KeyError
    on a kind that no app registered, so that a typo is found by the first test that runs it.
    """
    known(kind)
    now = clock.now()
    suppressed = _suppressed.get()
    notice = Notice.objects.create(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        user=user,
        path=path,
        state=Notice.State.SUPPRESSED if suppressed else Notice.State.WAITING,
        next_try_at=now + delay,
        created_at=now,
    )
    if not suppressed:
        task = deliver_notice.using(run_after=notice.next_try_at) if delay else deliver_notice
        task.enqueue(notice.pk)
    return notice


@contextlib.contextmanager
def never_sent() -> Iterator[None]:
    """Notices written inside the block are kept but never go out (a played past, an import)."""
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)


@transaction.atomic
def retry(notice_ids: Iterable[int]) -> int:
    """Let failed notices be tried again at once, with all their tries; returns how many. Administrators only."""
    failed = Notice.objects.select_for_update().filter(pk__in=list(notice_ids), state=Notice.State.FAILED)
    count = 0
    for notice in failed:
        NOTICE.make(notice, "retry")
        notice.attempts, notice.next_try_at = 0, clock.now()
        notice.save(update_fields=["state", "attempts", "next_try_at"])
        deliver_notice.enqueue(notice.pk)
        count += 1
    return count


def drop(notice_ids: Iterable[int]) -> int:
    """Let notices of an act that was undone never go out; returns how many were still here. In the verb's transaction.

    One that a worker is sending at this moment is not caught: whoever lets an act be undone keeps its notice back for
    longer than that.
    """
    return NOTICE.make_all(Notice.objects.filter(pk__in=list(notice_ids), leased_until__isnull=True), "suppress")
