"""Routing: rules, suggestions, who may, one click and many, and the screen in the admin panel."""

import datetime

import pytest
from django.urls import reverse

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.casework.queries.history import case_history
from services.conversation.actions.asking import ask_applicant, withdraw_request
from services.engine.actions.steps import complete_step, decide_step
from services.letters.actions.issuing import issue_letter
from services.models import Request, RoutingRule, StepRun
from services.routing.actions.routing import route_case
from services.routing.queries import routing
from services.routing.queries.routing import waiting_for_routing, waiting_to_route
from tests.factories.cases import count_queries, make_case, make_case_service, no_of, run_of, to_letter, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
URL = "/admin/penerusan/"


def walk_in(cast, service, name="Ibu Contoh"):
    return open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant(name))


def test_a_walk_in_waits_for_routing_and_an_online_request_only_without_an_official(cast, service):
    walked_in, online = walk_in(cast, service), make_case(service)
    assert waiting_for_routing(cast.admin).rows == [walked_in]
    make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    pooled = make_case(service)
    assert waiting_for_routing(cast.admin).rows == [walked_in, pooled]
    assert run_of(online).assignee == cast.official
    # Until then the step is offered to its holders as usual.
    decide_step(run_of(walked_in), by=staff(cast.official), yes=True)


def test_a_letter_that_waits_to_be_fetched_is_no_load(cast, service):
    request = to_letter(make_case(service), cast)
    Request.objects.filter(pk=request.pk).update(responsible=cast.official)
    assert routing.open_load() == {cast.official.pk: 1, cast.section_head.pk: 1}
    issue_letter(run_of(request), by=staff(cast.section_head))
    assert routing.open_load() == {}


def test_the_most_urgent_stand_first_then_the_oldest_page_by_page(cast, service):
    begin = clock.now()
    found = []
    for minutes in range(4):
        with clock.at(begin + datetime.timedelta(minutes=minutes)):
            found.append(walk_in(cast, service))
    late, paused, first, second = found
    # The earlier of the step's alarm and the due date counts; stopped clocks come last.
    StepRun.objects.filter(request=late).update(due_at=begin + datetime.timedelta(days=9))
    for request in (first, second):
        StepRun.objects.filter(request=request).update(due_at=begin + datetime.timedelta(days=1))
    ask_applicant(paused, by=staff(cast.official), wanted="Rapor")
    assert waiting_for_routing(cast.admin).rows == [first, second, late, paused]
    Request.objects.filter(pk=late.pk).update(complete_at=begin, due_at=begin)
    in_order, cursor = [], None
    while True:
        page = waiting_for_routing(cast.admin, cursor, size=1)
        in_order += page.rows
        if not (cursor := page.next):
            break
    assert in_order == [late, first, second, paused]
    assert waiting_to_route(cast.admin).count() == waiting_to_route(cast.section_head).count() == 4
    assert waiting_to_route(cast.outsider).count() == waiting_to_route(cast.secretary).count() == 0


def test_what_only_waits_to_be_fetched_stands_last_with_what_waits_for_its_applicant(cast, service):
    begin = clock.now()
    found = []
    for minutes in range(3):
        with clock.at(begin + datetime.timedelta(minutes=minutes)):
            found.append(walk_in(cast, service))
    ready, paused, urgent = found
    Request.objects.filter(pk=ready.pk).update(fulfilled_at=begin)
    ask_applicant(paused, by=staff(cast.official), wanted="Rapor")
    assert waiting_for_routing(cast.admin).rows == [urgent, ready, paused]


def test_section_heads_see_the_desks_of_their_own_people_only(cast, service, client):
    walk_in(cast, service)
    soon = clock.today() + datetime.timedelta(days=3)
    record_absence(cast.official, by=SYSTEM, kind="travel", from_date=soon, to_date=soon)
    client.force_login(cast.section_head)
    text = client.get(URL).content.decode()
    assert cast.official.full_name in text and "dinas luar mulai" in text
    assert cast.outsider.full_name not in text
    client.force_login(cast.admin)
    assert cast.outsider.full_name in client.get(URL).content.decode()


def test_routing_sets_the_official_and_gives_the_step_of_their_position(cast, service):
    request = walk_in(cast, service)
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    route_case(request, by=staff(cast.admin), to_user=second, note="Pemohon menunggu di loket 2")
    request.refresh_from_db()
    assert (request.responsible, run_of(request).assignee) == (second, second)
    assert f"Diteruskan kepada {second.full_name}" in [str(row.text) for row in case_history(request).rows]
    assert waiting_for_routing(cast.admin).rows == []
    assert Notice.objects.filter(kind="case_routed", user=second).count() == 1
    assert request.messages.get().internal
    # Later steps of the position are assigned to the official to whom it was routed.
    walk(request, (second, "yes"), (cast.official, "done"))
    assert (no_of(request), run_of(request).assignee) == (5, second)


