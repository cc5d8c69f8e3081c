"""Opening, pausing and closing a counter or room: who may, and what prevents it; every guard clause."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.core import anew
from tests.factories.visitors import state_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role, StaffRole
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.counter.actions import sessions
from visitors.counter.actions.serving import hold, start_serving
from visitors.counter.queries import session_of
from visitors.models import Counter, CounterSession, QueueEvent

pytestmark = pytest.mark.django_db


NOBODY = 10**12


# Opening, pausing, closing


@pytest.fixture
def place_of_work():
    """A position with a room and a counter."""
    post = make.position()
    return post, make.counter(kind="room", position=post), make.counter(position=post)


def test_a_counter_out_of_use_is_opened_by_nobody(counter, clerk, place_of_work):
    post, room, own = place_of_work
    holder = make.person(Role.OFFICIAL, position=post)
    Counter.objects.update(active=False)
    for desk, user in ((counter, clerk), (room, holder), (own, holder)):
        with pytest.raises(Refused, match="tidak dipakai"):
            sessions.open_session(desk, by=staff(user))
        assert not permissions.room_ids_of(anew(user))
    with pytest.raises(Refused, match="tidak dipakai"):
        sessions.open_session(Counter(pk=NOBODY), by=staff(clerk))


def test_the_holder_of_a_counters_position_works_there_without_a_role_of_the_desk(place_of_work, clerk):
    post, room, own = place_of_work
    holder, stranger = make.person(Role.OFFICIAL, position=post), make.person(Role.OFFICIAL)
    assert permissions.may_work_at(holder, own) and permissions.may_work_at(holder, room)
    assert permissions.may_work_at(clerk, own) and not permissions.may_work_at(clerk, room)
    assert not permissions.may_work_at(stranger, own)
    assert permissions.may_call(holder) and not permissions.may_call(stranger)
    assert permissions.may_host(holder) and not permissions.may_host(stranger)
    # A position alone is not enough: without a role nobody is a member of staff.
    StaffRole.objects.filter(user=holder).delete()
    bare = anew(holder)
    assert permissions.room_ids_of(bare) == frozenset() and not permissions.may_host(bare)
    with pytest.raises(NotAllowed):
        sessions.open_session(room, by=staff(bare))


def test_a_counter_in_use_names_who_sits_there_now(counter, clerk):
    earlier, late = make.person(Role.COUNTER), make.person(Role.COUNTER)
    sessions.close_session(sessions.open_session(counter, by=staff(earlier)), by=staff(earlier))
    sessions.open_session(counter, by=staff(clerk))
    with pytest.raises(Refused, match=rf"sedang dipakai {clerk}\."):
        sessions.open_session(counter, by=staff(late))


@pytest.mark.parametrize("verb", [sessions.pause, sessions.unpause, sessions.close_session])
def test_only_ones_own_open_session_is_paused_or_closed(session, clerk, verb):
    for user, at in ((make.person(Role.COUNTER), session), (clerk, CounterSession(pk=NOBODY))):
        with pytest.raises(NotAllowed, match="bukan milik Anda"):
            verb(at, by=staff(user))
    sessions.close_session(session, by=staff(clerk))
    with pytest.raises(Outdated, match="sudah ditutup"):
        verb(session, by=staff(clerk))


def test_a_pause_begins_and_ends_once(session, clerk):
    for verb in (sessions.pause, sessions.pause, sessions.unpause, sessions.unpause):
        verb(session, by=staff(clerk))
    began = QueueEvent.objects.filter(kind__in=["paused", "unpaused"])
    assert list(began.order_by("pk").values_list("kind", flat=True)) == ["paused", "unpaused"]


@pytest.mark.parametrize("serving", [False, True])
def test_with_a_visitor_at_the_counter_nobody_pauses_or_closes_held_ones_do_not_matter(
    session, clerk, called, service, serving
):
    if serving:
        start_serving(called, by=staff(clerk))
    for verb in (sessions.pause, sessions.close_session):
        with pytest.raises(Refused, match="Selesaikan dahulu A-001"):
            verb(session, by=staff(clerk))
    hold(called, by=staff(clerk))
    sessions.pause(session, by=staff(clerk))
    assert sessions.close_session(session, by=staff(clerk)).closed_at
    assert CounterSession.objects.get(pk=session.pk).paused_at is None
    assert state_of(called) == "held"


def test_what_was_left_open_yesterday_is_closed_for_whoever_is_in_the_way_only(counter, clerk, service):
    """A session of this counter and one of this person; a third one is left to the end of the day."""
    other, third = make.counter(service), make.counter(service)
    colleague, bystander = make.person(Role.COUNTER), make.person(Role.COUNTER)
    with clock.at(clock.now() - timedelta(days=1)):
        sessions.open_session(counter, by=staff(colleague))
        sessions.open_session(other, by=staff(clerk))
        sessions.open_session(third, by=staff(bystander))
    assert session_of(clerk) is None
    sessions.open_session(counter, by=staff(clerk))
    still = CounterSession.objects.filter(closed_at__isnull=True).values_list("user", flat=True)
    assert set(still) == {clerk.pk, bystander.pk}
