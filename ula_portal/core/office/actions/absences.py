"""Verbs by which staff record absences: their own, and those of people for whom they are responsible."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Absence, User
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .. import permissions as office
from ..absences import unseen_absences
from ..people_notices import tell_absentee
from ..queries import clear_cached_positions

# A longer absence is a typing error, or should be the end of a tenure.
LONGEST = datetime.timedelta(days=366)
TOO_LONG = gettext_lazy("Masa ini lebih dari %(time)s. Periksa kembali tanggalnya.")
WHO_NOTES = gettext_lazy(
    "Ketidakhadiran petugas ini dicatat oleh dirinya, atasannya, sekretariat jabatannya, atau administrator."
)


@verb
def record_absence(
    absentee: User,
    *,
    by: Actor,
    kind: str,
    from_date: datetime.date,
    to_date: datetime.date,
    deputy: User | None = None,
) -> Absence:
    """Record that a user is absent (both days included). Meanwhile the deputy's inbox shows their work.

    Effects: journal.
    Raises: Refused (``field``) if the dates are out of order or overlap another absence, or if the
    deputy is the absentee, has a closed account, or is the user who records the absence of somebody else.
    """
    if to_date < from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    if deputy and deputy.pk == absentee.pk:
        raise Refused(_("Pengganti harus petugas lain."), field="deputy")
    if deputy and not deputy.is_active:
        raise Refused(_("Akun pengganti sudah ditutup."), field="deputy")
    if deputy and by.user and by.user.pk == deputy.pk:
        raise Refused(_("Anda tidak dapat mencatat diri sendiri sebagai pengganti orang lain."), field="deputy")
    # Locked, so that concurrent calls see each other's absences.
    User.objects.select_for_update().get(pk=absentee.pk)
    if Absence.objects.filter(user=absentee, from_date__lte=to_date, to_date__gte=from_date).exists():
        raise Refused(_("Pada masa itu ketidakhadiran sudah tercatat."), field="from_date")
    absence = Absence.objects.create(
        user=absentee, kind=kind, from_date=from_date, to_date=to_date, deputy=deputy, recorded_by=by.user
    )
    clear_cached_positions(absentee, *filter(None, [deputy]))
    journal.record("record_absence", "user", absentee.pk, by, absence=absence.pk, deputy=deputy and deputy.pk)
    return absence


@verb
def note_absence(
    absentee: User,
    *,
    by: Actor,
    kind: str,
    from_date: datetime.date,
    to_date: datetime.date,
    deputy: User | None = None,
    key: str = "",
) -> Absence:
    """Record that somebody is absent (both days included). Meanwhile their steps belong to the deputy.

    The same key again returns the earlier absence.
    Allowed: ``permissions.may_note_absence``.
    Effects: as ``record_absence``; an absentee who did not record it gets a notice by mail and on their pages.
    Raises: NotAllowed; Outdated if the earlier absence was removed since; Refused (``field``) as ``record_absence``,
    and for a period in the past or too long, or a deputy who is absent too.
    """
    user = by.staff_member
    claimed = idempotency.claim(by.key, key)
    if earlier := claimed.earlier(Absence.objects):
        return earlier
    if not office.may_note_absence(user, absentee):
        raise NotAllowed(WHO_NOTES)
    if to_date < clock.today():
        raise Refused(_("Masa ini sudah lewat."), field="to_date")
    if to_date - from_date > LONGEST:
        raise Refused(TOO_LONG % {"time": duration_text(LONGEST)}, field="to_date")
    span = {"from_date__lte": to_date, "to_date__gte": from_date}
    if deputy and Absence.objects.filter(user=deputy, **span).exists():
        raise Refused(_("%(name)s juga tidak di tempat pada masa itu.") % {"name": deputy}, field="deputy")
    absence = record_absence(absentee, by=by, kind=kind, from_date=from_date, to_date=to_date, deputy=deputy)
    if absentee.pk != user.pk:
        tell_absentee(absence)
    claimed.record("absence", absence.pk)
    return absence


@verb
def read_absences(*, by: Actor) -> None:
    """Mark the absences that others recorded for the user as seen.

    Effects: the badge of the user's page disappears.
    """
    unseen_absences(by.staff_member).update(seen_at=clock.now())


@verb
def end_absence(absence: Absence, *, by: Actor) -> None:
    """End an absence from today on. One that has not begun yet is deleted; one that is over or gone stays unchanged.

    Allowed: as ``note_absence``.
    Effects: journal.
    Raises: NotAllowed.
    """
    user = by.staff_member
    absences = Absence.objects.select_for_update(of=("self",)).select_related("user", "deputy")
    current, today = absences.filter(pk=absence.pk).first(), clock.today()
    if current is None or current.to_date < today:
        return
    if not office.may_note_absence(user, current.user):
        raise NotAllowed(WHO_NOTES)
    entry, ids = "change_absence", {"absence": current.pk}
    if current.from_date >= today:
        entry = "remove_absence"
        current.delete()
    else:
        current.to_date = today - datetime.timedelta(days=1)
        current.save(update_fields=["to_date"])
    clear_cached_positions(current.user, *filter(None, [current.deputy]))
    journal.record(entry, "user", current.user_id, by, **ids)
