"""The objects of a database whose pages are shown, by the names that the access table uses.

The table was written for ``World`` of the tests; here each of its objects is searched for in any data.
"""

from functools import cached_property
from types import SimpleNamespace

from django.db.models import Count

from services.letters.queries import verification_code
from services.models import Letter, Request, Service
from sop.models import SopVersion
from tests.factories.services import make_draft
from tests.factories.world import World
from ula_portal.core import clock
from ula_portal.core.models import Absence, Location, Position, Role, StaffRole, User
from ula_portal.demo import logins
from visitors.appointments.queries.appointments import booking_token
from visitors.models import Booking, Counter, HostCall, PaperSheet, QueueEvent, ScreenNotice, Slot, Ticket
from visitors.queue.actions.tickets import ticket_token


class Missing(LookupError):
    """The data contain no such object."""


def _first(rows):
    found = rows.first()
    if found is None:
        raise Missing(rows.model.__name__)
    return found


class Objects:
    """Like ``tests.factories.world.World``, but objects are searched for when they are requested.

    Raises: Missing for an object that the data do not contain.
    """

    token, code, document = (staticmethod(each) for each in (World.token, World.code, World.document))

    @cached_property
    def cast(self):
        """The first person of each role; in the demo, the one whose log-in is printed."""
        printed = {login["role"]: login["email"] for login in reversed(logins.read_logins() or [])}
        found = {}
        for role in Role.values:
            rows = StaffRole.objects.filter(role=role, user__is_active=True).order_by("pk")
            row = rows.filter(user__email=printed.get(role, "")).first() or rows.first()
            found[role] = row.user if row else None
        positions = {position.code: position for position in Position.objects.all()}
        outsider = User.objects.filter(is_active=True).last()
        return SimpleNamespace(**found, outsider=outsider, positions=positions)

    def user(self, role):
        return None if role == "anonymous" else getattr(self.cast, role)

    def _requests(self, *states, **more):
        return Request.objects.filter(state__in=states, **more).order_by("-pk")

    @cached_property
    def draft(self):
        found = self._requests("draft").annotate(n=Count("documents")).order_by("-n").first()
        return found or make_draft(_first(Service.objects.filter(state="published", kind="request")))

    @cached_property
    def service(self):
        return self.draft.service

    @cached_property
    def case(self):
        """An open request with documents at a step of the official whose pages are shown."""
        open_runs = {"runs__finished_at": None, "runs__assignee": self.cast.official}
        return _first(self._requests("in_progress", **open_runs, documents__file__isnull=False).distinct())

    @cached_property
    def asked(self):
        return _first(self._requests("waiting_applicant", documents__file__isnull=False).distinct())

    @cached_property
    def letter(self):
        return _first(Letter.objects.filter(state="issued").order_by("-pk"))

    @property
    def lettered(self):
        return self.letter.request

    @cached_property
    def signing(self):
        return _first(self._requests("in_progress", runs__finished_at=None, runs__step__issues_letter=True))

    @cached_property
    def walk_in(self):
        return _first(self._requests(*Request.OPEN_STATES, source="walk-in"))

    @property
    def letter_code(self):
        return verification_code(self.letter)

    @cached_property
    def location(self):
        return _first(Location.objects.order_by("pk"))

    @cached_property
    def desk(self):
        return _first(Counter.objects.order_by("pk"))

    def _ticket(self, state):
        return _first(Ticket.objects.filter(state=state, day=clock.today()).order_by("pk"))

    @cached_property
    def waiting(self):
        return self._ticket("waiting")

    @cached_property
    def called(self):
        return self._ticket("called")

    @cached_property
    def missed(self):
        return self._ticket("no_show")

    @property
    def ticket_token(self):
        return ticket_token(self.waiting)

    @cached_property
    def host_call(self):
        return _first(HostCall.objects.order_by("-pk"))

    @cached_property
    def paper_sheet(self):
        return _first(PaperSheet.objects.order_by("-pk"))

    @cached_property
    def screen_notice(self):
        return _first(ScreenNotice.objects.exclude(picture=None))

    @cached_property
    def call_event(self):
        return _first(QueueEvent.objects.filter(kind="called").order_by("-pk"))

    @cached_property
    def booking(self):
        return _first(Booking.objects.filter(state="booked", slot__starts_at__gt=clock.now()).order_by("pk"))

    @property
    def booking_token(self):
        return booking_token(self.booking)

    @cached_property
    def free_slot(self):
        return _first(Slot.objects.filter(state="open", starts_at__gt=clock.now()).order_by("-starts_at"))

    @cached_property
    def sop_version(self):
        """The published version with the most steps."""
        published = SopVersion.objects.filter(state="published", sop__services=self.service)
        return _first(published if published.exists() else SopVersion.objects.filter(state="published"))

    @cached_property
    def sop_draft(self):
        return _first(SopVersion.objects.filter(state="draft").order_by("-pk"))

    @cached_property
    def absence(self):
        return _first(Absence.objects.order_by("-pk"))
