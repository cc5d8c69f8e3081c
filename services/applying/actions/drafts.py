"""Deleting expired drafts together with their files."""

from django.db import transaction

from services.models import Document, Request
from ula_portal.core import clock
from ula_portal.core.files.uploads import forget

from ..receipt import draft_lasts

AT_ONCE = 50


@transaction.atomic
def drop_old_drafts() -> int:
    """Delete up to ``AT_ONCE`` drafts older than ``draft_lasts``, with answers and files; return how many.

    Drafts locked by another transaction are skipped until the next run.

    Allowed: the system; the worker runs it regularly.
    """
    before = clock.now() - draft_lasts()
    old = Request.objects.select_for_update(skip_locked=True).filter(state=Request.State.DRAFT, created_at__lt=before)
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE])
    documents = list(Document.objects.filter(request__in=ids).select_related("file"))
    Document.objects.filter(request__in=ids).delete()
    for document in documents:
        if document.file:
            forget(document.file)
    Request.objects.filter(pk__in=ids).delete()
    return len(ids)
