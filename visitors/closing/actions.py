"""Stopping service at once, saying another end, and going on."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.appointments.actions import slots
from visitors.models import Closure
from visitors.places.queries import closures
from visitors.queue.actions import events


def close_suddenly(location: Location, user: User, reason: str, until: datetime.datetime | None = None) -> Closure:
    """Stop service at a location immediately; display, home page and the public queue show it from the next moment on.

    No number is issued until it is reopened or ``until`` has passed (default: the end of today's service, or else of
    the
    day). Waiting visitors keep their numbers, and counters may go on serving them. A closure that is already in force
    is
    returned unchanged.

    Allowed: front desk, counters, administrators.
    Effects: a journal entry and an event; appointments until then lose their time, and their visitors are notified five
        minutes later (``seats.displace_bookings``).
    Raises: NotAllowed; Refused without a reason or for a past time.
    """
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup pelayanan."))
    reason = plain_line(reason)[:120]
    if not reason:
        raise Refused(_("Tulis alasannya; kalimat ini dibaca tamu di layar."), field="reason")
    now, until = clock.now(), closure_end(until)
    try:
        with transaction.atomic():
            closure = Closure.objects.create(
                location=location, closed_at=now, until=until, reason=reason, closed_by=user
            )
            journal.record("close_suddenly", "closure", closure.pk, actors.staff(user))
            slots.close_between(location, now, until, user=user, reason=reason, closure=closure)
            events.append("closed_suddenly", location.pk)
            return closure
    except IntegrityError:
        standing = closures.closure_at(location.pk)
        if standing is None:
            raise
        return standing


def closure_end(until: datetime.datetime | None) -> datetime.datetime:
    """When a closure that begins now ends: as said, else with today's service. Raises Refused for a past time."""
    now = clock.now()
    until = until or closures.end_of_service(now)
    if until <= now:
        raise Refused(_("Waktu dibuka kembali sudah lewat."), field="until")
    return until


@transaction.atomic
def move_end(closure_id: int, user: User, until: datetime.datetime | None = None) -> Closure:
    """Say that service goes on earlier or later than was said. Appointments follow.

    Later: those that are now within lose their time as well. Earlier: those that are no longer within get it back. May
    and ``until``: as ``close_suddenly``. Raises NotAllowed, Outdated when it is open again already, Refused for a past
    time.
    """
    closure = _current_closure(closure_id, user)
    until = closure_end(until)
    if until == closure.until:
        return closure
    closure.until = until
    closure.save(update_fields=["until"])
    journal.record("move_closure_end", "closure", closure.pk, actors.staff(user))
    slots.close_between(closure.location, clock.now(), until, user=user, reason=closure.reason, closure=closure)
    slots.release(closure, until, user=user)
    events.append("closure_moved", closure.location_id)
    return closure


def _current_closure(closure_id: int, user: User) -> Closure:
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka kembali pelayanan."))
    rows = Closure.objects.select_for_update(of=("self",)).select_related("location")
    closure = rows.filter(pk=closure_id).first()
    if closure is None or closure.reopened_at is not None or closure.until <= clock.now():
        raise Outdated(_("Pelayanan sudah dibuka kembali."))
    return closure


@transaction.atomic
def reopen(closure_id: int, user: User) -> slots.ReopeningResult:
    """Go on with service; whose appointment lies ahead gets its time back (``seats.restore_bookings``).

    May: as ``close_suddenly``. Raises NotAllowed, Outdated when it is open again already.
    """
    closure, now = _current_closure(closure_id, user), clock.now()
    closure.reopened_at, closure.reopened_by = now, user
    closure.save(update_fields=["reopened_at", "reopened_by"])
    journal.record("reopen", "closure", closure.pk, actors.staff(user))
    opening = slots.release(closure, now, user=user)
    events.append("reopened", closure.location_id)
    return opening
