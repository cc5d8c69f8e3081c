"""Absences as staff note them: their own, and those of people they answer for."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Absence, User
from ula_portal.core.text.words import lasting
from ula_portal.core.verbs.errors import NotAllowed, Refused

from .. import permissions as office
from ..absences import unseen_absences
from ..people_notices import tell_absentee
from .people import forget_positions, record_absence

# A longer one is a slip of the keyboard, or the end of a tenure.
LONGEST = datetime.timedelta(days=366)
TOO_LONG = gettext_lazy("Masa ini lebih dari %(time)s. Periksa kembali tanggalnya.")
WHO_NOTES = gettext_lazy(
    "Ketidakhadiran petugas ini dicatat oleh dirinya, atasannya, sekretariat jabatannya, atau administrator."
)


@transaction.atomic
def note_absence(
    by: User,
    user: User,
    kind: str,
    from_date: datetime.date,
    to_date: datetime.date,
    *,
    deputy: User | None = None,
    idempotency_key: str = "",
) -> Absence:
    """Note that somebody is away from a day to a day, both included; meanwhile their steps are the deputy's.

    Allowed: ``permissions.may_note_absence``. Effects: somebody else's is told to the absentee at once, by mail and on
    their pages. Raises: NotAllowed, and Refused (``field``) for days in the past, out of order or already noted, for a
    deputy who is away in that time, and for oneself as deputy of somebody else. The same key again gives the earlier
    one; Outdated where that was removed since.
    """
    claimed = idempotency.claim(staff(by).key, idempotency_key)
    if earlier := claimed.earlier(Absence.objects):
        return earlier
    if not office.may_note_absence(by, user):
        raise NotAllowed(WHO_NOTES)
    if to_date < clock.today():
        raise Refused(_("Masa ini sudah lewat."), field="to_date")
    if to_date - from_date > LONGEST:
        raise Refused(TOO_LONG % {"time": lasting(LONGEST)}, field="to_date")
    span = {"from_date__lte": to_date, "to_date__gte": from_date}
    if deputy and Absence.objects.filter(user=deputy, **span).exists():
        raise Refused(_("%(name)s juga tidak di tempat pada masa itu.") % {"name": deputy}, field="deputy")
    absence = record_absence(user, kind, from_date, to_date, deputy=deputy, by=by)
    if user.pk != by.pk:
        tell_absentee(absence)
    claimed.record("absence", absence.pk)
    return absence


def read_absences(user: User) -> None:
    """Somebody has seen what others recorded of their absence; it does not call for them any more."""
    unseen_absences(user).update(seen_at=clock.now())


@transaction.atomic
def end_absence(absence_id: int, by: User) -> None:
    """Somebody is back from today on: one that has not begun yet is taken away, another ends with yesterday.

    Who may: as ``note_absence``. Raises NotAllowed; one that is over or gone changes nothing.
    """
    absences = Absence.objects.select_for_update(of=("self",)).select_related("user", "deputy")
    absence, today = absences.filter(pk=absence_id).first(), clock.today()
    if absence is None or absence.to_date < today:
        return
    if not office.may_note_absence(by, absence.user):
        raise NotAllowed(WHO_NOTES)
    verb, ids = "change_absence", {"absence": absence.pk}
    if absence.from_date >= today:
        verb = "remove_absence"
        absence.delete()
    else:
        absence.to_date = today - datetime.timedelta(days=1)
        absence.save(update_fields=["to_date"])
    forget_positions(absence.user, *filter(None, [absence.deputy]))
    journal.record(verb, "user", absence.user_id, staff(by), **ids)
