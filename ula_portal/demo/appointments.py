"""Appointments of the demo: weekly plans, and a month of visitors who book, come, reschedule, or miss them."""

import datetime

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from visitors.appointments.actions import appointments, arriving, plans
from visitors.appointments.queries.appointments import days_of
from visitors.models import Booking, SlotPlan

from .cases import Cases
from .office import Cast
from .simulation import Simulation

# Weekdays, from, to, capacity: more seats in the morning than in the afternoon, on Friday only before prayer.
_PLANS = (
    ([0, 1, 2, 3], datetime.time(8, 30), datetime.time(11, 30), 2),
    ([0, 1, 2, 3], datetime.time(13), datetime.time(15), 1),
    ([4], datetime.time(8, 30), datetime.time(11), 2),
)
MINUTES = 30
# Bookings per working day, and future bookings when the demo starts.
PER_DAY, AHEAD = 2, 14
_SURE, _MOVES, _CANCELS = 0.85, 0.12, 0.08


def plan_appointments(cast: Cast) -> None:
    """Create the weekly plans of every service with appointments."""
    for service in Service.objects.filter(channels__contains=["appointment"], state="published").order_by("order"):
        for weekdays, from_time, to_time, capacity in _PLANS:
            plan = SlotPlan(
                service=service,
                location=cast.location,
                weekdays=weekdays,
                from_time=from_time,
                to_time=to_time,
                minutes=MINUTES,
                capacity=capacity,
            )
            plans.add_slot_plan(plan, by=actors.staff(cast.admin))


class Appointments:
    """Events of the simulation about appointments."""

    def __init__(self, simulation: Simulation, cases: Cases):
        self.simulation, self.cases, self.cast, self.rng = simulation, cases, cases.cast, simulation.rng
        bookable = Service.objects.filter(channels__contains=["appointment"], state="published")
        self.services = list(bookable.order_by("order"))

    def plan_days(self, days: list[datetime.date], visits: int) -> None:
        """Schedule the bookings of these days, and those in the future; none without visits."""
        if not (self.services and visits):
            return
        for day in days:
            if day.weekday() == 0 or day == days[-1]:
                self.simulation.at(_at(day, 7), plans.open_due_slots)
            for _number in range(PER_DAY):
                self.simulation.at(_at(day, self.rng.randint(8, 20), self.rng.randint(0, 59)), self._book, 5)
            self.simulation.at(_at(day, 16), arriving.mark_missed)
        for number in range(AHEAD):
            moment = self.simulation.until - datetime.timedelta(minutes=60 - number)
            self.simulation.at(moment, self._book, 2)

    def _book(self, within: int):
        """Book a free time on one of the next days."""
        days = [day for day in days_of(self.rng.choice(self.services)) if day.free][:within]
        if not days:
            return
        free = [time.slot for time in self.rng.choice(days).times if time.free]
        person, slot = self.cases.applicants.person(), self.rng.choice(free)
        booking = appointments.book(
            slot,
            by=actors.booking(""),
            contact=appointments.Contact(
                name=person.name,
                phone=person.phone,
                email=person.email,
                wants_reminder=bool(person.phone or person.email),
            ),
        )
        chance = self.rng.random()
        if chance < _MOVES:
            self.simulation.after(30, self._move, booking)
        elif chance < _MOVES + _CANCELS:
            self.simulation.after(45, self._cancel, booking)
        self._plan_coming(booking)

    def _plan_coming(self, booking):
        if self.rng.random() < _SURE:
            early = datetime.timedelta(minutes=self.rng.randint(2, 20))
            self.simulation.at(booking.slot.starts_at - early, self._come, booking, booking.slot_id)

    def _come(self, booking, slot_id):
        booking.refresh_from_db()
        if booking.state == Booking.State.BOOKED and booking.slot_id == slot_id:
            arriving.arrive(booking, by=staff(self.cast.frontdesk))

    def _move(self, booking):
        booking.refresh_from_db()
        free = [time.slot for day in days_of(booking.slot.service) for time in day.times if time.free]
        if booking.state == Booking.State.BOOKED and free and booking.slot.ends_at > clock.now():
            slot, holder = self.rng.choice(free[:20]), actors.booking(booking.pk)
            self._plan_coming(appointments.move_booking(booking, by=holder, slot_id=slot.pk))

    def _cancel(self, booking):
        booking.refresh_from_db()
        if booking.state == Booking.State.BOOKED and booking.slot.ends_at > clock.now():
            appointments.cancel_booking(booking, by=actors.booking(booking.pk))


def _at(day, hour, minute=0):
    return datetime.datetime.combine(day, datetime.time(hour, minute), clock.OFFICE_ZONE)
