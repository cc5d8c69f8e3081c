"""The television in the waiting room. It shows no personal data, so it needs no login."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ula_portal.core.office.queries import office
from visitors.queue.addresses import display_address
from visitors.queue.queries import events

from .. import page as screen_page
from ..queries import screen
from ..queries.board import board_at, location_by_code


@never_cache
@require_safe
def display(request, location):
    """The board of a location, in Indonesian like its voice; ``static/js/visitors/display.js`` keeps it up to date."""
    place = _place(location)
    with translation.override("id"):
        board, sound, office_row = board_at(place), screen.sound_of(place), office()
        context = {
            "location": place,
            "live": display_address(place.code),
            "board": board,
            "at": _milliseconds(board.at),
            "sound": sound,
            "office": office_row,
            "version": screen_page.version_of(place.name, sound, office_row),
        }
        return render(request, "visitors/display/display.html", context)


@never_cache
@require_safe
def display_data(request, location):
    """For a display whose stream is interrupted: what the stream would have sent since ``?sejak=`` (a cursor).

    JSON: ``{"at": milliseconds, "html": …, "version": …, "cursor": …, "calls": [as the stream's "queue" events]}``
    """
    place = _place(location)
    # Read first, so that what happens from here on is reported twice rather than not at all.
    cursor, since = events.current_cursor(), events.Cursor.parse(request.GET.get("sejak", ""))
    missed = events.events_missed(since, place.pk) if since else []
    board = board_at(place)
    page = screen_page.render_board(place, board)
    return JsonResponse(
        {
            "at": _milliseconds(board.at),
            "html": page.html,
            "version": page.version,
            "cursor": str(cursor),
            "calls": [events.display_payload(event) for event in missed],
        }
    )


def _place(code):
    place = location_by_code(code)
    if place is None:
        raise Http404
    return place


def _milliseconds(moment):
    return int(moment.timestamp() * 1000)
