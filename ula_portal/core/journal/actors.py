"""Who acts: a member of staff, a citizen without an account, or the system."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """Whoever calls a verb. The journal and the timeline store only ``kind`` and ``id``.

    ``kind``: ``staff`` (id of the user), ``applicant`` (of the request), ``visitor`` (of the visit), ``booking``
    (of the appointment: whoever holds its address) or ``system``. ``user``: the account, for staff only.
    """

    kind: str
    id: str = ""
    user: User | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Kind and id in one string, the owner of an idempotency key."""
        return f"{self.kind}:{self.id}"

    @property
    def staff_member(self) -> User:
        """The account of the member of staff who acts.

        Raises: NotAllowed when anybody else acts.
        """
        if self.user is None:
            raise NotAllowed(_("Hanya petugas yang masuk dapat melakukan ini."))
        return self.user


SYSTEM = Actor("system")


def staff(user: User) -> Actor:
    """A member of staff, by their account."""
    return Actor("staff", str(user.pk), user)


def applicant(request_id: object = "") -> Actor:
    """Whoever holds the address of a request."""
    return Actor("applicant", str(request_id))


def visitor(visit_id: object) -> Actor:
    """Whoever holds the address of a visit's ticket."""
    return Actor("visitor", str(visit_id))


def booking(booking_id: object) -> Actor:
    """Whoever holds the address of an appointment."""
    return Actor("booking", str(booking_id))
