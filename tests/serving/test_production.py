"""What prevents a production portal from starting, and the addresses in its e-mails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.db import connection
from django.urls import reverse

from services.alarms.admin import AlarmStepForm
from sop.approval.forms import ReturnForm
from ula_portal import production
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import User
from ula_portal.core.office.actions import people
from ula_portal.core.office.admin.people import PersonChangeForm
from ula_portal.embedded_postgres import readiness
from ula_portal.env import EnvError

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "portal.example.id",
    "PORTAL_URL": "https://portal.example.id",
    "EMAIL_URL": "smtp://mail.example.id",
    "DEBUG": "",
    "ALLOW_HTTP": "",
}
SHOW = (
    "from ula_portal import settings as s;"
    "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SENDS_MAIL)"
)


def start(tmp_path, code, **changes):
    environment = {**os.environ, **GOOD, "VAR_DIR": str(tmp_path / "var"), **changes}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", "true", "DEBUG tidak boleh true"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS wajib diisi"),
        ("ALLOWED_HOSTS", "portal.example.id,*", 'ALLOWED_HOSTS tidak boleh "*"'),
        ("ALLOWED_HOSTS", "www.example.id", "ALLOWED_HOSTS tidak memuat nama host dari PORTAL_URL"),
        ("PORTAL_URL", "", "PORTAL_URL wajib diisi"),
        ("PORTAL_URL", "http://portal.example.id", "PORTAL_URL harus https://"),
        ("EMAIL_URL", "", "EMAIL_URL wajib diisi"),
        ("EMAIL_URL", "file:///var/mail", "EMAIL_URL tidak boleh file://"),
        ("EMAIL_URL", "console://", "EMAIL_URL tidak boleh file://"),
    ],
)
def test_each_stops_the_start_with_one_sentence(tmp_path, name, value, words):
    done = start(tmp_path, "import ula_portal.asgi", **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_all_faults_are_told_at_once(tmp_path):
    wrong = {"SECRET_KEY": "pendek", "ALLOWED_HOSTS": "*", "PORTAL_URL": "portal", "DRAFT_DAYS": "x", "ULA_X": "1"}
    done = start(tmp_path, "import ula_portal.asgi", DEBUG="true", EMAIL_URL="", **wrong)
    assert done.returncode == 2
    named = [line.split()[1] for line in done.stderr.splitlines()]
    assert sorted(named) == sorted(["DEBUG", "EMAIL_URL", *wrong])
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "True True True True"),
        (
            {
                "PORTAL_URL": "http://10.0.0.5",
                "ALLOWED_HOSTS": "10.0.0.5",
                "ALLOW_HTTP": "true",
                "EMAIL_URL": "none",
            },
            "False False False False",
        ),
        ({"ALLOW_HTTP": "true"}, "True True True True"),
    ],
)
def test_what_is_right_starts_and_cookies_follow_the_address(tmp_path, changes, shown):
    done = start(tmp_path, SHOW, **changes)
    assert done.stdout.strip() == shown, done.stderr


def test_a_database_of_the_demo_is_refused(db, settings, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(readiness, "_start_embedded", lambda _settings: {})
    settings.PRODUCTION = True
    readiness.start()
    journal.record("demo_begun", "demo", "office", SYSTEM)
    with pytest.raises(EnvError, match="dibuat oleh peragaan"):
        readiness.start()
    settings.PRODUCTION = False
    readiness.start()


def test_an_empty_database_is_nobodys(db, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_journalentry RENAME TO not_there_yet")
    production.check_database()


@pytest.mark.parametrize(
    "tampered",
    [
        {"HTTP_HOST": "testserver"},
        {"HTTP_HOST": "localhost:6666"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_HOST": "evil.example"},
    ],
)
def test_a_mail_never_takes_its_address_from_the_request(client, db, settings, tampered):
    settings.PORTAL_URL = "https://portal.example.id"
    people.create_staff_member(by=SYSTEM, email="nama@example.id", full_name="Nama", password="kata-sandi-lama-1")
    answer = client.post(reverse("account_reset_password"), {"email": "nama@example.id"}, **tampered)
    if answer.status_code == 400:
        assert tampered["HTTP_HOST"] == "evil.example"
        assert outbox.outbox == []
        return
    body = outbox.outbox[0].body
    assert "https://portal.example.id/akun/sandi/lupa/" in body
    assert not any(host in body for host in ("testserver", "localhost", "evil.example"))
    path = next(line for line in body.splitlines() if "/akun/sandi/lupa/" in line).removeprefix(settings.PORTAL_URL)
    assert client.get(path, follow=True).status_code == 200


def test_without_mail_a_forgotten_password_is_asked_for_in_person(client, db, settings):
    settings.SENDS_MAIL = False
    people.create_staff_member(by=SYSTEM, email="nama@example.id", full_name="Nama", password="kata-sandi-lama-1")
    for answer in (
        client.get(reverse("account_reset_password")),
        client.post(reverse("account_reset_password"), {"email": "nama@example.id"}),
    ):
        page = answer.content.decode()
        assert "Minta kata sandi baru kepada administrator portal" in page
        assert "Kirim tautan" not in page
    assert outbox.outbox == []


def test_without_mail_the_panel_promises_nobody_a_mail(settings):
    def help_of_address():
        return str(PersonChangeForm(instance=User(email="nama@example.id")).fields["email"].help_text)

    assert "diberi tahu" in help_of_address()
    settings.SENDS_MAIL = False
    assert "diberi tahu" not in help_of_address()
    assert "masuk lagi" in help_of_address()


def test_without_mail_neither_alarms_nor_reviews_promise_one(settings):
    def helps():
        found = (AlarmStepForm().fields["text"].help_text, ReturnForm().fields["reason"].help_text)
        return " ".join(map(str, found))

    assert "Kalimat dalam surel" in helps() and "dalam pemberitahuannya" in helps()
    settings.SENDS_MAIL = False
    assert "Kalimat dalam surel" not in helps() and "pemberitahuan" not in helps()
