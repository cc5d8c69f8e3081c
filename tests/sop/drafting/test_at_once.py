"""Two people act on one SOP at the same moment: only one of the verbs succeeds."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from sop.approval.actions import life
from sop.drafting.actions import importing
from sop.models import Sop, SopVersion
from tests.factories import sop as make
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.verbs.errors import Outdated

pytestmark = pytest.mark.django_db(transaction=True)


def repeat_concurrently(count, work):
    """Run ``work(n)`` in ``count`` threads that start together; returns results or exceptions in order."""
    gate = Barrier(count)

    def run(n):
        try:
            gate.wait(timeout=30)
            return work(n)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_the_same_file_twice_at_once_makes_one_sop(units):
    results = repeat_concurrently(4, lambda n: importing.import_sop(make.small_content(number=None), by=SYSTEM).state)
    assert sorted(results) == ["created", "unchanged", "unchanged", "unchanged"]
    assert (Sop.objects.count(), SopVersion.objects.count()) == (1, 1)


def test_files_without_numbers_at_once_get_different_ones(units):
    repeat_concurrently(
        4, lambda n: importing.import_sop(make.small_content(number=None, name=f"Surat {n}"), by=SYSTEM)
    )
    assert sorted(number.split("/")[1] for number in Sop.objects.values_list("number", flat=True)) == [
        "001",
        "002",
        "003",
        "004",
    ]


def test_two_publish_at_once_and_one_is_told(units):
    cast = make.make_cast(units)
    version = make.imported(make.small_content())
    make.confirm_all(version, cast["admin"])
    life.verify_version(version, by=staff(cast["head"]))
    make.approve(version, cast["head"], "1")
    results = repeat_concurrently(2, lambda n: life.publish_version(version, by=staff(cast["admin"])).state)
    assert "published" in results and sum(isinstance(result, Outdated) for result in results) == 1
