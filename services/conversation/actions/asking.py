"""Verbs between office and applicant: ask, answer, declare complete, withdraw, close an unanswered request."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services import permissions
from services.engine.actions import completeness, flow, timeline
from services.engine.actions.flow import Case
from services.engine.actions.steps import workable_step
from services.models import Document, Letter, Message, Pause, Request
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.asked_items import AskedItem, asked_items, refusal_sentences

# Ids of documents, or what is wrong with each of them.
DocumentsToCorrect = Iterable[int | str] | Mapping[int | str, str]


@verb
def ask_applicant(request: Request, *, by: Actor, wanted: str, documents: DocumentsToCorrect = ()) -> Pause:
    """Ask the applicant for something (*minta kelengkapan*): the clock stops until they answer.

    ``wanted``: text for the applicant. ``documents``: ids of documents to correct, or a dict of id to what is wrong
    with it.

    Allowed: whoever may work the open step.
    Effects: opens a pause and marks the documents; notice to the applicant, timeline, journal.
    Raises: NotAllowed, Outdated while the applicant has already been asked, Refused (``field``) without a text or for
    a document of another request.
    """
    case = Case.lock(request.pk)
    case.must_be_open()
    if case.open_pause():
        raise Outdated(_("Pemohon sudah diminta melengkapi. Tunggu atau catat jawabannya."))
    if case.run is None or case.run.led_by == "applicant":
        raise Outdated(_("Langkah ini memang menunggu pemohon."))
    workable_step(case, case.run, by.staff_member)
    wanted = (wanted or "").strip()
    if not wanted:
        raise Refused(_("Tulis apa yang perlu dilengkapi pemohon."), field="wanted")
    marked = _mark_documents(case, documents)
    case.begin()
    pause = flow.open_pause(case, wanted, by=by)
    case.save()
    timeline.add_entry(case.request, "asked", by=by, run=case.run, pause=pause.pk, documents=marked)
    journal.record("ask_applicant", "request", case.request.pk, by, pause=pause.pk, documents=marked)
    return pause


def _mark_documents(case: Case, documents: DocumentsToCorrect) -> list[int]:
    reasons = documents if isinstance(documents, Mapping) else dict.fromkeys(documents, "")
    notes = {int(pk): (text or "").strip()[:300] for pk, text in reasons.items()}
    rows = Document.objects.filter(request=case.request, pk__in=notes, removed_at__isnull=True)
    found = {document.pk: document for document in rows}
    if set(found) != set(notes):
        raise Refused(_("Berkas yang dipilih tidak ada lagi pada permohonan ini."), field="documents")
    for pk, document in sorted(found.items()):
        document.verdict, document.verdict_note = Document.Verdict.MEND, notes[pk]
        document.save(update_fields=["verdict", "verdict_note"])
    return sorted(found)


@verb
def applicant_answers(request: Request, *, by: Actor, text: str = "", sure: bool = False) -> Request:
    """Record that the applicant answered what the office asked for: the clock runs again.

    ``sure``: answer even though something is still missing.

    Allowed: the applicant, and staff who may serve them (desk, the unit's pool).
    Effects: ends the pause and finishes a step of the applicant, except a decision, which the desk records; otherwise
    a notice to the assignee; timeline, journal.
    Raises: Outdated when nothing is asked, NotAllowed, and Refused (``field`` is ``sure``) while something asked for
    is missing or unchanged and no text says why, unless ``sure``.
    """
    case = Case.lock(request.pk)
    case.must_be_open()
    _must_serve(case, by)
    pause = case.open_pause()
    if pause is None:
        raise Outdated(_("Tidak ada yang sedang kami tunggu dari Anda untuk permohonan ini. Muat ulang halaman ini."))
    text = (text or "").strip()
    items = asked_items(case.request, pause, text=text)
    if not sure:
        _must_be_answered(items)
    counts: dict[str, Any] = {
        "new": sum(item.state == "new" for item in items),
        "same": sum(item.state != "new" for item in items),
    }
    flow.end_pause(case, pause, answer=text)
    # The database guarantees that an open case has an open step.
    step, run = case.open_step, case.open_run
    timeline.add_entry(case.request, "answered", by=by, run=run, pause=pause.pk, words=bool(text), **counts)
    if step.lead_kind == "applicant" and step.shape in ("start", "process"):
        flow.finish_run(case, "done", by=by)
        flow.go_on(case, step, run, by=by)
    elif run.assignee:
        flow.notify_official(case.request, "applicant_answered", run.assignee)
    case.save()
    journal.record("applicant_answers", "request", case.request.pk, by, pause=pause.pk, **counts)
    return case.request


def _must_be_answered(items: list[AskedItem]) -> None:
    if sentences := refusal_sentences(items):
        raise Refused(sentences, field="sure")


def _must_serve(case: Case, by: Actor) -> None:
    """Check that a member of staff may serve the applicant; applicants may act for themselves."""
    if by.kind != "staff":
        return
    user = User.objects.filter(pk=by.id, is_active=True).first()
    if user is None or not permissions.may_serve_applicant(user, case.unit_id):
        raise NotAllowed(_("Jawaban pemohon dicatat oleh loket atau unit yang menangani permohonan ini."))


@verb
def declare_complete(request: Request, *, by: Actor, papers_reason: str = "") -> Request:
    """Declare the file complete where no decision of the SOP does: from now on the promised time counts.

    ``papers_reason`` is needed while a document must be corrected or has not been judged, and is stored.

    Allowed: whoever may serve the applicant or work the open step.
    Effects: timeline, journal; a ``Deviation`` when there is a reason.
    Raises: Outdated when the file is already complete, NotAllowed, Refused (``field``).
    """
    user = by.staff_member
    case = Case.lock(request.pk)
    case.must_be_open()
    works = case.run is not None and permissions.may_work(user, case.run, case.unit_id)
    if not works and not permissions.may_serve_applicant(user, case.unit_id):
        raise NotAllowed(_("Kelengkapan berkas dinyatakan oleh petugas yang menangani permohonan ini."))
    request = case.request
    if request.complete_at:
        raise Outdated(_("Berkas permohonan ini sudah dinyatakan lengkap."))
    unfit = completeness.must_have_reason(request, papers_reason)
    completeness.accept_unfit_papers(case, case.open_run, unfit, papers_reason, by=by)
    completeness.declare(case, by=by, run=case.run)
    case.save()
    return request


@verb
def withdraw_request(request: Request, *, by: Actor) -> Request:
    """Withdraw the request; the open step is cancelled.

    Allowed: the applicant, and staff who may serve them.
    Effects: notice to the assignee of the open step, timeline, journal.
    Raises: Outdated when it is closed, NotAllowed, and Refused once a letter is issued, because it stays valid.
    """
    case = Case.lock(request.pk)
    case.must_be_open()
    if case.request.letters.filter(state=Letter.State.ISSUED).exists():
        raise Refused(
            _(
                "Surat untuk permohonan ini sudah terbit, jadi permohonan tidak dapat ditarik lagi. Hubungi kami "
                "bila ada "
                "yang keliru."
            )
        )
    _must_serve(case, by)
    assignee = case.run.assignee if case.run else None
    _cancel_and_close(case, by, "withdraw")
    flow.notify_former_assignee(case.request, "request_withdrawn", assignee, by=by)
    journal.record("withdraw_request", "request", case.request.pk, by)
    return case.request


def _cancel_and_close(case: Case, by: Actor, move: str) -> None:
    pause = case.open_pause()
    if pause:
        pause.to_at = case.at
        pause.save(update_fields=["to_at"])
    run = case.run
    if run:
        flow.finish_run(case, "cancelled", by=by)
    case.close(move, by=by)
    timeline.add_entry(case.request, f"{move}_request", by=by, run=run)
    case.save()


def unanswered_since(pause: Pause) -> bool:
    """Whether the pause is open and has lasted at least ``UNANSWERED_DAYS`` days, so the request may be closed."""
    return pause.to_at is None and pause.from_at + timedelta(days=settings.UNANSWERED_DAYS) <= clock.now()


@verb
def close_unanswered(request: Request, *, by: Actor, reason: str = "") -> Request:
    """Close a request whose applicant has not answered for ``UNANSWERED_DAYS`` days; it ends as rejected.

    ``reason``: a message to the applicant, if not empty.

    Allowed: whoever may work the open step.
    Effects: cancels the open step; notice to the applicant, timeline, journal.
    Raises: NotAllowed, Refused before the time is over, Outdated when nothing is asked.
    """
    user = by.staff_member
    case = Case.lock(request.pk)
    case.must_be_open()
    pause = case.open_pause()
    if pause is None:
        raise Outdated(_("Tidak ada yang sedang ditunggu dari pemohon."))
    if not permissions.may_work(user, case.open_run, case.unit_id):
        raise NotAllowed(_("Permohonan ini bukan tugas Anda."))
    if not unanswered_since(pause):
        days = settings.UNANSWERED_DAYS
        raise Refused(
            ngettext(
                "Permohonan baru dapat ditutup setelah %(n)d hari tanpa jawaban.",
                "Permohonan baru dapat ditutup setelah %(n)d hari tanpa jawaban.",
                days,
            )
            % {"n": days}
        )
    if reason.strip():
        Message.objects.create(request=case.request, at=case.at, author=user, internal=False, text=reason.strip())
    _cancel_and_close(case, by, "reject")
    flow.notify_applicant(case.request, "request_rejected")
    journal.record("close_unanswered", "request", case.request.pk, by, pause=pause.pk)
    return case.request
