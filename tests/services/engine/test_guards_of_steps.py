"""Less common refusals of verbs on a step: already begun, assignee gone, somebody else's, too early."""

import datetime
from types import SimpleNamespace

import pytest

from services.conversation.actions import asking, messaging
from services.engine.actions import deviating, steps
from services.engine.actions.deviating import may_be_given
from services.engine.actions.locked import Case
from services.engine.actions.report import StepReport
from services.models import StepRun, TimelineEntry
from services.routing.actions.routing import route_case, undo_routing
from tests.factories.cases import make_case, make_case_service, run_of, to_letter, walk
from tests.factories.core import anew
from tests.factories.services import make_draft
from tests.factories.standing import away, closed, in_turn, unchanged, without_post
from tests.factories.standing import step as an_open_step
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import Notice
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
REASON = "Sudah diperiksa di loket."


@pytest.fixture
def case(office):
    return make_case(make_case_service(office))


def at_the_applicant(office, request):
    """Move the case back to the applicant, who is asked to correct the file."""
    return walk(request, (office.official, "no"))


class TestClaiming:
    @pytest.mark.parametrize("change", [away("official"), closed("official"), without_post("official")])
    def test_a_step_of_who_is_not_there_is_free(self, office, case, change):
        steps.claim_step(run_of(case), by=staff(office.official))
        change(office)
        assert steps.claim_step(run_of(case), by=staff(anew(office.colleague))).assignee == office.colleague

    def test_ones_own_step_is_claimed_once(self, office, case):
        for _n in range(2):
            steps.claim_step(run_of(case), by=staff(office.official))
        assert TimelineEntry.objects.filter(request=case, verb="step_claimed").count() == 1

    def test_what_waits_for_the_applicant_is_nobodys_to_take(self, office, case):
        at_the_applicant(office, case)
        with pytest.raises(Refused, match="menunggu pemohon"):
            steps.claim_step(run_of(case), by=staff(office.frontdesk))
        assert run_of(case).assignee is None

    def test_a_deputy_takes_no_letter(self, office, case):
        to_letter(case, office)
        away("section_head", deputy="nobody")(office)
        with pytest.raises(NotAllowed):
            steps.claim_step(run_of(case), by=staff(anew(office.nobody)))
        with pytest.raises(NotAllowed):
            steps.start_step(pooled(run_of(case)), by=staff(anew(office.nobody)))

    def test_what_is_done_or_closed_is_not_taken(self, office, case):
        run = run_of(case)
        asking.withdraw_request(case, by=applicant(case.pk))
        for verb in (steps.claim_step, steps.start_step):
            with pytest.raises(Outdated):
                verb(run, by=staff(office.official))


def pooled(run):
    StepRun.objects.filter(pk=run.pk).update(assignee=None)
    return run


class TestStarting:
    def test_the_head_of_the_unit_starts_it_for_who_has_it(self, office, case):
        steps.claim_step(run_of(case), by=staff(office.official))
        StepRun.objects.filter(pk=run_of(case).pk).update(started_at=None)
        steps.start_step(run_of(case), by=staff(office.leader))
        assert run_of(case).assignee == office.official

    def test_of_who_is_away_it_becomes_the_starters(self, office, case):
        StepRun.objects.filter(pk=run_of(case).pk).update(assignee=office.official)
        away("official")(office)
        steps.start_step(run_of(case), by=staff(anew(office.colleague)))
        assert run_of(case).assignee == office.colleague

    def test_again_changes_nothing(self, office, case):
        first = steps.start_step(run_of(case), by=staff(office.official)).started_at
        with clock.at(clock.now() + datetime.timedelta(minutes=5)):
            assert steps.start_step(run_of(case), by=staff(office.official)).started_at == first

    @pytest.mark.parametrize(
        ("who", "change", "pool"),
        [
            ("colleague", unchanged, False),
            ("leader", unchanged, False),
            ("member", in_turn(away("official"), away("colleague")), True),
        ],
    )
    def test_taken_for_want_of_a_holder_it_is_the_pools(self, office, case, who, change, pool):
        change(office)
        steps.start_step(run_of(case), by=staff(anew(getattr(office, who))))
        assert run_of(case).unit == (office.unit if pool else None)

    def test_what_a_leader_gave_away_stays_with_the_position(self, office, case):
        deviating.reassign(run_of(case), by=staff(office.admin), to_user=office.outsider, reason=REASON)
        steps.start_step(run_of(case), by=staff(office.outsider))
        assert (run_of(case).unit, run_of(case).deviation) == (None, "reassigned")


