"""Services on an SOP in force and their requests, made by the actions."""

import io
import itertools
import json
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import read_answers
from services.attachments.actions.documents import attach_document
from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service
from services.fields.queries import fields_of
from services.models import Request, Service
from services.papers.queries.brought import intake_slots
from services.papers.queries.slots import document_slots
from tests.snapshots import repeated
from ula_portal.core.journal.actors import SYSTEM, applicant, staff

from .sop import publish, small_content

CATALOGUE = Path(__file__).resolve().parents[2] / "services" / "exchange" / "data" / "services.json"
NIK = "3515140508680001"
_serial = itertools.count(1)


def common_fields() -> list[dict]:
    """The questions to every applicant, as in the demo's catalogue."""
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))["common_fields"]


def entry(**changes) -> dict:
    """A service of kind request in the format of the catalogue file, with fields that depend on a choice."""
    number = next(_serial)
    base = {
        "code": f"LYN-{number}",
        "name": f"Surat keterangan contoh {number}",
        "kind": "request",
        "unit": "DIKDAS",
        "category": "Umum",
        "audiences": ["umum"],
        "summary": "Untuk contoh.",
        "channels": ["online", "walk-in"],
        "ticket_letter": "A",
        "requirements": [
            {"text": "KTP", "kind": "upload", "required": True},
            {"text": "Surat polisi", "kind": "upload", "required": True, "show_if": {"jenis": ["Hilang"]}},
            {"text": "Ijazah asli", "kind": "original", "required": True},
        ],
        "working_days": 3,
        "product": "Surat keterangan",
        "legal_basis": ["UU Nomor 25 Tahun 2009"],
        "editor_note": "catatan rahasia penyunting",
        "confidence": "assumed",
        "synonyms": [f"contoh{number}"],
        "form_fields": [
            {"name": "jenis", "label": "Keadaan", "type": "choice", "required": True, "options": ["Hilang", "Rusak"]},
            {
                "name": "nomor_polisi",
                "label": "Nomor surat polisi",
                "type": "text",
                "required": True,
                "show_if": {"jenis": ["Hilang"]},
            },
        ],
    }
    return base | changes


@repeated
def make_service(cast, content=None, published=True, **changes) -> Service:
    """A service with its own SOP. ``cast``: dict of people (``factories.sop.make_cast``) or a ``core.Cast``."""
    people = cast if isinstance(cast, dict) else {"admin": cast.admin, "head": cast.head}
    each = entry(**changes)
    sop_files = None
    if content is None and each["kind"] == "request":
        number = f"420/{next(_serial)}/SOP-CONTOH/2026"
        content = small_content(name=f"SOP {each['name']}", number=number)
    if content is not None:
        version = publish(content, people)
        sop_files = {each["code"]: version.sop.number}
    import_catalogue({"services": [each], "common_fields": common_fields()}, by=SYSTEM, sop_files=sop_files)
    service = Service.objects.get(code=each["code"])
    return publish_service(service, by=staff(people["admin"])) if published else service


def answers_for(service, **said) -> dict:
    """Answers of a whole form, ready for ``save_answers``; ``said``: raw input."""

    fields = fields_of(service.form_versions.get(is_current=True).pk)
    given = {"hubungan": "Diri sendiri", "nama_pemohon": "Siti Contoh", "jenis": "Rusak"} | said
    names = {field.name for field in fields}
    return read_answers(fields, typed={name: value for name, value in given.items() if name in names})


def picture(name="ktp.png", color="white", kind="PNG", size=(40, 30)) -> SimpleUploadedFile:
    """A small real image; another colour gives different content."""
    buffer = io.BytesIO()
    Image.new("RGB" if isinstance(color, str) else "RGBA", size, color).save(buffer, kind)
    return SimpleUploadedFile(name, buffer.getvalue(), f"image/{kind.lower()}")


def make_draft(service, documents=True, **said) -> Request:
    """A draft that is ready to be submitted, with answers and, by default, all required documents."""
    draft = save_answers(create_draft(service, by=applicant()), by=applicant(), answers=answers_for(service, **said))
    if documents:
        for slot in document_slots(draft):
            if slot.required:
                attach_document(draft, by=applicant(draft.pk), upload=picture(), slot_key=slot.key)
    return draft


def make_request(service, documents=True, **said) -> Request:
    """A submitted request."""
    draft = make_draft(service, documents, **said)
    return submit_request(draft, by=applicant(draft.pk))


def keys_of(request) -> list[str]:
    """The keys of the documents that the desk may take in."""
    return [slot.key for slot in intake_slots(request)]
