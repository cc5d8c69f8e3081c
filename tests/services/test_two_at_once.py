"""Two do the same at the same moment: of every verb that locks, the second finds what the first did."""

import datetime
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import transaction

from services.actions import cases as verbs
from services.actions import requests as applying
from services.actions.catalogue import publish_service, withdraw_service
from services.actions.completing import complete_answers
from services.actions.documents import attach_document, remove_document, restore_document
from services.actions.drafts import drop_old_drafts
from services.actions.intake import Tick, print_shortage, take_in_papers
from services.actions.lost_code import ask_for_new_code, renew_code
from services.actions.presence import follow_presence
from services.actions.recomputing import recompute_due_dates
from services.actions.routing_rules import move_rule, place_last
from services.actions.saved_filters import change_filter, delete_filter, save_filter
from services.models import Request, Routing, RoutingRule, TimelineEntry
from services.queries.intake import intake_slots
from services.receipt import renewal_token
from tests.factories.at_once import one_after_the_other
from tests.factories.cases import at, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.core import make_user, named_cast
from tests.factories.services import make_draft, picture
from ula_portal.core import clock
from ula_portal.core.actions import calendar, people
from ula_portal.core.actors import applicant, staff
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.models import JournalEntry, Role, StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(24, "10:00")
REASON = "Sudah diperiksa di loket."


@pytest.fixture
def office():
    """Two hold the position of the official's steps, so nobody has them before they are claimed."""
    with clock.at(NOW):
        cast = named_cast()
        two = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        yield SimpleNamespace(cast=cast, one=cast.official, two=two, service=make_case_service(cast))


def begun(office):
    return make_case(office.service, surel="siti@example.id")


def walk_in(office):
    return applying.open_walk_in_request(office.service, user=office.cast.frontdesk, applicant_name="Ibu Contoh")


def at_the_school(office):
    return walk(begun(office), (office.one, "yes"))


def asked(office):
    request = begun(office)
    verbs.ask_applicant(request.pk, office.one, "Mohon kirim KTP yang lebih jelas.")
    return request


def lettered(office):
    return walk(to_letter(begun(office), office.cast), (office.cast.section_head, "letter"))


def marked(office):
    request = begun(office)
    request.documents.update(verdict="mend", verdict_note="buram")
    verbs.claim_step(run_of(request).pk, office.one)
    return request


def incomplete(office):
    request = make_draft(office.service, documents=False)
    request = applying.submit_request(request, actor=applicant(request.pk))
    for color in ("red", "blue"):
        attach_document(request, picture(color=color), key="lain", actor=applicant(request.pk))
    return request


def taken_out(office):
    request = incomplete(office)
    remove_document(paper_of(request), actor=applicant(request.pk))
    return request


def routed(office):
    request = walk_in(office)
    verbs.route_case(request.pk, office.two, by=office.cast.admin)
    return request


def paper_of(request):
    return request.documents.earliest("pk")


def refused(kind=Outdated):
    """The second is told that it came too late."""

    def check(_request, second):
        assert type(second) is kind, repr(second)

    return check


def told_once(verb):
    """The second is content, and nothing happened twice."""

    def check(request, second):
        assert not isinstance(second, Exception), repr(second)
        assert TimelineEntry.objects.filter(request=request, verb=verb).count() == 1

    return check


def take_in(request, user):
    key = next(slot.key for slot in intake_slots(request) if slot.document is None)
    return take_in_papers(request.pk, user, {key: Tick("kept", "A3")})


def close(request, user):
    with clock.at(NOW + datetime.timedelta(days=31)):
        return verbs.close_unanswered(request.pk, user)


