"""The official's verdict on each document: accepted, or to be corrected and why; and clearing a verdict."""

from django.db import transaction
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import timeline
from services.engine.actions.flow import Case
from services.models import Document
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

NOTE_LENGTH = 300


@transaction.atomic
def judge_document(document_id: int, user: User, verdict: str, note: str = "") -> Document:
    """Record a verdict: ``fits`` accepts the document, ``mend`` asks for a correction with ``note``, "" clears it.

    The same verdict again does nothing.

    Allowed: the official who works the open step; a pooled step must be claimed first.
    Effects: Recorded in the internal timeline and the journal. The applicant learns of it only when asked.
    Raises: NotAllowed; Outdated if the document was replaced or has no verdict to clear; Refused (``field``) for an
    unknown verdict, a missing reason or one that is too long.
    """
    case, document = _lock(document_id, user)
    note = (note or "").strip()
    if verdict not in ("", *Document.Verdict.values):
        raise Refused(_("Pilih penilaian berkas."), field="verdict")
    if not verdict:
        return _take_back(case, document, user)
    if verdict == Document.Verdict.MEND and not note:
        raise Refused(_("Tuliskan apa yang perlu diperbaiki pemohon."), field="note")
    if len(note) > NOTE_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": NOTE_LENGTH}, field="note")
    note = note if verdict == Document.Verdict.MEND else ""
    if (document.verdict, document.verdict_note) == (verdict, note):
        return document
    document.verdict, document.verdict_note = verdict, note
    document.save(update_fields=["verdict", "verdict_note"])
    _note(case, "document_judged", user, document, verdict=verdict)
    journal.record(
        "judge_document", "request", case.request.pk, staff(user), document=document.pk, verdict=str(verdict)
    )
    return document


@transaction.atomic
def clear_verdict(document_id: int, user: User) -> Document:
    """Clear a document's verdict that was given by mistake. A pending question to the applicant stays open.

    Allowed: as ``judge_document``.
    Effects: Recorded in the internal timeline and the journal.
    Raises: NotAllowed; Outdated if the document was replaced or has no verdict.
    """
    case, document = _lock(document_id, user)
    return _take_back(case, document, user)


def _lock(document_id: int, user: User) -> tuple[Case, Document]:
    request_id = Document.objects.filter(pk=document_id).values_list("request_id", flat=True).first()
    case = Case.lock(request_id)
    case.must_be_open()
    if case.run is None or not permissions.may_work(user, case.run, case.unit_id):
        raise NotAllowed(_("Berkas dinilai oleh petugas yang mengerjakan langkah ini."))
    if case.run.led_by == "position" and case.run.assignee_id is None:
        raise NotAllowed(_("Ambil dahulu pekerjaan ini, lalu nilai berkasnya."))
    document = Document.objects.get(pk=document_id)
    if document.removed_at:
        raise Outdated(_("Berkas ini sudah diganti atau dihapus. Lihat berkas yang baru."))
    return case, document


def _take_back(case: Case, document: Document, user: User) -> Document:
    if not document.verdict:
        raise Outdated(_("Berkas ini tidak lagi ditandai."))
    document.verdict, document.verdict_note = "", ""
    document.save(update_fields=["verdict", "verdict_note"])
    _note(case, "verdict_cleared", user, document)
    journal.record("clear_verdict", "request", case.request.pk, staff(user), document=document.pk)
    return document


def _note(case: Case, verb: str, user: User, document: Document, **more: object) -> None:
    timeline.note(case.request, verb, by=staff(user), audience="internal", run=case.run, document=document.pk, **more)
