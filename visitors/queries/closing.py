"""Sudden closures, and whether numbers are given now."""

import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays

from ..models import Closure


def closures_at(moment: datetime.datetime):
    """Closures in force at a moment, of all locations."""
    return Closure.objects.filter(closed_at__lte=moment, until__gt=moment).filter(
        Q(reopened_at__isnull=True) | Q(reopened_at__gt=moment)
    )


def closure_at(location_id: int, moment: datetime.datetime | None = None) -> Closure | None:
    """The closure of a location that is in force, or None. One query."""
    return closures_at(moment or clock.now()).filter(location_id=location_id).first()


def words_of_closure(closure: Closure, local: datetime.datetime) -> str:
    """What the waiting room reads. ``local``: now, at the office."""
    until = clock.local(closure.until)
    words = {"reason": closure.reason.rstrip("."), "time": date_format(until, "H.i")}
    if until.date() != local.date():
        return _("Pelayanan dihentikan untuk hari ini: %(reason)s. Petugas akan memberi penjelasan.") % words
    return (
        _("Pelayanan dihentikan sementara: %(reason)s. Dilanjutkan pukul %(time)s WIB. Nomor Anda tetap berlaku.")
        % words
    )


def last_ticket_passed(moment: datetime.datetime) -> bool:
    """Whether the time of the day's last number is over, or there is no service at all today."""
    local = clock.local(moment)
    hours = workdays.service_hours(local.date())
    return hours is None or local >= hours.last_ticket
