"""What an open display receives: its board as HTML, and a version of the page around it.

A television may show the same page for days. The version tells it that its page is outdated, and
``static/js/visitors/display-renew.js`` then loads the new one in its place.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from django.template.backends.django import Template
from django.template.loader import get_template, render_to_string
from django.templatetags.static import static
from django.utils import translation

from ula_portal.core.models import Location, Office
from ula_portal.core.office.queries import office
from visitors.models import ScreenRule

from .queries import screen
from .queries.board import DisplayBoard

_FILES = (
    "css/visitors/display.css",
    "js/visitors/display.js",
    "js/visitors/display-voice.js",
    "js/visitors/display-renew.js",
)
_TEMPLATES = ("base_display.html", "visitors/display/display.html")


@dataclass(frozen=True)
class RenderedBoard:
    """``html``: the board; ``version``: of the page around it."""

    html: str
    version: str


def render_board(place: Location, board: DisplayBoard) -> RenderedBoard:
    """The board as the display shows it, always in Indonesian. One query.

    ``place``: from ``display.queries.board.location_by_code``.
    """
    with translation.override("id"):
        office_row = office()
        html = render_to_string("visitors/display/_display_state.html", {"board": board, "office": office_row})
    return RenderedBoard(html, version_of(place.name, screen.sound_of(place), office_row))


def version_of(place: str, sound: ScreenRule, office_row: Office) -> str:
    """A text that changes whenever the page would: with its code, the names of place and office, the voice's hours."""
    parts = (_page_code(), place, office_row.name, office_row.regency, sound.voice, sound.silent_from, sound.silent_to)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def _page_code() -> str:
    """Hashed names of static files and sources of templates; neither changes while this process runs."""
    return repr([*map(static, _FILES), *map(_source_of, _TEMPLATES)])


def _source_of(name: str) -> str:
    template = get_template(name)
    assert isinstance(template, Template), "the portal has one engine, Django's"
    return template.template.source
