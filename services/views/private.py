"""Pages whose address is a secret: never cached, never indexed, the address told to nobody."""

import functools


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
