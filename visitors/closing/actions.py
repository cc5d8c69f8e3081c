"""Stopping service at a location immediately, changing its announced end, and reopening."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions
from visitors.appointments.actions import slots
from visitors.models import Closure
from visitors.places.queries import closures
from visitors.queue.actions import events


@verb
def close_suddenly(location: Location, *, by: Actor, reason: str, until: datetime.datetime | None = None) -> Closure:
    """Stop service at a location immediately; display, home page and the public queue show it from then on.

    No number is issued until it is reopened or ``until`` has passed (default: the end of today's service, or else of
    the day). Waiting visitors keep their numbers, and counters may go on serving them. A closure that is already in
    force is returned unchanged.

    Allowed: front desk, counters, administrators.
    Effects: a journal entry and an event "closed_suddenly"; appointments before ``until`` lose their time
    (``slots.close_between``).
    Raises: NotAllowed; Refused without a reason or for a past time.
    """
    user = by.staff_member
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup pelayanan."))
    reason = plain_line(reason)[:120]
    if not reason:
        raise Refused(_("Tulis alasannya. Kalimat ini dibaca tamu di layar."), field="reason")
    now, until = clock.now(), closure_end(until)
    try:
        # A savepoint, so that the earlier closure can be read after the constraint has refused a second one.
        with transaction.atomic():
            closure = Closure.objects.create(
                location=location, closed_at=now, until=until, reason=reason, closed_by=user
            )
    except IntegrityError:
        current = closures.closure_at(location.pk)
        if current is None:
            raise
        return current
    journal.record("close_suddenly", "closure", closure.pk, by)
    slots.close_between(location, by=by, first=now, last=until, reason=reason, closure=closure)
    events.append("closed_suddenly", location.pk)
    return closure


def closure_end(until: datetime.datetime | None) -> datetime.datetime:
    """When a closure that begins now ends: ``until``, or else the end of today's service.

    Raises: Refused for a past time.
    """
    now = clock.now()
    until = until or closures.end_of_service(now)
    if until <= now:
        raise Refused(_("Waktu dibuka kembali sudah lewat."), field="until")
    return until


@verb
def move_end(closure: Closure, *, by: Actor, until: datetime.datetime | None = None) -> Closure:
    """Announce another end of a closure; ``until`` as in ``close_suddenly``.

    Allowed: as ``close_suddenly``.
    Effects: a journal entry and an event "closure_moved". Appointments that now lie within the closure lose their time,
    those that no longer do get it back.
    Raises: NotAllowed; Outdated when service goes on already; Refused for a past time.
    """
    locked = _locked_in_force(closure, by.staff_member)
    until = closure_end(until)
    if until == locked.until:
        return locked
    locked.until = until
    locked.save(update_fields=["until"])
    journal.record("move_closure_end", "closure", locked.pk, by)
    slots.close_between(locked.location, by=by, first=clock.now(), last=until, reason=locked.reason, closure=locked)
    slots.release(locked, by=by, first=until)
    events.append("closure_moved", locked.location_id)
    return locked


def _locked_in_force(closure: Closure, user: User) -> Closure:
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka kembali pelayanan."))
    rows = Closure.objects.select_for_update(of=("self",)).select_related("location")
    locked = rows.filter(pk=closure.pk).first()
    if locked is None or locked.reopened_at is not None or locked.until <= clock.now():
        raise Outdated(_("Pelayanan sudah dibuka kembali."))
    return locked


@verb
def reopen(closure: Closure, *, by: Actor) -> slots.ReopeningResult:
    """End a closure: service goes on.

    Allowed: as ``close_suddenly``.
    Effects: a journal entry and an event "reopened"; appointments still to come get their time back
    (``seats.restore_bookings``).
    Raises: NotAllowed; Outdated when service goes on already.
    """
    user = by.staff_member
    locked, now = _locked_in_force(closure, user), clock.now()
    locked.reopened_at, locked.reopened_by = now, user
    locked.save(update_fields=["reopened_at", "reopened_by"])
    journal.record("reopen", "closure", locked.pk, by)
    opening = slots.release(locked, by=by, first=now)
    events.append("reopened", locked.location_id)
    return opening
