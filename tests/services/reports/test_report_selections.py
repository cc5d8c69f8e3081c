"""Each criterion of a figure's cases: a case that only it includes or excludes; and who sees which figures."""

import datetime

import pytest

from services.models import InboxEntry, Pause, Request, Service, StepRun
from services.originals.actions import print_shortage
from services.reports.queries import lacking, load, open_cases, period
from services.reports.queries.period import Period
from services.reports.queries.scope import report_scope_of
from services.reports.queries.selection import Selection, selection_rows
from tests.factories.cases import begin, make_case_service
from tests.factories.services import make_request
from tests.factories.standing import anew
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff

pytestmark = pytest.mark.django_db
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def lies(
    office, *, who="", post="", pool="", unit="unit", agency=False, late=False, broken=False, state="", done=False
):
    """Move the only case to the place in a row of the table."""
    now = clock.now()
    said = {"assignee": getattr(office, who) if who else None, "position": None, "unit": None}
    said["position"] = office.positions[post] if post else None
    said["unit"] = getattr(office, pool) if pool else None
    if agency:
        version = Request.objects.get().sop_version
        said |= {"led_by": "external", "step": version.steps.get(no=4)}
    StepRun.objects.filter(finished_at=None).update(**said, due_at=now - DAY if late else now + DAY)
    Service.objects.update(unit=getattr(office, unit) if unit else None)
    states = {"state": state} if state else {}
    if state == "waiting_applicant":
        run = StepRun.objects.get(finished_at=None)
        asked = {"wanted": "Kartu keluarga"}
        Pause.objects.create(request=run.request, run=run, from_at=now, **asked)
    Request.objects.update(due_at=now - DAY if broken else now + DAY, fulfilled_at=now if done else None, **states)


POST = "PENGELOLA-DIKDAS"
HERE = {"post": POST}
OPEN = [
    # Kind and further criteria, the place of the case, and whether it is in the list.
    ("running", {}, HERE, True),
    ("running", {}, HERE | {"done": True}, False),
    ("running", {}, HERE | {"state": "waiting_applicant"}, True),
    ("late", {}, HERE | {"late": True}, True),
    ("late", {}, HERE | {"broken": True}, True),
    ("late", {}, HERE, False),
    ("late", {}, HERE | {"late": True, "state": "waiting_applicant"}, False),
    ("late", {}, HERE | {"broken": True, "state": "waiting_applicant"}, False),
    ("late", {}, HERE | {"broken": True, "done": True}, False),
    ("broken", {}, HERE | {"broken": True}, True),
    ("broken", {}, HERE | {"late": True}, False),
    ("broken", {}, HERE | {"broken": True, "state": "waiting_applicant"}, False),
    ("broken", {}, HERE | {"broken": True, "done": True}, False),
    ("free", {}, HERE, True),
    ("free", {}, HERE | {"who": "official"}, False),
    ("free", {}, {"agency": True, "pool": "unit"}, False),
    ("office", {}, HERE, True),
    ("office", {}, {"agency": True, "pool": "unit"}, False),
    ("agency", {}, {"agency": True, "pool": "unit"}, True),
    ("agency", {"agency": "Kepala Sekolah"}, {"agency": True, "pool": "unit"}, True),
    ("agency", {"agency": "Camat"}, {"agency": True, "pool": "unit"}, False),
    ("asked", {}, HERE | {"state": "waiting_applicant"}, True),
    ("asked", {}, HERE | {"state": "waiting_applicant", "done": True}, False),
    ("asked", {}, HERE, False),
    ("ready", {}, HERE | {"done": True}, True),
    ("ready", {}, HERE, False),
    ("running", {"late": True}, HERE | {"late": True}, True),
    ("running", {"late": True}, HERE, False),
    ("running", {"free": True}, HERE, True),
    ("running", {"free": True}, HERE | {"who": "official"}, False),
    ("running", {"free": True}, {"agency": True, "pool": "unit"}, False),
    # Where the work is: the pool's unit, else the position's, else the case's.
    ("running", {"unit": "unit"}, {"post": POST, "unit": "other_unit"}, True),
    ("running", {"unit": "other_unit"}, {"post": POST, "unit": "other_unit"}, False),
    ("running", {"unit": "other_unit"}, {"post": POST, "pool": "other_unit"}, True),
    ("running", {"unit": "other_unit"}, {"unit": "other_unit"}, True),
    ("running", {"unit": "unit"}, {"unit": ""}, True),
    ("running", {"officer": "official"}, HERE | {"who": "official"}, True),
    ("running", {"officer": "official"}, HERE | {"who": "colleague"}, False),
    ("running", {"position": POST}, HERE, True),
    ("running", {"position": POST}, HERE | {"pool": "unit"}, False),
    ("running", {"position": "LOKET"}, HERE, False),
    ("running", {"pool": "unit"}, HERE | {"pool": "unit"}, True),
    ("running", {"pool": "unit"}, HERE, False),
]


