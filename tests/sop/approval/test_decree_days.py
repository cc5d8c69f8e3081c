"""The day in force: not before the decree, the approval or the version in force; frozen afterwards."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from sop.approval.actions import life
from sop.drafting.actions import importing
from sop.models import SopVersion
from tests.factories import sop as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)


def on(day, hour=12):
    return clock.at(datetime.datetime.combine(day, datetime.time(hour), clock.OFFICE_ZONE))


@pytest.fixture
def verified(units, cast):
    version = make.imported(make.small_content())
    make.confirm_all(version, cast["admin"])
    return life.verify_version(version, by=staff(cast["section_head"]))


def test_in_force_on_the_day_of_approval_at_the_earliest(verified, cast):
    with on(DAY):
        with pytest.raises(Refused, match="hari pengesahan, 2 Maret 2026") as refused:
            life.approve_version(
                verified, by=staff(cast["head"]), decree="1", effective_from=BEFORE, decree_date=BEFORE
            )
        assert refused.value.field == "effective_from"
        verified.refresh_from_db()
        assert (verified.state, verified.effective_from) == ("verified", None)
        approved = life.approve_version(
            verified, by=staff(cast["head"]), decree="1", effective_from=DAY, decree_date=BEFORE
        )
    assert (approved.effective_from, approved.decree_date) == (DAY, BEFORE)


def test_the_day_is_that_of_the_offices_clock(verified, cast):
    # Half past midnight at the office is still the day before in UTC.
    with on(DAY, hour=0):
        with pytest.raises(Refused, match="hari pengesahan"):
            life.approve_version(
                verified, by=staff(cast["head"]), decree="1", effective_from=BEFORE, decree_date=BEFORE
            )
        assert life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=DAY).decree_date == DAY


@pytest.mark.parametrize(
    ("decree_date", "effective_from", "field"),
    [(AFTER, AFTER, "decree_date"), (DAY, BEFORE, "effective_from"), ("kemarin", DAY, "decree_date")],
)
def test_no_decree_of_tomorrow_and_not_in_force_before_it(verified, cast, decree_date, effective_from, field):
    with on(DAY), pytest.raises(Refused) as refused:
        life.approve_version(
            verified, by=staff(cast["head"]), decree="1", effective_from=effective_from, decree_date=decree_date
        )
    assert refused.value.field == field


def refused_by_database(version, match, **changes):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        SopVersion.objects.filter(pk=version.pk).update(**changes)


def test_the_database_refuses_the_same(verified, cast):
    approval = {"state": "approved", "approved_by": cast["head"], "decree": "1", "effective_to": DAY}
    with on(DAY):
        approval |= {"approved_at": clock.now()}
    refused_by_database(verified, "takes effect", **approval, effective_from=BEFORE)
    refused_by_database(verified, "takes effect", **approval, effective_from=None)
    refused_by_database(verified, "after_its_decree", **approval, effective_from=DAY, decree_date=AFTER)


def test_the_day_in_force_is_frozen_with_the_version(verified, cast):
    with on(DAY):
        approved = life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=DAY)
    for changes in ({"effective_from": AFTER}, {"decree_date": BEFORE}, {"on_paper": True}):
        refused_by_database(approved, "frozen", **changes)
    published = life.publish_version(approved, by=staff(cast["admin"]))
    refused_by_database(published, "frozen", effective_from=None)
    withdrawn = life.withdraw_version(approved, by=staff(cast["head"]))
    refused_by_database(withdrawn, "frozen", effective_from=AFTER)


def second_version(cast, day):
    version = importing.import_sop(make.small_content(name="Surat Keterangan Kedua"), by=SYSTEM).version
    life.verify_version(version, by=staff(cast["section_head"]))
    return life.approve_version(version, by=staff(cast["head"]), decree="2", effective_from=day)


def test_two_approved_versions_are_published_in_the_order_of_their_days_or_refused_in_words(verified, cast):
    with on(DAY):
        first = life.approve_version(verified, by=staff(cast["head"]), decree="1", effective_from=AFTER)
        second = second_version(cast, DAY)
        life.publish_version(first, by=staff(cast["admin"]))
        for _again in range(2):
            with pytest.raises(Refused, match="tidak boleh sebelum 3 Maret 2026"):
                life.publish_version(second, by=staff(cast["admin"]))
        second.refresh_from_db()
        assert second.state == "approved"
        life.withdraw_version(first, by=staff(cast["head"]))
        assert life.publish_version(second, by=staff(cast["admin"])).state == "published"
