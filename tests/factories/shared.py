"""Cases in states in which two officials may act at the same time, as both hold the position of the open step."""

from types import SimpleNamespace

from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.attachments.actions.documents import attach_document
from services.conversation.actions import asking
from services.engine.actions import steps
from services.routing.actions import routing
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import Role

from .cases import make_case, make_case_service, run_of, to_letter, walk
from .core import make_user, named_cast
from .services import make_draft, picture


def shared_office():
    """An office in which the official's steps have to be claimed."""
    cast = named_cast()
    two = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    return SimpleNamespace(cast=cast, one=cast.official, two=two, service=make_case_service(cast))


def begun(office):
    return make_case(office.service, surel="siti@example.id")


def walk_in(office):
    return open_walk_in_request(
        office.service, by=staff(office.cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh")
    )


def at_the_school(office):
    return walk(begun(office), (office.one, "yes"))


def asked(office):
    request = begun(office)
    asking.ask_applicant(request, by=staff(office.one), wanted="Mohon kirim KTP yang lebih jelas.")
    return request


def lettered(office):
    return walk(to_letter(begun(office), office.cast), (office.cast.section_head, "letter"))


def marked(office):
    request = begun(office)
    request.documents.update(verdict="mend", verdict_note="buram")
    steps.claim_step(run_of(request), by=staff(office.one))
    return request


def incomplete(office):
    request = make_draft(office.service, documents=False)
    request = submit_request(request, by=applicant(request.pk))
    for color in ("red", "blue"):
        attach_document(request, by=applicant(request.pk), upload=picture(color=color), slot_key="lain")
    return request


def routed(office):
    request = walk_in(office)
    routing.route_case(request, by=staff(office.cast.admin), to_user=office.two)
    return request


def paper_of(request):
    return request.documents.earliest("pk")
