"""Pages whose address is a secret: never cached, never indexed, the address told to nobody."""

import functools

from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect


def private_page(view):
    """Mark a page as private to whoever holds its address.

    ``Referrer-Policy: same-origin`` keeps the address from every other site; ``no-referrer`` would also take the origin
    from the page's own forms, which the protection against forged requests needs.
    """

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def form_of(address_of):
    """Mark a view as the target of a form; who opens its address is led to the page of that form.

    Its answers are pages too, which people reload or read in another language. ``address_of``: function of what the
    view is handed (a request or its draft).
    """

    def decorate(view):
        @functools.wraps(view)
        def wrapped(request, holder, **kwargs):
            if request.method in ("GET", "HEAD"):
                return redirect(address_of(holder))
            return view(request, holder, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

        return wrapped

    return decorate
