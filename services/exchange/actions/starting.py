"""Verbs that make drafts of the starter catalogue: services, and SOPs for them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from services.catalogue.actions.importing import CatalogueImport, import_catalogue, lock_catalogue
from services.models import LetterTemplate, Service
from services.permissions import may_publish_services
from services.schools.queries import known_places
from sop.drafting.actions.importing import ImportResult, import_sop
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit
from ula_portal.core.office.queries import office
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .. import starter
from .importing import take_template


@verb
def add_starter_services(*, by: Actor, units: Mapping[str, Unit | None]) -> CatalogueImport:
    """Make drafts of services of the starter catalogue, with their forms, requirements and letter templates.

    ``units``: the codes of the services, each with the unit that becomes responsible; None for services that belong
    elsewhere. A service whose code the office already has stays as it is. The office's own regency and, if schools are
    known, their districts stand in texts and forms.

    Allowed: administrators.
    Effects: the services are drafts; the letter of refusal is added if there is none; journal of each service.
    Raises: NotAllowed; Refused for an unknown code, or a service without a unit (``field`` is its code).
    """
    _must_be_administrator(by)
    lock_catalogue()
    whole = starter.catalogue()
    known = {entry["code"]: entry for entry in whole["services"]}
    if unknown := set(units) - set(known):
        raise Refused(_("Layanan %(code)s tidak ada dalam katalog awal.") % {"code": ", ".join(sorted(unknown))})
    there = set(Service.objects.filter(code__in=units).values_list("code", flat=True))
    entries = []
    for order, (code, entry) in enumerate(known.items(), 1):
        if code not in units or code in there:
            continue
        unit = units[code]
        if unit is None and entry["kind"] != Service.Kind.ELSEWHERE:
            raise Refused(_("Pilih unit untuk layanan %(name)s.") % {"name": entry["name"]}, field=code)
        entries.append(entry | {"unit": unit.code if unit else None, "order": order * 10})
    taken = {"services": entries, "common_fields": whole["common_fields"]}
    here = starter.for_regency(taken, office().regency, known_places()[0])
    result = import_catalogue(whole | here | {"units": []}, by=by)
    for template in starter.letters()["templates"]:
        for service in Service.objects.filter(code__in=set(result.created) & set(template["services"])):
            take_template(template, service, by=by)
        if template.get("is_refusal") and not LetterTemplate.objects.filter(is_refusal=True).exists():
            wording = {name: value for name, value in template.items() if name not in ("code", "services")}
            made = LetterTemplate.objects.create(code=template["code"], **wording)
            journal.record("add_letter_template", "letter_template", made.pk, by)
    return CatalogueImport(result.created, [], sorted(there))


@verb
def take_in_starter_sop(service: Service, *, by: Actor) -> ImportResult | None:
    """Make a draft of the example SOP of a service of the starter catalogue, and let the service stand on it.

    The draft gets a number of this office; its actors are matched with the office's positions and have to be
    confirmed. Returns None if the service has an SOP already.

    Allowed: administrators.
    Effects: the user becomes the author, who neither verifies nor approves the SOP; journal.
    Raises: NotAllowed; Refused if the starter catalogue has no SOP for the service, or it has no unit.
    """
    _must_be_administrator(by)
    service = Service.objects.select_for_update(of=["self"]).select_related("unit").get(pk=service.pk)
    if service.sop_id:
        return None
    if service.code not in starter.codes_with_sop():
        raise Refused(_("Untuk layanan ini tidak ada contoh SOP. Susun atau masukkan SOP sendiri."))
    if service.unit is None:
        raise Refused(_("Pilih dahulu unit penanggung jawab layanan ini."))
    place = {"unit": service.unit.name, "unit_code": service.unit.code}
    # Its own number and day belong to another office.
    content = starter.sop_of(service.code) | place | {"number": "", "created": ""}
    result = import_sop(content, by=by)
    service.sop = result.sop
    service.save(update_fields=["sop"])
    journal.record("pair_sop", "service", service.pk, by, sop=result.sop.pk)
    return result


def _must_be_administrator(by: Actor) -> None:
    if not may_publish_services(by.staff_member):
        raise NotAllowed(_("Layanan awal dimasukkan oleh administrator."))
