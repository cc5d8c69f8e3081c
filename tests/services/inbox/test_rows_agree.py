"""The place of a case and whether it is late are the same in Python and in the conditions on its row."""

import datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.conversation.actions.asking import applicant_answers
from services.deadlines.urgency import broke_promise, next_due, place_of, urgency_of
from services.engine.queries.recording import unit_of_case
from services.inbox.queries import inbox
from services.models import CasePlace, InboxEntry, Request, Service, StepRun
from services.models.inbox import ELSEWHERE, NO_DUE_DATE, RUNNING, UNCLAIMED, at_units, late, promise_broken
from services.reports.queries import load
from services.reports.queries.open_cases import as_flag
from services.reports.queries.scope import report_scope_of
from services.reports.queries.selection import PROMISE_MISSED
from tests.factories.cases import OFFICIAL, at, begin, make_case, make_case_service, step
from tests.factories.core import named_cast
from tests.factories.standing import POST, anew, staffed
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
UNITS = ("", "unit", "other_unit")
hours = st.one_of(st.none(), st.integers(-2, 2))
drawn = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("submitted", "in_progress", "in_progress", "waiting_applicant", "rejected")),
        "led_by": st.sampled_from(("position", "external", "applicant")),
        "open": st.booleans() | st.just(True),
        "skipped": st.booleans(),
        "alarm": hours,
        "promise": hours,
        "fulfilled": hours,
        "closed": st.integers(-2, 2),
        "post": st.sampled_from(("", POST, "STAF-PAUD")),
        "pool": st.sampled_from(UNITS),
        "unit": st.sampled_from(UNITS),
        "who": st.sampled_from(("", "official")),
    }
)


def put(office, request, said, now):
    """Write the generated case, even if no verb would leave it so. The triggers keep its row."""

    def moment(name):
        return now + said[name] * HOUR if said[name] is not None else None

    closed = said["state"] == "rejected"
    finish = {"started_at": now, "finished_at": now, "outcome": "done"}
    run = StepRun.objects.get(request=request, finished_at=None)
    if said["skipped"]:
        skipped = {"outcome": "skipped", "deviation": "reordered", "deviation_reason": "Contoh."}
        StepRun.objects.filter(pk=run.pk).update(**finish | skipped)
        run.pk, run.ordinal = None, run.ordinal + 1
        run.save()
    StepRun.objects.filter(pk=run.pk).update(
        led_by=said["led_by"],
        due_at=moment("alarm"),
        position=office.positions[said["post"]] if said["post"] else None,
        unit=getattr(office, said["pool"]) if said["pool"] else None,
        assignee=getattr(office, said["who"]) if said["who"] else None,
        **({} if said["open"] and not closed else finish | {"started_at": run.offered_at}),
    )
    Service.objects.filter(pk=request.service_id).update(
        unit=getattr(office, said["unit"]) if said["unit"] else None,
    )
    Request.objects.filter(pk=request.pk).update(
        state=said["state"],
        complete_at=now,
        due_at=moment("promise"),
        fulfilled_at=moment("fulfilled"),
        closed_at=moment("closed") if closed else None,
    )


def row_says(request, **conditions) -> dict:
    """The conditions that the case's row meets."""
    flags = {name: as_flag(condition) for name, condition in conditions.items()}
    return InboxEntry.objects.filter(pk=request.pk).annotate(**flags).values(*flags).get()


def python_says(request, run, now, units) -> dict:
    place = place_of(run, request)
    in_office = place not in (CasePlace.CLOSED, CasePlace.READY)
    lies = {unit_of_case(request), *((run.unit_id, run.position and run.position.unit_id) if run else ())}
    said = {f"late_{n}": urgency_of(run, request, moment).kind == "late" for n, moment in enumerate(around(now))}
    said |= {f"broken_{n}": in_office and broke_promise(request, moment) for n, moment in enumerate(around(now))}
    said |= {f"lies_{n}": unit.pk in lies for n, unit in enumerate(units)}
    free = place == CasePlace.OFFICE and (run is None or run.assignee_id is None)
    return said | {"free": free, "elsewhere": place not in (CasePlace.OFFICE, CasePlace.CLOSED), "running": in_office}


def around(now):
    return now - HOUR, now, now + HOUR


def stays_when_made_anew(request):
    kept = InboxEntry.objects.values().get(pk=request.pk)
    InboxEntry.objects.filter(pk=request.pk).update(
        place="", due_at=NO_DUE_DATE, promised_at=None, unit_id=None, words=""
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_inbox_follow(ARRAY[%s::bigint], true)", [request.pk])
    return InboxEntry.objects.values().get(pk=request.pk) == kept


def test_python_and_the_row_say_the_same_of_a_case():
    office = staffed(named_cast())
    case, now, units = begin(office), clock.now(), (office.unit, office.other_unit, office.ula)
    conditions = {f"late_{n}": late(moment) for n, moment in enumerate(around(now))}
    conditions |= {f"broken_{n}": promise_broken(moment) for n, moment in enumerate(around(now))}
    conditions |= {f"lies_{n}": at_units([unit.pk]) for n, unit in enumerate(units)}
    conditions |= {"free": UNCLAIMED, "elsewhere": ELSEWHERE, "running": RUNNING}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def agree(said):
        with transaction.atomic():
            put(office, case, said, now)
            request = Request.objects.select_related("service", "sop_version__sop").get(pk=case.pk)
            run = StepRun.objects.filter(request=case, finished_at=None).select_related("position").first()
            entry = InboxEntry.objects.get(pk=case.pk)
            assert entry.place == place_of(run, request)
            assert (entry.due_at, entry.promised_at) == (next_due(run, request)[0] or NO_DUE_DATE, request.due_at)
            assert entry.unit_id == unit_of_case(request)
            assert row_says(case, **conditions) == python_says(request, run, now, units)
            if request.fulfilled_at:
                assert Request.objects.filter(PROMISE_MISSED, pk=case.pk).exists() == broke_promise(request, now)
            assert stays_when_made_anew(case)
            transaction.set_rollback(True)

    agree()


def test_an_answer_that_waits_to_be_recorded_is_late_by_the_office():
    cast = named_cast()
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Apakah bersedia dimutasi?", "Pemohon", "decision", if_yes=3, if_no=4),
        step(3, "Mencatat kesediaan", OFFICIAL, "end", end_kind="completed"),
        step(4, "Mencatat penolakan", OFFICIAL, "end", end_kind="rejected"),
    ]
    with clock.at(at(2)):
        case = make_case(make_case_service(cast, steps))
        assert InboxEntry.objects.get(pk=case.pk).place == CasePlace.APPLICANT
        applicant_answers(case, by=applicant(case.pk), text="Bersedia.")
        assert InboxEntry.objects.get(pk=case.pk).place == CasePlace.ANSWERED
    for moment, found in ((at(2), []), (at(30), [case])):
        with clock.at(moment):
            scope = inbox.scope_of(anew(cast.section_head))
            assert [row.request for row in inbox.cases_for(scope, "late").rows] == found
            assert load.load(report_scope_of(anew(cast.head)), moment).late == len(found)
            [row] = inbox.rows_of([case.pk], scope)
            assert (row.urgency.kind == "late", row.paused) == (bool(found), False)
