"""Two users do the same to one case at the same moment: the second call of every locking verb sees the first."""

import datetime
from functools import partial

import pytest

from services.alarms.actions import reminding
from services.attachments.actions import judging
from services.attachments.actions.documents import remove_document
from services.conversation.actions import asking
from services.engine.actions import deviating, recording, steps
from services.engine.actions.report import StepReport
from services.letters.actions import handing_over
from services.models import Routing, TimelineEntry
from services.originals.actions import Tick, print_shortage, take_in_papers
from services.papers.queries.brought import intake_slots
from services.routing.actions import routing
from tests.factories.cases import at, run_of
from tests.factories.concurrently import one_after_the_other
from tests.factories.shared import (
    asked,
    at_the_school,
    begun,
    incomplete,
    lettered,
    marked,
    paper_of,
    routed,
    shared_office,
)
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(24, "10:00")
REASON = "Sudah diperiksa di loket."


@pytest.fixture
def office():
    with clock.at(NOW):
        yield shared_office()


def refused(kind=Outdated):
    """The second call is refused because it came too late."""

    def check(_request, second):
        assert type(second) is kind, repr(second)

    return check


def told_once(verb):
    """The second call succeeds, and nothing happens twice."""

    def check(request, second):
        assert not isinstance(second, Exception), repr(second)
        assert TimelineEntry.objects.filter(request=request, verb=verb).count() == 1

    return check


def take_in(request, user):
    key = next(slot.key for slot in intake_slots(request) if slot.document is None)
    return take_in_papers(request, by=staff(user), ticks={key: Tick("kept", "A3")})


def close(request, user):
    with clock.at(NOW + datetime.timedelta(days=31)):
        return asking.close_unanswered(request, by=staff(user))


# The state of the case, the two users (or two windows of one user), what both do at the same time, and the expected
# result of the second call.
BOTH, DESK, ADMIN = (("one", "two"), ("frontdesk", "frontdesk"), ("admin", "admin"))
ON_CASES = {
    "claim": (begun, BOTH, lambda r, u: steps.claim_step(run_of(r), by=staff(u)), refused()),
    "start": (begun, BOTH, lambda r, u: steps.start_step(run_of(r), by=staff(u)), refused(NotAllowed)),
    "decide": (begun, BOTH, lambda r, u: steps.decide_step(run_of(r), by=staff(u), yes=True), refused()),
    "complete": (at_the_school, BOTH, lambda r, u: steps.complete_step(run_of(r), by=staff(u)), refused()),
    "complete in a row": (
        at_the_school,
        BOTH,
        lambda r, u: recording.complete_steps(run_of(r), by=staff(u), steps=[recording.DoneStep(4, clock.today())]),
        refused(),
    ),
    "record": (
        at_the_school,
        BOTH,
        lambda r, u: recording.record_on_paper(
            run_of(r), by=staff(u), outcome="done", report=StepReport(happened_on=clock.today())
        ),
        refused(),
    ),
    "skip": (
        begun,
        BOTH,
        lambda r, u: deviating.skip_step(run_of(r), by=staff(u), reason=REASON, to_step_no=6),
        refused(),
    ),
    "ask": (begun, BOTH, lambda r, u: asking.ask_applicant(r, by=staff(u), wanted="Mohon lengkapi."), refused()),
    "answer": (asked, DESK, lambda r, u: asking.applicant_answers(r, by=staff(u), text="Sudah."), refused()),
    "declare": (
        incomplete,
        DESK,
        lambda r, u: asking.declare_complete(r, by=staff(u), papers_reason=REASON),
        refused(),
    ),
    "withdraw": (begun, DESK, lambda r, u: asking.withdraw_request(r, by=staff(u)), refused()),
    "close": (asked, BOTH, close, refused()),
    "remind": (begun, BOTH, lambda r, u: reminding.remind_step(run_of(r), by=staff(u)), refused(Refused)),
    "judge": (
        marked,
        ("one", "one"),
        lambda r, u: judging.judge_document(paper_of(r), by=staff(u), verdict="fits"),
        told_once("document_judged"),
    ),
    "clear": (marked, ("one", "one"), lambda r, u: judging.clear_verdict(paper_of(r), by=staff(u)), refused()),
    "hand over": (lettered, DESK, lambda r, u: handing_over.hand_over_letter(r.letters.get(), by=staff(u)), refused()),
    "download": (
        lettered,
        DESK,
        lambda r, u: handing_over.letter_downloaded(r.letters.get(), by=applicant(r.pk)),
        told_once("letter_downloaded"),
    ),
    "take in": (begun, DESK, take_in, told_once("original_kept")),
    "print": (incomplete, DESK, lambda r, u: print_shortage(r, by=staff(u)), told_once("shortage_printed")),
    "take out": (
        incomplete,
        DESK,
        lambda r, u: remove_document(paper_of(r), by=staff(u)),
        told_once("document_removed"),
    ),
    "undo routing": (
        routed,
        ADMIN,
        lambda r, u: routing.undo_routing(Routing.objects.get(request=r), by=staff(u)),
        told_once("routing_undone"),
    ),
}


def test_on_cases(office, subtests):
    for name, (begin, who, verb, check) in ON_CASES.items():
        with subtests.test(name):
            request = begin(office)
            first, second = (getattr(office, each, None) or getattr(office.cast, each) for each in who)
            check(request, one_after_the_other(partial(verb, request, first), partial(verb, request, second))[1])
