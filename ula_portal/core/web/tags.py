"""Filters and tags of the whole portal (loaded as built-ins)."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django_stubs_ext import StrOrPromise

from ula_portal.core import identifiers
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.security import throttle
from ula_portal.core.text.badges import Badge
from ula_portal.core.text.words import clock_time, indonesian, lasting, long_date, megabytes, moment, short_date

from .kept_input.keeping import owner_mark
from .kept_input.middleware import OWNER, PLACES

register = template.Library()

for shown in (long_date, short_date, clock_time, moment, indonesian, megabytes):
    register.filter(shown)
register.filter("lasting", lasting)
register.simple_tag(throttle.wait_of)


@register.filter
def nip(value: str) -> str:
    """NIP with the spaces of official letters."""
    return identifiers.format_nip(value) if value else ""


@register.filter
def dialled(phone: str | None) -> str:
    """What a link to a telephone number dials; "" where the text is no number."""
    return identifiers.dialled(str(phone or ""))


# Where a line must not break: between a figure and its unit, before a dot that parts two things.
_PLACES = (re.compile(r"(?<=\d) (?=(?:MB|kB|WIB)\b)"), re.compile(r" (?=· )"))


@register.filter(is_safe=True)
def unbroken(text: object) -> str:
    """The text with spaces that keep a line from beginning with a unit or a dot."""
    words = str(text)
    for place in _PLACES:
        words = place.sub("\u00a0", words)
    return words


@register.filter
def lookup(mapping: Any, key: object) -> Any:
    """Value of a mapping by a key held in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.inclusion_tag("components/_status.html")
def badge(shown: Badge) -> dict[str, StrOrPromise]:
    """The pill of a state: a ``core.text.badges.Badge``."""
    return {"kind": shown.kind, "label": shown.label, "icon": shown.icon}


@register.simple_tag
def idempotency_key() -> str:
    """A fresh key for a form that is not built from a Form class."""
    return new_key()


@register.simple_tag(takes_context=True)
def here(context: Context, address: str) -> str:
    """Marks a link of a menu or footer that leads to the page it stands on; put it right after the ``href``."""
    request = context.get("request")
    return mark_safe(' aria-current="page"') if request and request.path == address else ""


@register.simple_tag
def address_to_return_to(request: HttpRequest) -> str:
    """Where the same page can be opened again: its address, or for an answer to a form the page the form stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return request.path
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class _FormMarks(CsrfTokenNode):
    """Django's token, and on staff pages whose page it is: what is typed comes back to nobody else."""

    def render(self, context: Context) -> SafeString:
        return mark_safe(super().render(context) + _owner_field(context.get("request")))


def _owner_field(request: HttpRequest | None) -> SafeString:
    if request is None or not request.path.startswith(PLACES) or not request.user.is_authenticated:
        return SafeString()
    known: dict[str, str] = request.__dict__
    mark = known.get("_owner_mark") or known.setdefault("_owner_mark", owner_mark(request.user))
    return format_html('<input type="hidden" name="{}" value="{}">', OWNER, mark)


@register.tag
def csrf_token(parser: Parser, token: Token) -> _FormMarks:
    return _FormMarks()
