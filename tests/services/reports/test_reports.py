"""The head's figures: right, each with exactly the cases it counts. November 2026: the 23rd is a Monday."""

import datetime

import pytest

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.conversation.actions.asking import applicant_answers, ask_applicant, withdraw_request
from services.deadlines.queries.statistics import _days_taken
from services.deadlines.urgency import urgency_of
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, decide_step
from services.models import Request, Requirement, StepRun
from services.originals.actions import Tick, print_shortage, take_in_papers
from services.papers.queries.brought import intake_slots
from services.reports.queries import lacking, selection
from services.reports.queries import load as reports_load
from services.reports.queries import period as reports_period
from services.reports.queries.period import Period
from services.reports.queries.scope import report_scope_of
from services.reports.queries.selection import Selection, selection_page, selection_rows
from services.reports.queries.waiting import waits
from tests.factories.cases import at, count_queries, make_case, make_case_service, run_of, step, to_letter, walk
from tests.factories.core import make_unit, make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import Role

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 27000
NOW = at(26, "10:00")
NOVEMBER = Period(datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))


@pytest.fixture
def service(cast):
    return make_case_service(cast, working_days=3)


@pytest.fixture
def office(service, cast):
    """Two cases at the official (one late), and one each at the school, asked, to be collected, done, withdrawn."""
    with clock.at(at(20)):
        late = make_case(service)
        fetched, waiting = make_case(service), make_case(service)
    with clock.at(at(20, "10:00")):
        walk(to_letter(fetched, cast), (cast.section_head, "letter"), (cast.counter, "done"))
        walk(to_letter(waiting, cast), (cast.section_head, "letter"))
    with clock.at(at(23)):
        school, asked, gone = make_case(service), make_case(service), make_case(service)
        walk(school, (cast.official, "yes"))
    with clock.at(at(25)):
        ask_applicant(asked, by=staff(cast.official), wanted="Kartu keluarga")
        withdraw_request(gone, by=applicant(gone.pk))
    with clock.at(at(26, "09:00")):
        fresh = make_case(service)
    with clock.at(NOW):
        yield {"late": late, "school": school, "asked": asked, "waiting": waiting, "fetched": fetched, "fresh": fresh}


def everything(cast):
    return report_scope_of(cast.head)


def numbers(scope, selection, moment=NOW):
    return {line.request.number for line in selection_rows(scope, selection, moment)}


def test_who_sees_what(cast):
    assert report_scope_of(cast.head).unit_ids is report_scope_of(cast.admin).unit_ids is None
    assert report_scope_of(cast.section_head).unit_ids == {cast.unit.pk}
    assert report_scope_of(cast.official) is report_scope_of(cast.counter) is None


def test_load_counts_what_is_open_by_what_keeps_it(office, cast):
    load = reports_load.load(everything(cast), NOW)
    assert (load.running, load.late, load.broken) == (4, 2, 1)
    assert (load.agency, load.asked, load.free, load.ready) == (1, 1, 0, 1)
    assert [(row.subject, row.running, row.late) for row in load.units] == [(cast.unit, 4, 2)]
    assert next((row.kind, row.subject) for row in load.officers) == ("officer", cast.official)
    assert {row.subject.no: (row.running, row.late, row.asked) for row in load.steps} == {2: (3, 1, 1), 4: (1, 1, 0)}


def test_steps_that_say_the_same_are_rows_of_their_own_at_each_place_and_in_each_sop(cast):
    official = "Pengelola Layanan Pendidikan Dasar"
    rows = [step(1, "Mengajukan", "Pemohon", "start", next=2), step(2, "Memeriksa", official, next=3)]
    rows += [step(3, "Memeriksa", official, next=4), step(4, "Menyerahkan", official, "end", end_kind="completed")]
    service, other = make_case_service(cast, rows), make_case_service(cast, rows, code="LAIN")
    second = walk(make_case(service), (cast.official, "done"))
    first, foreign = make_case(service), make_case(other)
    scope = everything(cast)
    found = [
        (row.subject.no, numbers(scope, row.selection, clock.now()))
        for row in reports_load.load(scope, clock.now()).steps
    ]
    assert sorted(found, key=str) == sorted([(2, {first.number}), (2, {foreign.number}), (3, {second.number})], key=str)


