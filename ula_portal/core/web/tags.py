"""Template filters and tags of the whole portal, loaded as built-ins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
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
from ula_portal.core.text.words import clock_time, duration_text, indonesian, long_date, megabytes, moment, short_date

from .kept_input.middleware import OWNER, STAFF_PREFIXES
from .kept_input.storage import owner_mark

register = template.Library()

for filter_function in (long_date, short_date, clock_time, moment, indonesian, megabytes):
    register.filter(filter_function)
register.filter("duration_text", duration_text)
register.simple_tag(throttle.wait_of)


@register.filter
def nip(value: str) -> str:
    """A NIP in groups, as in official letters."""
    return identifiers.format_nip(value) if value else ""


@register.filter
def dialled(phone: str | None) -> str:
    """The number for a ``tel:`` link; "" if the text is not a number."""
    return identifiers.dialled(str(phone or ""))


# Spaces at which a line must not break: between a number and its unit, and before a separating dot.
_NON_BREAKING = (re.compile(r"(?<=\d) (?=(?:MB|kB|WIB)\b)"), re.compile(r" (?=· )"))


@register.filter(is_safe=True)
def unbroken(text: object) -> str:
    """The text with non-breaking spaces, so that no line starts with a unit or a dot."""
    words = str(text)
    for place in _NON_BREAKING:
        words = place.sub("\u00a0", words)
    return words


@register.filter
def lookup(mapping: Any, key: object) -> Any:
    """The value of a mapping for a key in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@dataclass(frozen=True)
class TrackPart:
    """A stretch of a step track. ``folded``: "", or what it may be folded behind: "done" or "next" steps."""

    folded: str
    steps: Sequence[Mapping[str, Any]]


@register.filter
def track_parts(steps: Sequence[Mapping[str, Any]]) -> list[TrackPart]:
    """The track in up to three parts: finished steps, those in sight, and those after the next one.

    The last step is never among the finished ones; a single step is not worth folding at the end.
    """
    states = [step["state"] for step in steps]
    begin = sum(1 for _step in takewhile(lambda state: state in ("done", "skipped"), states[:-1]))
    end = len(states) - max(sum(1 for _step in takewhile(lambda state: state == "next", reversed(states))) - 1, 0)
    if end == len(states) - 1:
        end = len(states)
    parts = [TrackPart("done", steps[:begin]), TrackPart("", steps[begin:end]), TrackPart("next", steps[end:])]
    return [part for part in parts if part.steps]


@register.inclusion_tag("components/_status.html")
def badge(badge: Badge) -> dict[str, StrOrPromise]:
    """Render a ``core.text.badges.Badge``."""
    return {"kind": badge.kind, "label": badge.label, "icon": badge.icon}


@register.simple_tag
def idempotency_key() -> str:
    """A new idempotency key, for a form without a Form class."""
    return new_key()


@register.simple_tag(takes_context=True)
def here(context: Context, address: str) -> str:
    """Marks a link to the current page (``aria-current``); put it right after the ``href``."""
    request = context.get("request")
    return mark_safe(' aria-current="page"') if request and request.path == address else ""


@register.simple_tag
def address_to_return_to(request: HttpRequest) -> str:
    """The address at which the current page can be opened again; after a POST, that of the page with the form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return request.path
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class _FormMarks(CsrfTokenNode):
    """Django's CSRF token and, on staff pages, the signed owner mark for kept input."""

    def render(self, context: Context) -> SafeString:
        return mark_safe(super().render(context) + _owner_field(context.get("request")))


def _owner_field(request: HttpRequest | None) -> SafeString:
    if request is None or not request.path.startswith(STAFF_PREFIXES) or not request.user.is_authenticated:
        return SafeString()
    known: dict[str, str] = request.__dict__
    mark = known.get("_owner_mark") or known.setdefault("_owner_mark", owner_mark(request.user))
    return format_html('<input type="hidden" name="{}" value="{}">', OWNER, mark)


@register.tag
def csrf_token(parser: Parser, token: Token) -> _FormMarks:
    return _FormMarks()
