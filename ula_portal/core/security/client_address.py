"""Whose request it is when web servers stand in front: the address and the scheme that a trusted one tells.

``settings.TRUSTED_PROXIES`` names networks. What anybody else writes into ``X-Forwarded-*`` is thrown away, since
whoever sends a request may write what they like there; ``Forwarded`` is never read.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What a middleware is given: the rest of the way to a page and back.
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ClientAddressMiddleware:
    """Put the client's own address into ``REMOTE_ADDR``, for throttles and log-in limits alike. Comes first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        peer = read(meta.get("REMOTE_ADDR", ""))
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        if peer and _is_trusted(peer):
            meta["REMOTE_ADDR"] = str(behind(peer, forwarded))
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)


def behind(peer: Address, forwarded: str) -> Address:
    """The client's address as trusted servers tell it: the rightmost in ``X-Forwarded-For`` that is none of theirs.

    Each server appends the address it was called from, so everything left of that one is the client's own word. What
    cannot be read ends the search at the last address that is known.
    """
    known = peer
    for part in reversed(forwarded.split(",") if forwarded else []):
        address = read(part)
        if address is None:
            break
        known = address
        if not _is_trusted(address):
            break
    return known


def read(text: str) -> Address | None:
    """An address, with or without a port; IPv4 written as IPv6 becomes IPv4. None for anything else."""
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
    """Where a request came from, as throttles count it: an IPv4 address, or the /64 of IPv6 that one subscriber has."""
    return counted_as(read(request.META.get("REMOTE_ADDR", "")))


def counted_as(address: Address | None) -> str:
    """The network that counts as one source; an empty text where no address is known."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


def client_of_stream(peer: str, forwarded: str) -> Address | None:
    """The client of a connection that no middleware sees; ``peer`` and ``forwarded`` as they arrived."""
    address = read(peer)
    return behind(address, forwarded) if address and _is_trusted(address) else address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
