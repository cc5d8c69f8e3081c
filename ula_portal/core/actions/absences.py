"""Absences as staff note them: their own, and those of people they lead."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from .. import clock, idempotency, permissions
from ..actors import staff
from ..errors import NotAllowed, Refused
from ..models import Absence, User
from . import journal
from .people import forget_positions, record_absence

# A longer one is a slip of the keyboard, or the end of a tenure.
LONGEST = datetime.timedelta(days=366)


@transaction.atomic
def note_absence(by, user, kind, from_date, to_date, *, deputy=None, idempotency_key="") -> Absence:
    """Note that somebody is away from a day to a day, both included; meanwhile their steps are the deputy's.

    Who may: ``permissions.may_note_absence``. Raises NotAllowed, and Refused (``field``) for days in the past, out of
    order or already noted, and for a deputy who is away in that time. The same key again gives the earlier one.
    """
    claimed = idempotency.claim(staff(by).key, idempotency_key)
    if claimed.earlier_id:
        return Absence.objects.get(pk=claimed.earlier_id)
    if not permissions.may_note_absence(by, user):
        raise NotAllowed(_("Ketidakhadiran petugas ini dicatat oleh atasannya atau administrator."))
    # Locked, so that of two forms at once the second sees what the first noted.
    User.objects.select_for_update().get(pk=user.pk)
    if to_date < clock.today():
        raise Refused(_("Masa ini sudah lewat."), field="to_date")
    if to_date - from_date > LONGEST:
        raise Refused(_("Masa ini lebih dari setahun. Periksa kembali tanggalnya."), field="to_date")
    span = {"from_date__lte": to_date, "to_date__gte": from_date}
    if Absence.objects.filter(user=user, **span).exists():
        raise Refused(_("Pada masa itu ketidakhadiran sudah tercatat."), field="from_date")
    if deputy and Absence.objects.filter(user=deputy, **span).exists():
        raise Refused(_("%(name)s juga tidak di tempat pada masa itu.") % {"name": deputy}, field="deputy")
    absence = record_absence(user, kind, from_date, to_date, deputy=deputy, actor=staff(by))
    claimed.record("absence", absence.pk)
    return absence


@transaction.atomic
def end_absence(absence_id, by) -> None:
    """Somebody is back from today on: one that has not begun yet is taken away, another ends with yesterday.

    Who may: as ``note_absence``. Raises NotAllowed; one that is over or gone changes nothing.
    """
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user", "deputy").filter(pk=absence_id)
    absence, today = absence.first(), clock.today()
    if absence is None or absence.to_date < today:
        return
    if not permissions.may_note_absence(by, absence.user):
        raise NotAllowed(_("Ketidakhadiran petugas ini dicatat oleh atasannya atau administrator."))
    verb, ids = "change_absence", {"absence": absence.pk}
    if absence.from_date >= today:
        verb = "remove_absence"
        absence.delete()
    else:
        absence.to_date = today - datetime.timedelta(days=1)
        absence.save(update_fields=["to_date"])
    forget_positions(absence.user, *filter(None, [absence.deputy]))
    journal.record(verb, "user", absence.user_id, staff(by), **ids)
