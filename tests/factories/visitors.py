"""People, counters and tickets for tests of the queue, made by the actions if there is one."""

import datetime
import itertools
from dataclasses import fields

from django.db import transaction

from services.models import Category, Service
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Location, Position, Role, StaffRole, Tenure, Unit, User
from visitors.appointments.actions import appointments, plans
from visitors.checkin.actions import checkin, paper
from visitors.counter.actions import calling, serving
from visitors.models import Booking, Counter, Slot, SlotPlan, Ticket, Visit, Visitor
from visitors.places.queries import service_points
from visitors.queue.actions import tickets

_count = itertools.count(1)


def person(*roles, position=None, name="") -> User:
    """An active member of staff with roles, and a position held since 2020."""
    number = next(_count)
    user = User.objects.create_user(f"petugas{number}@example.id", full_name=name or f"Petugas Contoh {number}")
    for role in roles:
        unit = unit_of() if role == Role.SECTION_HEAD else None
        StaffRole.objects.create(user=user, role=role, unit=unit)
    if position:
        Tenure.objects.create(user=user, position=position, from_date="2020-01-01")
    return user


def unit_of() -> Unit:
    return Unit.objects.get_or_create(code="ULA", defaults={"name": "Unit Layanan Administrasi"})[0]


def position(name="Kepala Bidang Contoh") -> Position:
    return Position.objects.create(code=f"JABATAN-{next(_count)}", name=name, unit=unit_of())


def location(code="ula") -> Location:
    return Location.objects.get_or_create(code=code, defaults={"name": "Ruang Layanan ULA"})[0]


def service(letter="A", kind="visit", name="") -> Service:
    """A published service of kind visit, which needs no SOP."""
    number = next(_count)
    category = Category.objects.get_or_create(slug="umum", defaults={"name": "Umum"})[0]
    return Service.objects.create(
        code=f"LAYANAN-{number}",
        slug=f"layanan-{number}",
        name=name or f"Layanan contoh {number}",
        kind=kind,
        state=Service.State.PUBLISHED if kind == "visit" else Service.State.DRAFT,
        category=category,
        ticket_letter=letter,
    )


def counter(*services, place=None, kind="counter", position=None, name="") -> Counter:
    place = place or location()
    number = next(_count)
    made = Counter.objects.create(
        location=place,
        kind=kind,
        name=name or f"{'Loket' if kind == 'counter' else 'Ruang'} {number}",
        number=number if kind == "counter" else None,
        position=position,
    )
    made.services.set(services)
    return made


def visit(place=None, user=None, purpose="consult", **more) -> Visit:
    """A visit of a new visitor as the desk records it, without a ticket."""
    visitor = Visitor.objects.create(name=f"Tamu Contoh {next(_count)}")
    return Visit.objects.create(
        visitor=visitor,
        location=place or location(),
        purpose=purpose,
        checked_in_at=clock.now(),
        checked_in_by=user or person(Role.FRONT_DESK),
        **more,
    )


def missed(called, clerk):
    """A ticket that was called as often as the rule requires and then marked as missed."""
    moment = called.called_at
    rule = service_points.rule_of(called.location_id)
    for _n in range(called.calls, rule.calls_before_no_show):
        moment += datetime.timedelta(seconds=rule.recall_after_seconds)
        with clock.at(moment):
            calling.recall(called, by=staff(clerk))
    with clock.at(moment):
        return serving.no_show(called, by=staff(clerk))


def ticket(place=None, service=None, user=None, **more):
    """A waiting ticket."""
    return issue(visit(place, user), service=service, **more)


def issue(visit, **more):
    """A ticket for a visit that has none."""
    with transaction.atomic():
        return tickets.issue_ticket(visit, **more)


def _arrival_and_errand(what):
    errand = {field.name: what.pop(field.name) for field in fields(checkin.Errand) if field.name in what}
    return {"arrival": checkin.Arrival(**what), "errand": checkin.Errand(**errand)}


def check_in(user, place=None, *, key="", **what):
    """Check a visitor in; ``what``: values of ``Arrival`` and ``Errand``."""
    return checkin.check_in(place or location(), by=staff(user), key=key, **_arrival_and_errand(what))


def enter_from_paper(sheet, user, number, came_at, finished_at=None, result="", *, key="", **what):
    """Enter a visitor of a paper sheet; ``what``: as in ``check_in``."""
    line = paper.PaperLine(number, came_at, finished_at, result)
    return paper.enter_from_paper(sheet, by=staff(user), line=line, key=key, **_arrival_and_errand(what))


def book(slot, name="Siti Contoh", *, key="", request=None, **contact):
    """Book a seat as a visitor does; ``contact``: values of ``Contact``."""
    who = appointments.Contact(name, **contact)
    return appointments.book(slot, by=actors.booking(""), contact=who, request=request, key=key)


def bookable(name="Legalisasi contoh", **more) -> Service:
    """A published service that offers appointments."""
    made = service(name=name, **more)
    made.channels = ["walk-in", "appointment"]
    made.save(update_fields=["channels"])
    return made


def plan(service=None, place=None, **more):
    """A plan from Monday to Friday, nine to eleven, with slots of half an hour and one seat, all open."""
    hours = {
        "weekdays": [0, 1, 2, 3, 4],
        "from_time": datetime.time(9),
        "to_time": datetime.time(11),
        "minutes": 30,
        "capacity": 1,
    }
    plan = SlotPlan(service=service or bookable(), location=place or location(), **(hours | more))
    return plans.add_slot_plan(plan, by=SYSTEM)


def slot_at(plan, day, hour, minute=0) -> Slot:
    """The slot of a plan at a date and local time."""
    at = datetime.datetime.combine(day, datetime.time(hour, minute), clock.OFFICE_ZONE)
    return Slot.objects.get(service=plan.service, location=plan.location, starts_at=at)


def state_of(ticket) -> str:
    """The ticket's state in the database."""
    return Ticket.objects.get(pk=ticket.pk).state


def states(*bookings) -> list[tuple[str, int | None]]:
    """State and seat of each booking in the database."""
    return [(each.state, each.seat) for each in (Booking.objects.get(pk=booking.pk) for booking in bookings)]
