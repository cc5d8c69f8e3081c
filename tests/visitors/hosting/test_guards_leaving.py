"""Reporting back, leaving and taking back: every guard clause."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.visitors import state_of
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff, visitor
from ula_portal.core.models import Role, StaffRole, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.counter.actions import calling, sessions
from visitors.counter.actions.serving import finish_serving, hold, report_back, start_serving
from visitors.hosting.actions import leaving
from visitors.hosting.actions.leaving import check_out
from visitors.models import CounterSession, QueueEvent, Ticket, Visit
from visitors.queue.actions import undoing
from visitors.queue.actions.tickets import leave_queue

pytestmark = pytest.mark.django_db
NOBODY = 10**12


@pytest.fixture
def missed(called, clerk):
    make.missed(called, clerk)
    return Ticket.objects.get(pk=called.pk)


def left_at(ticket):
    return Visit.objects.get(pk=ticket.visit_id).left_at


# Reporting back


def reporting(ticket, clerk):
    """Both ways back into the queue: at the desk, and on the ticket's page."""
    return lambda: report_back(ticket, by=staff(clerk)), lambda: report_back(ticket, by=visitor(ticket.visit_id))


def test_who_has_left_does_not_queue_again(missed, clerk, desk):
    check_out(missed.visit, by=staff(desk))
    for report in reporting(missed, clerk):
        with pytest.raises(Refused, match="Kunjungan ini sudah selesai"):
            report()
    assert state_of(missed) == "no_show"


def test_who_has_another_number_or_comes_the_next_day_does_not_queue_again(missed, clerk, service):
    with clock.at(clock.now() + timedelta(days=1)):
        for report in reporting(missed, clerk):
            with pytest.raises(Outdated, match="bukan nomor hari ini"):
                report()
    make.issue(missed.visit, service=service)
    for report in reporting(missed, clerk):
        with pytest.raises(Refused, match="nomor lain yang berlaku"):
            report()
    assert state_of(missed) == "no_show"


@pytest.mark.parametrize("state", ["waiting", "called", "serving", "held", "finished", "cancelled"])
def test_only_who_missed_the_call_reports_back(called, clerk, state):
    session = None if state == "waiting" else called.session_id
    Ticket.objects.filter(pk=called.pk).update(state=state, session=session)
    for report in reporting(called, clerk):
        with pytest.raises(Outdated):
            report()
    assert state_of(called) == state


def test_who_reports_somebody_back(missed, clerk, desk):
    post = make.position()
    official, stranger = make.person(Role.OFFICIAL, position=post), make.person(Role.OFFICIAL)
    room = make.counter(kind="room", position=post)
    for user in (official, stranger, make.person(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed, match="tidak berwenang atas nomor antrean ini"):
            report_back(missed, by=staff(user))
    # An official may for their own room.
    Ticket.objects.filter(pk=missed.pk).update(target=room)
    with pytest.raises(NotAllowed):
        report_back(missed, by=staff(stranger))
    assert report_back(missed, by=staff(official)).state == "waiting"
    with pytest.raises(NotAllowed):
        report_back(Ticket(pk=NOBODY), by=staff(desk))
    with pytest.raises(Outdated):
        report_back(Ticket(pk=NOBODY), by=visitor(NOBODY))


def test_by_phone_so_often_then_somebody_has_to_see_them(session, missed, clerk):
    moment = clock.now()
    for _turn in range(2):
        assert report_back(missed, by=visitor(missed.visit_id)).state == "waiting"
        moment += timedelta(minutes=1)
        with clock.at(moment):
            make.missed(calling.call_next(session, by=staff(clerk)), clerk)
    with pytest.raises(Refused, match="meja depan"):
        report_back(missed, by=visitor(missed.visit_id))
    assert report_back(missed, by=staff(clerk)).state == "waiting"


def test_the_place_of_who_comes_back_is_behind_their_own_lane(session, missed, clerk, service):
    for lane in ("priority", "priority", "priority", "regular"):
        make.ticket(service=service, user=clerk, lane=lane)
    back = report_back(missed, by=staff(clerk))
    assert back.waiting_since > Ticket.objects.get(lane="regular", state="waiting", calls=0, number=5).waiting_since


# Giving a ticket back, and checking out


@pytest.mark.parametrize("state", ["serving", "finished", "no_show", "cancelled"])
def test_a_number_in_service_or_ended_is_not_given_back(called, state):
    Ticket.objects.filter(pk=called.pk).update(state=state)
    with pytest.raises(Outdated, match="sudah berubah"):
        leave_queue(called, by=actors.visitor(called.visit_id))
    assert state_of(called) == state
    with pytest.raises(Outdated):
        leave_queue(Ticket(pk=NOBODY), by=actors.visitor(NOBODY))


def test_who_gave_the_number_back_is_not_fetched_back_by_a_click_before(called, clerk):
    hold(called, by=staff(clerk))
    leave_queue(called, by=actors.visitor(called.visit_id))
    with pytest.raises(Outdated, match="Tidak ada tindakan Anda"):
        undoing.take_back(called, by=staff(clerk))
    assert state_of(called) == "cancelled"


@pytest.mark.parametrize("serving", [False, True])
def test_nobody_leaves_from_a_counter(called, clerk, desk, serving):
    if serving:
        start_serving(called, by=staff(clerk))
    with pytest.raises(Refused, match="sedang dilayani"):
        check_out(called.visit, by=staff(desk))
    assert left_at(called) is None


def test_a_visit_that_is_not_there_does_not_end(desk):
    with pytest.raises(Refused, match="tidak ditemukan"):
        check_out(Visit(pk=NOBODY), by=staff(desk))
    with pytest.raises(Outdated, match="tidak tercatat pulang"):
        leaving.take_back_leaving(Visit(pk=NOBODY), by=staff(desk))


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SECTION_HEAD, Role.HEAD, Role.ADMINISTRATOR])
def test_others_neither_note_a_leaving_nor_take_it_back(called, clerk, desk, role):
    finish_serving(called, by=staff(clerk))
    other = make.person(role)
    with pytest.raises(NotAllowed):
        check_out(called.visit, by=staff(other))
    check_out(called.visit, by=staff(desk))
    with pytest.raises(NotAllowed):
        leaving.take_back_leaving(called.visit, by=staff(other))
    assert left_at(called)


