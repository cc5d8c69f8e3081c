"""An appointment as an iCalendar file (RFC 5545)."""

import datetime

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event
from icalendar.enums import CLASS, STATUS

from ula_portal.core import clock
from visitors.models import Booking

REMINDER = datetime.timedelta(hours=16)


def calendar_file(booking: Booking, *, url: str, office: str, host: str) -> bytes:
    """A calendar with one event, and an alarm on the afternoon before; a cancelled event says so.

    The UID stays the same and SEQUENCE grows when the appointment is moved, so that calendars replace what they have.
    ``host``: of the portal, for the UID.
    """
    slot = booking.slot
    gone = booking.state in (booking.State.CANCELLED, booking.State.DISPLACED)
    # Derived from the token's hash: the row's id would show how many appointments there are.
    uid = f"{booking.token_hash[:32]}@{host}"
    event = Event.new(
        uid=uid,
        sequence=booking.moves * 2 + gone,
        stamp=clock.now(),
        start=slot.starts_at.astimezone(datetime.UTC),
        end=slot.ends_at.astimezone(datetime.UTC),
        status=STATUS.CANCELLED if gone else STATUS.CONFIRMED,
        summary=_("Janji: %(service)s") % {"service": slot.service.name},
        location=", ".join(filter(None, (slot.location.name, slot.location.address))) or None,
        description=_("%(office)s. Pindahkan atau batalkan janji di %(url)s") % {"office": office, "url": url},
        url=url,
        classification=CLASS.PRIVATE,
    )
    if not gone:
        alarm = Alarm.new(description=slot.service.name)
        alarm.add("ACTION", "DISPLAY")
        alarm.add("TRIGGER", -REMINDER)
        event.add_component(alarm)
    calendar = Calendar.new(prodid="-//Portal ULA//Janji temu//ID", method="PUBLISH", uid=uid, subcomponents=[event])
    calendar.calscale = "GREGORIAN"
    file: bytes = calendar.to_ical()
    return file
