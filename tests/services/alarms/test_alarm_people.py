"""The people whom each kind of alarm calls: for every way somebody whom only it calls, and people who are left out."""

import pytest

from services.alarms.queries.people import OrganisationChart
from services.models import AlarmStep, Request, Service, StepRun
from tests.factories.cases import begin
from tests.factories.standing import away, closed, in_turn, unchanged
from ula_portal.core import clock
from ula_portal.core.models import Position, Unit

pytestmark = pytest.mark.django_db
Whom = AlarmStep.Whom


def lies(post="", pool="", assignee="", responsible="", unit="unit", no=None):
    """Set the position of the open step and the unit of the service."""

    def change(office, case):
        run = StepRun.objects.filter(request=case, finished_at=None)
        step = {"step": case.sop_version.steps.get(no=no)} if no else {}
        run.update(
            position=office.positions[post] if post else None,
            unit=getattr(office, pool) if pool else None,
            assignee=getattr(office, assignee) if assignee else None,
            **step,
        )
        Request.objects.filter(pk=case.pk).update(responsible=getattr(office, responsible) if responsible else None)
        Service.objects.update(unit=getattr(office, unit) if unit else None)

    return change


def without_head(post):
    return lambda office: Position.objects.filter(code=post).update(heads_unit=False)


POST = "PENGELOLA-DIKDAS"
WITH_BOTH = lies(POST)
CALLED = [
    # The assignee while present, else those who may take the step, else the head.
    (Whom.ASSIGNEE, lies(POST, assignee="official"), unchanged, ["official"]),
    (Whom.ASSIGNEE, lies(POST, assignee="official"), away("official"), ["colleague"]),
    (Whom.ASSIGNEE, lies(POST, assignee="official"), closed("official"), ["colleague"]),
    (Whom.ASSIGNEE, WITH_BOTH, unchanged, ["colleague", "official"]),
    (Whom.ASSIGNEE, lies(POST, assignee="member", no=8), unchanged, ["member"]),
    # A deputy who has a letter's step may not sign it; a holder is called, if there is one.
    (Whom.ASSIGNEE, lies(POST, assignee="nobody", no=8), away("official", deputy="nobody"), ["colleague"]),
    (Whom.ASSIGNEE, lies(POST, assignee="nobody"), away("official", deputy="nobody"), ["nobody"]),
    # The pool: the unit's people, without its head while there is anybody else.
    (Whom.HOLDERS, lies("KOSONG", pool="unit"), unchanged, ["colleague", "member", "official"]),
    (Whom.HOLDERS, lies("KOSONG"), unchanged, ["section_head"]),
    (Whom.HOLDERS, lies("", pool="other_unit"), away("outsider"), ["section_head"]),
    (Whom.HOLDERS, WITH_BOTH, in_turn(away("official"), away("colleague")), ["section_head"]),
    # The responsible official while present.
    (Whom.RESPONSIBLE, lies(POST, assignee="official", responsible="member"), unchanged, ["member"]),
    (Whom.RESPONSIBLE, lies(POST, assignee="official", responsible="member"), away("member"), ["official"]),
    (Whom.RESPONSIBLE, lies(POST, assignee="official"), unchanged, ["official"]),
    # Up from the position, past holders who are late themselves or absent.
    (Whom.SUPERIOR, lies(POST, assignee="official"), unchanged, ["section_head"]),
    (Whom.SUPERIOR, lies(POST, assignee="official"), away("section_head"), ["head"]),
    (Whom.SUPERIOR, lies(POST, assignee="section_head"), unchanged, ["head"]),
    (Whom.SUPERIOR, lies("", pool="unit"), unchanged, ["section_head"]),
    (Whom.SUPERIOR, lies("", pool="unit", unit="below_unit"), unchanged, ["section_head"]),
    (Whom.SUPERIOR, lies("", pool="other_unit", unit="other_unit"), unchanged, ["head"]),
    (Whom.SUPERIOR, lies("KADIS", assignee="head"), unchanged, []),
    # The head of the unit, else of the unit above; of the SOP's unit if the service has none.
    (Whom.UNIT_HEAD, lies("KADIS"), unchanged, ["section_head"]),
    (Whom.UNIT_HEAD, lies("KADIS"), away("section_head"), ["head"]),
    (Whom.UNIT_HEAD, lies("KADIS"), without_head("KABID-DIKDAS"), ["head"]),
    (Whom.UNIT_HEAD, lies(POST, unit="other_unit"), unchanged, ["head"]),
    (Whom.UNIT_HEAD, lies(POST, unit=""), unchanged, ["section_head"]),
    (Whom.HOLDERS, lies("KOSONG", unit=""), unchanged, ["section_head"]),
    (Whom.SUPERIOR, lies("", unit=""), unchanged, ["section_head"]),
    (Whom.OFFICE_HEAD, WITH_BOTH, unchanged, ["head"]),
    (Whom.OFFICE_HEAD, WITH_BOTH, away("head"), []),
    (Whom.OFFICE_HEAD, WITH_BOTH, away("head", deputy="secretary"), ["secretary"]),
]


@pytest.mark.parametrize(("whom", "where", "change", "called"), CALLED)
def test_whom_an_alarm_calls(office, whom, where, change, called):
    case = begin(office)
    office.below_unit = Unit.objects.get(code="PAUD")
    where(office, case)
    change(office)
    run = StepRun.objects.select_related("assignee", "step").get(request=case, finished_at=None)
    request = Request.objects.select_related("service", "responsible").get(pk=case.pk)
    chart = OrganisationChart(clock.today(), {run.assignee_id, request.responsible_id} - {None})
    found = chart.people_to_call(AlarmStep(whom=whom, levels=1), request, run)
    assert sorted(user.pk for user in found) == sorted(getattr(office, name).pk for name in called)


def test_without_an_open_step_the_unit_is_called(office):
    case = begin(office)
    chart = OrganisationChart(clock.today())
    for whom, called in ((Whom.ASSIGNEE, office.section_head), (Whom.SUPERIOR, office.section_head)):
        assert chart.people_to_call(AlarmStep(whom=whom, levels=1), case, None) == [called]
