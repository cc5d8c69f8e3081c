"""Behind proxies each client has its own throttles, and nobody can pass for somebody else."""

import ipaddress

import pytest
from allauth.account.adapter import get_adapter
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import RequestFactory

from ula_portal.core.security.client_address import ClientAddressMiddleware, source_of

NEAR, EDGE, ALICE, BOB = "127.0.0.1", "10.0.0.7", "203.0.113.5", "198.51.100.9"


@pytest.fixture(autouse=True)
def _proxies(settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8")]


def passed_on(peer, forwarded=None, **headers):
    """The request as it reaches pages."""
    if forwarded is not None:
        headers["HTTP_X_FORWARDED_FOR"] = forwarded
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (NEAR, ALICE, ALICE),
        (NEAR, f"{ALICE}, {EDGE}", ALICE),
        # What the client sent itself is to the left of what the proxies appended.
        (NEAR, f"{BOB}, {ALICE}", ALICE),
        (NEAR, f"{BOB}, {EDGE}, {ALICE}, {EDGE}", ALICE),
        (NEAR, f"{NEAR}, {ALICE}", ALICE),
        # Somebody who reaches the portal directly.
        (ALICE, BOB, ALICE),
        (ALICE, NEAR, ALICE),
        # Missing or unreadable headers.
        (NEAR, None, NEAR),
        (NEAR, "", NEAR),
        (NEAR, "unknown", NEAR),
        (NEAR, f"{ALICE}, <script>", NEAR),
        (NEAR, f"{BOB}, unknown, {EDGE}", EDGE),
        (NEAR, ",,", NEAR),
        # Somebody in the office's own network.
        (NEAR, "10.1.2.3, 10.0.0.7", "10.1.2.3"),
        # Notations.
        (NEAR, f"{ALICE}:4711", ALICE),
        (NEAR, "[2001:db8::5]:4711", "2001:db8::5"),
        (NEAR, "2001:DB8:0::5", "2001:db8::5"),
        (f"::ffff:{NEAR}", f"::ffff:{ALICE}", ALICE),
    ],
)
def test_the_address_is_the_rightmost_that_no_trusted_server_has(peer, forwarded, client):
    assert passed_on(peer, forwarded).META["REMOTE_ADDR"] == client


def test_nobody_is_trusted_unless_named(settings):
    settings.TRUSTED_PROXIES = []
    request = passed_on(NEAR, ALICE, HTTP_X_FORWARDED_PROTO="https")
    assert request.META["REMOTE_ADDR"] == NEAR and "HTTP_X_FORWARDED_FOR" not in request.META


def test_forwarded_is_never_read():
    assert passed_on(NEAR, HTTP_FORWARDED=f"for={ALICE};proto=https").META["REMOTE_ADDR"] == NEAR


def test_the_scheme_is_told_by_trusted_servers_only(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert passed_on(NEAR, ALICE, HTTP_X_FORWARDED_PROTO="https").is_secure()
    assert not passed_on(ALICE, HTTP_X_FORWARDED_PROTO="https").is_secure()


def test_a_subscriber_of_ipv6_is_one_source():
    addresses = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"]
    sources = [source_of(RequestFactory().get("/", REMOTE_ADDR=each)) for each in addresses]
    assert sources[0] == sources[1] != sources[2]
    assert source_of(RequestFactory().get("/", REMOTE_ADDR="")) == ""


def test_log_in_counts_a_subscriber_too():
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:0:1::7")
    assert get_adapter().get_client_ip(request) == "2001:db8:0:1::/64"


@pytest.mark.django_db
def test_one_client_does_not_shut_out_the_others_behind_the_same_server(client, settings):
    settings.THROTTLES = {"code": (1, 300)}
    typed = {"number": "ULA-2026-000001", "code": "AAAA AAAA"}

    def answer(source, said=""):
        forwarded = f"{said}, {source}" if said else source
        return client.post("/lacak/", typed, REMOTE_ADDR=NEAR, HTTP_X_FORWARDED_FOR=forwarded).status_code

    assert [answer(ALICE), answer(ALICE), answer(BOB)] == [200, 429, 200]
    assert answer(ALICE, said="192.0.2.1") == 429


@pytest.mark.parametrize(
    ("production", "trusted", "warned"), [(True, "", True), (True, "10.0.0.0/8", False), (False, "", False)]
)
def test_an_installation_behind_a_server_it_does_not_know_is_told(settings, production, trusted, warned):
    settings.PRODUCTION, settings.SECURE_PROXY_SSL_HEADER = production, ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(trusted)] if trusted else []
    assert ("core.W001" in {message.id for message in run_checks()}) == warned
