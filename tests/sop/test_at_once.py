"""Two people at the same moment: one SOP, one move."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from sop import actions
from sop.models import Sop, SopVersion
from tests.factories import sop as make
from tests.factories.services import picture
from ula_portal.core.errors import NotAllowed, Outdated

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, work):
    """Run ``work(n)`` in ``count`` threads that start together; results or exceptions in order."""
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
    results = at_once(4, lambda n: actions.import_sop(make.small_content(number=None)).state)
    assert sorted(results) == ["created", "unchanged", "unchanged", "unchanged"]
    assert (Sop.objects.count(), SopVersion.objects.count()) == (1, 1)


def test_files_without_numbers_at_once_get_different_ones(units):
    at_once(4, lambda n: actions.import_sop(make.small_content(number=None, name=f"Surat {n}")))
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
    actions.verify_version(version.pk, cast["head"])
    make.approve(version, cast["head"], "1")
    results = at_once(2, lambda n: actions.publish_version(version.pk, cast["admin"]).state)
    assert "published" in results and sum(isinstance(result, Outdated) for result in results) == 1


def test_an_edit_and_its_verification_at_once_never_both(units):
    """Whichever comes first: a section head never verifies what they edited."""
    cast = make.make_cast(units)
    version = make.imported(make.small_content())
    step, head = version.steps.first(), cast["section_head"]
    edit, verify = at_once(
        2,
        lambda n: (
            actions.verify_version(version.pk, head)
            if n
            else actions.save_step(step.pk, head, {"note": "Diubah"}, {"note": ""})
        ),
    )
    assert isinstance(edit, Outdated) != isinstance(verify, NotAllowed)
    version.refresh_from_db()
    assert (version.state == "verified") == isinstance(edit, Outdated)


def test_a_correction_is_answered_once_at_once_and_paper_recorded_once(units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cast = make.make_cast(units)
    version = actions.import_sop(make.small_content(), user=cast["admin"]).version
    place = f"{version.steps.first().pk}-note"
    correction = actions.propose_correction(version.pk, cast["head"], place=place, text="Lain")
    answers = at_once(
        2,
        lambda n: (
            actions.decline_correction(correction.pk, cast["admin"], "Tidak perlu")
            if n
            else actions.take_over_correction(correction.pk, cast["section_head"], "")
        ),
    )
    assert sum(isinstance(answer, Outdated) for answer in answers) == 1
    make.confirm_all(version, cast["admin"])
    paper = {"decree": "1", "decree_date": make.SINCE, "effective_from": make.SINCE, "position": "K", "name": "N"}
    results = at_once(
        2,
        lambda n: (
            actions.record_paper_version(
                version.pk, cast["admin"], actions.PaperDecree(**paper, scan=picture(f"{n}.png"))
            ).state
        ),
    )
    assert "approved" in results and sum(isinstance(result, Outdated) for result in results) == 1
