"""Importing the catalogue from a file."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext as _

from services.fields.actions.versions import begin_version, put_into_use
from services.fields.checks import findings_of
from services.fields.queries import FieldDefinition
from services.fields.show_if import is_condition, names_in
from services.models import Category, Field, Requirement, Service
from sop.models import Sop
from sop.rules.queries.validity import sop_by_number
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit
from ula_portal.core.office.actions import office
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

# Initial text of component 6 until the office writes its own (Perpres 76/2013, PermenPAN-RB 62/2018).
COMPLAINT_HANDLING = (
    "Sampaikan pengaduan, saran, atau masukan kepada petugas di ruang layanan, melalui telepon atau surel kantor, "
    "atau melalui SP4N-LAPOR! (lapor.go.id, SMS 1708). Pengaduan kami verifikasi paling lambat 3 hari kerja, dan "
    "identitas pelapor kami lindungi."
)
_RULES = (
    *("options", "other", "min", "max", "min_items", "max_items", "item", "columns", "not_before", "text"),
    *("example", "paper_hint", "prefill"),
)


# A JSON object of the file.
Entry = dict[str, Any]


@dataclass
class CatalogueImport:
    """Codes of the imported services by result."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]


@verb
def import_catalogue(data: Entry, *, by: Actor, sop_files: dict[str, str] | None = None) -> CatalogueImport:
    """Import a catalogue in the format of ``services.json``: units, categories, services, requirements and forms.

    ``sop_files``: service code → number of its SOP; a service that is not listed keeps its SOP.
    ``internal_components`` at the top level of the file (component number → text) applies to all services; a service's
    own entries override it. Search words added by the office are kept.

    Effects: New services are drafts. Importing the same content again changes nothing. Changed fields create a new
    version of the form, so running requests keep theirs. A requirement missing from the file is deactivated, not
    deleted. Each created or changed service is recorded in the journal.
    Raises: Refused, naming the service, if the file is inconsistent; then nothing has changed.
    """
    for entry in data["services"]:
        _check_entry(entry, data.get("common_fields", []))
    lock_catalogue()
    units, categories = _units(data.get("units", []), by), _categories(data["services"])
    result = CatalogueImport([], [], [])
    for order, entry in enumerate(data["services"], 1):
        details = _details(entry, units, categories, order * 10) | _optional(entry, data)
        if sop_files and entry["code"] in sop_files:
            details["sop"] = _sop(entry["code"], sop_files[entry["code"]])
        service, state = _save_service(entry["code"], details)
        changed = _save_requirements(service, entry.get("requirements", []))
        changed = _save_form(service, entry, data.get("common_fields", [])) or changed
        if state == "unchanged" and changed:
            state = "changed"
        getattr(result, state).append(service.code)
        if state != "unchanged":
            journal.record("import_service", "service", service.pk, by)
    return result


