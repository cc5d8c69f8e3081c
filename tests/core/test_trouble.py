"""What people and logs learn when something breaks."""

import logging

from django.test import RequestFactory

from ula_portal.core import codes
from ula_portal.core.log_filter import HideTokens
from ula_portal.core.views import trouble


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
