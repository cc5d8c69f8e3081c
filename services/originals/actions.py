"""Papers on the desk: taken in as seen, kept or copy; originals given back; the sheet of what is lacking."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import timeline
from services.engine.actions.locked import Case
from services.models import Document, PastHolding, TimelineEntry
from services.papers.queries.brought import Lack, intake_slots, is_mendable, lacks_of, loose_label
from services.papers.queries.slots import DocumentSlot
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

SHELF_LENGTH, NAME_LENGTH = 40, 150
# What one stay of an original in the office consists of.
STAY = ("shelf", "kept_at", "returned_at", "returned_by", "returned_to")


@dataclass(frozen=True)
class Tick:
    """How a paper was taken in: one of ``Document.Original``, or "" for not at all; ``shelf`` of a kept one."""

    how: str
    shelf: str = ""


@transaction.atomic
def take_in_papers(request_id: int, user: User, ticks: dict[str, Tick]) -> list[Document]:
    """Write down how papers were taken in (key of ``papers.queries.brought.intake_slots`` → Tick); others stay as they
    are.

    With or without a scan. No clock starts by it: that is ``declare_complete``. A kept original is only given back by
    ``return_original``; a slip may be mended for ten minutes, its shelf be changed always. One that was given back may
    come again: its earlier stay becomes a ``PastHolding``. Who may serve the applicant.
    Returns the documents that changed. Raises NotAllowed, Outdated when the case is closed or the list changed, Refused
    (``field`` is the key, ``shelf-`` before it when the shelf is wrong).
    """
    case = _serving(Case.lock(request_id), user)
    case.must_be_open()
    slots = {slot.key: slot for slot in intake_slots(case.request)}
    if not ticks.keys() <= slots.keys():
        raise Outdated(_("Daftar dokumen permohonan ini berubah. Muat ulang halaman ini."))
    ticked = [_tick(case, slots[key], tick, user) for key, tick in ticks.items()]
    changed = [each for each in ticked if each]
    if changed:
        journal.record(
            "take_in_papers",
            "request",
            case.request.pk,
            staff(user),
            documents={str(each.pk): str(each.original) for each in changed},
        )
    return changed


def _serving(case: Case, user: User) -> Case:
    if not permissions.may_serve_applicant(user, case.unit_id):
        raise NotAllowed(_("Dokumen diterima dan dikembalikan oleh loket atau unit yang menangani permohonan ini."))
    return case


def _tick(case: Case, slot: DocumentSlot, tick: Tick, user: User) -> Document | None:
    """The document as it is after a tick, None when nothing changed."""
    kept, shelf = tick.how == Document.Original.KEPT, tick.shelf.strip()
    document = slot.document
    if tick.how not in ("", *Document.Original.values):
        raise Refused(_("Pilih bagaimana dokumen ini diterima."), field=slot.key)
    if kept and not shelf:
        raise Refused(_("Tuliskan rak tempat dokumen asli ini disimpan."), field=f"shelf-{slot.key}")
    if kept and len(shelf) > SHELF_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": SHELF_LENGTH}, field=f"shelf-{slot.key}")
    before = (document.original, document.shelf) if document else ("", "")
    given_back = document is not None and document.returned_at is not None
    if not tick.how if given_back else before == (tick.how, shelf if kept else ""):
        return None
    if document and document.is_held and not kept:
        _must_be_slip(document, slot.key)
    if document and given_back:
        _end_stay(document)
    return _write(case, slot, tick.how, shelf if kept else "", user)


def _must_be_slip(document: Document, key: str) -> None:
    if not is_mendable(document):
        raise Refused(_("Aslinya disimpan kantor. Catat pengembaliannya kepada pemohon."), field=key)


def _end_stay(document: Document) -> None:
    """Lay the finished stay of an original beside its document, which is free for the next one."""
    PastHolding.objects.create(document=document, **{name: getattr(document, name) for name in STAY})
    document.kept_at = document.returned_at = document.returned_by = None
    document.shelf = document.returned_to = ""


def _take_stay_back(document: Document) -> bool:
    """Let a document stand again as it was before it was ticked by mistake; False when it had no earlier stay."""
    last = document.past_holdings.order_by("-returned_at", "-pk").first()
    if last is None:
        return False
    document.original = Document.Original.KEPT
    for name in STAY:
        setattr(document, name, getattr(last, name))
    last.delete()
    return True


def _write(case: Case, slot: DocumentSlot, how: str, shelf: str, user: User) -> Document:
    document = slot.document or Document(
        request=case.request, requirement=slot.requirement, field_name=slot.field_name, added_at=case.at
    )
    if how == Document.Original.KEPT:
        document.kept_at = document.kept_at or case.at
    else:
        document.kept_at = None
    document.original, document.shelf = how, shelf
    if not how and not (document.pk and _take_stay_back(document)) and not document.file_id:
        # A paper that was ticked by mistake and has no scan is not there at all.
        document.removed_at = case.at
    document.save()
    kept = how == Document.Original.KEPT
    verb = "original_kept" if kept else "paper_taken" if how else "paper_mark_undone"
    audience = "public" if kept else "internal"
    timeline.note(
        case.request, verb, by=staff(user), audience=audience, run=case.run, document=document.pk, how=str(how)
    )
    return document


@transaction.atomic
def return_original(document_id: int, user: User, received_by: str) -> Document:
    """Give a kept original back; ``received_by``: who signed for it. On closed cases too.

    Who may serve the applicant (desk, the unit's pool). Raises NotAllowed, Outdated when it was given back already or
    is not kept, Refused (``field`` ``received_by``).
    """
    request_id = Document.objects.filter(pk=document_id).values_list("request_id", flat=True).first()
    case = _serving(Case.lock(request_id), user)
    document = Document.objects.select_related("returned_by", "requirement", "request", "file").get(pk=document_id)
    if document.returned_at:
        at = clock.local(document.returned_at)
        words = {"day": date_format(at, "j F Y"), "time": date_format(at, "H.i"), "name": document.returned_to}
        raise Outdated(_("Sudah dikembalikan kepada %(name)s pada %(day)s pukul %(time)s WIB.") % words)
    if not document.is_held:
        raise Outdated(_("Dokumen asli ini tidak sedang disimpan: %(paper)s.") % {"paper": loose_label(document)})
    received_by = (received_by or "").strip()
    if not received_by:
        raise Refused(_("Tuliskan nama yang menerima dan menandatangani."), field="received_by")
    if len(received_by) > NAME_LENGTH:
        raise Refused(_("Paling panjang %(n)d huruf.") % {"n": NAME_LENGTH}, field="received_by")
    document.returned_at, document.returned_by, document.returned_to = (
        max(case.at, document.kept_at or case.at),
        user,
        received_by,
    )
    document.save(update_fields=["returned_at", "returned_by", "returned_to"])
    timeline.note(case.request, "original_returned", by=staff(user), run=case.run, document=document.pk)
    journal.record("return_original", "request", case.request.pk, staff(user), document=document.pk)
    return document


@transaction.atomic
def print_shortage(request_id: int, user: User) -> list[Lack]:
    """What stands on the *lembar kekurangan* of an incomplete file; it is counted, and starts no clock.

    The same lacks printed again on the same day count once. Who may serve the applicant. Raises NotAllowed, Outdated
    when the case is closed, Refused when nothing is lacking.
    """
    case = _serving(Case.lock(request_id), user)
    case.must_be_open()
    lacks = lacks_of(case.request)
    if not lacks:
        raise Refused(_("Berkas permohonan ini tidak kekurangan apa pun."))
    keys = [each.key for each in lacks]
    printed = TimelineEntry.objects.filter(request=case.request, verb="shortage_printed").order_by("-id").first()
    if printed and printed.data.get("lacks") == keys and clock.local(printed.at).date() == clock.today():
        return lacks
    timeline.note(case.request, "shortage_printed", by=staff(user), audience="internal", run=case.run, lacks=keys)
    journal.record("print_shortage", "request", case.request.pk, staff(user), lacks=len(keys))
    return lacks