def lock_catalogue() -> None:
    """Let nobody else make services until the commit.

    Rows that do not exist yet cannot be locked, and two imports at once would create the same service twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('services-catalogue'))")


def _check_entry(entry: Entry, common: Sequence[Entry]) -> None:
    code = entry.get("code", "?")
    if entry.get("kind") not in Service.Kind.values:
        raise Refused(_("Layanan %(code)s: jenis layanan tidak dikenal.") % {"code": code})
    fields = _fields_of(entry, common)
    names = [field["name"] for field in fields]
    if len(names) != len(set(names)):
        raise Refused(_("Layanan %(code)s: nama isian tidak boleh sama.") % {"code": code})
    rows = [{key: value for key, value in row.items() if key != "order"} for row in _field_rows(entry, common)]
    definitions = [FieldDefinition(**row) for row in rows]
    if findings := findings_of(definitions):
        words = {"code": code, "name": findings[0].field, "problem": findings[0].text}
        raise Refused(_("Layanan %(code)s, isian %(name)s: %(problem)s") % words)
    for requirement in entry.get("requirements", []):
        condition = requirement.get("show_if", {})
        if not is_condition(condition):
            raise Refused(_("Layanan %(code)s: syarat tampil tidak dapat dibaca.") % {"code": code})
        if unknown := set(names_in(condition)) - set(names):
            raise Refused(
                _("Layanan %(code)s: syarat tampil menyebut isian %(name)s yang tidak ada.")
                % {"code": code, "name": ", ".join(sorted(unknown))}
            )


def _units(entries: Sequence[Entry], by: Actor) -> dict[str, Unit]:
    known = {unit.code: unit for unit in Unit.objects.all()}
    for entry in entries:
        if entry["code"] not in known:
            parent = known.get(entry.get("parent", ""))
            known[entry["code"]] = office.add_unit(by=by, code=entry["code"], name=entry["name"], parent=parent)
    return known


def _categories(entries: Sequence[Entry]) -> dict[str, Category]:
    names = list(dict.fromkeys(entry["category"] for entry in entries))
    categories = {}
    for order, name in enumerate(names, 1):
        categories[name], _created = Category.objects.get_or_create(
            slug=slugify(name)[:60], defaults={"name": name, "order": order}
        )
    return categories


def _details(entry: Entry, units: Mapping[str, Unit], categories: Mapping[str, Category], order: int) -> dict[str, Any]:
    unit = entry.get("unit")
    if unit and unit not in units:
        raise Refused(_("Layanan %(code)s: unit %(unit)s tidak ada.") % {"code": entry["code"], "unit": unit})
    return {
        "name": entry["name"],
        "official_name": entry.get("official_name", ""),
        "kind": entry["kind"],
        "unit": units[unit] if unit else None,
        "category": categories[entry["category"]],
        "audiences": entry.get("audiences", []),
        "summary": entry.get("summary", ""),
        "channels": entry.get("channels", []),
        "ticket_letter": entry.get("ticket_letter", ""),
        "working_days": entry.get("working_days"),
        "fee_idr": entry.get("fee_idr", 0),
        "product": entry.get("product", ""),
        "legal_basis": entry.get("legal_basis", []),
        "synonyms": entry.get("synonyms", []),
        "after": entry.get("after", ""),
        "where": entry.get("where", ""),
        "editor_note": entry.get("editor_note", ""),
        "confidence": entry.get("confidence", ""),
        "order": order,
    }


def _optional(entry: Entry, data: Entry) -> dict[str, Any]:
    """Return the values of columns that are only imported if the file mentions them."""
    details: dict[str, Any] = {
        name: entry[name] for name in ("when_not", "decree", "complaint_handling", "order") if name in entry
    }
    for name in ("decree_date", "reviewed_on"):
        if name in entry:
            details[name] = datetime.date.fromisoformat(entry[name]) if entry[name] else None
    shared = {} if entry["kind"] == Service.Kind.ELSEWHERE else data.get("internal_components", {})
    if shared or "internal_components" in entry:
        details["internal_components"] = shared | entry.get("internal_components", {})
    return details


def _sop(code: str, number: str) -> Sop:
    sop = sop_by_number(number)
    if sop is None:
        raise Refused(_("Layanan %(code)s: SOP nomor %(number)s belum ada.") % {"code": code, "number": number})
    return sop


def _save_service(code: str, details: dict[str, Any]) -> tuple[Service, str]:
    service = Service.objects.select_for_update(of=["self"]).filter(code=code).first()
    if service is None:
        # Set only for a new service, because the office edits this component itself later.
        handling = "" if details["kind"] == Service.Kind.ELSEWHERE else COMPLAINT_HANDLING
        slug = free_slug(details["name"])
        return Service.objects.create(code=code, slug=slug, **{"complaint_handling": handling} | details), "created"
    details["synonyms"] = list(dict.fromkeys([*details["synonyms"], *service.synonyms]))
    changed = [name for name, value in details.items() if getattr(service, name) != value]
    for name in changed:
        setattr(service, name, details[name])
    if changed:
        service.save(update_fields=changed)
    return service, "changed" if changed else "unchanged"


def free_slug(name: str) -> str:
    """An address for a service that no other one has. Lock the catalogue first."""
    base = slug = slugify(name)[:110] or "layanan"
    number = 1
    while Service.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _save_requirements(service: Service, entries: Sequence[Entry]) -> bool:
    rows = {row.text: row for row in service.requirements.all()}
    changed = False
    for order, entry in enumerate(entries, 1):
        details = {
            "order": order,
            "kind": entry["kind"],
            "required": entry["required"],
            "show_if": entry.get("show_if", {}),
            "active": True,
        }
        if "issued_by" in entry:
            # Without a value in the file, the office's own text is kept.
            details["issued_by"] = entry["issued_by"]
        row = rows.pop(entry["text"], None) or Requirement(service=service, text=entry["text"])
        if row.pk is None or any(getattr(row, name) != value for name, value in details.items()):
            for name, value in details.items():
                setattr(row, name, value)
            row.save()
            changed = True
    obsolete = service.requirements.filter(pk__in=[row.pk for row in rows.values()], active=True)
    deactivated = obsolete.update(active=False)
    return changed or deactivated > 0


def _fields_of(entry: Entry, common: Sequence[Entry]) -> Sequence[Entry]:
    """Return the fields of an entry; only services of kind request start with the common ones about the applicant."""
    own_fields = entry.get("form_fields", [])
    return [*common, *own_fields] if entry.get("kind") == Service.Kind.REQUEST else own_fields


def _field_rows(entry: Entry, common: Sequence[Entry]) -> list[dict[str, Any]]:
    common_names = {field["name"] for field in common} if entry["kind"] == Service.Kind.REQUEST else set()
    return [
        {
            "order": order,
            "name": field["name"],
            "label": field["label"],
            "type": field["type"],
            "required": field.get("required", False),
            "help": field.get("help", ""),
            "rules": {rule: field[rule] for rule in _RULES if rule in field},
            "show_if": field.get("show_if", {}),
            "is_common": field.get("is_common", field["name"] in common_names),
        }
        for order, field in enumerate(_fields_of(entry, common), 1)
    ]


def _save_form(service: Service, entry: Entry, common: Sequence[Entry]) -> bool:
    """Make a new version of a form that differs; ``form_pages``: titles of its pages, ``page``: a field's number."""
    rows, titles = _field_rows(entry, common), entry.get("form_pages", [])
    places = [field.get("page") for field in _fields_of(entry, common)]
    current = service.form_versions.filter(is_current=True).first()
    if current is None and not rows:
        return False
    if current and rows and list(current.fields.order_by("order").values(*rows[0])) == rows:
        earlier = list(current.fields.order_by("order").values_list("page__order", flat=True))
        if earlier == places and list(current.pages.values_list("title", flat=True)) == titles:
            return False
    version = begin_version(service)
    pages = {no: version.pages.create(order=no, title=title) for no, title in enumerate(titles, 1)}
    Field.objects.bulk_create(
        Field(version=version, page=pages[place] if place else None, **row)
        for row, place in zip(rows, places, strict=True)
    )
    put_into_use(version)
    return True
