"""Verbs that bring in what an office has on paper or in files: services, SOPs in force, numbers, running requests."""

import datetime

from services.applying.actions import from_paper
from services.applying.actions.walk_in import WalkInApplicant
from services.exchange.actions import importing, starting
from services.exchange.content import content_of
from sop.approval.actions import on_paper
from tests.factories import sop as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.office.actions import numbers

from .rows import REFUSED, Row, on


def file_of(w, code):
    content = content_of(w.service)
    content["service"] |= {"code": code}
    return content


def draft_service(w):
    result = starting.add_starter_services(by=staff(w.cast.admin), units={"LEG-IJZ": w.cast.unit})
    return starting.Service.objects.get(code=result.created[0])


def in_force(w):
    """A draft whose actors are confirmed, begun long after its decree."""
    make.confirm_all(w.sop_draft, w.cast.admin)
    days = {"decree_date": datetime.date(2023, 5, 2), "effective_from": datetime.date(2023, 5, 2)}
    paper = on_paper.PaperDecree("800/1/2023", position="Kepala Dinas", name="Ani", scan=None, **days)
    return on(w.sop_draft, by=staff(w.cast.admin), paper=paper, key="k")


def running(w):
    applicant = WalkInApplicant("Siti", phone="081234567890")
    return from_paper.PaperRequest("12/2026", applicant, step_no=2, received_on=clock.today())


ROWS = [
    Row(
        importing.import_service,
        "admin",
        lambda w: on(file_of(w, "BARU"), by=staff(w.cast.admin)),
        wrote=("journal service: import_service",),
    ),
    Row(
        importing.import_service,
        "system",
        lambda w: on(file_of(w, "BARU"), by=SYSTEM),
        wrote=("journal service: import_service",),
        case="by a command",
    ),
    Row(
        starting.add_starter_services,
        "admin",
        lambda w: on(by=staff(w.cast.admin), units={"LEG-IJZ": w.cast.unit, "SMA": None}),
        wrote=(
            "journal letter_template: add_letter_template",
            "journal service: import_service",
            "journal service: import_service",
        ),
    ),
    Row(
        starting.take_in_starter_sop,
        "admin",
        lambda w: on(draft_service(w), by=staff(w.cast.admin)),
        wrote=("journal service: pair_sop", "journal sop_version: sop_created"),
    ),
    Row(
        on_paper.declare_in_force,
        "admin",
        in_force,
        wrote=(
            "journal sop_draft: sop_declared_in_force",
            "journal sop_draft: sop_published",
            "journal sop_draft: sop_recorded",
        ),
    ),
    Row(
        numbers.continue_numbers,
        "admin",
        lambda w: on("letter", by=staff(w.cast.admin), last=500),
        wrote=("journal office: continue_numbers",),
    ),
    Row(
        from_paper.record_paper_request,
        "admin",
        lambda w: on(w.service, by=staff(w.cast.admin), paper=running(w), key="k"),
        wrote=("journal request: record_paper_request", "timeline request: recorded_from_paper"),
    ),
    Row(
        from_paper.record_paper_request,
        "admin",
        lambda w: on(w.service, by=staff(w.cast.admin), paper=running(w)),
        wrote=("journal request: record_paper_request", "timeline request: recorded_from_paper"),
        again=REFUSED,
        case="without a key",
    ),
]
