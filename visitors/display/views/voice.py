"""Spoken calls and pictures of notices for the display. No personal data."""

from django.http import FileResponse, Http404, HttpResponse
from django.views.decorators.http import require_safe

from ula_portal.core.files import uploads

from .. import voice
from ..queries import board, screen


@require_safe
def display_voice(request, location, event):
    """The spoken call of an event of today, as WAV; 404 for anything else, 503 when the server cannot speak."""
    place = board.location_by_code(location)
    call = place and screen.call_of_event(place.pk, event)
    if not call:
        raise Http404
    try:
        path = voice.recording_of(voice.call_words(call.letter, call.number, call.counter, last=call.last))
    except voice.VoiceSilent:
        return HttpResponse(status=503)
    response = FileResponse(path.open("rb"), content_type="audio/wav")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_safe
def display_picture(request, pk):
    """The picture of a notice that is valid today."""
    picture = screen.picture_of_notice(pk)
    if picture is None:
        raise Http404
    response = uploads.serve(picture, inline=True)
    response["Cache-Control"] = "private, max-age=3600"
    return response
