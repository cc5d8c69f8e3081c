"""A request found by its secret, whoever holds it: the applicant, and whoever answers them."""

from django.db.models import Prefetch

from services.models import Document, Request, StepRun
from ula_portal.core.models import User
from ula_portal.core.security import codes


def draft_by_token(token: str) -> Request | None:
    """A request by the secret of its address, sent or not. One query."""
    return Request.objects.filter(token_hash=codes.stored_hash(token)).select_related("service").first()


def draft_by_code(code: str) -> Request | None:
    """A draft by its code as people type it, sent or not. The caller limits the tries."""
    hashed = codes.stored_hash(codes.normalise(code))
    return Request.objects.filter(draft_hash=hashed).select_related("service").first()


def request_by_token(token: str) -> Request | None:
    """A request that was sent, by the secret of its tracking address, with what the tracking page shows of it."""
    runs = StepRun.objects.select_related("step", "position", "unit").order_by("ordinal")
    return (
        Request.objects.filter(token_hash=codes.stored_hash(token))
        .exclude(state=Request.State.DRAFT)
        .select_related("service", "sop_version")
        .prefetch_related(Prefetch("runs", runs), "pauses")
        .first()
    )


def who_answers(request: Request) -> User | None:
    """Who is told what an applicant wants: the responsible official, else who has the open step; None in a pool."""
    run = request.runs.filter(finished_at__isnull=True).select_related("assignee").first()
    return request.responsible or (run.assignee if run else None)


def document_of(request: Request, document_id: int) -> Document | None:
    """A present file of this request, by its id; None for another request's."""
    return (
        Document.objects.filter(pk=document_id, request=request, removed_at__isnull=True, file__isnull=False)
        .select_related("file", "request")
        .first()
    )
