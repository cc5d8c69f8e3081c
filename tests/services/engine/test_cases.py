"""A case from beginning to end: loops, external agencies, end steps."""

import pytest

from services.conversation.actions.asking import applicant_answers
from services.engine.actions.steps import complete_step
from services.models import Letter, Pause, Request, StepRun, TimelineEntry
from tests.factories.cases import at, make_case, no_of, run_of, to_letter, walk
from ula_portal.core import clock
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import applicant, staff

pytestmark = pytest.mark.django_db


def test_submission_does_the_applicants_start_step_and_offers_the_next(cast, service):
    request = make_case(service)
    assert request.state == Request.State.SUBMITTED
    first, second = request.runs.order_by("ordinal")
    assert (first.led_by, first.outcome, first.finished_by) == ("applicant", "done", None)
    assert (second.led_by, second.assignee, second.outcome) == ("position", cast.official, "")
    assert second.due_at > second.offered_at


def test_a_whole_case_with_both_loops_and_an_external_agency_ends_with_the_letter(cast, service):
    request = make_case(service)
    walk(request, (cast.official, "no"))
    assert request.state == Request.State.WAITING_APPLICANT
    assert no_of(request) == 3
    applicant_answers(request, by=applicant(request.pk), text="sudah dilengkapi")
    assert no_of(request) == 2
    walk(request, (cast.official, "yes"))
    assert (run_of(request).led_by, run_of(request).assignee, run_of(request).unit) == ("external", None, cast.unit)
    walk(
        request,
        (cast.official, "done"),
        (cast.official, "yes"),
        (cast.official, "done"),
        (cast.section_head, "no"),
        (cast.official, "done"),
        (cast.section_head, "yes"),
        (cast.section_head, "letter"),
    )
    letter = Letter.objects.get(request=request)
    assert (request.state, no_of(request), letter.state) == ("in_progress", 9, "issued")
    complete_step(run_of(request), by=staff(cast.counter))
    request.refresh_from_db()
    letter.refresh_from_db()
    assert request.state == Request.State.COMPLETED
    assert request.closed_at and letter.collected_at
    assert not StepRun.objects.filter(request=request, finished_at=None).exists()
    assert not Pause.objects.filter(request=request, to_at=None).exists()
    assert verify() == []
    assert TimelineEntry.objects.filter(request=request, verb="complete_request").count() == 1


def test_a_refusal_ends_as_rejected(cast, service):
    request = make_case(service)
    walk(
        request,
        (cast.official, "yes"),
        (cast.official, "done"),
        (cast.official, "no"),
        (cast.section_head, "letter"),
        (cast.counter, "done"),
    )
    assert request.state == Request.State.REJECTED
    assert Letter.objects.get(request=request).template.is_refusal


def test_moves_take_the_time_of_the_portals_clock(cast, service):
    with clock.at(at(23)):
        request = make_case(service)
    with clock.at(at(23, "10:30")):
        walk(request, (cast.official, "yes"))
    run = request.runs.get(outcome="yes")
    assert (run.offered_at, run.finished_at, run.worked_seconds) == (at(23), at(23, "10:30"), 90 * 60)


def test_the_letter_step_leads_to_the_letter_of_the_case(cast, service):
    request = to_letter(make_case(service), cast)
    assert no_of(request) == 8