def test_each_figure_has_exactly_its_cases(office, cast):
    scope = everything(cast)
    load = reports_load.load(scope, NOW)
    rows = [*load.units, *load.services, *load.steps, *load.officers]
    assert {kind: len(numbers(scope, Selection(kind))) for kind in ("running", "late", "broken", "free")} == {
        "running": load.running,
        "late": load.late,
        "broken": load.broken,
        "free": load.free,
    }
    for row in rows:
        assert len(numbers(scope, row.selection)) == row.running, row
        assert len(numbers(scope, row.late_selection)) == row.late, row
    for wait in waits(scope, NOW):
        assert len(numbers(scope, wait.selection)) == wait.count, wait
        assert len(numbers(scope, wait.late_selection)) == wait.late, wait


def test_late_is_what_urgency_calls_late(office, cast):
    late = numbers(everything(cast), Selection("late"))
    said = {r.number for r in Request.objects.all() if urgency_of(run_of(r), r, NOW).kind == "late"}
    assert late == said == {office["late"].number, office["school"].number}


def test_where_cases_wait_and_how_long(office, cast):
    found = {(wait.kind, wait.name): wait for wait in waits(everything(cast), NOW)}
    official = found["position", "Pengelola Layanan Pendidikan Dasar"]
    # 09.00 on Friday to 10.00 on Thursday, and an hour of today; of two the longer is the median.
    assert (official.count, official.late) == (2, 1)
    assert official.longest == official.median == 6 * HOUR + 3 * DAY + 2.5 * HOUR
    school = found["agency", "Kepala Sekolah"]
    assert (school.count, school.longest) == (1, 6 * HOUR + 2 * DAY + 2.5 * HOUR)
    assert found["asked", ""].longest == 6 * HOUR + 2.5 * HOUR
    assert found["ready", ""].count == 1


def test_an_answered_case_waits_since_the_answer(office, cast):
    with clock.at(at(26, "09:30")):
        applicant_answers(office["asked"], by=applicant(office["asked"].pk), text="Sudah kami lengkapi.")
    found = {wait.kind: wait for wait in waits(everything(cast), NOW)}
    assert found["position"].count == 3
    # Waits of half an hour, an hour and three days: the one in the middle.
    assert found["position"].median == HOUR


def test_unclaimed_steps_stand_under_their_position(service, cast):
    make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], full_name="Kedua Contoh")
    with clock.at(at(26, "09:00")):
        case, other = make_case(service), make_case(service)
        claim_step(run_of(other), by=staff(cast.official))
    load = reports_load.load(everything(cast), NOW)
    assert load.free == 1
    assert {(row.kind, str(row.subject)) for row in load.officers} == {
        ("officer", cast.official.full_name),
        ("position", "Pengelola Layanan Pendidikan Dasar"),
    }
    free = next(row for row in load.officers if row.kind == "position")
    assert numbers(everything(cast), free.selection) == {case.number}


def test_a_section_head_sees_own_services_and_what_lies_at_own_positions(office, cast):
    assert reports_load.load(report_scope_of(cast.section_head), NOW).running == 4
    assert reports_load.load(report_scope_of(cast.secretary), NOW).running == 0
    assert reports_period.compare_periods(report_scope_of(cast.secretary), NOVEMBER).now.received == 0
    # A step of another unit's service at a position of the secretariat.
    StepRun.objects.filter(pk=run_of(office["fresh"]).pk).update(position=cast.positions["PENGELOLA-DATA"])
    theirs = report_scope_of(cast.secretary)
    assert reports_load.load(theirs, NOW).running == 1
    assert numbers(theirs, Selection("running")) == {office["fresh"].number}
    assert numbers(theirs, Selection("running", unit=cast.unit.pk)) == set()


def test_a_period_beside_the_one_before(office, cast):
    comparison = reports_period.compare_periods(everything(cast), NOVEMBER)
    # The withdrawn one was received, but nobody finished it.
    assert (comparison.now.received, comparison.now.finished, comparison.now.kept, comparison.now.percent_kept) == (
        7,
        2,
        2,
        100,
    )
    assert comparison.now.median_days == 0
    assert comparison.before.received == 0
    assert comparison.before.percent_kept is comparison.before.median_days is None
    december = Period(datetime.date(2026, 12, 1), datetime.date(2026, 12, 31))
    assert reports_period.compare_periods(everything(cast), december).before.received == 7