# Where the case is, who the two are (two who may, or the same person's two windows), what both do at once, and what
# the second must find.
BOTH, DESK, ADMIN = (("one", "two"), ("frontdesk", "frontdesk"), ("admin", "admin"))
ON_CASES = {
    "claim": (begun, BOTH, lambda r, u: verbs.claim_step(run_of(r).pk, u), refused()),
    "start": (begun, BOTH, lambda r, u: verbs.start_step(run_of(r).pk, u), refused(NotAllowed)),
    "decide": (begun, BOTH, lambda r, u: verbs.decide_step(run_of(r).pk, u, True), refused()),
    "complete": (at_the_school, BOTH, lambda r, u: verbs.complete_step(run_of(r).pk, u), refused()),
    "complete in a row": (
        at_the_school,
        BOTH,
        lambda r, u: verbs.complete_in_row(run_of(r).pk, u, [verbs.DoneStep(4, clock.today())]),
        refused(),
    ),
    "record": (
        at_the_school,
        BOTH,
        lambda r, u: verbs.record_on_paper(run_of(r).pk, u, "done", happened_on=clock.today()),
        refused(),
    ),
    "skip": (begun, BOTH, lambda r, u: verbs.skip_step(run_of(r).pk, u, reason=REASON, to_step_no=6), refused()),
    "ask": (begun, BOTH, lambda r, u: verbs.ask_applicant(r.pk, u, "Mohon lengkapi."), refused()),
    "answer": (asked, DESK, lambda r, u: verbs.applicant_answers(r, actor=staff(u), text="Sudah."), refused()),
    "declare": (incomplete, DESK, lambda r, u: verbs.declare_complete(r.pk, u, papers_reason=REASON), refused()),
    "withdraw": (begun, DESK, lambda r, u: verbs.withdraw_request(r, actor=staff(u)), refused()),
    "close": (asked, BOTH, close, refused()),
    "remind": (begun, BOTH, lambda r, u: verbs.remind(run_of(r).pk, u), refused(Refused)),
    "judge": (
        marked,
        ("one", "one"),
        lambda r, u: verbs.judge_document(paper_of(r).pk, u, "fits"),
        told_once("document_judged"),
    ),
    "clear": (marked, ("one", "one"), lambda r, u: verbs.clear_verdict(paper_of(r).pk, u), refused()),
    "hand over": (lettered, DESK, lambda r, u: verbs.hand_over_letter(r.letters.get().pk, u), refused()),
    "download": (
        lettered,
        DESK,
        lambda r, u: verbs.letter_downloaded(r.letters.get(), actor=applicant(r.pk)),
        told_once("letter_downloaded"),
    ),
    "take in": (begun, DESK, take_in, told_once("original_kept")),
    "print": (incomplete, DESK, lambda r, u: print_shortage(r.pk, u), told_once("shortage_printed")),
    "take out": (
        incomplete,
        DESK,
        lambda r, u: remove_document(paper_of(r), actor=staff(u)),
        told_once("document_removed"),
    ),
    "undo routing": (
        routed,
        ADMIN,
        lambda r, u: verbs.undo_routing(Routing.objects.get(request=r).pk, by=u),
        told_once("routing_undone"),
    ),
}


def twice(office, do):
    """By an administrator, in two windows."""
    return one_after_the_other(partial(do, office.cast.admin), partial(do, office.cast.admin))


def a_step_given_to_two_is_the_first_ones(office):
    run = run_of(begun(office))
    verbs.claim_step(run.pk, office.one)
    third = make_user(Role.OFFICIAL, office.cast.positions["PENGELOLA-DIKDAS"], office.cast.unit)
    _done, other = one_after_the_other(
        lambda: verbs.reassign(run.pk, office.two, by=office.one),
        lambda: verbs.reassign(run.pk, third, by=office.one),
    )
    assert isinstance(other, NotAllowed) and run_of(run.request).assignee == office.two


def what_two_add_to_one_form_is_all_kept(office):
    request, new = walk_in(office), make_draft(office.service, documents=False)
    one_after_the_other(
        lambda: complete_answers(request, {"no_hp": "+6281234567890"}, office.cast.frontdesk),
        lambda: complete_answers(request, {"jenis": "Rusak"}, office.cast.frontdesk),
    )
    one_after_the_other(
        lambda: applying.save_answers(new, {"surel": "siti@example.id"}, only=["surel"]),
        lambda: applying.save_answers(new, {"jenis": "Hilang"}, only=["jenis"]),
    )
    request, new = (Request.objects.get(pk=each.pk) for each in (request, new))
    assert (request.answers["no_hp"], request.answers["jenis"]) == ("+6281234567890", "Rusak")
    assert (new.answers["surel"], new.answers["jenis"]) == ("siti@example.id", "Hilang")


