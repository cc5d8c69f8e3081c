"""Which of the office's places somebody works at today."""

LOCATION = "desk_location"


def chosen_place(request, places):
    """The place that was chosen in this session, else the first. ``places``: at least one."""
    chosen = request.session.get(LOCATION)
    return next((place for place in places if place.code == chosen), places[0])
