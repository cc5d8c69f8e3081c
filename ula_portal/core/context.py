"""What every template knows: the office, and the staff rail for who is logged in."""

from django.utils.functional import SimpleLazyObject

from . import navigation, queries


def portal(request):
    """``office`` (lazy, one query when used) and ``staff_nav`` (list, lazy)."""

    def staff_nav():
        user = getattr(request, "user", None)
        return navigation.entries_for(user, request.path) if user and user.is_authenticated else []

    return {"office": SimpleLazyObject(queries.office), "staff_nav": SimpleLazyObject(staff_nav)}
