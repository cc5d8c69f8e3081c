"""Verbs around a case: routing, notes, messages."""

from services.conversation.actions import messaging
from services.routing.actions import routing
from services.routing.actions.routing import RoutingChoice
from ula_portal.core.journal.actors import staff

from . import given
from .given import mailed
from .rows import Row, on


def route(w, to, by="section_head", **more):
    return on(w.walk_in, by=staff(getattr(w.cast, by)), to_user=getattr(w.cast, to), **more)


def again_to(w):
    """A case that was just routed to the official and is now routed to the section head instead."""
    given.routed(w, w.cast.official)
    return route(w, "section_head", "admin", replacing=w.cast.official)


def many(w):
    choices = [RoutingChoice(each, w.cast.official) for each in (w.walk_in, w.case)]
    return on(choices, by=staff(w.cast.section_head), key="k")


def noted(w, **more):
    return on(w.case, by=staff(w.cast.official), text="Mohon dilihat.", key="k", **more)


def mentioned(w):
    messaging.add_internal_note(w.case, by=staff(w.cast.official), text="Lihat.", mentions=[w.cast.section_head.pk])
    return on(w.case, by=staff(w.cast.section_head))


ROWS = [
    Row(
        routing.route_case,
        "section_head",
        lambda w: route(w, "official", note="Tolong."),
        case="with its step",
        wrote=(
            "journal walk_in: route_case",
            "notice walk_in: case_routed to official after 70 s",
            "timeline walk_in: routed (internal)",
        ),
    ),
    Row(
        routing.route_case,
        "section_head",
        lambda w: route(w, "section_head"),
        case="to oneself",
        wrote=("journal walk_in: route_case", "timeline walk_in: routed (internal)"),
    ),
    Row(
        routing.route_case,
        "section_head",
        lambda w: route(w, "secretary", key="k"),
        case="by a form",
        wrote=(
            "journal walk_in: route_case",
            "notice walk_in: case_routed to secretary after 70 s",
            "timeline walk_in: routed (internal)",
        ),
    ),
    Row(
        routing.route_case,
        "admin",
        again_to,
        case="away from somebody",
        wrote=(
            "journal walk_in: route_case",
            "notice case_routed now suppressed",
            "notice walk_in: case_routed to section_head after 70 s",
            "timeline walk_in: routed (internal)",
        ),
    ),
    Row(
        routing.route_many,
        "section_head",
        many,
        wrote=(
            "journal case: route_case",
            "journal walk_in: route_case",
            "notice case: case_routed to official after 70 s",
            "notice walk_in: case_routed to official after 70 s",
            "timeline case: routed (internal)",
            "timeline walk_in: routed (internal)",
        ),
    ),
    Row(
        routing.undo_routing,
        "section_head",
        lambda w: on(given.routed(w, w.cast.official, "Tolong."), by=staff(w.cast.section_head)),
        wrote=(
            "journal walk_in: undo_routing",
            "notice case_routed now suppressed",
            "timeline walk_in: routing_undone (internal)",
        ),
    ),
    Row(
        messaging.add_internal_note, "official", noted, wrote=("journal case: noted", "timeline case: noted (internal)")
    ),
    Row(
        messaging.add_internal_note,
        "official",
        lambda w: noted(w, mentions=[w.cast.section_head.pk, w.cast.official.pk]),
        case="calls a colleague",
        wrote=("journal case: noted", "notice case: mentioned to section_head", "timeline case: noted (internal)"),
    ),
    Row(
        messaging.write_to_applicant,
        "official",
        lambda w: on(mailed(w.case), by=staff(w.cast.official), text="Sedang dikerjakan.", key="k"),
        wrote=("journal case: message_sent", "notice case: office_message to outside", "timeline case: message_sent"),
    ),
    Row(messaging.read_mentions, "section_head", mentioned),
]
