"""Pages with a secret address: never cached, never indexed, and the address is not sent to other sites."""

import functools
from collections.abc import Callable
from typing import Concatenate, TypeVar

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from .access import Given, View

Holder = TypeVar("Holder")
FormView = Callable[Concatenate[HttpRequest, Holder, Given], HttpResponseBase]


def secret_page(view: View[Given]) -> View[Given]:
    """Mark a view as a page that only people who know its address can see.

    ``Referrer-Policy: same-origin`` hides the address from other sites. ``no-referrer`` would also hide the origin from
    the page's own forms, which the CSRF protection needs.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def form_target(
    address_of: Callable[[Holder], str],
) -> Callable[[FormView[Holder, Given]], FormView[Holder, Given]]:
    """Mark a view as the target of a form; a GET request is redirected to the page with that form.

    People reload the page that such a view returns, or open it in another language. ``address_of``: returns the form's
    address for the view's argument (a request or draft).
    """

    def decorate(view: FormView[Holder, Given]) -> FormView[Holder, Given]:
        @functools.wraps(view)
        def wrapped(
            request: HttpRequest, holder: Holder, /, *args: Given.args, **kwargs: Given.kwargs
        ) -> HttpResponseBase:
            if request.method in ("GET", "HEAD"):
                return redirect(address_of(holder))
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return view(request, holder, *args, **kwargs)

        return wrapped

    return decorate
