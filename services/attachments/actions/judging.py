"""The official's verdict on each document: accepted, or to be corrected and why; and clearing a verdict."""

from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import timeline
from services.engine.actions.flow import Case
from services.models import Document
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

NOTE_LENGTH = 300


@verb
def judge_document(document: Document, *, by: Actor, verdict: str, note: str = "") -> Document:
    """Record a verdict: ``fits`` accepts the document, ``mend`` asks for a correction with ``note``, "" clears it.

    The same verdict again does nothing.

    Allowed: the official who works the open step; a pooled step must be claimed first.
    Effects: Recorded in the internal timeline and the journal. The applicant learns of it only when asked.
    Raises: NotAllowed; Outdated if the document was replaced or has no verdict to clear; Refused (``field``) for an
    unknown verdict, a missing reason or one that is too long.
    """
    case, document = _lock(document, by)
    note = (note or "").strip()
    if verdict not in ("", *Document.Verdict.values):
        raise Refused(_("Pilih penilaian berkas."), field="verdict")
    if not verdict:
        return _cleared(case, document, by)
    if verdict == Document.Verdict.MEND and not note:
        raise Refused(_("Tulis apa yang perlu diperbaiki pemohon."), field="note")
    if len(note) > NOTE_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": NOTE_LENGTH}, field="note")
    note = note if verdict == Document.Verdict.MEND else ""
    if (document.verdict, document.verdict_note) == (verdict, note):
        return document
    document.verdict, document.verdict_note = verdict, note
    document.save(update_fields=["verdict", "verdict_note"])
    _note(case, "document_judged", by, document, verdict=verdict)
    journal.record("judge_document", "request", case.request.pk, by, document=document.pk, verdict=str(verdict))
    return document


@verb
def clear_verdict(document: Document, *, by: Actor) -> Document:
    """Clear a document's verdict that was given by mistake. A pending question to the applicant stays open.

    Allowed: as ``judge_document``.
    Effects: Recorded in the internal timeline and the journal.
    Raises: NotAllowed; Outdated if the document was replaced or has no verdict.
    """
    case, document = _lock(document, by)
    return _cleared(case, document, by)


def _lock(document: Document, by: Actor) -> tuple[Case, Document]:
    case = Case.lock(document.request_id)
    case.must_be_open()
    if case.run is None or not permissions.may_work(by.staff_member, case.run, case.unit_id):
        raise NotAllowed(_("Berkas dinilai oleh petugas yang mengerjakan langkah ini."))
    if case.run.led_by == "position" and case.run.assignee_id is None:
        raise NotAllowed(_("Ambil dahulu pekerjaan ini, lalu nilai berkasnya."))
    present = Document.objects.filter(pk=document.pk, removed_at=None).first()
    if present is None:
        raise Outdated(_("Berkas ini sudah diganti atau dihapus. Lihat berkas yang baru."))
    return case, present


def _cleared(case: Case, document: Document, by: Actor) -> Document:
    if not document.verdict:
        raise Outdated(_("Berkas ini tidak lagi ditandai."))
    document.verdict, document.verdict_note = "", ""
    document.save(update_fields=["verdict", "verdict_note"])
    _note(case, "verdict_cleared", by, document)
    journal.record("clear_verdict", "request", case.request.pk, by, document=document.pk)
    return document


def _note(case: Case, event: str, by: Actor, document: Document, **data: object) -> None:
    timeline.add_entry(case.request, event, by=by, audience="internal", run=case.run, document=document.pk, **data)
