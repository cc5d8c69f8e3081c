"""Starting the demo: what it does with an empty, interrupted or foreign database, and with lost log-ins."""

import datetime
import io
import os
import sysconfig
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from services.models import Request
from ula_portal.core import clock
from ula_portal.core.actions import journal, office
from ula_portal.core.models import User
from ula_portal.demo import build, logins
from ula_portal.demo.management.commands import demo
from ula_portal.demo.month import Scale
from ula_portal.demo.office import renew_logins
from visitors.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 24, 3, 30, tzinfo=datetime.UTC)
OFFICE_ONLY = Scale(requests=0, visits=0, letters=0, days=0, codes=("MUT-K",))


def quietly(scale):
    with clock.at(NOW):
        return build.build(scale, stream=io.StringIO())


def test_lost_log_ins_are_made_anew():
    quietly(OFFICE_ONLY)
    old = logins.read()
    logins.path().unlink()
    assert logins.read() is None
    new = renew_logins()
    assert [login["email"] for login in new] == [login["email"] for login in old]
    assert not {login["password"] for login in new} & {login["password"] for login in old}
    assert User.objects.get(email=new[0]["email"]).check_password(new[0]["password"])


def test_the_same_seed_plays_the_same_past():
    def story():
        with transaction.atomic():
            quietly(Scale(requests=4, visits=4, letters=0, days=2, codes=("MUT-K", "LEG-IJZ", "TAMU")))
            requests = Request.objects.order_by("created_at", "pk")
            told = list(requests.values_list("service__code", "applicant_name", "created_at", "state", "answers"))
            told += Ticket.objects.order_by("issued_at", "pk").values_list("letter", "number", "issued_at", "state")
            transaction.set_rollback(True)
        return told

    assert story() == story()


def test_a_building_that_was_interrupted_is_known_as_such():
    assert build.state() == "empty"
    journal.record("demo_begun", "demo", "office")
    assert build.state() == "incomplete"
    journal.record("demo_built", "demo", "office")
    assert build.state() == "complete"


def test_data_of_ones_own_are_left_alone():
    office.set_up_office(name="Dinas Pendidikan", regency="Kabupaten Sungguhan")
    assert build.state() == "foreign"
    with pytest.raises(CommandError, match="bukan data contoh"):
        call_command("demo", no_serve=True, stderr=io.StringIO())
    assert User.objects.count() == 0


def test_static_files_are_collected_again_when_something_changed(settings, tmp_path):
    settings.DEBUG, settings.BASE_DIR, settings.STATIC_ROOT = False, tmp_path, tmp_path / "collected"
    sheet, manifest = tmp_path / "static" / "css" / "portal.css", settings.STATIC_ROOT / "staticfiles.json"
    for path in (sheet, manifest):
        path.parent.mkdir(parents=True)
    sheet.write_text("")
    assert demo._static_is_stale()
    manifest.write_text("{}")
    installed = Path(sysconfig.get_path("purelib")).stat().st_mtime
    for path in (sheet, sheet.parent, sheet.parent.parent):
        os.utime(path, (installed, installed))
    os.utime(manifest, (installed + 1, installed + 1))
    assert not demo._static_is_stale()
    os.utime(sheet, (installed + 2, installed + 2))
    assert demo._static_is_stale()
    os.utime(sheet, (installed, installed))
    os.utime(manifest, (installed - 1, installed - 1))
    assert demo._static_is_stale()


def test_no_demo_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("demo", no_serve=True)


@pytest.mark.parametrize("hour", [9, 9.2, 20])
def test_visitors_wait_at_any_hour(hour):
    """Also in the hour after the counters have closed, and at night."""
    moment = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC) + datetime.timedelta(hours=hour)
    with clock.at(moment):
        play = build.build(
            Scale(requests=2, visits=4, letters=0, days=2, codes=("MUT-K", "TAMU")), stream=io.StringIO()
        )
    assert play.refused == 0
    assert Ticket.objects.filter(day=clock.local(moment).date(), state="waiting").count() >= 7
