"""An invalid variable stops the start with one sentence that names it and its valid values."""

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ula_portal import data_folder, env

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("False", False), ("0", False)])
def test_bool(monkeypatch, text, value):
    monkeypatch.setenv("DEBUG", text)
    assert env.read_bool("DEBUG", default=not value) is value


@pytest.mark.parametrize("text", ["ya", "tru", "2", "on "])
def test_bool_refuses_guesses(monkeypatch, text):
    monkeypatch.setenv("DEBUG", text)
    with pytest.raises(env.EnvError, match=r"DEBUG.*true atau false"):
        env.read_bool("DEBUG", default=False)


def test_empty_is_not_set(monkeypatch):
    monkeypatch.setenv("DEBUG", "  ")
    assert env.read_bool("DEBUG", default=True) is True


def test_choice_suggests_the_near_one(monkeypatch):
    monkeypatch.setenv("PORTAL_ENV", "prodction")
    with pytest.raises(env.EnvError, match='maksud Anda "production"'):
        env.read_str("PORTAL_ENV", default="demo", choices=("demo", "production", "test"))


@pytest.mark.parametrize("text", ["1.5", "1_000", "٣", "-1", "sepuluh", "0x10", "11"])
def test_int_refuses(monkeypatch, text):
    monkeypatch.setenv("WEB_THREADS", text)
    with pytest.raises(env.EnvError, match=r"WEB_THREADS.*bilangan bulat paling kecil 0 paling besar 10"):
        env.read_int("WEB_THREADS", default=1, minimum=0, maximum=10)


def test_list(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.id, b.example.id")
    assert env.read_list("ALLOWED_HOSTS", default=[]) == ["a.example.id", "b.example.id"]
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.id,,b.example.id")
    with pytest.raises(env.EnvError, match="butir kosong"):
        env.read_list("ALLOWED_HOSTS", default=[])


@pytest.mark.parametrize(
    "text", ["portal.example.id", "ftp://a", "https://", "http://a b", "http://a:99999", "http://a/?q=1", "http://u@a"]
)
def test_url_refuses(monkeypatch, text):
    monkeypatch.setenv("PORTAL_URL", text)
    with pytest.raises(env.EnvError, match="PORTAL_URL"):
        env.read_url("PORTAL_URL", default="")


def test_path_refuses_a_file(monkeypatch, tmp_path):
    (tmp_path / "x").touch()
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "x"))
    with pytest.raises(env.EnvError, match=r"VAR_DIR.*folder"):
        env.read_path("VAR_DIR", default=tmp_path)


def test_database_url(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal:p%40ss@db.example.id:5433/ula?sslmode=require")
    parameters = env.read_database_url("DATABASE_URL")
    assert (parameters["HOST"], parameters["PORT"], parameters["NAME"]) == ("db.example.id", 5433, "ula")
    assert parameters["PASSWORD"] == "p@ss"
    assert parameters["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    "text",
    ["mysql://u:rahasia@h/d", "file.db", "postgres://u:rahasia@h", "postgres://u:rahasia@h:port/d", "postgis://h/d"],
)
def test_database_url_refuses_without_telling_the_password(monkeypatch, text):
    monkeypatch.setenv("DATABASE_URL", text)
    with pytest.raises(env.EnvError, match="DATABASE_URL") as caught:
        env.read_database_url("DATABASE_URL")
    assert "rahasia" not in str(caught.value)


def test_email_url(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://kirim:s%2Fandi@mail.example.id")
    email = env.read_email_url("EMAIL_URL", default="")
    assert (email["host"], email["port"], email["user"], email["password"]) == (
        "mail.example.id",
        587,
        "kirim",
        "s/andi",
    )
    assert email["tls"]
    assert not email["ssl"]
    monkeypatch.setenv("EMAIL_URL", "file:///srv/surat")
    assert env.read_email_url("EMAIL_URL", default="")["file_path"] == "/srv/surat"


@pytest.mark.parametrize(
    "text", ["smtp://", "mail.example.id", "file://x/y", "smtp://h:x", "smtp://h/?a=b", "pop3://h"]
)
def test_email_url_refuses(monkeypatch, text):
    monkeypatch.setenv("EMAIL_URL", text)
    with pytest.raises(env.EnvError, match="EMAIL_URL"):
        env.read_email_url("EMAIL_URL", default="")


def test_secret_key_is_made_once_and_private(tmp_path):
    var_dir = tmp_path / "var"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: data_folder.secret_key(var_dir, production=False), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((var_dir / "secret_key").stat().st_mode) == 0o600
    assert [p.name for p in var_dir.iterdir()] == ["secret_key"]


def test_secret_key_is_required_in_production(monkeypatch, tmp_path):
    with pytest.raises(env.EnvError, match="SECRET_KEY wajib"):
        data_folder.secret_key(tmp_path, production=True)
    monkeypatch.setenv("SECRET_KEY", "pendek")
    with pytest.raises(env.EnvError, match="SECRET_KEY terlalu pendek"):
        data_folder.secret_key(tmp_path, production=True)
    monkeypatch.setenv("SECRET_KEY", "k" * 50)
    assert data_folder.secret_key(tmp_path, production=True) == "k" * 50
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PORTAL_ULR", "PORTAL_URL"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("SECRET_KEYY", "SECRET_KEY"),
        ("ULA_DEBUG", "DEBUG"),
    ],
)
def test_misspelt_name_is_refused(monkeypatch, name, meant):
    monkeypatch.setenv(name, "x")
    with pytest.raises(env.EnvError, match=rf"{name} tidak dikenal; maksud Anda .*{meant}"):
        env.finish()


def test_foreign_names_pass(monkeypatch):
    monkeypatch.setenv("DATABASE", "x")
    monkeypatch.setenv("MAILER_URL", "x")
    monkeypatch.setenv("DEBUGINFOD_URLS", "x")
    env.finish()


@pytest.mark.parametrize(
    ("entry", "arguments"),
    [
        ("manage.py", ["check"]),
        ("manage.py", ["migrate"]),
        ("-c", ["import ula_portal.asgi"]),
        ("-c", ["import ula_portal.wsgi"]),
    ],
)
def test_wrong_value_ends_every_entry_with_one_sentence(tmp_path, entry, arguments):
    done = subprocess.run(
        [sys.executable, entry, *arguments],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "ya", "VAR_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r'Variabel DEBUG bernilai "ya"; yang diperbolehkan: true atau false\.\n', done.stderr)
    assert not (tmp_path / "var").exists()


def test_networks(monkeypatch):
    monkeypatch.delenv("TRUSTED_PROXIES", raising=False)
    assert env.read_networks("TRUSTED_PROXIES") == []
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, fd00::/8")
    assert [str(network) for network in env.read_networks("TRUSTED_PROXIES")] == ["127.0.0.1/32", "fd00::/8"]


@pytest.mark.parametrize("text", ["*", "localhost", "10.0.0.1/8", "10.0.0.0/40", "1"])
def test_networks_refuse_guesses(monkeypatch, text):
    monkeypatch.setenv("TRUSTED_PROXIES", text)
    with pytest.raises(env.EnvError, match=r"TRUSTED_PROXIES.*jaringan IP"):
        env.read_networks("TRUSTED_PROXIES")
