"""Rules that an office edits, sudden closures, numbers on paper, and the end of a day."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import visitors as make
from ula_portal.core import clock, ports
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.checkin import queries as checkin
from visitors.checkin.actions import paper
from visitors.closing import actions as closing
from visitors.counter.actions import calling, day_end, serving
from visitors.counter.actions.sessions import open_session
from visitors.display.queries.board import board_of, status_of
from visitors.hosting.queries import presence
from visitors.models import Closure, CounterSession, PaperSheet, QueueEvent, QueueRule, Ticket, Visit
from visitors.places.queries import closures
from visitors.queue.queries.waiting import queue_at

pytestmark = pytest.mark.django_db
# A Tuesday morning in service hours (09.00 at the office).
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def place():
    return make.location()


def calls(counter, clerk):
    session = open_session(counter, by=staff(clerk))
    order = []
    while ticket := calling.call_next(session, by=staff(clerk)):
        order.append(ticket)
        serving.finish_serving(ticket, by=staff(clerk))
    return order


def line_of(counter):
    return queue_at(counter.location).line_of(counter.pk)


def test_the_offices_own_turns(place):
    service, clerk = make.service(), make.person(Role.COUNTER)
    QueueRule.objects.create(location=place, priority_in_a_row=3)
    with clock.at(MORNING):
        for lane in ["regular", *["priority"] * 4]:
            make.ticket(service=service, user=clerk, lane=lane)
        order = calls(make.counter(service), clerk)
    assert [t.lane for t in order] == ["priority"] * 3 + ["regular", "priority"]


def test_a_counter_takes_what_it_prefers_first_until_somebody_has_waited_long():
    often, rare, clerk = make.service("A"), make.service("B"), make.person(Role.COUNTER)
    counter = make.counter(often, rare)
    counter.preferred.set([rare])
    with clock.at(MORNING - timedelta(minutes=5)):
        first, second = (make.ticket(service=often, user=clerk) for _n in range(2))
    with clock.at(MORNING):
        preferred = make.ticket(service=rare, user=clerk)
        assert line_of(counter) == [preferred, first, second]
        session = open_session(counter, by=staff(clerk))
        assert calling.call_next(session, by=staff(clerk)) == preferred
        serving.finish_serving(preferred, by=staff(clerk))
        later = make.ticket(service=rare, user=clerk)
    with clock.at(MORNING + timedelta(minutes=15)):
        assert line_of(counter) == [first, second, later]
        assert calling.call_next(session, by=staff(clerk)) == first


def test_a_no_show_needs_the_calls_of_the_rule(place):
    service, clerk = make.service(), make.person(Role.COUNTER)
    QueueRule.objects.create(location=place, calls_before_no_show=1, recall_after_seconds=30)
    make.ticket(service=service, user=clerk)
    called = calling.call_next(open_session(make.counter(service), by=staff(clerk)), by=staff(clerk))
    with clock.at(called.called_at + timedelta(seconds=29)), pytest.raises(Refused, match="detik lagi"):
        calling.recall(called, by=staff(clerk))
    assert serving.no_show(called, by=staff(clerk)).state == "no_show"
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueRule.objects.update(priority_in_a_row=0)


def test_a_closure_is_told_everywhere_and_stops_numbers(cast, place, client):
    make.counter(make.service())
    with clock.at(MORNING):
        waiting = make.ticket(user=cast.frontdesk)
        closure = closing.close_suddenly(place, by=staff(cast.frontdesk), reason="  listrik   padam. ")
        assert closure.reason == "listrik padam."
        assert closing.close_suddenly(place, by=staff(cast.counter), reason="banjir") == closure
        board = board_of(place.pk)
        # The end is unknown: the end of the day is not announced.
        assert "Belum pasti kapan dilanjutkan." in board.notice
        assert "Dilanjutkan pukul" not in board.notice
        # The same words below a title that says what happened.
        assert board.notice == "Pelayanan dihentikan sementara: l" + ports.queue_now()["stopped"][1:]
        for page in ("/", "/antrean/", "/janji-temu/", f"/layar/{place.code}/"):
            html = client.get(page).content.decode()
            assert "istrik padam" in html
            assert html.count("Pelayanan dihentikan") == 1
            assert "Buka sampai" not in html
        with pytest.raises(Refused, match="listrik padam"):
            make.ticket(user=cast.frontdesk)
        assert status_of(waiting).state == "waiting"
        closing.reopen(closure, by=staff(cast.frontdesk))
        with pytest.raises(Outdated):
            closing.reopen(closure, by=staff(cast.frontdesk))
        assert ports.queue_now()["stopped"] == ""
        make.ticket(user=cast.frontdesk)
    assert list(QueueEvent.objects.filter(ticket=None).values_list("kind", flat=True)) == [
        "closed_suddenly",
        "reopened",
    ]


def test_a_closure_ends_by_itself_and_never_overlaps_another(cast, place):
    with clock.at(MORNING):
        with pytest.raises(NotAllowed):
            closing.close_suddenly(place, by=staff(cast.official), reason="banjir")
        with pytest.raises(Refused, match="Tulis alasannya"):
            closing.close_suddenly(place, by=staff(cast.frontdesk), reason=" ")
        with pytest.raises(Refused, match="sudah lewat"):
            closing.close_suddenly(place, by=staff(cast.frontdesk), reason="banjir", until=MORNING)
        closure = closing.close_suddenly(
            place, by=staff(cast.frontdesk), reason="banjir", until=MORNING + timedelta(hours=1)
        )
        assert "Dilanjutkan pukul" in board_of(place.pk).notice
        with pytest.raises(IntegrityError), transaction.atomic():
            Closure.objects.create(
                location=place,
                closed_at=MORNING,
                until=MORNING + timedelta(hours=3),
                reason="x",
                closed_by=cast.frontdesk,
            )
    with clock.at(closure.until):
        assert closures.closure_at(place.pk) is None
        assert closing.close_suddenly(place, by=staff(cast.frontdesk), reason="lagi") != closure


def test_the_desk_stops_and_opens_again_on_its_page(cast, place, client):
    make.counter(make.service())
    client.force_login(cast.frontdesk)
    page = reverse("service_closure")
    assert client.post(page, {"do": "close", "reason": ""}).status_code == 422
    said = {"do": "close", "reason": "Banjir", "confirmed": "1"}
    assert "sedang dihentikan" in client.post(page, said, follow=True).content.decode()
    closure = Closure.objects.get()
    html = client.post(page, {"do": "reopen", "closure": closure.pk}, follow=True).content.decode()
    assert "Pelayanan dibuka kembali." in html


def test_numbers_on_paper_leave_no_gap_and_come_only_once(cast, place):
    with clock.at(MORNING):
        first = make.ticket(user=cast.frontdesk, letter="U")
        sheet = paper.reserve_numbers(place, by=staff(cast.frontdesk), count=10, key="k")
        assert paper.reserve_numbers(place, by=staff(cast.frontdesk), count=10, key="k") == sheet
        after = make.ticket(user=cast.frontdesk, letter="U")
        assert (first.number, list(sheet.numbers), after.number) == (1, list(range(2, 12)), 12)
        with pytest.raises(NotAllowed):
            paper.reserve_numbers(place, by=staff(cast.official), count=1)
        for wrong in ({"count": 0}, {"count": 61}, {"count": 5, "letter": "I"}):
            with pytest.raises(Refused):
                paper.reserve_numbers(place, by=staff(cast.frontdesk), **wrong)
    assert PaperSheet.objects.count() == 1


def enter(sheet, cast, number, **more):
    values = {"came_at": MORNING, "name": f"Tamu {number}", "purpose": "consult"} | more
    return make.enter_from_paper(sheet, cast.frontdesk, number, **values)


def test_paper_is_entered_with_its_true_times(cast, place):
    counter = make.counter(make.service())
    with clock.at(MORNING):
        sheet = paper.reserve_numbers(place, by=staff(cast.frontdesk), count=5)
    with clock.at(MORNING + timedelta(hours=2)):
        done = enter(sheet, cast, 2, finished_at=MORNING + timedelta(minutes=20), result="Dijelaskan")
        assert done.visit.recorded_late_at == clock.now()
        done.visit.refresh_from_db()
        # Nobody checked them out: the list shows them as probably gone.
        assert (done.visit.checked_in_at, done.visit.left_at) == (MORNING, None)
        assert [each.visit for each in presence.inside(cast.frontdesk, place).gone] == [done.visit]
        assert (done.ticket.label, done.ticket.state, done.ticket.issued_at) == ("U-002", "finished", MORNING)
        newcomer = make.ticket(user=cast.frontdesk)
        waits = enter(sheet, cast, 3, came_at=MORNING + timedelta(minutes=30)).ticket
        # A visitor with a paper number comes before later visitors.
        assert [t.pk for t in line_of(counter)] == [waits.pk, newcomer.pk]
        assert checkin.numbers_entered(sheet) == [2, 3]


def test_paper_entries_that_cannot_be_are_refused(cast, place):
    with clock.at(MORNING):
        sheet = paper.reserve_numbers(place, by=staff(cast.frontdesk), count=5)
        enter(sheet, cast, 1, key="k")
        assert enter(sheet, cast, 1, key="k").ticket.number == 1
        for number, more, words in (
            (1, {}, "sudah dicatat"),
            (6, {}, "tidak ada di lembar"),
            (2, {"came_at": MORNING + timedelta(minutes=1)}, "masa depan"),
            (2, {"came_at": MORNING - timedelta(days=1)}, "Waktu datang"),
            (2, {"finished_at": MORNING - timedelta(minutes=1)}, "setelah waktu datang"),
            (2, {"name": ""}, "nama tamu"),
        ):
            with pytest.raises(Refused, match=words):
                enter(sheet, cast, number, **more)
    with clock.at(MORNING + timedelta(days=1)), pytest.raises(Refused, match="tidak menunggu lagi"):
        enter(sheet, cast, 2)
    assert Visit.objects.count() == 1


def test_the_pages_of_the_paper(cast, place, client):
    make.counter(make.service())
    client.force_login(cast.frontdesk)
    answer = client.post(reverse("paper_numbers"), {"key": "k", "letter": "u", "count": 4}, follow=True)
    assert "U-004" in answer.content.decode()
    sheet = PaperSheet.objects.get()
    page = reverse("paper_enter", args=[sheet.pk])
    came = clock.local(clock.now()).time().replace(second=0, microsecond=0)
    typed = {"key": "j", "number": 2, "came_at": came, "name": "Siti", "purpose": "consult", "head_count": 1}
    wrong = client.post(page, typed | {"number": 9})
    assert wrong.status_code == 422
    assert "tidak ada di lembar" in wrong.content.decode() and "Siti" in wrong.content.decode()
    assert "U-002 dicatat." in client.post(page, typed, follow=True).content.decode()
    assert "1 nomor sudah dicatat" in client.get(page).content.decode()


def test_the_end_of_a_day_closes_what_is_open(cast, place):
    service, clerks = make.service(), [make.person(Role.COUNTER) for _n in range(2)]
    with clock.at(MORNING):
        tickets = [make.ticket(service=service, user=cast.frontdesk) for _n in range(4)]
        sessions = [open_session(make.counter(service), by=staff(clerk)) for clerk in clerks]
        calling.call_next(sessions[0], by=staff(clerks[0]))
        serving.start_serving(tickets[0], by=staff(clerks[0]))
        calling.call_next(sessions[1], by=staff(clerks[1]))
        assert day_end.end_past_days() == 0
    with clock.at(MORNING + timedelta(days=1)):
        fresh = make.ticket(service=service, user=cast.frontdesk)
        assert day_end.end_past_days() == 2 + 2 + 4
        assert day_end.end_past_days() == 0
        assert [each.visit for each in presence.inside(cast.frontdesk, place).here] == [fresh.visit]
    states = dict(Ticket.objects.values_list("pk", "state"))
    assert [states[t.pk] for t in tickets] == ["finished", "no_show", "cancelled", "cancelled"]
    served = Ticket.objects.filter(pk__in=[t.pk for t in tickets[:2]])
    assert {clock.local(each.finished_at).date() for each in served} == {(MORNING + timedelta(days=1)).date()}
    assert not CounterSession.objects.filter(closed_at__isnull=True).exists()
    left = Visit.objects.get(pk=tickets[2].visit_id)
    assert left.left_assumed and clock.local(left.left_at).time() >= time(12)
    assert states[fresh.pk] == "waiting"