def test_routing_to_somebody_without_the_position_keeps_the_step(cast, service):
    request = walk_in(cast, service)
    route_case(request, by=staff(cast.section_head), to_user=cast.section_head)
    request.refresh_from_db()
    assert (request.responsible, run_of(request).assignee) == (cast.section_head, cast.official)


def test_who_may_route(cast, service):
    request = walk_in(cast, service)
    for user in (cast.official, cast.frontdesk, cast.counter, cast.head, cast.secretary, cast.outsider):
        with pytest.raises(NotAllowed):
            route_case(request, by=staff(user), to_user=cast.official)
    with pytest.raises(Refused, match="tidak memegang jabatan"):
        route_case(request, by=staff(cast.admin), to_user=make_user(Role.OFFICIAL))
    route_case(request, by=staff(cast.section_head), to_user=cast.official)


def test_routing_twice_changes_nothing_and_another_way_is_outdated(cast, service):
    request = walk_in(cast, service)
    route_case(request, by=staff(cast.admin), to_user=cast.official)
    route_case(request, by=staff(cast.admin), to_user=cast.official)
    assert JournalEntry.objects.filter(verb="route_case").count() == 1
    with pytest.raises(Outdated, match="sudah diteruskan kepada Sri Contoh"):
        route_case(request, by=staff(cast.admin), to_user=cast.section_head)
    route_case(request, by=staff(cast.admin), to_user=cast.section_head, replacing=cast.official)


def test_a_closed_request_is_not_routed(cast, service):
    request = walk_in(cast, service)
    withdraw_request(request, by=staff(cast.frontdesk))
    with pytest.raises(Outdated):
        route_case(request, by=staff(cast.admin), to_user=cast.official)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_route_to_one_official():
    cast = named_cast()
    request = walk_in(cast, make_case_service(cast))
    results = concurrently(
        lambda: route_case(request, by=staff(cast.admin), to_user=cast.official),
        lambda: route_case(request, by=staff(cast.section_head), to_user=cast.section_head),
    )
    assert sorted(type(each).__name__ for each in results) == ["Outdated", "Request"]


def test_the_first_fitting_rule_wins(cast, service):
    request = walk_in(cast, service)
    rules = [
        RoutingRule(order=1, service=service, answers={"jenis": ["Hilang"]}, user=cast.outsider),
        RoutingRule(order=2, unit=cast.other_unit, user=cast.outsider),
        RoutingRule(order=3, source="online", user=cast.outsider),
        RoutingRule(order=4, unit=cast.unit, source="walk-in", user=cast.section_head),
        RoutingRule(order=5, user=cast.outsider),
    ]
    assert routing.rule_for(request, rules).order == 4
    request.answers = {"jenis": "Hilang"}
    assert routing.rule_for(request, rules).order == 1


def test_an_automatic_rule_sets_the_official_at_submission(cast, service):
    RoutingRule.objects.create(order=1, service=service, user=cast.official, automatic=True)
    request = walk_in(cast, service)
    assert request.responsible == cast.official
    assert request.timeline.get(verb="routed").actor_kind == "system"
    assert waiting_for_routing(cast.admin).rows == []


def test_a_suggesting_rule_hides_later_automatic_ones(cast, service):
    RoutingRule.objects.create(order=1, service=service, user=cast.section_head)
    RoutingRule.objects.create(order=2, user=cast.official, automatic=True)
    request = walk_in(cast, service)
    assert request.responsible is None
    row = routing.routing_rows([request], routing.officials_today())[0]
    assert (row.suggestion, row.why) == (cast.section_head, "aturan 1")


def test_an_automatic_position_with_several_holders_only_suggests(cast, service):
    RoutingRule.objects.create(order=1, position=cast.positions["PENGELOLA-DIKDAS"], automatic=True)
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    busy = walk_in(cast, service)
    assert busy.responsible is None
    route_case(busy, by=staff(cast.admin), to_user=cast.official)
    request = walk_in(cast, service)
    row = routing.routing_rows([request], routing.officials_today())[0]
    assert row.suggestion == second


def test_suggestions_fall_back_to_the_steps_position_and_the_unit_head(cast, service):
    request = walk_in(cast, service)
    row = routing.routing_rows([request], routing.officials_today())[0]
    assert (row.suggestion, row.why) == (cast.official, "pelaksana langkah 2")
    record_absence(cast.official, by=SYSTEM, kind="sick", from_date=clock.today(), to_date=clock.today())
    with pytest.raises(Refused, match="sedang tidak di kantor"):
        route_case(request, by=staff(cast.admin), to_user=cast.official)
    row = routing.routing_rows([request], routing.officials_today())[0]
    assert (row.suggestion, row.why) == (cast.section_head, "pimpinan unit")
    assert cast.official not in [each.user for each in row.options]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("admin", 200),
        ("section_head", 200),
        ("secretary", 200),
        ("head", 403),
        ("official", 403),
        ("frontdesk", 403),
        ("counter", 403),
        ("outsider", 403),
    ],
)
def test_who_opens_the_screen(cast, service, client, name, status):
    walk_in(cast, service, "Ibu Contoh Sari")
    client.force_login(getattr(cast, name))
    answer = client.get(URL, follow=True)
    assert answer.status_code == status
    # A section head of another unit sees an empty list.
    assert ("Ibu Contoh Sari" in answer.content.decode()) == (name in ("admin", "section_head"))
    # Nothing was chosen.
    assert client.post(URL, {}, follow=True).status_code == (422 if status == 200 else status)


