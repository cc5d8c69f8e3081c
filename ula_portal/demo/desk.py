"""The visits of the simulated month: visitors arrive, take numbers, are called and served, and leave."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.attachments.actions.documents import attach_document
from services.conversation.actions import asking
from services.fields.queries import current_form, fields_of
from services.letters.actions import handing_over
from services.models import Letter, Request, Requirement, Service
from services.originals import actions as intake
from services.papers.queries.brought import intake_slots, lacks_of
from services.papers.queries.slots import missing_documents
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, User
from visitors.checkin.actions import checkin
from visitors.counter.actions import calling, serving, sessions
from visitors.hosting.actions import leaving
from visitors.models import Counter, Ticket, Visit
from visitors.places.queries.service_points import rule_of

from .cases import Cases, Fate
from .papers import sample_upload
from .simulation import Simulation

RESULTS = ["Dijelaskan syaratnya.", "Berkas diterima.", "Diberi formulir.", "Selesai.", "Data diperbaiki."]
NOTES = ["Menanyakan syarat.", "Membawa berkas asli.", "Didampingi keluarga.", ""]


@dataclass(frozen=True)
class Window:
    """A period in which a clerk works at a counter."""

    counter: Counter
    user: User
    opens: datetime
    closes: datetime


class Desk:
    """Events of the simulation about visits."""

    def __init__(self, simulation: Simulation, cases: Cases):
        self.simulation, self.cases, self.cast, self.rng = simulation, cases, cases.cast, simulation.rng
        counters = Counter.objects.filter(location=self.cast.location)
        self.counters = list(counters.filter(kind=Counter.Kind.COUNTER).order_by("number"))
        self.room = counters.filter(kind=Counter.Kind.ROOM).select_related("position").first()
        self.by_letter: dict[str, Counter] = {}
        for counter in self.counters:
            for letter in counter.services.values_list("ticket_letter", flat=True):
                self.by_letter[letter] = counter
        cases.come_for_letter = self.plan_collecting
        self.services = list(Service.objects.filter(kind="request", state="published").order_by("order"))

    def windows_on(self, day: date, until: datetime | None = None) -> list[Window]:
        """The day's windows: the clerk changes between the first and third counter, the front desk has the second."""
        hours = workdays.service_hours(day)
        if hours is None:
            return []
        noon = hours.breaks[0] if hours.breaks else (hours.closes, hours.closes)
        first, second, third = (*self.counters, *self.counters[-1:] * 2)[:3]
        middle, after = hours.opens + (noon[0] - hours.opens) / 2, noon[1] + (hours.closes - noon[1]) / 2
        clerk, front = self.cast.counter, self.cast.frontdesk
        windows = [
            Window(first, clerk, hours.opens, middle),
            Window(third, clerk, middle, noon[0]),
            Window(second, front, hours.opens, noon[0]),
            Window(first, clerk, noon[1], after),
            Window(third, clerk, after, hours.closes),
            Window(second, front, noon[1], hours.closes),
        ]
        if self.room:
            host = self.cast.holders[self.room.position.code]
            windows.append(Window(self.room, host, hours.opens + timedelta(hours=1), noon[0]))
        end = until or hours.closes
        windows = [Window(w.counter, w.user, w.opens, min(w.closes, end)) for w in windows]
        return [w for w in windows if w.closes - w.opens >= timedelta(minutes=30)]

    def plan_day(self, day: date, visits: int, walk_ins: list[tuple[Service, Fate]], until=None) -> None:
        """Schedule a day's arrivals and counters. ``until``: an earlier end of the day (today)."""
        windows = self.windows_on(day, until)
        if not windows:
            return
        for window in windows:
            self.simulation.at(window.opens, self._open, window)
        for service, fate in walk_ins:
            window = self._window_of(windows, service.ticket_letter)
            self.simulation.at(self._moment(window), self._walk_in, service, fate)
        for _number in range(visits - len(walk_ins)):
            self._plan_visit(windows)
        closes = workdays.service_hours(day).closes
        evening = closes + timedelta(minutes=50)
        if until is None or until >= closes:
            # Before the visitors arrive who are waiting now.
            self.simulation.at(
                evening if until is None else min(evening, until + timedelta(minutes=4)), self._end_of_day
            )

    def _window_of(self, windows, letter):
        fitting = [w for w in windows if w.counter == self.by_letter.get(letter)]
        return self.rng.choice(fitting or [w for w in windows if w.counter.kind == Counter.Kind.COUNTER])

    def _moment(self, window):
        room = (window.closes - window.opens).total_seconds() / 60 - 25
        return window.opens + timedelta(minutes=self.rng.uniform(1, max(room, 2)))

    def _plan_visit(self, windows):
        purpose = self.rng.choices(["service", "consult", "meet", "follow_up", "complaint"], [46, 20, 16, 14, 4])[0]
        service = self.rng.choice(self.services) if purpose == "service" else None
        window = self._window_of(windows, service.ticket_letter if service else "")
        at_room = [w for w in windows if w.counter.kind == Counter.Kind.ROOM]
        if purpose == "meet" and at_room:
            window = at_room[0]
        self.simulation.at(self._moment(window), self._arrive, purpose, service)

    def _arrive(self, purpose, service):
        request = self._request_to_follow() if purpose == "follow_up" else None
        if purpose == "follow_up" and request is None:
            purpose = "consult"
        self._check_in(purpose, service, request)

    def _check_in(self, purpose, service=None, request=None):
        host = self.room.position if self.room else Position.objects.filter(heads_unit=True).first()
        person = self.cases.applicants.person()
        checkin.check_in(
            self.cast.location,
            by=staff(self.cast.frontdesk),
            arrival=checkin.Arrival(
                name=request.applicant_name if request else person.name,
                phone=person.phone if request is None else "",
                institution=self.rng.choice(["", "", "SD Negeri 01 Contoh", "Yayasan Contoh Bakti"]),
                head_count=self.rng.choice([1, 1, 1, 1, 2, 3]),
                note=self.rng.choice(NOTES),
                ground=self._ground(),
            ),
            errand=checkin.Errand(
                purpose=purpose,
                service=service,
                request_number=request.number if request else "",
                host_id=host.pk if purpose == "meet" else None,
            ),
        )

    def _ground(self):
        return self.rng.choice(list(checkin.GROUNDS)) if self.rng.random() < 0.12 else ""

    def plan_collecting(self, request_id: int) -> None:
        """Schedule a visit to collect a letter on one of the next days with service."""
        day = clock.today() + timedelta(days=self.rng.choice([1, 1, 1, 2, 3]))
        while not (windows := self.windows_on(day)):
            day += timedelta(days=1)
        window = self.rng.choice([w for w in windows if w.counter.kind == Counter.Kind.COUNTER])
        self.simulation.at(self._moment(window), self._collect, request_id)

    def _collect(self, request_id):
        request = Request.objects.get(pk=request_id)
        if Letter.objects.filter(request=request, state="issued", collected_at__isnull=True).exists():
            self._check_in(Visit.Purpose.COLLECT, request=request)

    def _request_to_follow(self):
        found = Request.objects.filter(state__in=Request.OPEN_STATES).order_by("pk")[:40]
        return self.rng.choice(list(found)) if found else None

    def _walk_in(self, service, fate):
        """A visitor without a request: the front desk opens one and issues a number."""
        fields = fields_of(current_form(service).pk)
        person = self.cases.applicants.person()
        common = self.cases.applicants.common_answers(person, service)
        originals = Requirement.objects.filter(service=service, kind=Requirement.Kind.ORIGINAL, active=True)
        request = open_walk_in_request(
            service,
            by=staff(self.cast.frontdesk),
            applicant=WalkInApplicant(
                person.name, phone=person.phone, email=person.email, on_behalf=common["hubungan"]
            ),
            answers={key: common[key] for key in ("alamat", "kecamatan")} | self.cases.applicants.answers(fields),
            originals=[requirement.pk for requirement in originals],
        )
        checkin.check_in(
            self.cast.location,
            by=staff(self.cast.frontdesk),
            arrival=checkin.Arrival(name=person.name, phone=person.phone, ground=self._ground()),
            errand=checkin.Errand(purpose=Visit.Purpose.SERVICE, service=service, request_number=request.number),
        )
        self._at_the_desk(request, fate)
        if fate.kind != "unrouted":
            self.simulation.after_work(self.rng.randint(15, 120), self.cases.route, request.pk, fate)

    def _at_the_desk(self, request, fate):
        """Every third visitor gets a sheet of missing documents; of some the office keeps an original."""
        if request.pk % 3 == 0 and lacks_of(request):
            intake.print_shortage(request, by=staff(self.cast.frontdesk))
        shown = Requirement.Kind.ORIGINAL
        originals = [each for each in intake_slots(request) if each.requirement and each.requirement.kind == shown]
        if fate.kind == "unrouted" and originals:
            intake.take_in_papers(
                request, by=staff(self.cast.frontdesk), ticks={originals[0].key: intake.Tick("kept", "A2")}
            )

    def _open(self, window):
        """Open the counter as soon as the clerk has closed the previous one."""
        if clock.now() >= window.closes:
            return
        if window.user.pk in self._sitting():
            self.simulation.after(3, self._open, window)
            return
        session = sessions.open_session(window.counter, by=staff(window.user))
        self.simulation.after(1, self._call, session, window)

    def _sitting(self):
        from visitors.models import CounterSession

        return set(CounterSession.objects.filter(closed_at__isnull=True).values_list("user_id", flat=True))

    def _call(self, session, window):
        if clock.now() >= window.closes:
            sessions.close_session(session, by=staff(window.user))
            return
        ticket = calling.call_next(session, by=staff(window.user))
        if ticket is None:
            self.simulation.after(11, self._call, session, window)
        elif self.rng.random() < 0.05:
            self.simulation.after(2, self._call_again, ticket, session, window)
        else:
            self.simulation.after(1, self._serve, ticket, session, window)

    def _call_again(self, ticket, session, window):
        ticket = calling.recall(ticket, by=staff(window.user))
        nobody_came = ticket.calls >= rule_of(ticket.location_id).calls_before_no_show
        self.simulation.after(1, self._miss if nobody_came else self._call_again, ticket, session, window)

    def _miss(self, ticket, session, window):
        serving.no_show(ticket, by=staff(window.user))
        self.simulation.after(1, self._call, session, window)

    def _serve(self, ticket, session, window):
        serving.start_serving(ticket, by=staff(window.user))
        self.simulation.after(self.rng.uniform(3, 13), self._serve_to_end, ticket, session, window)

    def _serve_to_end(self, ticket, session, window):
        ticket = Ticket.objects.select_related("visit__request").get(pk=ticket.pk)
        request = ticket.visit.request
        if request and ticket.visit.purpose == Visit.Purpose.COLLECT:
            letter = Letter.objects.filter(request=request, state="issued", collected_at__isnull=True).first()
            if letter:
                handing_over.hand_over_letter(letter, by=staff(window.user))
        elif request and request.is_open and request.complete_at is None and self.rng.random() < 0.85:
            self._take_in(request, window.user)
        serving.finish_serving(ticket, by=staff(window.user), result=self.rng.choice(RESULTS))
        self.simulation.after(1, self._call, session, window)

    def _take_in(self, request, user):
        """Scan the documents that the visitor brought, and declare the request complete."""
        for slot in missing_documents(request):
            attach_document(
                request, by=actors.staff(user), upload=sample_upload(slot.label, as_photo=False), slot_key=slot.key
            )
        asking.declare_complete(request, by=staff(user), papers_reason="Berkas asli sudah diperiksa di loket.")

    def _end_of_day(self):
        for visit in Visit.objects.filter(left_at__isnull=True, checked_in_at__lt=clock.now()).order_by("pk"):
            if not visit.tickets.filter(state__in=("called", "serving")).exists():
                leaving.check_out(visit, by=staff(self.cast.frontdesk))

    def fill_queue(self, count: int) -> None:
        """Add visitors who wait right now, for users of the demo who open a counter."""
        for number in range(count):
            minutes = 40 - number * 36 / max(count, 1)
            moment = max(self.simulation.until - timedelta(minutes=minutes), _midnight(self.simulation.until))
            if number % 4 == 3:
                self.simulation.at(moment, self._arrive, "consult", None)
            else:
                self.simulation.at(moment, self._arrive, "service", self.rng.choice(self.services))


def _midnight(moment):
    return clock.local(moment).replace(hour=0, minute=0, second=1, microsecond=0)
