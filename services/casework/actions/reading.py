"""Who read a document or printed a paper: an entry in the journal, since most of them concern children."""

from django.db import transaction

from services.models import Document, Request, StepRun
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, User


@transaction.atomic
def record_reading(document: Document, user: User) -> None:
    """Write down that a member of staff opened a document; the query that fetched it has checked the right."""
    journal.record("read_document", "request", document.request_id, staff(user), document=document.pk)


def record_looking(document: Document, user: User) -> None:
    """As ``record_reading``, for what is shown piece by piece: once for each person, document and day."""
    actor = staff(user)
    told = JournalEntry.objects.filter(
        subject_kind="request",
        subject_id=str(document.request_id),
        verb="read_document",
        actor_kind=actor.kind,
        actor_id=actor.id,
        data__document=document.pk,
    )
    last = told.order_by("-sequence").values_list("at", flat=True).first()
    if last is None or clock.local(last).date() != clock.today():
        record_reading(document, user)


@transaction.atomic
def record_reading_of_paper(run: StepRun, user: User) -> None:
    """Write down that a member of staff opened the photo of a sheet; the query has checked the right."""
    journal.record("read_paper", "request", run.request_id, staff(user), run=run.pk)


@transaction.atomic
def record_reprint(request: Request, user: User) -> None:
    """Write down that a member of staff printed the receipt again: the applicant's code stands on it."""
    journal.record("reprint_receipt", "request", request.pk, staff(user))


@transaction.atomic
def record_sheet(request: Request, run: StepRun, user: User) -> None:
    """Write down that a member of staff printed the disposition sheet of an open step."""
    journal.record("print_disposition", "request", request.pk, staff(user), run=run.pk)
