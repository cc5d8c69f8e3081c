"""One transaction per verb, whichever verb calls which."""

import pytest
from django.db import connection, transaction

from tests.factories.core import make_user
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb


@part
def _rename(user, name):
    User.objects.filter(pk=user.pk).update(full_name=name)


@verb
def _inner(user, *, fail=False):
    _rename(user, "inner")
    if fail:
        raise Refused("no")
    return len(connection.savepoint_ids)


@verb
def _outer(user, *, fail=False, after=None):
    """The number of savepoints that a verb opens when it is called here."""
    _rename(user, "outer")
    transaction.on_commit(after or (lambda: None))
    return _inner(user, fail=fail) - len(connection.savepoint_ids)


def _name(user):
    return User.objects.get(pk=user.pk).full_name


@pytest.mark.django_db
def test_a_verb_called_by_a_verb_opens_no_savepoint():
    user, around = make_user(), len(connection.savepoint_ids)
    assert _outer(user) == 0
    assert _inner(user) == around + 1, "the outermost verb, here within the transaction of the test"
    assert len(connection.savepoint_ids) == around


@pytest.mark.django_db
def test_a_refused_verb_leaves_nothing_of_its_own_nor_of_the_verb_it_called():
    user = make_user(full_name="Before")
    with pytest.raises(Refused):
        _outer(user, fail=True)
    assert _name(user) == "Before"
    with pytest.raises(Refused):
        _inner(user, fail=True)
    assert _name(user) == "Before", "after a refusal the next verb is an outermost one again"


@pytest.mark.django_db(transaction=True)
def test_what_runs_on_commit_is_outside_of_the_verb():
    user = make_user(full_name="Before")

    def fails_later():
        with pytest.raises(Refused):
            _inner(user, fail=True)

    _outer(user, after=fails_later)
    assert _name(user) == "inner", "the verb called on commit had a transaction of its own, and lost only that"
    with pytest.raises(transaction.TransactionManagementError):
        _rename(user, "alone")
    assert _name(user) == "inner"


def test_staff_only():
    user = User(pk=7)
    assert staff(user).staff_member is user and staff(user).key == "staff:7"
    assert staff(user) == staff(User(pk=7)), "an actor is kind and id"
    for other in (SYSTEM, applicant(7)):
        with pytest.raises(NotAllowed):
            _ = other.staff_member
