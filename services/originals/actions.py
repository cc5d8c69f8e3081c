"""Taking in papers at the desk as seen, kept or copy; returning originals; printing the sheet of missing papers."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import timeline
from services.engine.actions.locked import Case
from services.models import Document, PastHolding, Request, TimelineEntry
from services.papers.queries.brought import Lack, intake_slots, is_correctable, lacks_of, paper_label
from services.papers.queries.slots import DocumentSlot
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

SHELF_LENGTH, NAME_LENGTH = 40, 150
# Columns that describe one holding of an original, on ``Document`` and ``PastHolding`` alike.
HOLDING_COLUMNS = ("shelf", "kept_at", "returned_at", "returned_by", "returned_to")


@dataclass(frozen=True)
class Tick:
    """How a paper was taken in: a ``Document.Original``, or "" for not brought. ``shelf`` applies to kept originals."""

    how: str
    shelf: str = ""


@verb
def take_in_papers(request: Request, *, by: Actor, ticks: dict[str, Tick]) -> list[Document]:
    """Record how papers were taken in, with or without a scan, and return the documents that changed.

    ``ticks``: key of a slot from ``papers.queries.brought.intake_slots`` → Tick; papers not listed stay unchanged. A
    kept original can only be returned by ``return_original``; a wrong tick can be corrected for ten minutes, the shelf
    at any time. If a returned original is brought again, its earlier holding becomes a ``PastHolding``.

    Allowed: staff who may serve the applicant.
    Effects: A timeline entry for each changed paper (public for kept originals) and one journal record. It does not
    start the clock; that is ``declare_complete``.
    Raises: NotAllowed; Outdated if the case is closed or the list changed; Refused, whose ``field`` is the key,
    prefixed with ``shelf-`` if the shelf is wrong.
    """
    case = _checked(Case.lock(request.pk), by)
    case.must_be_open()
    slots = {slot.key: slot for slot in intake_slots(case.request)}
    if not ticks.keys() <= slots.keys():
        raise Outdated(_("Daftar dokumen permohonan ini berubah. Muat ulang halaman ini."))
    ticked = [_apply_tick(case, slots[key], tick, by) for key, tick in ticks.items()]
    changed = [each for each in ticked if each]
    if changed:
        journal.record(
            "take_in_papers",
            "request",
            case.request.pk,
            by,
            documents={str(each.pk): str(each.original) for each in changed},
        )
    return changed


def _checked(case: Case, by: Actor) -> Case:
    """Return the case if the actor may serve its applicant; otherwise raise ``NotAllowed``."""
    if not permissions.may_serve_applicant(by.staff_member, case.unit_id):
        raise NotAllowed(_("Dokumen diterima dan dikembalikan oleh loket atau unit yang menangani permohonan ini."))
    return case


def _apply_tick(case: Case, slot: DocumentSlot, tick: Tick, by: Actor) -> Document | None:
    """Apply one tick and return the changed document, or None if nothing changed."""
    kept, shelf = tick.how == Document.Original.KEPT, tick.shelf.strip()
    document = slot.document
    if tick.how not in ("", *Document.Original.values):
        raise Refused(_("Pilih bagaimana dokumen ini diterima."), field=slot.key)
    if kept and not shelf:
        raise Refused(_("Tulis rak tempat dokumen asli ini disimpan."), field=f"shelf-{slot.key}")
    if kept and len(shelf) > SHELF_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": SHELF_LENGTH}, field=f"shelf-{slot.key}")
    before = (document.original, document.shelf) if document else ("", "")
    was_returned = document is not None and document.returned_at is not None
    if not tick.how if was_returned else before == (tick.how, shelf if kept else ""):
        return None
    if document and document.is_held and not kept:
        _must_be_correctable(document, slot.key)
    if document and was_returned:
        _archive_holding(document)
    return _save_intake(case, slot, tick.how, shelf if kept else "", by)


def _must_be_correctable(document: Document, key: str) -> None:
    if not is_correctable(document):
        raise Refused(_("Aslinya disimpan kantor. Catat pengembaliannya kepada pemohon."), field=key)


def _archive_holding(document: Document) -> None:
    """Move the data of a completed holding to a ``PastHolding``, so that the document can be kept again."""
    PastHolding.objects.create(document=document, **{name: getattr(document, name) for name in HOLDING_COLUMNS})
    document.kept_at = document.returned_at = document.returned_by = None
    document.shelf = document.returned_to = ""


def _restore_holding(document: Document) -> bool:
    """Restore the previous holding of a document ticked by mistake; return False if there is none."""
    last = document.past_holdings.order_by("-returned_at", "-pk").first()
    if last is None:
        return False
    document.original = Document.Original.KEPT
    for name in HOLDING_COLUMNS:
        setattr(document, name, getattr(last, name))
    last.delete()
    return True


def _save_intake(case: Case, slot: DocumentSlot, how: str, shelf: str, by: Actor) -> Document:
    document = slot.document or Document(
        request=case.request, requirement=slot.requirement, field_name=slot.field_name, added_at=case.at
    )
    if how == Document.Original.KEPT:
        document.kept_at = document.kept_at or case.at
    else:
        document.kept_at = None
    document.original, document.shelf = how, shelf
    if not how and not (document.pk and _restore_holding(document)) and not document.file_id:
        # A paper that was ticked by mistake and has no scan does not exist.
        document.removed_at = case.at
    document.save()
    kept = how == Document.Original.KEPT
    event = "original_kept" if kept else "paper_taken" if how else "paper_mark_undone"
    audience = "public" if kept else "internal"
    timeline.add_entry(case.request, event, by=by, audience=audience, run=case.run, document=document.pk, how=str(how))
    return document


@verb
def return_original(document: Document, *, by: Actor, received_by: str) -> Document:
    """Return a kept original, also on closed cases. ``received_by``: the name of the person who signed for it.

    Allowed: staff who may serve the applicant (the desk or the unit's pool).
    Effects: Recorded in the public timeline and the journal.
    Raises: NotAllowed; Outdated if it was already returned or is not kept; Refused (``field`` is ``received_by``) if
    the name is empty or too long.
    """
    case = _checked(Case.lock(document.request_id), by)
    rows = Document.objects.select_related("returned_by", "requirement", "request", "file")
    stored = rows.filter(pk=document.pk).first()
    if stored and stored.returned_at:
        at = clock.local(stored.returned_at)
        words = {"day": date_format(at, "j F Y"), "time": date_format(at, "H.i"), "name": stored.returned_to}
        raise Outdated(_("Sudah dikembalikan kepada %(name)s pada %(day)s pukul %(time)s WIB.") % words)
    if stored is None or not stored.is_held:
        paper = paper_label(stored or document)
        raise Outdated(_("Dokumen asli ini tidak sedang disimpan: %(paper)s.") % {"paper": paper})
    received_by = (received_by or "").strip()
    if not received_by:
        raise Refused(_("Tulis nama yang menerima dan menandatangani."), field="received_by")
    if len(received_by) > NAME_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": NAME_LENGTH}, field="received_by")
    stored.returned_at = max(case.at, stored.kept_at or case.at)
    stored.returned_by, stored.returned_to = by.staff_member, received_by
    stored.save(update_fields=["returned_at", "returned_by", "returned_to"])
    timeline.add_entry(case.request, "original_returned", by=by, run=case.run, document=stored.pk)
    journal.record("return_original", "request", case.request.pk, by, document=stored.pk)
    return stored


@verb
def print_shortage(request: Request, *, by: Actor) -> list[Lack]:
    """Return the contents of the *lembar kekurangan*, the sheet of papers missing from an incomplete file.

    Printing the same sheet again on the same day is not recorded again. It does not start the clock.

    Allowed: staff who may serve the applicant.
    Effects: Recorded in the internal timeline and the journal.
    Raises: NotAllowed; Outdated if the case is closed; Refused if nothing is missing.
    """
    case = _checked(Case.lock(request.pk), by)
    case.must_be_open()
    lacks = lacks_of(case.request)
    if not lacks:
        raise Refused(_("Berkas permohonan ini tidak kekurangan apa pun."))
    keys = [each.key for each in lacks]
    printed = TimelineEntry.objects.filter(request=case.request, verb="shortage_printed").order_by("-id").first()
    if printed and printed.data.get("lacks") == keys and clock.local(printed.at).date() == clock.today():
        return lacks
    timeline.add_entry(case.request, "shortage_printed", by=by, audience="internal", run=case.run, lacks=keys)
    journal.record("print_shortage", "request", case.request.pk, by, lacks=len(keys))
    return lacks
