"""The television in the waiting room. No personal data, so it needs no log-in."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import queries


@never_cache
@require_safe
def display(request, location):
    """The board of a location; ``static/js/display.js`` keeps it fresh. Indonesian, like the voice and the stream."""
    place = _place(location)
    with translation.override("id"):
        board = queries.board_of(place.pk)
        sound = queries.screen_rule_of(place.pk)
        context = {"location": place, "board": board, "at": _milliseconds(board.at), "sound": sound}
        return render(request, "visitors/display.html", context)


@never_cache
@require_safe
def display_data(request, location):
    """The board alone, for a display whose stream is broken: ``{"at": milliseconds, "html": …}``."""
    board = queries.board_of(_place(location).pk)
    # The same words as in the stream, whatever the language of the browser.
    with translation.override("id"):
        html = render_to_string("visitors/_display_state.html", {"board": board})
    return JsonResponse({"at": _milliseconds(board.at), "html": html})


def _place(code):
    place = queries.location_by_code(code)
    if place is None:
        raise Http404
    return place


def _milliseconds(moment):
    return int(moment.timestamp() * 1000)
