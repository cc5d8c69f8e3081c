"""What users and logs learn when something fails."""

import logging

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from ula_portal.core.data import outage
from ula_portal.core.security import codes
from ula_portal.core.security.log_filter import HideTokens
from ula_portal.core.web.views import trouble


def test_an_error_page_names_a_code_that_stands_in_the_log(caplog, db):
    response = trouble(RequestFactory().get("/"))
    code = caplog.messages[-1].split()[-1]
    assert response.status_code == 500
    assert code in response.content.decode()


def test_tokens_never_reach_a_log():
    token = codes.token("track", codes.new_nonce())
    record = logging.LogRecord("x", logging.ERROR, "", 0, "Internal Server Error: %s", (f"/lacak/{token}/",), None)
    HideTokens().filter(record)
    assert token not in record.getMessage()
    assert "/lacak/…/" in record.getMessage()


def raised_by(error):
    try:
        try:
            raise error
        except psycopg2.Error as cause:
            raise OperationalError(str(cause)) from cause
    except OperationalError as wrapped:
        return wrapped


def test_a_database_that_is_away_is_told_from_a_statement_that_failed(db):
    with pytest.raises(psycopg2.OperationalError) as refused:
        psycopg2.connect(host="/nowhere", dbname="ula")
    assert outage.is_cause_of(raised_by(refused.value))
    assert outage.is_cause_of(raised_by(psycopg2.InterfaceError("connection already closed")))
    assert not outage.is_cause_of(raised_by(psycopg2.InterfaceError("cursor already closed")))
    assert not outage.is_cause_of(ValueError())
    assert not outage.is_cause_of(None)
    connection.cursor().execute("SET LOCAL statement_timeout = 1")
    with pytest.raises(OperationalError) as too_slow:
        connection.cursor().execute("SELECT pg_sleep(1)")
    assert not outage.is_cause_of(too_slow.value)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_without_database_is_a_503_that_says_what_to_do(client, monkeypatch, caplog, method):
    monkeypatch.setattr(connection, "ensure_connection", _no_connection)
    client.raise_request_exception = False
    response = getattr(client, method)("/layanan/?q=pindah" if method == "get" else "/lacak/")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
    page = response.content.decode()
    assert "Maaf, sistem sedang terganggu" in page
    assert "Isian yang sudah tersimpan tidak hilang." in page
    # A page that was requested gets a link to try again, a submitted form does not.
    assert ('href="/layanan/?q=pindah"' in page) == (method == "get")
    assert ("kirim lagi" in page) == (method == "post")
    assert "Traceback" not in caplog.text


def _no_connection():
    try:
        psycopg2.connect(host="/nowhere", dbname="ula")
    except psycopg2.Error as cause:
        raise OperationalError(str(cause)) from cause


def test_health_tells_which_part_is_down(client, db, monkeypatch, tmp_path):
    answer = client.get("/sehat/")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"] == {"pages": "ok", "database": "ok", "worker": "down"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL application_name = %s", [outage.WORKER])
        cursor.execute("SELECT pg_stat_clear_snapshot()")
    assert client.get("/sehat/").json() == {
        "status": "ok",
        "parts": {"pages": "ok", "database": "ok", "worker": "ok"},
    }
    # The supervisor of the page processes reports how many of them run.
    path = tmp_path / "pages.json"
    monkeypatch.setenv(outage.PAGES_FILE, str(path))
    assert "page_processes" not in client.get("/sehat/").json()
    for living, status in ((1, "degraded"), (2, "ok")):
        outage.write_page_processes(path, living, 2)
        told = client.get("/sehat/").json()
        assert (told["status"], told["page_processes"]) == (status, {"living": living, "expected": 2})
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", _no_connection)
        answer = client.get("/sehat/")
    assert (answer.status_code, answer.json()["parts"]["database"]) == (503, "down")
