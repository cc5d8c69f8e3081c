"""The plan of the past month: the number and kind of requests and visits on each day."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.models import Service
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.actions.acting import ActingTerm, record_acting

from .applicants import Applicants
from .appointments import Appointments
from .cases import Cases, Fate
from .desk import Desk
from .office import Cast
from .simulation import Simulation

# Relative frequency of each service; the default is 2.
POPULAR = {"MUT-K": 7, "LEG-IJZ": 7, "VPD": 6, "DAPO": 5, "KGB": 5, "CUTI": 4, "MUT-M": 4, "LEG-SK": 4, "SKPI": 3}
POPULAR |= dict.fromkeys(["KP", "TB", "MUT-G", "PAUD", "PNF"], 1)
# Requests that users of the demo should find: service, fate, and age in working days.
SHOWCASE = [
    *(("MUT-K", "refused", 12), ("CUTI", "refused", 10), ("SKPI", "silent", 3), ("KGB", "silent", 2)),
    *(("MUT-G", "late", 9), ("NPSN", "late", 8), ("DAPO", "withdrawn", 6), ("MUT-M", "draft", 1)),
    *(("SKK", "unsigned", 3), ("CUTI", "unsigned", 3), ("MUT-K", "unsigned", 2), ("LEG-IJZ", "unsigned", 1)),
    *(("KGB", "stuck", 9), ("VPD", "stuck", 4), ("TB", "stuck", 8)),
    *(("LEG-IJZ", "loop", 5), ("VPD", "asked", 4), ("PAUD", "smooth", 16), ("KP", "smooth", 18)),
    *(("PAUD", "sheet", 2), ("PAUD", "sheet", 1)),
]
FATES = {"smooth": 70, "loop": 12, "asked": 8, "late": 6, "refused": 4}
UNROUTED = 6
# How long before the start of the demo the simulation closes its counters, so that users find them free.
TODAY_ENDS = timedelta(minutes=45)


@dataclass(frozen=True)
class Scale:
    """The size of the simulation. ``days``: working days before today; ``codes``: of the services (empty: all)."""

    requests: int = 60
    visits: int = 150
    letters: int = 64
    days: int = 22
    codes: tuple[str, ...] = ()


def first_day(now: datetime, days: int) -> date:
    """The day ``days`` working days before the date of ``now``."""
    day = clock.local(now).date()
    while days > 0:
        day -= timedelta(days=1)
        days -= workdays.is_working_day(day)
    return day


def simulate_month(cast: Cast, now: datetime, scale: Scale, seed: int, step) -> Simulation:
    """Simulate everything from the first day up to ``now``. ``step``: called with the share that is done (0 to 1)."""
    rng = random.Random(seed)
    simulation = Simulation(now, rng)
    cases = Cases(simulation, cast, Applicants(rng, clock.local(now).date()), scale.letters)
    desk = Desk(simulation, cases)
    days = _days(now, scale.days)
    _absences(cast, simulation, days)
    walk_ins = _plan_requests(simulation, cases, scale.requests, days)
    today = clock.local(now).date()
    per_day = scale.visits / max(len(days), 1)
    for number, day in enumerate(days):
        visits = round(per_day * (number + 1)) - round(per_day * number)
        end = now - TODAY_ENDS if day == today else None
        desk.plan_day(day, max(visits, len(walk_ins.get(day, ()))), walk_ins.get(day, []), end)
    Appointments(simulation, cases).plan_days(days, scale.visits)
    desk.fill_queue(7)
    begin = datetime.combine(days[0], time(), clock.OFFICE_ZONE)
    span = (now - begin).total_seconds()
    simulation.run(lambda moment: step((moment - begin).total_seconds() / span))
    return simulation


def _days(now, count):
    day, today, found = first_day(now, count), clock.local(now).date(), []
    while day <= today:
        if workdays.is_working_day(day):
            found.append(day)
        day += timedelta(days=1)
    return found


def _absences(cast, simulation, days):
    """One official was travelling, one is on leave now. Deputies do their steps; acting holders sign."""
    if len(days) < 10:
        return
    traveller, deputy = cast.holders["KABID-DIKDAS"], cast.holders["SEKDIS"]
    away, back = days[6], days[7]
    simulation.at(_morning(days[5]), _leave, traveller, "travel", away, back, deputy)
    simulation.at(_morning(days[5]), _act, cast, "KABID-DIKDAS", deputy, away, back, "800.1.11.1/14/SPT")
    on_leave, stand_in = cast.holders["KABID-PAUD-PNF"], cast.holders["PENGELOLA-PAUD-PNF"]
    last = days[-1] + timedelta(days=3)
    simulation.at(_morning(days[-3]), _leave, on_leave, "leave", days[-2], last, stand_in)
    simulation.at(
        _morning(days[-3]), _act, cast, "KABID-PAUD-PNF", cast.holders["KABID-GTK"], days[-2], last, "800.1.11.1/17/SPT"
    )


def _morning(day):
    return datetime.combine(day, time(7, 45), clock.OFFICE_ZONE)


def _leave(user, kind, from_date, to_date, deputy):
    record_absence(user, by=staff(user), kind=kind, from_date=from_date, to_date=to_date, deputy=deputy)


def _act(cast, code, user, from_date, to_date, number):
    """Record the head's order that somebody acts for an absent official."""
    position = Position.objects.get(code=code)
    order = people.Order(f"{number}/{from_date.year}", clock.today(), "Kepala Dinas")
    term = ActingTerm("plh", from_date, to_date, order)
    record_acting(user, by=staff(cast.admin), position=position, term=term)


def _plan_requests(simulation, cases, count, days):
    """Online requests go into the simulation; walk-ins are returned by day, for the desk. The newer days get more."""
    rng = simulation.rng
    services = list(Service.objects.filter(kind="request", state="published").select_related("unit").order_by("order"))
    weights = [POPULAR.get(service.code, 2) for service in services]
    by_code = {service.code: service for service in services}
    walk_ins: dict[date, list] = {}
    for code, kind, ago in SHOWCASE[:count]:
        day = days[max(len(days) - 1 - ago, 0)]
        _online(simulation, cases, by_code.get(code, services[0]), Fate(kind), day)
    for number in range(max(count - len(SHOWCASE), 0)):
        service = rng.choices(services, weights)[0]
        day = days[min(int(len(days) * rng.random() ** 0.8), len(days) - 1)]
        fate = Fate(rng.choices(list(FATES), list(FATES.values()))[0])
        if number % 5 < 2:
            walk_ins.setdefault(day, []).append((service, fate))
        else:
            _online(simulation, cases, service, fate, day)
    # Walk-ins of the last two days for the routing list.
    for number in range(min(UNROUTED, count)):
        service = rng.choices(services, weights)[0]
        walk_ins.setdefault(days[-1 - number % 2], []).append((service, Fate("unrouted")))
    return walk_ins


def _online(simulation, cases, service, fate, day):
    moment = datetime.combine(
        day, time(simulation.rng.randint(7, 20), simulation.rng.randint(0, 59)), clock.OFFICE_ZONE
    )
    simulation.at(moment, cases.submit_online, service, fate)
