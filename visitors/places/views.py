"""The location at which a member of staff works today, chosen per session."""

LOCATION = "desk_location"


def chosen_place(request, places):
    """The location chosen in this session, or the first of ``places`` (at least one)."""
    chosen = request.session.get(LOCATION)
    return next((place for place in places if place.code == chosen), places[0])
