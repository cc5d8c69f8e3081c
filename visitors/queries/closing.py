"""Sudden closures, and whether numbers are given now."""

import datetime

from django.db.models import FilteredRelation, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays

from ..models import Closure


def in_force(moment: datetime.datetime, closure: str = "") -> Q:
    """The condition for closures in force at a moment. ``closure``: the way to them, as ``closures__``."""
    stopped = {f"{closure}closed_at__lte": moment, f"{closure}until__gt": moment}
    reopened = Q(**{f"{closure}reopened_at__isnull": True}) | Q(**{f"{closure}reopened_at__gt": moment})
    return Q(**stopped) & reopened


def with_closure(locations, moment: datetime.datetime):
    """Locations with the closure in force there at a moment (the database lets there be one), for ``closure_of``."""
    stopped = FilteredRelation("closures", condition=in_force(moment, "closures__"))
    return locations.annotate(stopped=stopped).select_related("stopped")


def closure_of(location) -> Closure | None:
    """The closure in force at a location from ``with_closure``, or None. No query."""
    # Without one the attribute is missing.
    return getattr(location, "stopped", None)


def closure_at(location_id: int, moment: datetime.datetime | None = None) -> Closure | None:
    """The closure of a location that is in force, or None. One query."""
    return Closure.objects.filter(in_force(moment or clock.now()), location_id=location_id).first()


def words_of_closure(closure: Closure, local: datetime.datetime) -> str:
    """What the waiting room reads. ``local``: now, at the office."""
    until = clock.local(closure.until)
    words = {"reason": closure.reason.rstrip("."), "time": date_format(until, "H.i")}
    if until.date() != local.date():
        return _("Pelayanan dihentikan untuk hari ini: %(reason)s. Petugas akan memberi penjelasan.") % words
    hours = workdays.service_hours(local.date())
    if hours is not None and until >= hours.closes:
        # Nobody has said when it goes on, and at the end of the day it does not.
        return (
            _("Pelayanan dihentikan sementara: %(reason)s. Belum pasti kapan dilanjutkan. Nomor Anda tetap berlaku.")
            % words
        )
    return (
        _("Pelayanan dihentikan sementara: %(reason)s. Dilanjutkan pukul %(time)s WIB. Nomor Anda tetap berlaku.")
        % words
    )


def last_ticket_passed(moment: datetime.datetime) -> bool:
    """Whether the time of the day's last number is over, or there is no service at all today."""
    local = clock.local(moment)
    hours = workdays.service_hours(local.date())
    return hours is None or local >= hours.last_ticket
