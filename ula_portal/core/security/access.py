"""Decorators for views: who may open a page at all. What they see inside is part of the queries."""

import functools

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ula_portal.core.permissions import has_role, is_staff_member


def allowed(predicate):
    """Open a view to people for whom ``predicate(user)`` holds; others get 403, strangers the log-in page."""

    def decorate(view):
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


staff_required = allowed(is_staff_member)


def roles_required(*roles):
    """Open a view to people with one of the roles."""
    return allowed(lambda user: has_role(user, *roles))
