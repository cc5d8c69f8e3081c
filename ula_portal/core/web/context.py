"""What every template knows: the office, and the staff rail for who is logged in."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ula_portal.core.models import Tenure
from ula_portal.core.models.people import HeldPosition
from ula_portal.core.notices import mail
from ula_portal.core.office import queries

from . import navigation


def portal(request: HttpRequest) -> dict[str, object]:
    """``office`` (kept for half a minute), ``mail_is_sent``, ``staff_nav`` (entries), ``staff_live`` (where to listen
    for it), ``staff_positions`` (in words); lazy.
    """

    def staff_nav() -> list[navigation.Row]:
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
        "mail_is_sent": mail.is_sent(),
        "staff_nav": SimpleLazyObject(staff_nav),
        "staff_live": SimpleLazyObject(staff_live),
        "staff_positions": SimpleLazyObject(staff_positions),
    }


def _held(position: HeldPosition) -> str:
    """A position as its holder of today is called: acting holders by their order, a deputy as no more than that."""
    if position.held_as is None:
        return _("Pengganti %(position)s") % {"position": position.name}
    return f"{Tenure(kind=position.held_as).prefix}{position.name}"
