"""Requests found by their secret codes and addresses, and the official who answers the applicant."""

from django.db.models import Prefetch, QuerySet

from services.models import Document, Request, StepRun
from ula_portal.core.models import User
from ula_portal.core.security import codes


def draft_by_token(token: str) -> Request | None:
    """Return a request, submitted or not, by the secret token of its address; None if unknown. Runs one query."""
    return Request.objects.filter(token_hash=codes.stored_hash(token)).select_related("service").first()


def draft_by_code(code: str) -> Request | None:
    """Return a request, submitted or not, by its draft code as typed; None if unknown.

    The caller must limit the number of attempts.
    """
    hashed = codes.stored_hash(codes.normalise(code))
    return Request.objects.filter(draft_hash=hashed).select_related("service").first()


def request_by_token(token: str) -> Request | None:
    """Return a submitted request by the token of its tracking address, with the relations the tracking page shows."""
    runs = StepRun.objects.select_related("step", "position", "unit").order_by("ordinal")
    return (
        Request.objects.filter(token_hash=codes.stored_hash(token))
        .exclude(state=Request.State.DRAFT)
        .select_related("service", "sop_version")
        .prefetch_related(Prefetch("runs", runs), "pauses")
        .first()
    )


def answering_official(request: Request) -> User | None:
    """Return the official notified of the applicant's messages; None while the request is in a pool.

    That is the responsible official, otherwise the assignee of the open step.
    """
    run = request.runs.filter(finished_at__isnull=True).select_related("assignee").first()
    return request.responsible or (run.assignee if run else None)


def document_of_request(request: Request, document_id: int) -> Document | None:
    """Return a present document of this request that has a file, by its id; None for other requests' documents."""
    return (
        Document.objects.filter(pk=document_id, request=request, removed_at__isnull=True, file__isnull=False)
        .select_related("file", "request")
        .first()
    )


def requests_from_paper() -> QuerySet[Request]:
    """Requests that were running on paper when the office began with the portal, for those who record them."""
    return Request.objects.exclude(paper_number="").select_related("service")
