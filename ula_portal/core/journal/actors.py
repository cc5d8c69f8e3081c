"""Who acts: a member of staff, a citizen without an account, or the system."""

from dataclasses import dataclass

from ula_portal.core.models import User


@dataclass(frozen=True)
class Actor:
    """Kind and id of who acts; ids only, so that it can stand in the journal.

    ``kind``: ``staff`` (id of the user), ``applicant`` (of the request), ``visitor`` (of the visit),
    ``booking`` (whoever holds an appointment's address) or ``system``.
    """

    kind: str
    id: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("system")


def staff(user: User) -> Actor:
    return Actor("staff", str(user.pk))


def applicant(request_id: object = "") -> Actor:
    return Actor("applicant", str(request_id))
