"""Two people at the same moment, apart from steps: forms, papers, chores, rules, filters, services."""

import datetime
from functools import partial

import pytest
from django.db import transaction

from services.alarms.actions.ringing import ring_alarms
from services.applying.actions.completing import complete_answers
from services.applying.actions.drafts import drop_old_drafts, save_answers
from services.applying.actions.submitting import submit_request
from services.applying.receipt import renewal_token
from services.attachments.actions.documents import attach_document, remove_document, restore_document
from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service, withdraw_service
from services.engine.actions import deviating, recording, steps
from services.engine.actions.presence import follow_presence
from services.engine.actions.recomputing import recompute_due_dates
from services.engine.actions.report import StepReport
from services.inbox.actions.saved_filters import change_filter, delete_filter, save_filter
from services.models import Alarm, AlarmStep, Request, RoutingRule, StepRun, TimelineEntry
from services.routing.actions import routing
from services.routing.actions.rules import move_rule, place_last
from services.tracking.actions import ask_for_new_code, renew_code
from tests.factories.cases import at, run_of
from tests.factories.concurrently import one_after_the_other
from tests.factories.core import make_user
from tests.factories.services import make_draft, picture
from tests.factories.shared import at_the_school, begun, paper_of, shared_office, walk_in
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import JournalEntry, Role, StoredFile
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(24, "10:00")


@pytest.fixture
def office():
    with clock.at(NOW):
        yield shared_office()


def twice(office, do):
    """An administrator acts in two windows."""
    return one_after_the_other(partial(do, office.cast.admin), partial(do, office.cast.admin))


def a_step_given_to_two_is_the_first_ones(office):
    run = run_of(begun(office))
    steps.claim_step(run, by=staff(office.one))
    third = make_user(Role.OFFICIAL, office.cast.positions["PENGELOLA-DIKDAS"], office.cast.unit)
    _done, other = one_after_the_other(
        lambda: deviating.reassign(run, by=staff(office.one), to_user=office.two),
        lambda: deviating.reassign(run, by=staff(office.one), to_user=third),
    )
    assert isinstance(other, NotAllowed) and run_of(run.request).assignee == office.two


def who_is_responsible_by_now_is_known_after_waiting(office):
    """Somebody routes while another verb waits for the lock. That verb then sees the official, including the name."""
    route = lambda request, user: routing.route_case(request, by=staff(office.cast.admin), to_user=user)  # noqa: E731
    request = at_the_school(office)
    step = run_of(request)
    one_after_the_other(lambda: route(request, office.two), lambda: steps.complete_step(step, by=staff(office.one)))
    assert run_of(request).assignee == office.two
    request = walk_in(office)
    _done, other = one_after_the_other(lambda: route(request, office.one), lambda: route(request, office.two))
    assert isinstance(other, Outdated) and str(office.one) in str(other)


def what_two_add_to_one_form_is_all_kept(office):
    request, new = walk_in(office), make_draft(office.service, documents=False)
    one_after_the_other(
        lambda: complete_answers(request, by=staff(office.cast.frontdesk), answers={"no_hp": "+6281234567890"}),
        lambda: complete_answers(request, by=staff(office.cast.frontdesk), answers={"jenis": "Rusak"}),
    )
    one_after_the_other(
        lambda: save_answers(new, by=applicant(new.pk), answers={"surel": "siti@example.id"}, only=["surel"]),
        lambda: save_answers(new, by=applicant(new.pk), answers={"jenis": "Hilang"}, only=["jenis"]),
    )
    request, new = (Request.objects.get(pk=each.pk) for each in (request, new))
    assert (request.answers["no_hp"], request.answers["jenis"]) == ("+6281234567890", "Rusak")
    assert (new.answers["surel"], new.answers["jenis"]) == ("siti@example.id", "Hilang")


def a_photo_of_the_sheet_replaced_twice_leaves_one_file(office):
    run = run_of(at_the_school(office))
    one_after_the_other(
        lambda: recording.attach_paper(run, by=staff(office.one), upload=picture("satu.png", "red")),
        lambda: recording.attach_paper(run, by=staff(office.two), upload=picture("dua.png", "blue")),
    )
    assert list(StoredFile.objects.filter(name__in=["satu.png", "dua.png"]).values_list("name", flat=True)) == [
        "dua.png"
    ]


def a_paper_put_back_beside_a_new_one_is_refused(office):
    """A slot has one file, whoever is faster."""
    draft = make_draft(office.service)
    paper = paper_of(draft)
    key = f"r{paper.requirement_id}"
    remove_document(paper, by=applicant(draft.pk))
    _done, other = one_after_the_other(
        lambda: attach_document(draft, by=applicant(draft.pk), upload=picture(color="red"), slot_key=key),
        lambda: restore_document(paper, by=applicant(draft.pk)),
    )
    assert isinstance(other, Refused)
    assert draft.documents.filter(requirement=paper.requirement, removed_at=None).count() == 1


def a_draft_that_is_being_sent_is_not_swept_away(office):
    with clock.at(NOW - datetime.timedelta(days=40)):
        draft = make_draft(office.service)
    _sent, swept = one_after_the_other(lambda: submit_request(draft, by=applicant(draft.pk)), drop_old_drafts)
    assert swept == 0
    assert Request.objects.get(pk=draft.pk).documents.count() == draft.documents.count() > 0


