"""Legal moves, and a machine that plays random ones: one open run, clocks that agree, a journal that verifies."""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services import states
from services.actions.cases import (
    applicant_answers,
    ask_applicant,
    complete_step,
    decide_step,
    hand_over_letter,
    skip_step,
    start_step,
    withdraw_request,
)
from services.models import Letter, Pause, Request, StepRun
from sop.queries import flow_of, forget_flows
from tests.factories.cases import at, make_case, make_case_service, run_of
from tests.factories.core import named_cast
from ula_portal.core import clock
from ula_portal.core.actions.journal import verify
from ula_portal.core.actors import applicant
from ula_portal.core.errors import Outdated, Refused


def test_the_tables_name_only_states_that_exist():
    known = set(Request.State.values)
    assert {move.source for move in states.REQUEST_MOVES} | {move.target for move in states.REQUEST_MOVES} <= known
    assert {move.target for move in states.LETTER_MOVES} <= set(Letter.State.values)
    assert set(states.RUN_OUTCOMES.values()) == set(StepRun.Outcome.values)


def test_one_target_for_each_source_and_verb():
    pairs = [(move.source, move.verb) for move in states.REQUEST_MOVES]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("state", ["completed", "rejected", "withdrawn"])
@pytest.mark.parametrize("verb", ["begin", "ask", "answer", "complete", "reject", "withdraw"])
def test_nothing_moves_a_closed_request(state, verb):
    with pytest.raises(Outdated):
        states.target_of(states.REQUEST_MOVES, state, verb)


VERBS = ["yes", "yes", "no", "done", "done", "letter", "ask", "answer", "skip", "start", "hand", "leave"]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["yes", "yes", "no", "done", "done", "letter", "ask", "answer", "skip", "start", "hand", "leave"]
        ),
        st.integers(0, 4),
        st.integers(1, 600),
    ),
    min_size=3,
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_is_tried_a_case_stays_whole(moves):
    with transaction.atomic():
        cast = named_cast()
        moment = at(2)
        with clock.at(moment):
            request = make_case(make_case_service(cast))
        people = [cast.official, cast.section_head, cast.counter, cast.frontdesk, cast.outsider]
        for name, who, minutes in moves:
            moment += datetime.timedelta(minutes=minutes)
            with clock.at(moment):
                _try(name, people[who], request, cast)
                _check(request)
        assert verify() == []
        transaction.set_rollback(True)
    # Ids are given out again after the rollback.
    forget_flows()


def _try(name, user, request, cast):
    run, why = run_of(request), "Alasan contoh."
    pk = run.pk if run else 0
    try:
        match name:
            case "yes" | "no":
                decide_step(pk, user, name == "yes", deviation_reason=why)
            case "done":
                complete_step(pk, user, deviation_reason=why)
            case "letter":
                # Rendering is another test's affair; the step is left by a deviation here.
                skip_step(pk, cast.section_head, reason=why)
            case "ask":
                ask_applicant(request.pk, user, "Mohon lengkapi")
            case "answer":
                applicant_answers(request, actor=applicant(request.pk))
            case "skip":
                skip_step(pk, user, reason=why, to_step_no=6)
            case "start":
                start_step(pk, user)
            case "hand":
                letter = Letter.objects.filter(request=request).first()
                if letter:
                    hand_over_letter(letter.pk, user)
            case "leave" if pk % 3 == 0:
                withdraw_request(request, actor=applicant(request.pk))
    except Refused:
        pass


def _check(request):
    request.refresh_from_db()
    open_runs = StepRun.objects.filter(request=request, finished_at=None)
    open_pauses = Pause.objects.filter(request=request, to_at=None)
    assert open_runs.count() == (1 if request.is_open else 0)
    assert open_pauses.exists() == (request.state == Request.State.WAITING_APPLICANT)
    assert (request.closed_at is None) == request.is_open
    ordinals = list(request.runs.order_by("ordinal").values_list("ordinal", flat=True))
    assert ordinals == list(range(1, len(ordinals) + 1))
    flow = flow_of(request.sop_version_id)
    previous = None
    for run in request.runs.order_by("ordinal"):
        if previous and previous.outcome in ("done", "yes", "no"):
            assert run.step_id in flow.step(previous.step_id).exit_ids
        previous = run
