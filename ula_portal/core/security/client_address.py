"""The client's address and scheme behind reverse proxies, as trusted proxies report them.

``settings.TRUSTED_PROXIES`` lists networks. ``X-Forwarded-*`` from any other sender is discarded, since anybody can
forge it. ``Forwarded`` is never read.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# The callable that a middleware wraps.
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ClientAddressMiddleware:
    """Writes the client's address to ``REMOTE_ADDR``, where throttles and log-in limits read it.

    Must be the first middleware.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        peer = parse_address(meta.get("REMOTE_ADDR", ""))
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        if peer and _is_trusted(peer):
            meta["REMOTE_ADDR"] = str(behind(peer, forwarded))
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)


def behind(peer: Address, forwarded: str) -> Address:
    """The client's address: the rightmost one in ``X-Forwarded-For`` that is not a trusted proxy.

    Each proxy appends the address that called it, so everything left of that address may be forged by the client. An
    unreadable part ends the search with the last known address.
    """
    known = peer
    for part in reversed(forwarded.split(",") if forwarded else []):
        address = parse_address(part)
        if address is None:
            break
        known = address
        if not _is_trusted(address):
            break
    return known


def parse_address(text: str) -> Address | None:
    """Parse an address, with or without a port. IPv4 mapped to IPv6 becomes IPv4; None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def source_of(request: HttpRequest) -> str:
    """The source of a request, as throttles count it: an IPv4 address, or the /64 of an IPv6 subscriber."""
    return counted_as(parse_address(request.META.get("REMOTE_ADDR", "")))


def counted_as(address: Address | None) -> str:
    """The network that counts as one source; "" if the address is unknown."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


def client_of_stream(peer: str, forwarded: str) -> Address | None:
    """The client's address of a connection that bypasses the middleware.

    ``peer``: the connecting address; ``forwarded``: the header ``X-Forwarded-For``; both as received.
    """
    address = parse_address(peer)
    return behind(address, forwarded) if address and _is_trusted(address) else address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
