"""What the office says of each document: it fits, or must be mended and why; a mark made by mistake is taken back."""

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
    """Say that a document fits (``fits``) or must be mended (``mend``, with ``note``: why); empty takes the mark back.

    Who works the open step; a pooled one is claimed first. Nothing reaches the applicant before they are asked. The
    same verdict again changes nothing. Raises NotAllowed, Outdated when the document was replaced or carries no mark to
    take back, Refused (``field``) without a reason.
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
    """Take a mark back (*batalkan penilaian*): it was made by mistake. An ask that is open stays open.

    Who may and raises: as ``judge_document``.
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