@pytest.mark.parametrize(("kind", "more", "where", "there"), OPEN)
def test_open_cases(office, kind, more, where, there):
    request = begin(office)
    lies(office, **where)
    named = {"unit": office, "officer": office, "pool": office}
    said = {
        name: getattr(office, value).pk
        if name in named
        else office.positions[value].pk
        if name == "position"
        else value
        for name, value in more.items()
    }
    scope = report_scope_of(anew(office.head))
    lines = list(selection_rows(scope, Selection(kind, **said), clock.now()))
    assert [line.request for line in lines] == ([request] if there else [])


def test_a_case_lies_there_since_the_last_answer_or_question(office):
    run = StepRun.objects.get(request=begin(office), finished_at=None)
    for hours in (4, 2):
        asked = {"from_at": run.offered_at + hours * HOUR, "to_at": run.offered_at + (hours + 1) * HOUR}
        Pause.objects.create(request=run.request, run=run, wanted="KTP", **asked)
    since = InboxEntry.objects.annotate(since=open_cases.waiting_since()).get(run=run).since
    assert since == run.offered_at + 5 * HOUR
    asked = {"from_at": run.offered_at + 6 * HOUR, "wanted": "KTP"}
    Pause.objects.create(request=run.request, run=run, **asked)
    Request.objects.update(state="waiting_applicant")
    since = InboxEntry.objects.annotate(since=open_cases.waiting_since()).get(run=run).since
    assert since == run.offered_at + 6 * HOUR


def test_by_service_and_step(office):
    request = begin(office)
    scope, at = report_scope_of(anew(office.head)), clock.now()
    step = StepRun.objects.get(finished_at=None).step
    other = request.sop_version.steps.get(no=3)

    def found(**said):
        return len(list(selection_rows(scope, Selection("running", **said), at)))

    assert [found(service=request.service_id), found(service=0), found(step=step.pk), found(step=other.pk)] == [
        1,
        0,
        1,
        0,
    ]


WHOSE = [
    # A section head's figures: by the case's unit, or by the unit of its open step.
    ("head", {"unit": "other_unit"}, True, True),
    ("admin", {"unit": "other_unit"}, True, True),
    ("leader", {"unit": "unit"}, True, True),
    ("leader", {"unit": "", "post": "LOKET"}, True, True),
    ("leader", {"unit": "other_unit", "post": "LOKET"}, False, False),
    ("leader", {"unit": "other_unit", "post": POST}, True, False),
    ("leader", {"unit": "other_unit", "post": "STAF-PAUD"}, True, False),
    ("leader", {"unit": "other_unit", "pool": "unit"}, True, False),
    ("secretary", {"unit": "", "post": POST}, False, False),
]


@pytest.mark.parametrize(("who", "where", "lies_there", "counts"), WHOSE)
def test_whose_figures(office, who, where, lies_there, counts):
    begin(office)
    lies(office, **where)
    scope, today = report_scope_of(anew(getattr(office, who))), clock.today()
    assert load.load(scope, clock.now()).running == int(lies_there)
    Request.objects.update(fulfilled_at=clock.now())
    now = period.compare_periods(scope, Period(today, today)).now
    assert (now.received, now.finished) == (int(counts), int(counts))


@pytest.mark.parametrize(
    ("who", "unit", "counts"), [("leader", "unit", 1), ("leader", "", 1), ("leader", "other_unit", 0)]
)
def test_whose_sheets(office, who, unit, counts):
    request = make_request(make_case_service(office), documents=False)
    print_shortage(request, by=staff(office.frontdesk))
    Service.objects.update(unit=getattr(office, unit) if unit else None)
    StepRun.objects.filter(finished_at=None).update(position=None)
    scope, today = report_scope_of(anew(getattr(office, who))), clock.today()
    assert lacking.lacking(scope, Period(today, today)).sheets == counts
    lines = selection_rows(scope, Selection("lacking", first=today, last=today), clock.now())
    assert len(list(lines)) == counts


PERIOD = [
    ("received", {}, 0, True),
    ("received", {}, -1, False),
    ("received", {}, 1, False),
    ("finished", {}, 0, True),
    ("finished", {}, -1, False),
    ("finished", {}, 1, False),
    ("kept", {}, 0, True),
    ("kept", {"broken": True}, 0, False),
    ("missed", {"broken": True}, 0, True),
    ("missed", {}, 0, False),
]


@pytest.mark.parametrize(("kind", "where", "days", "there"), PERIOD)
def test_what_a_period_brought(office, kind, where, days, there):
    request = begin(office)
    lies(office, done=True, **where)
    day = clock.today() + days * DAY
    scope = report_scope_of(anew(office.head))
    selection = Selection(kind, unit=office.unit.pk, service=request.service_id, first=day, last=day)
    assert len(list(selection_rows(scope, selection, clock.now()))) == int(there)
    for elsewhere in ({"unit": office.other_unit.pk}, {"service": 0}):
        other = Selection(kind, **elsewhere, first=day, last=day)
        assert not list(selection_rows(scope, other, clock.now()))