def test_days_are_counted_as_the_promise_is(service, cast):
    """The database's count equals the one on the page of the case, with weekends and pauses."""
    cases = []
    for n, finished in enumerate((at(23, "15:00"), at(24), at(30), at(4, month=12))):
        with clock.at(at(20, f"09:0{n}")):
            cases.append(make_case(service))
        if n > 1:
            with clock.at(at(23)):
                ask_applicant(cases[-1], by=staff(cast.official), wanted="KTP")
            with clock.at(at(25)):
                applicant_answers(cases[-1], by=applicant(cases[-1].pk), text="Sudah kami lengkapi.")
        with clock.at(finished):
            decide_step(
                run_of(cases[-1]),
                by=staff(cast.official),
                yes=True,
                report=StepReport(deviation_reason="Menunggu arsip"),
            )
            moves = [(cast.official, "done"), (cast.official, "yes"), (cast.official, "done")]
            walk(cases[-1], *moves, (cast.section_head, "yes"), (cast.section_head, "letter"))
    days = sorted(_days_taken(each) for each in Request.objects.prefetch_related("pauses"))
    assert days == [1, 2, 4, 8]
    period = Period(datetime.date(2026, 11, 1), datetime.date(2026, 12, 31))
    flow = reports_period.compare_periods(everything(cast), period).now
    assert sorted(flow.days.elements()) == days
    assert flow.median_days == 2
    assert (flow.kept, flow.judged) == (2, 4)
    scope = everything(cast)
    for kind, n in (("received", 4), ("finished", 4), ("kept", flow.kept), ("missed", flow.judged - flow.kept)):
        assert len(numbers(scope, Selection(kind, first=period.first, last=period.last))) == n, kind


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2026, 11, 1), (2026, 11, 30), ((2026, 10, 1), (2026, 10, 31))),
        ((2026, 1, 1), (2026, 3, 31), ((2025, 10, 1), (2025, 12, 31))),
        ((2026, 3, 1), (2026, 3, 30), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 1, 1), (2026, 11, 26), ((2025, 2, 5), (2025, 12, 31))),
        ((2026, 11, 24), (2026, 11, 26), ((2026, 11, 21), (2026, 11, 23))),
    ],
)
def test_what_a_period_is_compared_with(first, last, before):
    found = Period(datetime.date(*first), datetime.date(*last)).before()
    assert (found.first, found.last) == tuple(datetime.date(*day) for day in before)


def test_questions_do_not_grow_with_what_is_open(service, cast):
    def ask():
        scope = everything(cast)
        reports_load.load(scope, NOW)
        waits(scope, NOW)
        reports_period.compare_periods(scope, NOVEMBER)

    with clock.at(at(25)):
        make_case(service)
    # The process caches are filled by the first call.
    ask()
    one = count_queries(ask)
    with clock.at(at(25)):
        for _n in range(3):
            make_case(service)
    assert count_queries(ask) == one <= 16


def test_a_selection_is_read_in_pages_without_gap_or_repeat(service, cast, monkeypatch):
    with clock.at(at(25)):
        made = {make_case(service).number for _n in range(5)}
    monkeypatch.setattr(selection, "ROWS_PER_READ", 2)
    for chosen in (Selection("running"), Selection("received", first=NOVEMBER.first, last=NOVEMBER.last)):
        found = [line.request.number for line in selection_rows(everything(cast), chosen, NOW)]
        assert len(found) == 5
        assert set(found) == made


class TestLacking:
    def test_sheets_are_counted_by_service_and_paper_with_their_cases(self, cast, service):
        Requirement.objects.filter(service=service, text="KTP").update(text="KTP atau KK")
        with clock.at(at(20)):
            one, two = (
                open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))
                for _n in "ab"
            )
            print_shortage(one, by=staff(cast.frontdesk))
        with clock.at(at(23)):
            take_in_papers(one, by=staff(cast.frontdesk), ticks={intake_slots(one)[0].key: Tick("copy")})
            print_shortage(one, by=staff(cast.frontdesk))
            print_shortage(two, by=staff(cast.frontdesk))
        scope = everything(cast)
        found = lacking.lacking(scope, NOVEMBER)
        assert (found.sheets, found.cases, found.cases_before) == (3, 2, 0)
        assert [(row.service, row.sheets, row.cases) for row in found.services] == [(service, 3, 2)]
        assert [(row.name, row.cases) for row in found.papers if row.name == "KTP atau KK"] == [("KTP atau KK", 2)]
        for row in (*found.papers, *found.services):
            assert len(selection_page(scope, row.selection, NOW).rows) == row.cases
        later = Period(datetime.date(2026, 11, 23), datetime.date(2026, 11, 30))
        assert [row.cases for row in lacking.lacking(scope, later).papers if row.name == "KTP atau KK"] == [1]
        assert lacking.lacking(report_scope_of(make_user(Role.SECTION_HEAD, unit=make_unit())), NOVEMBER).sheets == 0
        one = count_queries(lambda: lacking.lacking(scope, NOVEMBER))
        assert one <= 6
