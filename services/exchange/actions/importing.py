"""The verb that brings a service in from a file."""

from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from services.catalogue.actions.importing import import_catalogue, lock_catalogue
from services.letters.actions.templates import add_letter_template
from services.letters.default_templates import Wording
from services.models import LetterTemplate, Service
from services.permissions import may_publish_services
from sop.rules.queries.validity import sop_by_number
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..content import Content, as_file, content_of


class ServiceExists(Refused):
    """There is a service with the file's code and other contents; the user has to agree to change it."""


@dataclass(frozen=True)
class ServiceImport:
    """``state``: created, changed or unchanged. ``notes``: sentences on what the office still has to look at."""

    service: Service
    state: str
    notes: list[str]


@verb
def import_service(data: Content, *, by: Actor, unit: Unit | None = None, replace: bool = False) -> ServiceImport:
    """Bring in a service in the shape of ``content.read_file``, with its form, requirements and letter template.

    ``unit``: the responsible unit, if the file names none that this office has. ``replace``: change the service that
    has this code; its form gets a new version. A published service is not changed.

    Allowed: the system and administrators.
    Effects: A new service is a draft. A letter template whose code the office already uses stays as it is. Journal.
    Raises: NotAllowed; ServiceExists without ``replace``; Refused for a file that is inconsistent, with the field
    ``unit`` if no unit is known.
    """
    _must_be_administrator(by)
    lock_catalogue()
    entry = dict(data["service"])
    entry["unit"] = _unit_code(entry, unit)
    sop, notes = entry.get("sop"), []
    service = Service.objects.filter(code=entry["code"]).first()
    before = as_file(content_of(service)) if service else b""
    if service and before != as_file(data) and not replace:
        raise ServiceExists(
            _("Layanan dengan kode %(code)s sudah ada. Isinya berbeda dari berkas ini.") % {"code": entry["code"]}
        )
    if service and before != as_file(data) and service.state == Service.State.PUBLISHED:
        raise Refused(_("Layanan ini sedang terbit. Tarik dahulu sebelum menggantinya dari berkas."))
    known = sop_by_number(sop) if sop else None
    if sop and known is None:
        notes.append(_("SOP nomor %(number)s belum ada di kantor ini. Pasangkan SOP lain.") % {"number": sop})
    import_catalogue({"services": [entry]}, by=by, sop_files={entry["code"]: known.number} if known else None)
    made = Service.objects.select_related("unit", "category", "sop", "letter_template").get(code=entry["code"])
    for template in data.get("letter_templates", []):
        notes += take_template(template, made, by=by)
    made.refresh_from_db()
    state = "created" if service is None else "unchanged" if as_file(content_of(made)) == before else "changed"
    return ServiceImport(made, state, notes)


@part
def take_template(template: Content, service: Service, *, by: Actor) -> list[str]:
    """Let a service use a letter template from a file, which is added unless its code is used. Returns notes."""
    wording = {name: value for name, value in template.items() if name not in ("code", "services")}
    own = LetterTemplate.objects.filter(code=template["code"]).first()
    if own is None:
        # The parts of the file were checked when it was read.
        add_letter_template(by=by, code=template["code"], wording=cast(Wording, wording), services=[service.code])
        return []
    Service.objects.filter(pk=service.pk).update(letter_template=own)
    if all(getattr(own, name) == value for name, value in wording.items()):
        return []
    return [_("Templat surat “%(name)s” sudah ada dan tetap seperti semula.") % {"name": own.name}]


def _must_be_administrator(by: Actor) -> None:
    if by.user is not None and not may_publish_services(by.user):
        raise NotAllowed(_("Layanan dimasukkan dari berkas oleh administrator."))


def _unit_code(entry: Content, chosen: Unit | None) -> str | None:
    """The code of the responsible unit: the chosen one, else the file's by code or name."""
    if entry["kind"] == Service.Kind.ELSEWHERE and not entry.get("unit"):
        return None
    found = chosen
    if found is None and entry.get("unit"):
        found = Unit.objects.filter(code__iexact=entry["unit"]).first()
    if found is None and entry.get("unit_name"):
        found = Unit.objects.filter(name__iexact=entry["unit_name"]).order_by("pk").first()
    if found is None:
        name = entry.get("unit_name") or entry.get("unit") or "–"
        raise Refused(_("Unit “%(name)s” tidak ada di kantor ini. Pilih unitnya.") % {"name": name}, field="unit")
    return found.code
