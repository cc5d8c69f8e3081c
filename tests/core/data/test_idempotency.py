"""A form that is submitted twice creates one object."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from tests.factories.concurrently import concurrently
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.models import IdempotencyKey, Unit
from ula_portal.core.verbs.errors import Outdated


@transaction.atomic
def make(key, actor="staff:1"):
    """What every creating verb does, with a unit as the created object."""
    claim = idempotency.claim(actor, key)
    if claim.earlier_id:
        return claim.earlier_id
    unit = Unit.objects.create(code=idempotency.new_key()[:30], name="Unit")
    claim.record("unit", unit.pk)
    return str(unit.pk)


@pytest.mark.django_db
def test_the_second_call_gets_what_the_first_made():
    assert make("kunci") == make("kunci")
    assert Unit.objects.count() == 1


@pytest.mark.django_db
def test_keys_belong_to_their_actor():
    assert make("kunci", "staff:1") != make("kunci", "staff:2")


@pytest.mark.django_db
def test_without_a_key_every_call_is_the_first():
    assert make("") != make("")
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_a_key_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="64"):
        make("k" * 65)


@pytest.mark.django_db
def test_the_database_never_sees_a_key_itself():
    make("kunci")
    assert "kunci" not in IdempotencyKey.objects.get().key
    with pytest.raises(IntegrityError), transaction.atomic():
        IdempotencyKey.objects.create(actor="staff:1", key="kunci", created_at=clock.now())


@pytest.mark.django_db
def test_a_key_ends_after_a_day_swept_or_not():
    first, later = make("kunci"), clock.now() + datetime.timedelta(days=1, minutes=1)
    with clock.at(later):
        second = make("kunci")
        assert first != second == make("kunci")
        assert idempotency.delete_expired_keys() == 0, "taken anew, it counts from now"
    with clock.at(later + datetime.timedelta(days=1)):
        assert idempotency.delete_expired_keys() == 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_a_revoked_key_leads_to_nothing():
    first, other = make("kunci"), make("lain")
    idempotency.revoke("unit", first)
    assert make("kunci") != first and make("lain") == other


def test_new_keys_differ_and_fit():
    keys = {idempotency.new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(0 < len(key) <= 64 for key in keys)


@pytest.mark.django_db(transaction=True)
def test_a_failed_call_leaves_the_key_free():
    with pytest.raises(RuntimeError), transaction.atomic():
        idempotency.claim("staff:1", "kunci")
        raise RuntimeError
    assert make("kunci")
    assert Unit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_taps_at_once_make_one_thing():
    made = concurrently(*[lambda: make("kunci")] * 16)
    assert len(set(made)) == 1
    assert Unit.objects.count() == 1


@pytest.mark.django_db
def test_what_was_deleted_since_ends_in_words():
    made = make("kunci")
    with transaction.atomic():
        assert str(idempotency.claim("staff:1", "kunci").earlier(Unit.objects).pk) == made
        assert idempotency.claim("staff:1", "lain").earlier(Unit.objects) is None
    Unit.objects.all().delete()
    with pytest.raises(Outdated, match="catatannya dihapus"), transaction.atomic():
        idempotency.claim("staff:1", "kunci").earlier(Unit.objects)
