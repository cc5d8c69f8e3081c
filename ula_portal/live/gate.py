"""Checks of a request for a stream, in place of Django's middleware."""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation import get_supported_language_variant

from ula_portal.core.security.client_address import client_of_stream, counted_as


def header(scope, name: bytes) -> str:
    """A request header, or an empty string."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def refusal_status(scope) -> int | None:
    """The status with which to refuse the request, or None to accept it.

    400: unknown host (settings.ALLOWED_HOSTS); 403: from a page of another site; 405: not GET.
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
    """The client's address, for the limit per client; "" for this machine, or if it is unknown."""
    forwarded = ",".join(
        value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"x-forwarded-for"
    )
    address = client_of_stream((scope.get("client") or [""])[0], forwarded)
    return "" if address is None or address.is_loopback else counted_as(address)


def last_event(scope) -> str:
    """The id of the last event that the client received: from its header, else from the parameter ``sejak``."""
    value = parse_qs(scope["query_string"].decode("latin-1")).get("sejak", [""])[0]
    return header(scope, b"last-event-id") or value


def language(scope) -> str:
    """The language of the parameter ``lang``, else Indonesian."""
    value = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
    try:
        return get_supported_language_variant(value)
    except LookupError:
        return settings.LANGUAGE_CODE
