"""Decorators that restrict who may open a view. What users see on the page is decided by the queries."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeGuard

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from ula_portal.core.models import User
from ula_portal.core.permissions import is_staff_member

# The arguments of a view after the request.
Given = ParamSpec("Given")


class StaffRequest(HttpRequest):
    """A request with a logged-in user, as views decorated with ``allowed`` receive it."""

    user: User


def _is_logged_in(request: HttpRequest) -> TypeGuard[StaffRequest]:
    return request.user.is_authenticated


StaffView = Callable[Concatenate[StaffRequest, Given], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]


def allowed(predicate: Callable[[User], bool]) -> Callable[[StaffView[Given]], View[Given]]:
    """Allow a view only to users for whom ``predicate(user)`` is true.

    Other users get 403; visitors who are not logged in are redirected to the log-in page.
    """

    def decorate(view: StaffView[Given]) -> View[Given]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
            if not _is_logged_in(request):
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


staff_required = allowed(is_staff_member)
