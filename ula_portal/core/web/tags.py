"""Filters and tags of the whole portal (loaded as built-ins)."""

import datetime
import re
from urllib.parse import urlsplit

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ula_portal.core import clock, identifiers
from ula_portal.core.data.idempotency import new_key

from .kept_input import owner_mark
from .kept_input.middleware import OWNER, PLACES

register = template.Library()


def _local(value):
    return clock.local(value) if isinstance(value, datetime.datetime) else value


@register.filter
def long_date(value):
    """Selasa, 1 Desember 2026."""
    return date_format(_local(value), "l, j F Y") if value else ""


@register.filter
def short_date(value):
    """1 Des 2026."""
    return date_format(_local(value), "j M Y") if value else ""


@register.filter
def clock_time(value):
    """07.30 (add "pukul … WIB" in the sentence)."""
    return date_format(_local(value), "H.i") if value else ""


@register.filter
def moment(value):
    """26 November 2026 pukul 09.15 WIB."""
    if not value:
        return ""
    return _("%(date)s pukul %(time)s WIB") % {
        "date": date_format(_local(value), "j F Y"),
        "time": clock_time(value),
    }


@register.filter
def nip(value):
    """NIP with the spaces of official letters."""
    return identifiers.format_nip(value) if value else ""


@register.filter
def dialled(phone):
    """What a link to a telephone number dials; "" where the text is no number."""
    return identifiers.dialled(str(phone or ""))


@register.filter
def indonesian(text):
    """Data of the office (names of services, papers, steps), which is Indonesian on every page.

    On a page in another language it is marked as such, so that a screen reader pronounces it right.
    """
    if not text or (get_language() or "id").startswith("id"):
        return text
    return format_html('<span lang="id">{}</span>', text)


def worded(sentence, **values):
    """A translated sentence with ``%(name)s`` filled in; values from ``indonesian`` keep their mark."""
    return mark_safe(conditional_escape(sentence) % {name: conditional_escape(value) for name, value in values.items()})


# Where a line must not break: between a figure and its unit, before a dot that parts two things.
_PLACES = (re.compile(r"(?<=\d) (?=(?:MB|kB|WIB)\b)"), re.compile(r" (?=· )"))


@register.filter(is_safe=True)
def unbroken(text):
    """The text with spaces that keep a line from beginning with a unit or a dot."""
    text = str(text)
    for place in _PLACES:
        text = place.sub("\u00a0", text)
    return text


@register.filter
def lookup(mapping, key):
    """Value of a mapping by a key held in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag
def idempotency_key():
    """A fresh key for a form that is not built from a Form class."""
    return new_key()


@register.simple_tag(takes_context=True)
def here(context, address):
    """Marks a link of a menu or footer that leads to the page it stands on; put it right after the ``href``."""
    request = context.get("request")
    return mark_safe(' aria-current="page"') if request and request.path == address else ""


@register.simple_tag
def address_to_return_to(request):
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

    def render(self, context):
        return super().render(context) + _owner_field(context.get("request"))


def _owner_field(request):
    if request is None or not request.path.startswith(PLACES) or not request.user.is_authenticated:
        return ""
    mark = request.__dict__.setdefault("_owner_mark", "") or owner_mark(request.user)
    request._owner_mark = mark
    return format_html('<input type="hidden" name="{}" value="{}">', OWNER, mark)


@register.tag
def csrf_token(parser, token):
    return _FormMarks()
