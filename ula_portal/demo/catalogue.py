"""SOPs, services, letters, routing rules, counters and appointments of the demo office, created by their verbs."""

import datetime

from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service
from services.conversation.actions.default_templates import ensure_message_templates
from services.exchange import starter
from services.letters.actions.templates import add_letter_template
from services.models import Request, Service
from services.routing.actions.rules import add_routing_rule
from services.schools.actions.importing import import_schools
from sop.approval.actions.life import approve_version, publish_version, verify_version
from sop.drafting.actions.importing import import_sop
from sop.drafting.actions.positions import confirm_actors
from sop.models import SopActor
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, Unit
from visitors.models import Counter, ScreenNotice
from visitors.places.actions import add_counter

from . import sources
from .appointments import plan_appointments
from .office import Cast
from .schools import fictional_schools

# How long before the month SOPs are imported, verified, approved and published.
IMPORTED, VERIFIED, APPROVED, PUBLISHED = (datetime.timedelta(days=days) for days in (30, 20, 12, 8))


def build_catalogue(cast: Cast, opening: datetime.datetime, codes: list[str], step) -> None:
    """Bring the SOPs of the services ``codes`` into force before ``opening`` and publish the services.

    ``step``: called after each service.
    """
    numbers = {}
    for code in codes:
        numbers[code] = _bring_into_force(code, cast, opening)
        step()
    with clock.at(opening - PUBLISHED):
        day = clock.local(opening - APPROVED).date()
        import_schools(fictional_schools(), by=actors.staff(cast.admin))
        import_catalogue(_catalogue(codes, day), by=actors.staff(cast.admin), sop_files=numbers)
        for entry in starter.letters()["templates"]:
            _letter_template(entry, codes, cast)
        for service in Service.objects.order_by("order"):
            publish_service(service, by=staff(cast.admin))
        _routing_rules(cast)
        ensure_message_templates()
        _counters(cast)
        plan_appointments(cast)


def _catalogue(codes, day):
    """The catalogue with the decree that establishes the standards of all services."""
    whole = starter.catalogue()
    decree = {
        "decree": f"420/100/KEP-DISDIK/{day.year}",
        "decree_date": day.isoformat(),
        "reviewed_on": day.isoformat(),
    }
    services = [entry | decree for entry in whole["services"] if entry["code"] in codes]
    services += [entry for entry in whole["services"] if entry["kind"] == "elsewhere"]
    return {**whole, "services": services}


def _bring_into_force(code, cast, opening):
    """Import, verify, approve and publish an SOP; returns its number."""
    with clock.at(opening - IMPORTED):
        result = import_sop(starter.sop_of(code), by=staff(cast.admin))
    version = result.version
    leader = cast.leader_of(result.sop.unit)
    with clock.at(opening - VERIFIED):
        confirm_actors(version, by=staff(leader), mapping=_choices(version))
        verify_version(version, by=staff(leader))
    effective = clock.local(opening - PUBLISHED).date()
    with clock.at(opening - APPROVED):
        serial = result.sop.number.split("/")[1]
        approve_version(
            version, by=staff(cast.head), decree=f"420/{serial}/KEP-DISDIK/{effective.year}", effective_from=effective
        )
    with clock.at(opening - PUBLISHED):
        publish_version(version, by=staff(cast.admin))
    return result.sop.number


def _choices(version):
    """The importer's proposals, which are correct in these files and only need confirmation."""
    return {actor.pk: (actor.kind, actor.position_id) for actor in SopActor.objects.filter(version=version)}


def _letter_template(entry, codes, cast):
    services = [code for code in entry["services"] if code in codes]
    if services or entry.get("is_refusal"):
        wording = {
            name: entry[name]
            for name in ("name", "title", "classification", "body", "is_refusal", "subject")
            if name in entry
        }
        add_letter_template(by=actors.staff(cast.admin), code=entry["code"], wording=wording, services=services)


# The position that handles requests, by unit.
_DESKS = {
    "DIKDAS": "PENGELOLA-DIKDAS",
    "PAUD-PNF": "PENGELOLA-PAUD-PNF",
    "GTK": "PENGELOLA-GTK",
    "UMPEG": "PENGELOLA-KEPEGAWAIAN",
    "SEKRETARIAT": "PENGELOLA-DATA",
}


def _routing_rules(cast):
    """Online requests are routed automatically to the unit's desk officer; for walk-ins the rule only suggests one."""
    admin = actors.staff(cast.admin)
    for unit_code, position_code in _DESKS.items():
        unit, position = Unit.objects.get(code=unit_code), Position.objects.get(code=position_code)
        add_routing_rule(by=admin, position=position, unit=unit, source=Request.Source.ONLINE, automatic=True)
        add_routing_rule(by=admin, position=position, unit=unit)


def _counters(cast):
    number = 0
    for entry in sources.office()["counters"]:
        is_room = entry["kind"] == Counter.Kind.ROOM
        number += not is_room
        position = Position.objects.get(code=entry["position_code"]) if is_room else None
        add_counter(
            cast.location,
            by=actors.staff(cast.admin),
            name=entry["name"],
            kind=entry["kind"],
            number=None if is_room else number,
            position=position,
            services=list(Service.objects.filter(ticket_letter__in=entry["letters"])) if entry["letters"] else [],
        )
    ScreenNotice.objects.create(
        location=cast.location,
        text="Semua layanan gratis. Laporkan bila ada yang meminta imbalan.",
        from_date=clock.today(),
    )
