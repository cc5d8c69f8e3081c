"""Gapless numbers per key and year."""

import pytest
from django.db import ProgrammingError, transaction

from tests.factories.concurrently import concurrently
from ula_portal.core.data.numbering import next_number


@transaction.atomic
def take(key="surat", year=2026):
    return next_number(key, year)


@pytest.mark.django_db
def test_numbers_count_from_one_per_key_and_year():
    assert [take(), take(), take()] == [1, 2, 3]
    assert take(year=2027) == 1
    assert take("permohonan") == 1
    assert take() == 4


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back():
    take()

    class Trouble(Exception):
        pass

    with pytest.raises(Trouble), transaction.atomic():
        assert next_number("surat", 2026) == 2
        raise Trouble
    assert take() == 2


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_a_transaction():
    with pytest.raises(ProgrammingError):
        next_number("surat", 2026)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_leave_no_gap_and_no_double():
    def take_many():
        return [take() for _ in range(50)]

    taken = [number for numbers in concurrently(*[take_many] * 8) for number in numbers]
    assert sorted(taken) == list(range(1, 401))


@pytest.mark.django_db(transaction=True)
def test_threads_that_fail_leave_no_gap():
    def take_some():
        numbers = []
        for turn in range(40):
            try:
                with transaction.atomic():
                    number = next_number("surat", 2026)
                    if turn % 3 == 0:
                        raise RuntimeError("rolled back")
            except RuntimeError:
                continue
            numbers.append(number)
        return numbers

    taken = sorted(number for numbers in concurrently(*[take_some] * 8) for number in numbers)
    assert taken == list(range(1, len(taken) + 1))
    assert take() == len(taken) + 1
