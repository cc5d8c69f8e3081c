"""Notices: which kinds exist, and how to write one within a verb's transaction."""

import contextlib
import contextvars
import datetime
from collections.abc import Callable
from dataclasses import dataclass

from ula_portal.core import clock
from ula_portal.core.models import Notice


@dataclass(frozen=True)
class Message:
    """An e-mail ready to go: one address, subject and plain text."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class NoticeKind:
    label: str
    compose: Callable[[Notice], Message | None]


_kinds: dict[str, NoticeKind] = {}
_suppressed = contextvars.ContextVar("notices_suppressed", default=False)


def register(kind: str, label, compose: Callable[[Notice], Message | None]) -> None:
    """Make a kind of notice known. ``compose`` runs in the worker; None means there is nobody to tell."""
    _kinds[kind] = NoticeKind(label, compose)


def kind_of(name: str) -> NoticeKind | None:
    return _kinds.get(name)


def tell(kind, subject_kind, subject_id, *, user=None, path="", delay=datetime.timedelta(0)) -> Notice:
    """Write a notice and its task; call it inside the verb's transaction.

    ``path`` is a path of this portal without secrets; ``delay`` lets an act that can be undone wait. Raises KeyError
    on a kind that no app registered, so that a typo is found by the first test that runs it.
    """
    _kinds[kind]
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
        from .tasks import deliver_notice

        task = deliver_notice.using(run_after=notice.next_try_at) if delay else deliver_notice
        task.enqueue(notice.pk)
    return notice


@contextlib.contextmanager
def never_sent():
    """Notices written inside the block are kept but never go out (a played past, an import)."""
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)
