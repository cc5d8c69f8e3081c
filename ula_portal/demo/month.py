"""The plan of the past month: how many requests and visits of which kind, on which days."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.models import Service
from ula_portal.core import clock, workdays
from ula_portal.core.actions import people

from .applicants import Applicants
from .cases import Cases, Fate
from .desk import Desk
from .office import Cast
from .play import Play

# How often each service is asked for; what is not named counts 2.
POPULAR = {"MUT-K": 7, "LEG-IJZ": 7, "VPD": 6, "DAPO": 5, "KGB": 5, "CUTI": 4, "MUT-M": 4, "LEG-SK": 4, "SKPI": 3}
FATES = {"smooth": 58, "loop": 14, "asked": 10, "late": 12, "refused": 6}
# Counters are left free for who looks at the demo this long before the moment it starts at.
TODAY_ENDS = timedelta(minutes=45)


@dataclass(frozen=True)
class Scale:
    """How much happened. ``days``: working days before today; ``codes``: services of the office (empty: all)."""

    requests: int = 60
    visits: int = 150
    letters: int = 24
    days: int = 22
    codes: tuple[str, ...] = ()


def first_day(now: datetime, days: int) -> date:
    """The working day that lies ``days`` working days before the date of ``now``."""
    day = clock.local(now).date()
    while days > 0:
        day -= timedelta(days=1)
        days -= workdays.is_working_day(day)
    return day


def play_month(cast: Cast, now: datetime, scale: Scale, seed: int, step) -> Play:
    """Play everything from the first day up to ``now``; ``step(count)`` as requests and visits are done."""
    rng = random.Random(seed)
    play = Play(now, rng)
    cases = Cases(play, cast, Applicants(rng, clock.local(now).date()), scale.letters)
    desk = Desk(play, cases)
    days = _days(now, scale.days)
    _absences(cast, play, days)
    walk_ins = _plan_requests(play, cases, scale.requests, days, now)
    today = clock.local(now).date()
    per_day = scale.visits / max(len(days), 1)
    for number, day in enumerate(days):
        visits = round(per_day * (number + 1)) - round(per_day * number)
        end = now - TODAY_ENDS if day == today else None
        desk.plan_day(day, max(visits, len(walk_ins.get(day, ()))), walk_ins.get(day, []), end)
    desk.fill_queue(7)
    begin, span = datetime.combine(days[0], time(), clock.OFFICE_ZONE), None
    span = (now - begin).total_seconds()
    play.run(lambda moment: step((moment - begin).total_seconds() / span))
    return play


def _days(now, count):
    day, today, found = first_day(now, count), clock.local(now).date(), []
    while day <= today:
        if workdays.is_working_day(day):
            found.append(day)
        day += timedelta(days=1)
    return found


def _absences(cast, play, days):
    """One official was on a journey, one is on leave now: deputies do their steps meanwhile."""
    if len(days) < 10:
        return
    traveller, deputy = cast.holders["KABID-DIKDAS"], cast.holders["SEKDIS"]
    away, back = days[6], days[7]
    play.at(_morning(days[5]), _leave, traveller, "travel", away, back, deputy)
    on_leave, stand_in = cast.holders["KABID-PAUD-PNF"], cast.holders["PENGELOLA-PAUD-PNF"]
    play.at(_morning(days[-3]), _leave, on_leave, "leave", days[-2], days[-1] + timedelta(days=3), stand_in)


def _morning(day):
    return datetime.combine(day, time(7, 45), clock.OFFICE_ZONE)


def _leave(user, kind, from_date, to_date, deputy):
    people.record_absence(user, kind, from_date, to_date, deputy=deputy)


def _plan_requests(play, cases, count, days, now):
    """Online requests go into the play; walk-ins are returned by day, for the desk. The newer days get more."""
    rng = play.rng
    services = list(Service.objects.filter(kind="request", state="published").select_related("unit").order_by("order"))
    weights = [POPULAR.get(service.code, 2) for service in services]
    walk_ins: dict[date, list] = {}
    fates = _fates(rng, count)
    for number in range(count):
        service = rng.choices(services, weights)[0]
        day = days[min(int(len(days) * rng.random() ** 0.8), len(days) - 1)]
        if number % 3 == 0:
            last = day in days[-2:]
            fate = Fate("unrouted") if last and len(_unrouted(walk_ins)) < 6 else fates[number]
            walk_ins.setdefault(day, []).append((service, fate))
        else:
            moment = datetime.combine(day, time(rng.randint(7, 20), rng.randint(0, 59)), clock.OFFICE_ZONE)
            play.at(moment, cases.submit_online, service, fates[number])
    while services and len(_unrouted(walk_ins)) < min(4, count):
        service = rng.choices(services, weights)[0]
        walk_ins.setdefault(days[-2], []).append((service, Fate("unrouted")))
    return walk_ins


def _unrouted(walk_ins):
    return [fate for day in walk_ins.values() for _service, fate in day if fate.kind == "unrouted"]


def _fates(rng, count):
    kinds = rng.choices(list(FATES), list(FATES.values()), k=count)
    # At least one of each that a visitor of the demo should find.
    for place, kind in zip(
        range(1, count, 3), ["withdrawn", "draft", "refused", "late", "asked", "loop"], strict=False
    ):
        kinds[place] = kind
    return [Fate(kind) for kind in kinds]