def a_new_code_is_made_once(office):
    request = begun(office)
    ask_for_new_code(request, by=applicant(request.pk), contact="siti@example.id")
    token = renewal_token(Request.objects.get(pk=request.pk))

    def renew():
        renew_code(request, by=applicant(request.pk), token=token)

    _first, second = one_after_the_other(renew, renew)
    assert isinstance(second, Outdated)


def steps_of_who_is_away_are_passed_on_once(office):
    request = begun(office)
    steps.claim_step(run_of(request), by=staff(office.one))
    record_absence(office.one, by=SYSTEM, kind="sick", from_date=clock.today(), to_date=clock.today())
    assert one_after_the_other(follow_presence, follow_presence)[1] == 0
    assert run_of(request).assignee is None


def a_due_date_is_moved_once(office):
    request = begun(office)
    calendar.set_calendar_day(
        by=SYSTEM, date=clock.today() + datetime.timedelta(days=1), kind="holiday", name="Libur contoh"
    )
    one_after_the_other(recompute_due_dates, recompute_due_dates)
    told = list(TimelineEntry.objects.filter(verb="due_recomputed").values_list("request_id", flat=True))
    assert request.pk in told and len(told) == len(set(told))


def a_step_that_is_being_done_does_not_ring(office):
    run = run_of(begun(office))
    StepRun.objects.filter(pk=run.pk).update(due_at=NOW - datetime.timedelta(minutes=5))
    AlarmStep.objects.create(kind="step", offset=0, offset_unit="hour", whom="holders", text="Mohon diselesaikan.")
    late = StepReport(deviation_reason="Rapat.")
    decide = partial(steps.decide_step, run, by=staff(office.two), yes=True, report=late)
    one_after_the_other(decide, ring_alarms)
    assert not Alarm.objects.filter(run=run).exists()
    other = run_of(begun(office))
    StepRun.objects.filter(pk=other.pk).update(due_at=NOW - datetime.timedelta(minutes=5))
    ring_alarms()
    assert Alarm.objects.filter(run=other).exists()


def rules_keep_places_of_their_own(office):
    def new(_user):
        with transaction.atomic():
            rule = RoutingRule(position=office.cast.positions["PENGELOLA-DIKDAS"])
            place_last(rule)
            rule.save()

    for _n in range(3):
        twice(office, new)
    assert list(RoutingRule.objects.order_by("order").values_list("order", flat=True)) == [10, 20, 30, 40, 50, 60]
    last = RoutingRule.objects.latest("order")
    # Moved up by two places, not twice to the same place.
    twice(office, lambda user: move_rule(last, by=staff(user), up=True))
    last.refresh_from_db()
    assert last.order == 40


def a_filter_that_was_just_deleted_is_gone(office):
    kept = save_filter(by=staff(office.one), name="Milik unit", choice={}, unit=office.cast.unit)
    _gone, other = one_after_the_other(
        lambda: delete_filter(kept, by=staff(office.cast.section_head)),
        lambda: change_filter(kept, by=staff(office.one), name="Nama lain"),
    )
    assert isinstance(other, Outdated)


def a_service_is_withdrawn_and_published_once(office):
    _done, other = twice(office, lambda user: withdraw_service(office.service, by=staff(user)))
    assert isinstance(other, Outdated)
    twice(office, lambda user: publish_service(office.service, by=staff(user)))
    assert JournalEntry.objects.filter(verb="publish_service", subject_id=str(office.service.pk)).count() == 2


def a_catalogue_taken_in_twice_makes_each_service_once(office):
    known = {"code": "BARU", "name": "Layanan Baru", "kind": "visit", "category": "Umum", "unit": "BIDANG-BARU"}
    data = {"units": [{"code": "BIDANG-BARU", "name": "Bidang Baru"}], "services": [known]}
    first, second = one_after_the_other(
        lambda: import_catalogue(data, by=SYSTEM), lambda: import_catalogue(data, by=SYSTEM)
    )
    assert (first.created, second.unchanged) == (["BARU"], ["BARU"])
    changed = [{**data, "services": [{**known, "name": name}]} for name in ("Layanan Satu", "Layanan Dua")]
    first, second = one_after_the_other(*(partial(import_catalogue, each, by=SYSTEM) for each in changed))
    assert (first.changed, second.changed) == (["BARU"], ["BARU"])
    # The second one finds the first one's content, so the same content changes nothing.
    again = one_after_the_other(
        *[partial(import_catalogue, {**data, "services": [{**known, "name": "Akhir"}]}, by=SYSTEM)] * 2
    )
    assert (again[0].changed, again[1].unchanged) == (["BARU"], ["BARU"])


ELSEWHERE = (
    a_step_given_to_two_is_the_first_ones,
    who_is_responsible_by_now_is_known_after_waiting,
    what_two_add_to_one_form_is_all_kept,
    a_photo_of_the_sheet_replaced_twice_leaves_one_file,
    a_paper_put_back_beside_a_new_one_is_refused,
    a_draft_that_is_being_sent_is_not_swept_away,
    a_new_code_is_made_once,
    steps_of_who_is_away_are_passed_on_once,
    a_due_date_is_moved_once,
    a_step_that_is_being_done_does_not_ring,
    rules_keep_places_of_their_own,
    a_filter_that_was_just_deleted_is_gone,
    a_service_is_withdrawn_and_published_once,
    a_catalogue_taken_in_twice_makes_each_service_once,
)


def test_elsewhere(office, subtests):
    for each in ELSEWHERE:
        with subtests.test(each.__name__):
            each(office)
