"""The verb that adds many people at once, with their positions and roles, in a bounded number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actions import Act
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import StaffRole, Tenure, User
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..roster import people_around
from ..rules.people import CheckedPerson, PersonRow, check_people

_BATCH = 1000


@dataclass(frozen=True)
class Taken:
    """The accounts that were added, how many rows had theirs already, and the rows that were left out."""

    added: list[User]
    known: int
    wrong: list[CheckedPerson]


@verb
def add_people(rows: Sequence[PersonRow], *, by: Actor, only_good: bool = False) -> Taken:
    """Add accounts with roles, and tenures from today. Calling it again adds nobody, since addresses are compared.

    ``only_good``: leave out wrong rows instead of refusing the list. Nobody gets a password (see ``invite``).
    Allowed: administrators; the callers check this.
    Effects: the rights of roles and positions from today; journal of each person.
    Raises: Refused if a row is wrong and not to be left out.
    """
    with connection.cursor() as cursor:
        # Concurrent calls see whom the other added.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-people'))")
    checked = check_people(rows, people_around(rows))
    wrong = [each for each in checked if each.problems]
    if wrong and not only_good:
        words = {"count": len(wrong), "row": wrong[0].row.number, "problem": wrong[0].problems[0][1]}
        raise Refused(_("%(count)s baris belum benar, mulai baris %(row)s: %(problem)s") % words)
    good = [each for each in checked if not each.problems and not each.known]
    try:
        added = User.objects.bulk_create([_account(each) for each in good], batch_size=_BATCH)
    except IntegrityError as error:
        raise Refused(_("Salah satu petugas baru saja ditambahkan. Periksa daftarnya, lalu coba lagi.")) from error
    _give_work(list(zip(added, good, strict=True)), by)
    return Taken(added, sum(each.known for each in checked if not each.problems), wrong)


def _account(person: CheckedPerson) -> User:
    row = person.row
    titles = {"front_title": row.front_title, "back_title": row.back_title, "rank": row.rank, "nip": person.nip}
    return User(email=person.email, full_name=row.full_name, password=make_password(None), **titles)


def _give_work(people: Iterable[tuple[User, CheckedPerson]], by: Actor) -> None:
    """Write tenures and roles of new accounts, and the journal of all three."""
    tenures, roles, acts = [], [], []
    for user, person in people:
        acts.append(Act("create_staff_member", user.pk))
        tenures += [Tenure(user=user, position=each, from_date=clock.today()) for each in person.positions]
        roles += [StaffRole(user=user, role=role, unit_id=unit) for role, unit in person.roles]
    for each in Tenure.objects.bulk_create(tenures, batch_size=_BATCH):
        more = {"tenure": each.pk, "position": each.position_id, "kind": each.kind}
        acts.append(Act("begin_tenure", each.user_id, more))
    for given in StaffRole.objects.bulk_create(roles, batch_size=_BATCH):
        acts.append(Act("assign_role", given.user_id, {"role": given.role, "unit": given.unit_id}))
    journal.record_many("user", acts, by)
