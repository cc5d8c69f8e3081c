"""Messages and internal notes of a case, and the templates and reasons offered when writing them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from services.models import Message, MessageTemplate, ReadyReason, Request
from ula_portal.core.data.pagination import Page, paginate

MESSAGES_PER_PAGE = 20


@dataclass(frozen=True)
class MessageCounts:
    """Numbers of messages and notes of a case; ``unanswered``: the newest message is the applicant's."""

    messages: int
    notes: int
    unanswered: bool


def messages_of(request: Request, *, internal: bool, cursor: str | None = None) -> Page[Message]:
    """A page of messages with the applicant, or of internal notes with their mentions, newest first.

    One query, two for notes.
    """
    rows = request.messages.filter(internal=internal).select_related("author")
    if internal:
        rows = rows.prefetch_related("mentions__user")
    return paginate(rows, [("at", True), ("pk", True)], cursor, MESSAGES_PER_PAGE)


def message_counts(request: Request) -> MessageCounts:
    """Count the messages and notes of a case. At most two queries."""
    newest = Message.objects.filter(request=request, internal=False).order_by("-at", "-pk")
    found = request.messages.aggregate(
        messages=Count("pk", filter=Q(internal=False)), notes=Count("pk", filter=Q(internal=True))
    )
    last = newest.values_list("author_id", flat=True).first() if found["messages"] else 0
    return MessageCounts(found["messages"], found["notes"], unanswered=last is None)


def templates_for(unit_id: int | None) -> list[MessageTemplate]:
    """Active message templates for the cases of a unit, by title. One query."""
    fits = Q(unit_id__isnull=True) | Q(unit_id=unit_id)
    return list(MessageTemplate.objects.filter(fits, active=True))


def ready_reasons() -> list[str]:
    """Common reasons why a document must be corrected, in the office's order. One query."""
    return list(ReadyReason.objects.filter(active=True).values_list("text", flat=True))
