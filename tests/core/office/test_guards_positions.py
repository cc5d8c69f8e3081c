"""Holders, deputies and acting holders: each clause of the queries on which every permission in the office is based."""

import pytest

from tests.factories.core import anew, day, make_acting, make_position, make_unit, make_user
from ula_portal.core import clock, permissions
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Absence, Position, User
from ula_portal.core.office import absences as absence_queries
from ula_portal.core.office import permissions as office
from ula_portal.core.office import queries
from ula_portal.core.office.actions import people

pytestmark = pytest.mark.django_db


def close_account(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def away(user, deputy=None, first=0, last=0):
    return Absence.objects.create(user=user, kind="leave", from_date=day(first), to_date=day(last), deputy=deputy)


class Post:
    """A position with its holder, a deputy and somebody who might act in it, and all queries for whose work it is."""

    def __init__(self):
        self.position = make_position()
        self.holder, self.deputy, self.acting = make_user(position=self.position), make_user(), make_user()

    def workers(self):
        """Whose work it is today, according to all queries, which must agree."""
        people = [self.holder, self.deputy, self.acting]
        by_position = queries.holders_of([self.position.pk])[self.position.pk]
        here = set(queries.people_here_for([self.position.pk]))
        by_person = {each for each in people if self.position.pk in queries.position_ids_held(anew(each), day(0))}
        listed = {each for each in people if self.position in queries.positions_of(anew(each))}
        asked = {each for each in people if self.position.pk in office.position_ids_of(anew(each))}
        assert by_person == listed == asked
        # Absent people have no work today, although they keep the position.
        absent = set(absence_queries.presence_of([each.pk for each in people]))
        assert set(by_position) == here == {each for each in by_person if each.pk not in absent}
        held = Position.objects.filter(queries.is_held(day(0)), pk=self.position.pk).exists()
        assert held == bool(by_position)
        return {name for name in ("holder", "deputy", "acting") if getattr(self, name) in here}


@pytest.fixture
def post():
    return Post()


def test_the_holder_works_while_here_and_a_deputy_only_meanwhile(post):
    assert post.workers() == {"holder"}
    away(post.holder, post.deputy)
    assert post.workers() == {"deputy"}
    Absence.objects.all().delete()
    for first, last in ((-2, -1), (1, 2)):
        away(post.holder, post.deputy, first, last)
        assert post.workers() == {"holder"}


@pytest.mark.parametrize(
    ("spoil", "left"),
    [
        (lambda post: close_account(post.deputy), set()),
        (lambda post: away(post.deputy), set()),
        (lambda post: away(post.deputy, first=1, last=1), {"deputy"}),
        (lambda post: close_account(post.holder), set()),
        (lambda post: post.holder.tenures.update(to_date=day(-1)), set()),
        (lambda post: post.holder.tenures.update(from_date=day(1)), set()),
        (lambda post: post.holder.tenures.update(to_date=day(0)), {"deputy"}),
        (lambda post: make_acting(post.acting, post.position), {"acting"}),
        (lambda post: make_acting(post.acting, post.position, from_date=day(1), to_date=day(2)), {"deputy"}),
        (lambda post: (make_acting(post.acting, post.position), away(post.acting)), {"deputy"}),
        (lambda post: (make_acting(post.acting, post.position), close_account(post.acting)), {"deputy"}),
        (lambda post: make_acting(post.acting, make_position()), {"deputy"}),
    ],
)
def test_what_a_stand_in_needs(post, spoil, left):
    """Each row takes away, or keeps, one thing of a position whose holder is absent and has a deputy."""
    away(post.holder, post.deputy)
    spoil(post)
    if not anew(post.holder).is_active or left == set():
        # A closed holder's work belongs to nobody, although single queries may still list the user.
        assert queries.holders_of([post.position.pk])[post.position.pk] == []
        assert not queries.people_here_for([post.position.pk]).exists()
        return
    assert post.workers() == left


def test_a_second_definitive_holder_leaves_the_deputy_their_part(post):
    """Only an acting holder by order takes the deputy's place; a colleague in the same position does not."""
    second = make_user(position=post.position)
    away(post.holder, post.deputy)
    found = queries.holders_of([post.position.pk])[post.position.pk]
    assert set(found) == {second, post.deputy}
    assert post.position.pk in queries.position_ids_held(anew(post.deputy), day(0))
    assert set(queries.people_here_for([post.position.pk])) == {second, post.deputy}


def test_nobody_and_closed_accounts_hold_nothing(post):
    assert queries.position_ids_held(User(), day(0)) == set() and queries.positions_of(User()) == []
    close_account(post.holder)
    gone = anew(post.holder)
    assert queries.position_ids_held(gone, day(0)) == set() == office.position_ids_of(gone)
    assert queries.positions_of(gone) == [] and queries.own_position_ids(gone) == set()
    assert queries.tenure_of(gone, post.position.pk) is None and queries.tenures_of(gone) == []
    assert gone not in queries.people_holding_positions()
    assert not queries.people_with_tenure_of([post.position.pk]).exists()


@pytest.mark.parametrize("distance", [-1, 0, 1, 2])
def test_a_tenure_of_one_day_counts_that_day_everywhere(distance):
    position, user = make_position(), make_user()
    people.begin_tenure(user, by=SYSTEM, position=position, from_date=day(0), to_date=day(1))
    asked = day(distance)
    answers = {
        bool(queries.holders_of([position.pk], asked)[position.pk]),
        bool(queries.own_position_ids(user, asked)),
        bool(queries.position_ids_held(user, asked)),
        queries.tenure_of(user, position.pk, asked) is not None,
        bool(queries.tenures_of(user, asked)),
        queries.people_with_tenure_of([position.pk], asked).exists(),
        queries.people_here_for([position.pk], asked).exists(),
        user in queries.people_holding_positions(asked),
        user.pk in queries.ids_of_main_holders([position.pk], asked),
        user.pk in queries.ids_of_people_in([position.pk], asked),
        user.pk in queries.ids_in_office([position.pk], asked),
        user.pk in queries.ids_in_office_by_position(asked).get(position.pk, ()),
    }
    assert answers == {distance in (0, 1)}


def test_a_deputy_holds_nothing_of_their_own(post):
    away(post.holder, post.deputy)
    assert queries.own_position_ids(post.deputy) == set() and queries.tenures_of(post.deputy) == []
    assert queries.tenure_of(post.deputy, post.position.pk) is None
    assert not queries.people_with_tenure_of([post.position.pk]).filter(pk=post.deputy.pk).exists()
    assert queries.positions_of(anew(post.deputy))[0].held_as is None
    make_acting(post.deputy, post.position, "plt")
    assert queries.positions_of(anew(post.deputy))[0].held_as == "plt"
    assert queries.ids_of_people_in([post.position.pk]) == {post.holder.pk, post.deputy.pk}


@pytest.mark.parametrize("distance", [-1, 0, 1])
def test_a_deputys_work_it_is_while_the_holder_is_away(post, distance):
    away(post.holder, post.deputy, first=distance, last=distance)
    standing_in = {post.deputy.pk} if distance == 0 else set()
    assert queries.ids_of_people_in([post.position.pk]) == {post.holder.pk} | standing_in


def test_main_holders_leave_out_who_only_acts_beside_a_post_of_their_own(post):
    make_acting(post.acting, post.position)
    assert queries.ids_of_main_holders([post.position.pk]) == {post.holder.pk, post.acting.pk}
    people.begin_tenure(post.acting, by=SYSTEM, position=make_position(), from_date=day(-5))
    assert queries.ids_of_main_holders([post.position.pk]) == {post.holder.pk}


def test_what_is_remembered_of_a_day_is_not_answered_for_another(post):
    away(post.holder, post.deputy)
    user = anew(post.deputy)
    assert queries.positions_of(user, day(0)) and not queries.positions_of(user, day(1))
    assert office.position_ids_of(user, day(0)) == {post.position.pk}
    assert office.position_ids_of(user, day(1)) == set()


# Who records whose absence


def test_absences_are_asked_for_their_days_and_people(post):
    past, now, coming, later = (away(post.holder, first=d, last=d) for d in (-1, 0, 1, 2))
    away(post.deputy, first=1, last=1)
    assert absence_queries.presence_of([post.holder.pk]) == {post.holder.pk: now}
    assert absence_queries.next_absences([post.holder.pk]) == {post.holder.pk: coming}
    assert absence_queries.absences_from(day(0), [post.holder.pk]) == [now, coming, later]
    assert past not in absence_queries.absences_from(day(0))
    close_account(post.holder)
    assert absence_queries.absences_from(day(0), [post.holder.pk]) == []


def test_what_somebody_has_not_read_of_their_absence(post):
    """Recorded by somebody else, not over, not read."""
    own, told, over, read, set_up = (away(post.holder, first=d, last=d) for d in (1, 2, -1, 3, 4))
    for absence, by in ((own, post.holder), (told, post.acting), (over, post.acting), (read, post.acting)):
        Absence.objects.filter(pk=absence.pk).update(recorded_by=by)
    Absence.objects.filter(pk=read.pk).update(seen_at=clock.now())
    assert set_up.recorded_by is None
    assert list(absence_queries.unseen_absences(post.holder)) == [told]
    assert not absence_queries.unseen_absences(post.deputy).exists()


def test_a_position_is_away_when_all_its_own_holders_are(post):
    def asked():
        return absence_queries.position_away(post.position.pk)

    assert asked() is None and absence_queries.position_away(make_position().pk) is None
    away(post.holder, post.deputy, last=3)
    people.begin_tenure(post.deputy, by=SYSTEM, position=make_position(name="Analis Contoh"), from_date=day(-5))
    found = asked()
    assert (found.kind, found.until, found.deputy_position, found.acting) == ("leave", day(3), "Analis Contoh", "")
    User.objects.filter(pk=post.deputy.pk).update(is_active=False)
    assert asked().deputy_position == ""
    User.objects.filter(pk=post.deputy.pk).update(is_active=True)
    # An acting holder is named with the kind of the order, while present; otherwise the deputy is named.
    make_acting(post.acting, post.position, "plt")
    assert asked().acting == "plt"
    away(post.acting)
    away(post.deputy)
    assert (asked().acting, asked().deputy_position) == ("", "")
    second = make_user(position=post.position)
    assert asked() is None
    away(second, last=1)
    assert asked().until == day(1)
    close_account(second)
    assert asked().until == day(3)


def test_acting_tenures_that_are_not_over(post):
    coming = make_acting(post.acting, post.position, from_date=day(2), to_date=day(3))
    over = make_acting(post.deputy, post.position, from_date=day(-3), to_date=day(-1))
    assert absence_queries.acting_tenures(day(0), [post.position.pk]) == [coming]
    assert over in absence_queries.acting_tenures(day(-1))
    assert absence_queries.acting_tenures(day(0), [make_position().pk]) == []


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda post: None, True),
        (lambda post: away(post.holder, post.deputy), True),
        (lambda post: close_account(post.holder), False),
        (lambda post: post.holder.tenures.update(to_date=day(-1)), False),
        (lambda post: post.holder.tenures.update(position=make_position()), False),
    ],
)
def test_whose_name_stands_at_a_position(post, spoil, named):
    spoil(post)
    position = Position.objects.annotate(names=queries.names_in_office(day(0))).get(pk=post.position.pk)
    assert position.names == ([post.holder.full_name] if named else [])


def test_who_is_at_hand_as_a_tenure_ends_forgets_what_it_gave():
    unit = make_unit()
    head = make_position(unit=unit, heads_unit=True)
    acting = make_user()
    tenure = make_acting(acting, head, from_date=day(-2), to_date=day(2))
    assert queries.positions_of(tenure.user) == [head] and permissions.roles_of(tenure.user)
    people.end_tenure(tenure, by=SYSTEM, last_day=day(-1))
    assert queries.positions_of(tenure.user) == [] and not permissions.roles_of(tenure.user)