def test_who_lost_the_role_meanwhile_notes_nothing(called, clerk, desk):
    finish_serving(called, by=staff(clerk))
    StaffRole.objects.filter(user=desk).delete()
    with pytest.raises(NotAllowed):
        check_out(called.visit, by=staff(User.objects.get(pk=desk.pk)))


# Taking back


def test_who_has_left_is_not_undone_back(called, clerk, desk):
    finish_serving(called, by=staff(clerk))
    check_out(called.visit, by=staff(desk))
    with pytest.raises(Outdated, match="Kunjungan ini sudah selesai"):
        undoing.take_back(called, by=staff(clerk))
    assert (state_of(called), bool(left_at(called))) == ("finished", True)


def test_a_click_is_taken_back_by_who_clicked_until_the_minute_is_over(called, clerk):
    finish_serving(called, by=staff(clerk))
    moment = clock.now()
    for wrong in (Ticket(pk=NOBODY), make.ticket(user=clerk)):
        with pytest.raises(Outdated, match="Tidak ada tindakan Anda"):
            undoing.take_back(wrong, by=staff(clerk))
    Ticket.objects.filter(pk=called.pk).update(undo=Ticket.objects.get(pk=called.pk).undo | {"at": moment.isoformat()})
    with clock.at(moment + timedelta(seconds=60, microseconds=1)), pytest.raises(Outdated, match="lewat 1 menit"):
        undoing.take_back(called, by=staff(clerk))
    with clock.at(moment + timedelta(seconds=60)):
        assert undoing.take_back(called, by=staff(clerk)).state == "called"


@pytest.mark.parametrize("way", ["paused", "closed"])
def test_a_counter_that_is_paused_or_closed_gets_nobody_back(session, called, clerk, way):
    finish_serving(called, by=staff(clerk))
    (sessions.pause if way == "paused" else sessions.close_session)(session, by=staff(clerk))
    with pytest.raises(Refused, match="Buka atau lanjutkan loket"):
        undoing.take_back(called, by=staff(clerk))
    assert state_of(called) == "finished"


def test_a_counter_that_serves_somebody_else_gets_nobody_back(session, called, clerk, service):
    following = make.ticket(service=service, user=clerk)
    finish_serving(called, by=staff(clerk))
    calling.call_next(session, by=staff(clerk))
    start_serving(following, by=staff(clerk))
    with pytest.raises(Refused, match=f"dahulu {following.label}"):
        undoing.take_back(called, by=staff(clerk))


def test_what_went_back_to_the_line_needs_no_counter(session, called, clerk, service):
    """A call can be taken back during a break, because the ticket returns to the line and not to the counter."""
    ticket = make.ticket(service=service, user=clerk)
    hold(called, by=staff(clerk))
    calling.call_next(session, by=staff(clerk))
    CounterSession.objects.filter(pk=session.pk).update(paused_at=clock.now())
    assert undoing.take_back(ticket, by=staff(clerk)).state == "waiting"


def test_a_leaving_is_taken_back_within_a_minute_with_the_number_given_back(session, clerk, service, desk):
    ticket = make.ticket(service=service, user=clerk)
    with pytest.raises(Outdated, match="tidak tercatat pulang"):
        leaving.take_back_leaving(ticket.visit, by=staff(desk))
    check_out(ticket.visit, by=staff(desk))
    with clock.at(clock.now() + timedelta(seconds=61)), pytest.raises(Outdated, match="lewat 1 menit"):
        leaving.take_back_leaving(ticket.visit, by=staff(desk))
    # Only the user who cancelled the ticket can restore it.
    with pytest.raises(Outdated, match="Tidak ada tindakan Anda"):
        leaving.take_back_leaving(ticket.visit, by=staff(clerk))
    assert (state_of(ticket), bool(left_at(ticket))) == ("cancelled", True)
    assert leaving.take_back_leaving(ticket.visit, by=staff(desk)).left_at is None
    assert (state_of(ticket), left_at(ticket)) == ("waiting", None)


def test_a_leaving_taken_back_brings_no_number_back_that_was_given_back_before(clerk, service, desk):
    ticket = make.ticket(service=service, user=clerk)
    leave_queue(ticket, by=actors.visitor(ticket.visit_id))
    check_out(ticket.visit, by=staff(desk))
    assert leaving.take_back_leaving(ticket.visit, by=staff(desk)).left_at is None
    assert state_of(ticket) == "cancelled"
    assert QueueEvent.objects.filter(ticket=ticket, kind="undone").count() == 0