class TestGiven:
    def test_without_any_post_left_nobody_works_on(self, office, case):
        deviating.reassign(run_of(case), by=staff(office.admin), to_user=office.outsider, reason=REASON)
        without_post("outsider")(office)
        with pytest.raises(NotAllowed):
            steps.decide_step(run_of(case), by=staff(anew(office.outsider)), yes=True)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (closed("colleague"), "tidak memegang jabatan"),
            (without_post("colleague"), "tidak memegang jabatan"),
            (away("colleague"), "tidak di kantor"),
        ],
    )
    def test_to_nobody_who_is_not_there(self, office, case, change, words):
        steps.claim_step(run_of(case), by=staff(office.official))
        change(office)
        with pytest.raises(Refused, match=words) as refused:
            deviating.reassign(run_of(case), by=staff(office.official), to_user=anew(office.colleague))
        assert refused.value.field == "to_user"
        with pytest.raises(Refused, match=words):
            route_case(case, by=staff(office.admin), to_user=anew(office.colleague))

    def test_the_applicants_step_is_given_to_no_staff(self, office, case):
        at_the_applicant(office, case)
        with pytest.raises(NotAllowed):
            deviating.reassign(run_of(case), by=staff(office.admin), to_user=office.member, reason=REASON)
        route_case(case, by=staff(office.admin), to_user=office.member)
        assert run_of(case).assignee is None

    def test_of_a_closed_case_nothing_is_given(self, office, case):
        run = run_of(case)
        asking.withdraw_request(case, by=applicant(case.pk))
        with pytest.raises(Outdated):
            deviating.reassign(run, by=staff(office.admin), to_user=office.colleague)

    def test_to_who_has_it_changes_nothing(self, office, case):
        steps.claim_step(run_of(case), by=staff(office.official))
        deviating.reassign(run_of(case), by=staff(office.official), to_user=office.official)
        assert run_of(case).started_at and not TimelineEntry.objects.filter(verb="step_reassigned").exists()

    def test_who_takes_it_over_is_not_told_by_themselves(self, office, case):
        deviating.reassign(run_of(case), by=staff(office.admin), to_user=office.admin, reason=REASON)
        assert not Notice.objects.filter(user=office.admin).exists()

    FITS = [
        ("official", an_open_step(), unchanged, True),
        ("member", an_open_step(), unchanged, False),
        ("member", an_open_step(unit="unit"), unchanged, True),
        ("outsider", an_open_step(unit="unit"), unchanged, False),
        ("member", an_open_step("KOSONG"), unchanged, True),
        ("outsider", an_open_step("KOSONG"), unchanged, False),
        ("member", an_open_step("", led_by="external"), unchanged, True),
        ("member", an_open_step("", led_by="applicant", unit="unit"), unchanged, False),
        ("official", an_open_step(), closed("official"), False),
    ]

    @pytest.mark.parametrize(("who", "build", "change", "fits"), FITS)
    def test_to_whom_without_an_exception(self, office, who, build, change, fits):
        change(office)
        case = SimpleNamespace(run=build(office), unit_id=office.unit.pk)
        assert may_be_given(case, anew(getattr(office, who))) is fits


class TestRouting:
    def test_work_that_has_begun_stays(self, office, case):
        steps.claim_step(run_of(case), by=staff(office.official))
        route_case(case, by=staff(office.admin), to_user=office.colleague)
        case.refresh_from_db()
        assert (run_of(case).assignee, case.responsible) == (office.official, office.colleague)

    @pytest.mark.parametrize("begun", [True, False])
    def test_unless_who_began_it_is_not_there(self, office, case, begun):
        steps.claim_step(run_of(case), by=staff(office.official))
        if begun:
            away("official")(office)
        else:
            StepRun.objects.filter(pk=run_of(case).pk).update(started_at=None)
        route_case(case, by=staff(office.admin), to_user=anew(office.colleague))
        assert run_of(case).assignee == office.colleague

    def test_who_routes_to_themselves_gets_no_mail(self, office, case):
        route_case(case, by=staff(office.admin), to_user=office.admin)
        assert not Notice.objects.filter(kind="case_routed").exists()

    def test_the_same_form_to_somebody_else_is_too_late(self, office, case):
        route_case(case, by=staff(office.admin), to_user=office.official, key="formulir")
        with pytest.raises(Outdated, match="sudah diteruskan"):
            route_case(
                case, by=staff(office.admin), to_user=office.colleague, replacing=office.official, key="formulir"
            )

    def test_a_closed_case_is_not_undone(self, office, case):
        route_case(case, by=staff(office.admin), to_user=office.colleague)
        routing = case.routings.get()
        asking.withdraw_request(case, by=applicant(case.pk))
        with pytest.raises(Outdated, match="sudah ditutup"):
            undo_routing(routing, by=staff(office.admin))

    def test_only_what_the_official_did_stands_in_the_way(self, office, case):
        """An act of an applicant with the same id as the official, or of a colleague, does not count."""
        route_case(case, by=staff(office.admin), to_user=office.colleague)
        about = {"request": case, "at": clock.now(), "verb": "message_received", "audience": "public"}
        TimelineEntry.objects.create(**about, actor_kind="applicant", actor_id=str(office.colleague.pk))
        messaging.add_internal_note(case, by=staff(office.official), text="Sudah dibaca.")
        undo_routing(case.routings.get(), by=staff(office.admin))
        case.refresh_from_db()
        assert case.responsible is None


def test_a_draft_and_what_is_not_there_are_no_case(office, case):
    draft = make_draft(case.service)
    for pk in (draft.pk, 10**9):
        with pytest.raises(Refused, match="tidak ditemukan"):
            Case.lock(pk)


def test_a_day_said_of_an_office_step_counts_nothing(office, case):
    """Only steps on paper and of other agencies have days that differ from the recording."""
    yesterday = clock.today() - datetime.timedelta(days=1)
    moved = steps.decide_step(
        run_of(case), by=staff(office.official), yes=True, report=StepReport(happened_on=yesterday)
    )
    assert moved.run.happened_on is None


def test_the_answer_of_an_account_that_was_closed_is_not_taken(office, case):
    asking.ask_applicant(case, by=staff(office.official), wanted="Mohon lengkapi.")
    closed("frontdesk")(office)
    with pytest.raises(NotAllowed):
        asking.applicant_answers(case, by=staff(office.frontdesk), text="Sudah.")


def test_a_document_that_was_taken_away_is_not_asked_for(office, case):
    document = case.documents.earliest("pk")
    case.documents.filter(pk=document.pk).update(removed_at=clock.now())
    with pytest.raises(Refused) as refused:
        asking.ask_applicant(case, by=staff(office.official), wanted="Mohon lengkapi.", documents=[document.pk])
    assert refused.value.field == "documents"