def test_strangers_are_sent_to_the_log_in(client):
    answer = client.get(URL, follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_one_click_routes_one_row(cast, service, client):
    first, second = walk_in(cast, service), walk_in(cast, service)
    client.force_login(cast.admin)
    data = {f"to_{first.pk}": cast.official.pk, f"to_{second.pk}": cast.section_head.pk, "one": second.pk}
    text = client.post(URL, data, follow=True).content.decode()
    assert f"{second.number} diteruskan kepada {cast.section_head.full_name}." in text
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.responsible, second.responsible) == (None, cast.section_head)


def test_many_are_routed_together_and_rights_are_checked_per_row(cast, service, client):
    mine = [walk_in(cast, service), walk_in(cast, service)]
    foreign = walk_in(cast, make_case_service(cast, code="LAIN", unit="GTK"))
    client.force_login(cast.section_head)
    data = {"chosen": [each.pk for each in [*mine, foreign]]}
    data |= {f"to_{each.pk}": cast.official.pk for each in [*mine, foreign]}
    text = client.post(URL, data, follow=True).content.decode()
    assert "2 permohonan diteruskan." in text
    assert "Anda tidak dapat meneruskan permohonan unit ini." in text
    assert Request.objects.filter(responsible=cast.official).count() == 2
    foreign.refresh_from_db()
    assert foreign.responsible is None


def test_a_routed_request_is_found_by_its_number_and_given_to_somebody_else(cast, service, client):
    request = walk_in(cast, service)
    route_case(request, by=staff(cast.admin), to_user=cast.official)
    client.force_login(cast.section_head)
    answer = client.get(URL, {"nomor": request.number.lower()})
    assert f"Penanggung jawab sekarang: {cast.official}" in answer.content.decode()
    data = {"one": request.pk, "nomor": request.number, f"from_{request.pk}": cast.official.pk}
    # Nobody is preselected.
    answer = client.post(URL, data | {f"to_{request.pk}": ""})
    assert answer.status_code == 422 and "Pilih dahulu pejabat" in answer.content.decode()
    client.post(URL, data | {f"to_{request.pk}": cast.section_head.pk})
    request.refresh_from_db()
    assert request.responsible == cast.section_head
    # The page that was opened earlier shows the first official.
    answer = client.post(URL, data | {f"to_{request.pk}": cast.outsider.pk})
    assert f"sudah diteruskan kepada {cast.section_head}" in answer.content.decode()
    foreign = walk_in(cast, make_case_service(cast, code="LAIN", unit="GTK"))
    assert "tidak ditemukan" in client.get(URL, {"nomor": foreign.number}).content.decode()
    withdraw_request(request, by=staff(cast.frontdesk))
    assert "sudah ditutup" in client.get(URL, {"nomor": request.number}).content.decode()


def test_a_form_that_chooses_nothing_says_so(cast, service, client):
    request = walk_in(cast, service)
    client.force_login(cast.admin)
    assert "Pilih dahulu permohonan" in client.post(URL, {}, follow=True).content.decode()
    for to in ("", "999999", "x"):
        data = {"one": request.pk, f"to_{request.pk}": to}
        assert "Pilih dahulu pejabat" in client.post(URL, data, follow=True).content.decode()
    assert client.post(URL, {"one": "x", "to_x": cast.official.pk}, follow=True).status_code == 422


def test_the_screen_asks_the_same_number_of_questions_for_one_and_three(cast, service, client):
    walk_in(cast, service)
    client.force_login(cast.admin)
    client.get(URL)
    one = count_queries(lambda: client.get(URL))
    for _count in range(2):
        walk_in(cast, service)
    three = count_queries(lambda: client.get(URL))
    # Among them the rail with its counts, as on every staff page.
    assert three == one <= 16


def test_a_routed_walk_in_runs_to_its_end(cast, service):
    request = walk_in(cast, service)
    route_case(request, by=staff(cast.admin), to_user=cast.official)
    walk(request, (cast.official, "yes"), (cast.official, "done"), (cast.official, "no"))
    walk(request, (cast.section_head, "letter"))
    complete_step(run_of(request), by=staff(cast.counter))
    request.refresh_from_db()
    assert request.state == Request.State.REJECTED
