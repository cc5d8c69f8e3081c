"""Variables of every template: the office, and the staff rail of logged-in users."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ula_portal.core.models import Tenure
from ula_portal.core.models.people import HeldPosition
from ula_portal.core.notices import mail
from ula_portal.core.office import queries

from . import navigation


def portal(request: HttpRequest) -> dict[str, object]:
    """Context processor, lazy: ``office`` (cached for half a minute), ``awaits_setup`` (whether nobody has begun to set
    the portal up), ``mail_is_sent``, ``staff_nav`` (entries of the rail), ``staff_live`` (address of its stream),
    ``staff_positions`` (names).
    """

    def staff_nav() -> list[navigation.RailItem]:
        user = getattr(request, "user", None)
        return navigation.entries_for(user, request.path) if user and user.is_authenticated else []

    def staff_live() -> str:
        user = getattr(request, "user", None)
        return navigation.live_address(user) if user and user.is_authenticated else ""

    def staff_positions() -> list[str]:
        user = getattr(request, "user", None)
        return [_held(p) for p in queries.positions_of(user)] if user and user.is_authenticated else []

    return {
        "office": SimpleLazyObject(queries.office_for_pages),
        "awaits_setup": queries.awaits_setup,
        "mail_is_sent": mail.is_sent(),
        "staff_nav": SimpleLazyObject(staff_nav),
        "staff_live": SimpleLazyObject(staff_live),
        "staff_positions": SimpleLazyObject(staff_positions),
    }


def _held(position: HeldPosition) -> str:
    """The position's name with the prefix of an acting holder, or marked as that of a deputy."""
    if position.held_as is None:
        return _("Pengganti %(position)s") % {"position": position.name}
    return f"{Tenure(kind=position.held_as).prefix}{position.name}"
