"""Who may open a stream: what Django's middleware does for pages, done here."""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation import get_supported_language_variant

from ula_portal.core.security.client_address import client_of_stream, counted_as


def header(scope, name: bytes) -> str:
    """A request header, or an empty string."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def refusal(scope) -> int | None:
    """Status with which to refuse the request, None when it may pass.

    400: a host that is not ours (settings.ALLOWED_HOSTS); 403: a page of another site asks; 405: not a GET.
    """
    host = header(scope, b"host")
    if not validate_host(split_domain_port(host.lower())[0], settings.ALLOWED_HOSTS):
        return 400
    origin = header(scope, b"origin")
    ours = {host.lower(), urlsplit(settings.PORTAL_URL).netloc.lower()}
    if origin and _place_of(origin) not in ours:
        return 403
    if header(scope, b"sec-fetch-site") == "cross-site":
        return 403
    return None if scope["method"] == "GET" else 405


def _place_of(origin):
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def client(scope) -> str:
    """Whose stream it is, for the limit per client; empty for this machine itself and where nobody can tell."""
    forwarded = ",".join(
        value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"x-forwarded-for"
    )
    address = client_of_stream((scope.get("client") or [""])[0], forwarded)
    return "" if address is None or address.is_loopback else counted_as(address)


def last_event(scope) -> str:
    """Where a client left off: the browser's own header, else ``?sejak=`` of a page that connects anew by itself."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("sejak", [""])[0]
    return header(scope, b"last-event-id") or asked


def language(scope) -> str:
    """The language asked for with ``?lang=``, else Indonesian."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
    try:
        return get_supported_language_variant(asked)
    except LookupError:
        return settings.LANGUAGE_CODE
