"""Who read a document or printed a paper: an entry in the journal, since most of them concern children."""

from django.db import transaction

from ula_portal.core.actions import journal
from ula_portal.core.actors import staff

from ..models import Document, StepRun


@transaction.atomic
def record_reading(document: Document, user) -> None:
    """Write down that a member of staff opened a document; the query that fetched it has checked the right."""
    journal.record("read_document", "request", document.request_id, staff(user), document=document.pk)


@transaction.atomic
def record_reading_of_paper(run: StepRun, user) -> None:
    """Write down that a member of staff opened the photo of a sheet; the query has checked the right."""
    journal.record("read_paper", "request", run.request_id, staff(user), run=run.pk)


@transaction.atomic
def record_reprint(request, user) -> None:
    """Write down that a member of staff printed the receipt again: the applicant's code stands on it."""
    journal.record("reprint_receipt", "request", request.pk, staff(user))


@transaction.atomic
def record_sheet(request, run, user) -> None:
    """Write down that a member of staff printed the disposition sheet of an open step."""
    journal.record("print_disposition", "request", request.pk, staff(user), run=run.pk)
