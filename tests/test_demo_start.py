"""Starting the demo with an empty, interrupted or foreign database, and with lost log-ins."""

import datetime
import io
import os
import sys
import sysconfig
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from services.models import Request
from tests.factories.services import make_service
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import HoursRule, StoredFile, User
from ula_portal.core.office.actions import office, people
from ula_portal.demo import build, logins, mark, sources, today
from ula_portal.demo.management.commands import demo
from ula_portal.demo.month import Scale
from ula_portal.demo.office import renew_logins
from ula_portal.serving import preparing
from visitors.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 24, 3, 30, tzinfo=datetime.UTC)
FILES = "django.core.files.storage.FileSystemStorage"
OFFICE_ONLY = Scale(requests=0, visits=0, letters=0, days=0, codes=("MUT-K",))


def quietly(scale):
    with clock.at(NOW):
        return build.build(scale, stream=io.StringIO())


def test_lost_log_ins_are_made_anew():
    quietly(OFFICE_ONLY)
    old = logins.read_logins()
    logins.path().unlink()
    assert logins.read_logins() is None
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
    assert mark.state() == "empty"
    journal.record("demo_begun", "demo", "office", SYSTEM)
    assert mark.state() == "incomplete"
    journal.record("demo_built", "demo", "office", SYSTEM)
    assert mark.state() == "complete"


@pytest.fixture
def storage(settings, tmp_path):
    """A separate file store with a file that no database contains; these tests delete no database."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": FILES, "OPTIONS": {"location": tmp_path}}}
    (tmp_path / "of-somebody").write_text("x")
    return tmp_path


@pytest.fixture
def dropped(monkeypatch):
    """Records what would be deleted; the test's own database remains."""
    calls = []
    monkeypatch.setattr(build.embedded_postgres, "recreate_database", calls.append)
    monkeypatch.setattr(build.connections, "close_all", lambda: None)
    monkeypatch.setattr(build, "call_command", lambda *args, **options: None)
    monkeypatch.setattr(build, "build", lambda *args, **options: calls.append("built"))
    return calls


def demo_command(**options):
    call_command("demo", no_serve=True, stdout=io.StringIO(), stderr=io.StringIO(), **options)


def marked_office(name=None):
    """An office marked as by the demo, without its other data."""
    source = sources.office()["office"]
    office.set_up_office(by=SYSTEM, name=name or source["name"], regency=source["regency"])
    journal.record("demo_begun", *mark.CHAIN, SYSTEM)
    journal.record("demo_built", *mark.CHAIN, SYSTEM)


@pytest.mark.parametrize("reset", [True, False])
def test_data_of_ones_own_are_left_alone(storage, dropped, monkeypatch, reset):
    """The embedded database with PORTAL_ENV unset: an office that began with "manage.py migrate" and the
    admin panel.
    """
    office.set_up_office(by=SYSTEM, name="Dinas Pendidikan", regency="Kabupaten Sungguhan")
    monkeypatch.setattr(demo, "call_command", lambda *args, **options: pytest.fail("touched"))
    assert mark.state() == "foreign"
    with pytest.raises(CommandError, match="bukan data contoh"):
        demo_command(reset=reset, confirm="Dinas Pendidikan")
    with pytest.raises(CommandError, match="bukan data contoh"):
        build.clear("Dinas Pendidikan")
    assert dropped == []
    assert [path.name for path in storage.iterdir()] == ["of-somebody"]
    today.keep_open()
    today.open_waiting_room()
    assert not HoursRule.objects.exists()


def test_an_office_that_took_the_demo_over_keeps_its_own_hours():
    marked_office("Dinas Sungguhan")
    today.open_waiting_room()
    assert not HoursRule.objects.exists()


def test_no_rows_for_measuring_in_an_office_of_ones_own(monkeypatch):
    people.create_staff_member(by=SYSTEM, email="nama@example.id", full_name="Nama")
    with pytest.raises(CommandError, match="bukan data contoh"):
        call_command("seed_load", requests=1, stderr=io.StringIO())
    assert Request.objects.count() == 0


def test_another_programs_database_is_foreign():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_journalentry RENAME TO something_else")
    assert mark.state() == "foreign"


def test_a_demo_is_dropped_with_the_files_it_knows(storage, dropped):
    marked_office()
    with clock.at(NOW):
        kept = StoredFile.objects.create(
            blob=ContentFile(b"x", name="x"), name="x", size=1, sha256="0" * 64, created_at=NOW
        )
    assert (storage / kept.blob.name).exists()
    assert not mark.added()
    demo_command(reset=True)
    assert len(dropped) == 2
    assert not (storage / kept.blob.name).exists()
    assert (storage / "of-somebody").exists()


@pytest.mark.parametrize("filled", [True, False])
def test_a_demo_of_another_version_is_built_anew(storage, dropped, filled):
    if filled:
        marked_office()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0002_guards', now())")
    demo_command()
    assert dropped == [settings.VAR_DIR, "built"]


def _account():
    people.create_staff_member(by=SYSTEM, email="nama@example.id", full_name="Nama Sungguhan")


def _service():
    office.add_unit(by=SYSTEM, code="DIKDAS", name="Pendidikan Dasar")
    make_service({}, published=False, code="SENDIRI", kind="visit")


def _name():
    office.set_up_office(by=SYSTEM, name="Dinas Sungguhan", regency="Kabupaten Sungguhan")


@pytest.mark.parametrize("add", [_account, _service, _name])
def test_what_was_added_to_a_demo_goes_only_with_the_offices_name(storage, dropped, monkeypatch, add):
    marked_office()
    add()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    name = mark.added().office
    for wrong in ("", "Dinas", name.lower()):
        with pytest.raises(CommandError, match=r"ditambahi .*--confirm") as refused:
            demo_command(reset=True, confirm=wrong)
        assert name in str(refused.value)
    assert dropped == []
    demo_command(reset=True, confirm=name)
    assert len(dropped) == 2


@pytest.mark.parametrize("right", [True, False])
def test_the_name_is_asked_for_at_a_terminal(storage, dropped, monkeypatch, capsys, right):
    marked_office()
    _account()
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr("builtins.input", lambda words: mark.added().office if right else "ya")
    if right:
        demo_command(reset=True)
    else:
        with pytest.raises(CommandError, match="tidak ada yang dihapus"):
            demo_command(reset=True)
    assert bool(dropped) == right
    assert "1 akun" in capsys.readouterr().out


def test_static_files_are_collected_again_when_something_changed(settings, tmp_path):
    settings.BASE_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "collected"
    sheet, manifest = tmp_path / "static" / "css" / "portal.css", settings.STATIC_ROOT / "staticfiles.json"
    for path in (sheet, manifest):
        path.parent.mkdir(parents=True)
    sheet.write_text("")
    assert preparing._static_is_stale()
    manifest.write_text("{}")
    installed = Path(sysconfig.get_path("purelib")).stat().st_mtime
    for path in (sheet, sheet.parent, sheet.parent.parent):
        os.utime(path, (installed, installed))
    os.utime(manifest, (installed + 1, installed + 1))
    assert not preparing._static_is_stale()
    os.utime(sheet, (installed + 2, installed + 2))
    assert preparing._static_is_stale()
    os.utime(sheet, (installed, installed))
    os.utime(manifest, (installed - 1, installed - 1))
    assert preparing._static_is_stale()


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
    assert Ticket.objects.filter(day=clock.local(moment).date(), state__in=("waiting", "called")).count() >= 7
