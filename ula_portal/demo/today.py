"""The demo's waiting room: always open, with one counter in use and visitors waiting.

The simulated past follows office hours, so users who try the portal on a Sunday evening would find it closed. The
demo's counters are therefore open all day, which its pages say.
"""

import datetime
import logging
import random
from collections.abc import Iterator

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import HoursRule
from ula_portal.core.notices import outbox
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import Refused
from visitors.checkin.actions import checkin
from visitors.counter.actions import calling, day_end, sessions
from visitors.counter.queries import session_of
from visitors.models import Counter, Ticket
from visitors.queue.queries.waiting import queue_at

from . import mark
from .applicants import Applicants
from .office import Cast

logger = logging.getLogger(__name__)
HOURS_NAME = "Contoh: buka setiap saat"
# The number of waiting visitors; when only half of them are left, more are added.
WAITING = 6


def open_waiting_room() -> None:
    """Open the service, put a clerk at a counter with a called visitor, and let others wait, as far as necessary.

    Only in the demo's database, and only while the office has its demo name. Does nothing if a user of the demo removed
    its people or counters.
    """
    if mark.state() not in ("complete", "incomplete") or mark.added().renamed:
        return
    with outbox.never_sent():
        try:
            with transaction.atomic():
                _always_open()
                while day_end.end_past_days():
                    pass
                _receive(Cast())
        except (ObjectDoesNotExist, KeyError, StopIteration, Refused) as error:
            logger.warning("the demo's waiting room was left as it is: %r", error)


def _always_open():
    if not HoursRule.objects.filter(kind="service", name=HOURS_NAME).exists():
        whole = {"kind": "service", "opens": datetime.time.min, "closes": datetime.time(23, 59), "name": HOURS_NAME}
        whole |= {"break_from": None, "break_to": None, "last_ticket": None}
        calendar.set_week([whole | {"weekday": weekday} for weekday in range(7)], by=SYSTEM)
        workdays.clear_cache()
    today = clock.today()
    if workdays.service_hours(today) is None:
        # Otherwise no hours would apply on a holiday.
        calendar.set_calendar_day(by=SYSTEM, date=today, kind="working", name=HOURS_NAME)
        workdays.clear_cache()


def _receive(cast):
    counters = Counter.objects.filter(location=cast.location, kind=Counter.Kind.COUNTER, active=True)
    counter = counters.order_by("number").first()
    if counter is None:
        return
    moments = _moments()
    with clock.at(next(moments)):
        queue = queue_at(cast.location)
        if not any(point.session and point.is_counter for point in queue.points):
            sessions.open_session(counter, by=staff(cast.counter))
    if len(queue.waiting) < WAITING / 2:
        _arrive(cast, counter, moments, WAITING - len(queue.waiting))
    session = session_of(cast.counter)
    if session is None or session.paused_at or _at_counter(session):
        return
    with clock.at(next(moments)):
        calling.call_next(session, by=staff(cast.counter))


def _moments() -> Iterator[datetime.datetime]:
    """Moments two minutes apart in the last half hour, but not before midnight."""
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for minutes in range(2 * WAITING + 6, 0, -2):
        yield max(now - datetime.timedelta(minutes=minutes), min(midnight + datetime.timedelta(seconds=1), now))
    while True:
        yield now


def _arrive(cast, counter, moments, count):
    rng = random.Random(clock.today().toordinal())
    people, services = Applicants(rng, clock.today()), list(counter.services.order_by("order", "pk")[:4])
    for number in range(count):
        service = services[number % len(services)] if services and number % 4 != 3 else None
        with clock.at(next(moments)):
            checkin.check_in(
                cast.location,
                by=staff(cast.frontdesk),
                arrival=checkin.Arrival(name=people.person().name, ground="elderly" if number == 2 else ""),
                errand=checkin.Errand(purpose="service" if service else "consult", service=service),
            )


def _at_counter(session):
    return Ticket.objects.filter(session=session, state__in=("called", "serving")).exists()


def ticket_to_follow() -> Ticket | None:
    """A ticket that waits today, for a link to the visitor's own page."""
    waiting = Ticket.objects.filter(day=clock.today(), state=Ticket.State.WAITING).select_related(
        "location__queue_rule"
    )
    first = waiting.first()
    return next(iter(queue_at(first.location).callable[1:2]), None) if first else None


_kept_open: set[datetime.date] = set()


def keep_open() -> None:
    """Prepare the waiting room once a day per process, so that a demo that runs for days stays usable. Worker chore."""
    today = clock.today()
    if today not in _kept_open:
        if mark.state() == "complete":
            open_waiting_room()
        _kept_open.clear()
        _kept_open.add(today)
