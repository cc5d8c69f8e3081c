"""Write notices in a verb's transaction, retry failed ones, drop those of an act that was undone."""

import contextlib
import contextvars
import datetime
import logging
from collections.abc import Iterable, Iterator

from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Notice, User
from ula_portal.core.models.outbox import NOTICE
from ula_portal.core.verbs.transactions import part, verb

from .kinds import known
from .tasks import deliver_notice

logger = logging.getLogger(__name__)
_suppressed = contextvars.ContextVar("notices_suppressed", default=False)


@part
def tell(
    kind: str,
    subject_kind: str,
    subject_id: object,
    *,
    user: User | None = None,
    path: str = "",
    delay: datetime.timedelta = datetime.timedelta(0),
) -> Notice:
    """Write a notice and the task that delivers it.

    ``user``: the recipient, if it is a member of staff; ``path``: a path of this portal without secrets; ``delay``:
    waiting time, so that an act can still be undone.
    Raises: KeyError for a kind that no app registered.
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
    """Notices written inside the block are stored but never sent (demo data of the past, an import)."""
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)


@verb
def retry(notices: Iterable[Notice], *, by: Actor) -> int:
    """Try failed notices again, with their full number of tries; returns how many failed ones there were.

    Allowed: staff who may see the list of notices; the panel checks this.
    Effects: tasks that deliver them.
    Raises: NotAllowed for anybody but staff.
    """
    logger.info("user %s tries failed notices again", by.staff_member.pk)
    ids = [notice.pk for notice in notices]
    failed = Notice.objects.select_for_update().filter(pk__in=ids, state=Notice.State.FAILED)
    count = 0
    for notice in failed:
        NOTICE.make(notice, "retry")
        notice.attempts, notice.next_try_at = 0, clock.now()
        notice.save(update_fields=["state", "attempts", "next_try_at"])
        deliver_notice.enqueue(notice.pk)
        count += 1
    return count


@part
def drop(notice_ids: Iterable[int]) -> int:
    """Suppress the notices of an act that was undone; returns how many were not sent yet.

    A notice that a worker is sending right now is not suppressed. An act that can be undone must therefore delay its
    notices for longer than it can be undone.
    """
    return NOTICE.make_all(Notice.objects.filter(pk__in=list(notice_ids), leased_until__isnull=True), "suppress")
