"""One office with something on every page, for the access table and the browser tests."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.applying.receipt import receipt_code, tracking_token
from services.attachments.actions.documents import EXTRA
from services.conversation.actions.asking import ask_applicant
from services.conversation.actions.default_templates import ensure_message_templates
from services.letters.queries import verification_code
from services.models import Document, Letter, Request, RoutingRule, Service
from sop.drafting.actions import importing
from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.files.uploads import store_upload
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import Absence, Location, User
from ula_portal.core.office.actions import office
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.time import actions as calendar
from visitors.appointments.actions import appointments, plans
from visitors.appointments.queries.appointments import booking_token, days_of
from visitors.checkin.actions import checkin, paper
from visitors.closing import actions as closing
from visitors.counter.actions import calling, sessions
from visitors.models import (
    Booking,
    Counter,
    HostCall,
    PaperSheet,
    QueueEvent,
    QueueRule,
    ScreenNotice,
    ScreenRule,
    Slot,
    SlotPlan,
    Ticket,
    TicketPrinter,
)
from visitors.queue.actions import tickets

from .cases import content, make_case, make_case_service, rich_steps, to_letter, walk
from .core import Cast, named_cast
from .services import attach_document, make_draft, picture
from .visitors import counter as make_counter
from .visitors import missed as make_missed

ROLES = ("anonymous", "frontdesk", "counter", "official", "section_head", "head", "admin", "outsider")
PASSWORD = "sandi-contoh-2026"


@dataclass(frozen=True)
class World:
    """Everything belongs to the unit DIKDAS; ``cast.outsider`` is an official of another one.

    ``case`` is at the official's first decision, ``asked`` waits for its applicant, ``lettered`` has its letter,
    ``signing`` is at the step of its letter, ``walk_in`` waits for routing. ``waiting`` and ``missed`` are tickets of
    today at ``desk`` in ``location``. ``booking`` has the next available slot, ``free_slot`` is the one after.
    ``sop_draft`` is a version to be verified.
    """

    cast: Cast
    service: Service
    elsewhere: Service
    draft: Request
    case: Request
    asked: Request
    signing: Request
    lettered: Request
    walk_in: Request
    letter: Letter
    location: Location
    desk: Counter
    waiting: Ticket
    missed: Ticket
    host_call: HostCall
    paper_sheet: PaperSheet
    screen_notice: ScreenNotice
    call_event: QueueEvent
    booking: Booking
    free_slot: Slot
    sop_version: SopVersion
    sop_draft: SopVersion
    absence: Absence

    def user(self, role):
        """The user of one of ROLES; None for an anonymous visitor."""
        return None if role == "anonymous" else getattr(self.cast, role)

    @staticmethod
    def token(request) -> str:
        return tracking_token(request)

    @staticmethod
    def code(request) -> str:
        return receipt_code(request)

    @staticmethod
    def document(request) -> Document:
        """The newest file of a request."""
        return request.documents.filter(file__isnull=False, removed_at__isnull=True).latest("pk")

    @property
    def letter_code(self) -> str:
        return verification_code(self.letter)

    @property
    def ticket_token(self) -> str:
        return tickets.ticket_token(self.waiting)

    @property
    def booking_token(self) -> str:
        return booking_token(self.booking)

    def draft_address(self, name, *more) -> str:
        return reverse(name, args=[self.service.slug, tracking_token(self.draft), *more])


def make_world() -> World:
    """Build it with the actions, not within a transaction other than that of a test."""
    office.set_up_office(
        by=SYSTEM,
        name="Dinas Pendidikan",
        regency="Kabupaten Contoh",
        letterhead=["PEMERINTAH KABUPATEN CONTOH", "DINAS PENDIDIKAN"],
        address="Jalan Contoh Nomor 1",
        city="Contoh",
    )
    ensure_message_templates()
    cast = named_cast()
    _set_passwords(cast)
    _calendar()
    service = make_case_service(cast, code="CONTOH", name="Surat pindah sekolah contoh", synonyms=["pindah sekolah"])
    elsewhere = make_case_service(
        cast, code="DARING", name="Surat keterangan kedua", channels=["walk-in", "appointment"]
    )
    cases = _cases(cast, service)
    place = office.add_location(by=SYSTEM, code="ula", name="Ruang Layanan ULA", address="Lantai 1")
    desk = make_counter(service, elsewhere, place=place, name="Loket 1")
    queued = _queue(cast, place, desk, service) | _appointment(elsewhere, place)
    for order in (1, 2):
        RoutingRule.objects.create(order=order, service=service, position=cast.positions["PENGELOLA-DIKDAS"])
    rough = content(rich_steps(), "420/CADANGAN/SOP-DISDIK/2026", "SOP yang masih draf")
    version = service.sop.versions.get()
    sop_draft = importing.import_sop(rough, by=SYSTEM).version
    later = clock.today() + datetime.timedelta(days=90)
    return World(
        cast=cast,
        service=service,
        elsewhere=elsewhere,
        location=place,
        desk=desk,
        sop_version=version,
        sop_draft=sop_draft,
        absence=record_absence(cast.official, by=SYSTEM, kind="leave", from_date=later, to_date=later),
        **cases,
        **queued,
    )


def _set_passwords(cast):
    """Set PASSWORD for everybody, hashed once."""
    hashed = make_password(PASSWORD)
    User.objects.update(password=hashed)
    for role in ROLES[1:]:
        getattr(cast, role).password = hashed


def _calendar():
    """One row in each list of the calendar, all in the distant past."""
    past = datetime.date(2021, 3, 1)
    morning = {"opens": datetime.time(8), "closes": datetime.time(12)}
    days = {"kind": "working", "weekday": 0, "from_date": past, "to_date": past}
    calendar.set_hours({**morning, **days, "name": "Senin khusus"}, by=SYSTEM)
    calendar.set_calendar_day(by=SYSTEM, date=datetime.date(2021, 3, 2), kind="holiday", name="Libur contoh")


def _cases(cast, service):
    asked = make_case(service, nama_pemohon="Dewi Contoh")
    ask_applicant(asked, by=staff(cast.official), wanted="Mohon kirim KTP yang lebih jelas.")
    attach_document(asked, by=applicant(asked.pk), upload=picture("tambahan.png", "blue"), slot_key=EXTRA)
    signing = to_letter(make_case(service, nama_pemohon="Budi Contoh"), cast)
    lettered = to_letter(make_case(service, nama_pemohon="Tini Contoh"), cast)
    walk(lettered, (cast.section_head, "letter"))
    return {
        "draft": make_draft(service),
        "case": make_case(service),
        "asked": asked,
        "signing": signing,
        "lettered": lettered,
        "walk_in": open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh")),
        "letter": lettered.letters.get(),
    }


def _queue(cast, place, desk, service):
    def arrive(name):
        made = checkin.check_in(
            place,
            by=staff(cast.frontdesk),
            arrival=checkin.Arrival(name=name),
            errand=checkin.Errand(purpose="service", service=service),
        )
        return made.ticket

    missed, waiting = arrive("Tamu Terlewat Contoh"), arrive("Tamu Menunggu Contoh")
    session = sessions.open_session(desk, by=staff(cast.counter))
    make_missed(calling.call_next(session, by=staff(cast.counter)), cast.counter)
    sessions.close_session(session, by=staff(cast.counter))
    missed.refresh_from_db()
    sheet = paper.reserve_numbers(place, by=staff(cast.frontdesk), count=3, letter="K")
    QueueRule.objects.create(location=place)
    closing.reopen(
        closing.close_suddenly(place, by=staff(cast.frontdesk), reason="Listrik padam"), by=staff(cast.frontdesk)
    )
    ScreenRule.objects.create(location=place)
    # Nothing listens on that port.
    TicketPrinter.objects.create(location=place, name="Printer meja depan", address="127.0.0.1", port=9)
    poster = store_upload(picture("poster.png", "orange"))
    screen = ScreenNotice.objects.create(text="Bawa berkas asli.", from_date="2026-01-01", picture=poster)
    call = QueueEvent.objects.get(kind="called", ticket=missed)
    host = cast.positions["PENGELOLA-DIKDAS"]
    guest = checkin.check_in(
        place,
        by=staff(cast.frontdesk),
        arrival=checkin.Arrival(name="Tamu Bertemu"),
        errand=checkin.Errand(purpose="meet", host_id=host.pk),
    )
    return {
        "host_call": guest.visit.host_call,
        "missed": missed,
        "waiting": waiting,
        "paper_sheet": sheet,
        "screen_notice": screen,
        "call_event": call,
    }


def _appointment(service, place):
    weekdays = [0, 1, 2, 3, 4]
    hours = {"from_time": datetime.time(8), "to_time": datetime.time(16)}
    plans.add_slot_plan(SlotPlan(service=service, location=place, weekdays=weekdays, **hours), by=SYSTEM)
    first, second = [time.slot for day in days_of(service) for time in day.times][:2]
    return {
        "booking": appointments.book(
            first, by=actors.booking(""), contact=appointments.Contact(name="Tamu Berjanji Contoh")
        ),
        "free_slot": second,
    }


def session_key_of(user) -> str:
    """The session key of a logged-in user, for a browser's cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key
