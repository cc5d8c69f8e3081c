"""Journal entries about who opened a document or printed a sheet. Most documents concern children.

The query that fetched the document or the case has checked the right to read it.
"""

from services.models import Document, Request, StepRun
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.transactions import verb


@verb
def record_reading(document: Document, *, by: Actor) -> None:
    """Record that a member of staff opened a document.

    Allowed: staff who may read the case.
    Effects: journal.
    """
    journal.record("read_document", "request", document.request_id, by, document=document.pk)


@verb
def record_reading_once_a_day(document: Document, *, by: Actor) -> None:
    """As ``record_reading``, for a document that is shown page by page: one entry per person, document and day."""
    entries = JournalEntry.objects.filter(
        subject_kind="request",
        subject_id=str(document.request_id),
        verb="read_document",
        actor_kind=by.kind,
        actor_id=by.id,
        data__document=document.pk,
    )
    last_at = entries.order_by("-sequence").values_list("at", flat=True).first()
    if last_at is None or clock.local(last_at).date() != clock.today():
        record_reading(document, by=by)


@verb
def record_reading_of_paper(run: StepRun, *, by: Actor) -> None:
    """Record that a member of staff opened the photo of the sheet from which a step was recorded.

    Allowed: staff who may read the case.
    Effects: journal.
    """
    journal.record("read_paper", "request", run.request_id, by, run=run.pk)


@verb
def record_receipt_reprint(request: Request, *, by: Actor) -> None:
    """Record that a member of staff printed the receipt again, because the applicant's code is on it.

    Allowed: staff who may serve the applicant.
    Effects: journal.
    """
    journal.record("reprint_receipt", "request", request.pk, by)


@verb
def record_sheet_print(run: StepRun, *, by: Actor) -> None:
    """Record that a member of staff printed the disposition sheet of an open step.

    Allowed: staff who may record what comes back on the sheet.
    Effects: journal.
    """
    journal.record("print_disposition", "request", run.request_id, by, run=run.pk)
