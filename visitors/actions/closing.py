"""Stopping service at once, and going on."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ula_portal.core import actors, clock, workdays
from ula_portal.core.actions import journal
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.typed import plain_line

from .. import permissions, queries
from ..models import Closure
from . import events, slots


def close_suddenly(location, user, reason: str, until: datetime.datetime | None = None) -> Closure:
    """Stop service at a location at once; display, home page and the public queue say so from the next moment.

    No number is given until it is reopened or ``until`` is past (default: the end of today's service, else of the
    day). Those who wait keep their number, and counters may go on with who is there; who has an appointment until then
    is told and asked for another time. A closure that is in force
    already is returned as it is.

    May: front desk, counters, administrators. Raises NotAllowed, or Refused without a reason or for a past time.
    """
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup pelayanan."))
    reason = plain_line(reason)[:120]
    if not reason:
        raise Refused(_("Tulis alasannya; kalimat ini dibaca tamu di layar."), field="reason")
    now = clock.now()
    until = until or _end_of_service(now)
    if until <= now:
        raise Refused(_("Waktu dibuka kembali sudah lewat."), field="until")
    try:
        with transaction.atomic():
            closure = Closure.objects.create(
                location=location, closed_at=now, until=until, reason=reason, closed_by=user
            )
            journal.record("close_suddenly", "closure", closure.pk, actors.staff(user))
            slots.close_between(location, now, until, user=user, reason=reason)
            events.write("closed_suddenly", location.pk)
            return closure
    except IntegrityError:
        standing = queries.closure_at(location.pk)
        if standing is None:
            raise
        return standing


def _end_of_service(now):
    """The end of today's service; outside it the end of the day, so that a closure never lasts over night unseen."""
    hours = workdays.service_hours(clock.local(now).date())
    if hours is not None and now < hours.closes:
        return hours.closes
    return clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)


def reopen(closure_id: int, user) -> Closure:
    """Go on with service. May: as ``close_suddenly``. Raises Outdated when it is open again already."""
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka kembali pelayanan."))
    with transaction.atomic():
        closure = Closure.objects.select_for_update().filter(pk=closure_id).first()
        now = clock.now()
        if closure is None or closure.reopened_at is not None or closure.until <= now:
            raise Outdated(_("Pelayanan sudah dibuka kembali."))
        closure.reopened_at, closure.reopened_by = now, user
        closure.save(update_fields=["reopened_at", "reopened_by"])
        journal.record("reopen", "closure", closure.pk, actors.staff(user))
        slots.reopen_between(closure.location, now, closure.until, user=user, reason=closure.reason)
        events.write("reopened", closure.location_id)
        return closure
