"""Pages whose address is a secret: never cached, never indexed, the address told to nobody."""

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
    """Mark a page as private to whoever holds its address.

    ``Referrer-Policy: same-origin`` keeps the address from every other site; ``no-referrer`` would also take the origin
    from the page's own forms, which the protection against forged requests needs.
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
    """Mark a view as the target of a form; who opens its address is led to the page of that form.

    Its answers are pages too, which people reload or read in another language. ``address_of``: function of what the
    view is handed (a request or its draft).
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