def a_photo_of_the_sheet_replaced_twice_leaves_one_file(office):
    run = run_of(at_the_school(office))
    one_after_the_other(
        lambda: verbs.attach_paper(run.pk, office.one, picture("satu.png", "red")),
        lambda: verbs.attach_paper(run.pk, office.two, picture("dua.png", "blue")),
    )
    assert list(StoredFile.objects.filter(name__in=["satu.png", "dua.png"]).values_list("name", flat=True)) == [
        "dua.png"
    ]


def a_paper_put_back_beside_a_new_one_is_refused(office):
    """A place holds one file, whoever is faster."""
    draft = make_draft(office.service)
    paper = paper_of(draft)
    key = f"r{paper.requirement_id}"
    remove_document(paper, actor=applicant(draft.pk))
    _done, other = one_after_the_other(
        lambda: attach_document(draft, picture(color="red"), key=key, actor=applicant(draft.pk)),
        lambda: restore_document(paper, actor=applicant(draft.pk)),
    )
    assert isinstance(other, Refused)
    assert draft.documents.filter(requirement=paper.requirement, removed_at=None).count() == 1


def a_draft_that_is_being_sent_is_not_swept_away(office):
    with clock.at(NOW - datetime.timedelta(days=40)):
        draft = make_draft(office.service)
    _sent, swept = one_after_the_other(
        lambda: applying.submit_request(draft, actor=applicant(draft.pk)), drop_old_drafts
    )
    assert swept == 0
    assert Request.objects.get(pk=draft.pk).documents.count() == draft.documents.count() > 0


def a_new_code_is_made_once(office):
    request = begun(office)
    ask_for_new_code(request.number, "siti@example.id")
    token = renewal_token(Request.objects.get(pk=request.pk))
    _first, second = one_after_the_other(lambda: renew_code(token), lambda: renew_code(token))
    assert isinstance(second, Outdated)


def steps_of_who_is_away_are_passed_on_once(office):
    request = begun(office)
    verbs.claim_step(run_of(request).pk, office.one)
    people.record_absence(office.one, "sick", clock.today(), clock.today())
    assert one_after_the_other(follow_presence, follow_presence) == (1, 0)


def a_due_date_is_moved_once(office):
    request = begun(office)
    calendar.set_calendar_day(clock.today() + datetime.timedelta(days=1), "holiday", "Libur contoh")
    one_after_the_other(recompute_due_dates, recompute_due_dates)
    assert TimelineEntry.objects.filter(request=request, verb="due_recomputed").count() == 1


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
    # Up by two, not twice to the same place.
    twice(office, lambda user: move_rule(last.pk, up=True, by=user))
    last.refresh_from_db()
    assert last.order == 40


def a_filter_that_was_just_deleted_is_gone(office):
    kept = save_filter(office.one, name="Milik unit", choice={}, unit=office.cast.unit)
    _gone, other = one_after_the_other(
        lambda: delete_filter(kept.pk, office.cast.section_head),
        lambda: change_filter(kept.pk, office.one, name="Nama lain"),
    )
    assert isinstance(other, Outdated)


def a_service_is_withdrawn_and_published_once(office):
    _done, other = twice(office, lambda user: withdraw_service(office.service.pk, user))
    assert isinstance(other, Outdated)
    twice(office, lambda user: publish_service(office.service.pk, user))
    assert JournalEntry.objects.filter(verb="publish_service", subject_id=str(office.service.pk)).count() == 2


ELSEWHERE = (
    a_step_given_to_two_is_the_first_ones,
    what_two_add_to_one_form_is_all_kept,
    a_photo_of_the_sheet_replaced_twice_leaves_one_file,
    a_paper_put_back_beside_a_new_one_is_refused,
    a_draft_that_is_being_sent_is_not_swept_away,
    a_new_code_is_made_once,
    steps_of_who_is_away_are_passed_on_once,
    a_due_date_is_moved_once,
    rules_keep_places_of_their_own,
    a_filter_that_was_just_deleted_is_gone,
    a_service_is_withdrawn_and_published_once,
)


def test_elsewhere(office, subtests):
    for each in ELSEWHERE:
        with subtests.test(each.__name__):
            each(office)


def test_on_cases(office, subtests):
    for name, (begin, who, verb, check) in ON_CASES.items():
        with subtests.test(name):
            request = begin(office)
            first, second = (getattr(office, each, None) or getattr(office.cast, each) for each in who)
            check(request, one_after_the_other(partial(verb, request, first), partial(verb, request, second))[1])
