"""A service as a JSON object: what is written to a file, and the shape that a file must have."""

import json
from datetime import date
from typing import Any

import jsonschema
from django.utils.translation import gettext as _

from services.models import FormVersion, Service
from ula_portal.core.text.words import megabytes
from ula_portal.core.verbs.errors import Refused

FORMAT = "ula-portal/service/1"
MAX_BYTES = 1_000_000
Content = dict[str, Any]

# Columns that stand in the file as they are.
_COLUMNS = (
    *("code", "name", "official_name", "kind", "audiences", "summary", "channels", "ticket_letter", "working_days"),
    *("fee_idr", "product", "legal_basis", "complaint_handling", "internal_components", "decree", "synonyms"),
    *("after", "when_not", "where", "editor_note", "confidence", "order"),
)
_REQUIREMENT = ("text", "kind", "required", "show_if", "issued_by")
_FIELD = ("name", "label", "type", "required", "help", "show_if", "is_common")
TEMPLATE = ("code", "name", "title", "classification", "number_pattern", "body", "is_refusal", "subject")


def content_of(service: Service) -> Content:
    """A service with its requirements, its form in use and its letter template. Five queries."""
    entry = {name: getattr(service, name) for name in _COLUMNS}
    entry |= {name: _written(getattr(service, name)) for name in ("decree_date", "reviewed_on")}
    entry["category"] = service.category.name
    entry["unit"], entry["unit_name"] = (service.unit.code, service.unit.name) if service.unit else (None, "")
    entry["sop"] = service.sop.number if service.sop else None
    requirements = service.requirements.filter(active=True).order_by("order")
    entry["requirements"] = [{name: getattr(row, name) for name in _REQUIREMENT} for row in requirements]
    form = service.form_versions.filter(is_current=True).first()
    entry["form_pages"] = [page.title for page in form.pages.all()] if form else []
    entry["form_fields"] = _fields(form) if form else []
    template = service.letter_template
    templates = [{name: getattr(template, name) for name in TEMPLATE}] if template else []
    return {"format": FORMAT, "service": entry, "letter_templates": templates}


def _fields(form: FormVersion) -> list[Content]:
    # The rules of a field stand beside its other keys, as in the catalogue's file.
    return [
        {name: getattr(field, name) for name in _FIELD}
        | ({"page": field.page.order} if field.page else {})
        | dict(sorted(field.rules.items()))
        for field in form.fields.select_related("page").order_by("order")
    ]


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def as_file(content: Content) -> bytes:
    """The content as a JSON file; the same content gives the same bytes."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _text(most: int, least: int = 0) -> Content:
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": r"\A[^\x00]*\Z"}


def _list(most: int, item: Content) -> Content:
    return {"type": "array", "maxItems": most, "items": item}


_DATE = {"type": ["string", "null"], "format": "date"}
_BOOLEAN = {"type": "boolean"}
_SMALL = {"type": "integer", "minimum": 0, "maximum": 32767}
_REQUIREMENT_SHAPE = {
    "type": "object",
    "required": ["text", "kind", "required"],
    "properties": {
        "text": _text(300, 1),
        "kind": {"enum": ["upload", "original", "condition"]},
        "required": _BOOLEAN,
        "show_if": {"type": "object"},
        "issued_by": _text(150),
    },
}
_FIELD_SHAPE = {
    "type": "object",
    "required": ["name", "label", "type"],
    "properties": {
        "name": _text(60, 1) | {"pattern": r"\A[-a-zA-Z0-9_]+\Z"},
        "label": _text(200, 1),
        "type": _text(12, 1),
        "required": _BOOLEAN,
        "help": _text(300),
        "show_if": {"type": "object"},
        "is_common": _BOOLEAN,
        "page": _SMALL,
        "item": {"type": "object"},
        "options": _list(500, _text(200, 1)),
    },
}
_SERVICE_SHAPE = {
    "type": "object",
    "required": ["code", "name", "kind", "category"],
    "properties": {
        "code": _text(30, 1) | {"pattern": r"\A[-a-zA-Z0-9_]+\Z"},
        "name": _text(200, 1),
        "official_name": _text(300),
        "kind": {"enum": Service.Kind.values},
        "unit": {"type": ["string", "null"], "maxLength": 30},
        "unit_name": _text(200),
        "category": _text(100, 1),
        "audiences": _list(20, {"enum": [key for key, _words in Service.AUDIENCES]}),
        "summary": _text(5000),
        "channels": _list(5, {"enum": [key for key, _words in Service.CHANNELS]}),
        "ticket_letter": {"type": "string", "pattern": r"\A[A-HJ-NPR-Z]?\Z"},
        "working_days": _SMALL | {"type": ["integer", "null"]},
        "fee_idr": {"type": "integer", "minimum": 0, "maximum": 2_000_000_000},
        "product": _text(250),
        "legal_basis": _list(100, _text(1000, 1)),
        "complaint_handling": _text(5000),
        "internal_components": {"type": "object", "maxProperties": 20, "additionalProperties": _text(5000)},
        "decree": _text(120),
        "decree_date": _DATE,
        "reviewed_on": _DATE,
        "synonyms": _list(100, _text(80, 1)),
        **dict.fromkeys(("after", "when_not", "where", "editor_note"), _text(5000)),
        "confidence": _text(40),
        "order": _SMALL,
        "sop": {"type": ["string", "null"], "maxLength": 80},
        "requirements": _list(100, _REQUIREMENT_SHAPE),
        "form_pages": _list(50, _text(100, 1)),
        "form_fields": _list(200, _FIELD_SHAPE),
    },
}
_TEMPLATE_SHAPE = {
    "type": "object",
    "required": ["code", "name", "title", "classification", "body"],
    "properties": {
        "code": _text(60, 1) | {"pattern": r"\A[-a-zA-Z0-9_]+\Z"},
        "name": _text(150, 1),
        "title": _text(200, 1),
        "classification": _text(20),
        "number_pattern": _text(100, 1),
        "body": _text(20_000, 1),
        "is_refusal": _BOOLEAN,
        "subject": _list(20, _text(60, 1)),
    },
    "additionalProperties": False,
}
_VALIDATOR = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["format", "service"],
        "properties": {
            "format": {"const": FORMAT},
            "service": _SERVICE_SHAPE,
            "letter_templates": _list(1, _TEMPLATE_SHAPE),
        },
    },
    format_checker=jsonschema.FormatChecker(["date"]),
)


def _refuse_constant(word: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(word)


def read_file(content: bytes) -> Content:
    """The content of a service's file.

    Raises: Refused with the field ``file`` if it is too large, no JSON, or not in the shape of a service.
    """
    if len(content) > MAX_BYTES:
        raise Refused(_("Berkas ini melebihi %(size)s.") % {"size": megabytes(MAX_BYTES)}, field="file")
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
        # Lone halves of characters and NUL cannot be stored.
        if b"\\u0000" in as_file(data):
            raise ValueError
    except (ValueError, RecursionError) as error:
        raise Refused(_("Berkas ini bukan berkas layanan. Pilih berkas JSON dari portal."), field="file") from error
    faults = sorted(_VALIDATOR.iter_errors(data), key=lambda fault: [str(part) for part in fault.absolute_path])
    if faults:
        where = ".".join(str(part) for part in faults[0].absolute_path) or "format"
        sentence = _("Berkas ini tidak dapat dibaca sebagai layanan. Bagian yang keliru: %(where)s.")
        raise Refused(sentence % {"where": where[:100]}, field="file")
    read: Content = data
    return read
