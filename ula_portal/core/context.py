"""What every template knows: the office, and the staff rail for who is logged in."""

from django.utils.functional import SimpleLazyObject

from . import mail, navigation, queries


def portal(request):
    """``office`` (kept for half a minute), ``mail_is_sent``, ``staff_nav`` (entries), ``staff_live`` (where to listen
    for it), ``staff_positions`` (names); lazy.
    """

    def staff_nav():
        user = getattr(request, "user", None)
        return navigation.entries_for(user, request.path) if user and user.is_authenticated else []

    def staff_live():
        user = getattr(request, "user", None)
        return navigation.live_address(user) if user and user.is_authenticated else ""

    def staff_positions():
        user = getattr(request, "user", None)
        return [p.name for p in queries.positions_of(user)] if user and user.is_authenticated else []

    return {
        "office": SimpleLazyObject(queries.office_for_pages),
        "mail_is_sent": mail.is_sent(),
        "staff_nav": SimpleLazyObject(staff_nav),
        "staff_live": SimpleLazyObject(staff_live),
        "staff_positions": SimpleLazyObject(staff_positions),
    }
