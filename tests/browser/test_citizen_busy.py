"""Load and abuse: fifty posts make one request, every wrong number and code gets the same answer, limits by source."""

import datetime
import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from services.applying.receipt import draft_code, receipt_code, tracking_token
from services.models import Request
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_request, make_service
from ula_portal.core import clock
from ula_portal.core.security import proof_of_work, throttle

from . import acts, citizens

CSRF = "a" * 32
HERE = "127.0.0.1"


@pytest.fixture
def service(transactional_db):
    return make_service(named_cast())


def post(server, path, form, source=HERE):
    """Status, redirect target and body of a POST; ``source``: any loopback address."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60, source_address=(source, 0))
    headers = {
        "Cookie": f"csrftoken={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": server,
    }
    connection.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": CSRF}), headers)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Location"), answer.read().decode()


def fifty(server, path, form, *, sources):
    """The same POST fifty times in parallel."""
    with ThreadPoolExecutor(50) as pool:
        addresses = [f"127.0.0.{number % sources + 2}" for number in range(50)]
        return list(pool.map(lambda source: post(server, path, form, source)[:2], addresses))


def test_fifty_beginnings_are_one_draft(server, service):
    answers = fifty(server, f"/layanan/{service.slug}/ajukan/", {"idempotency_key": "sekali-saja"}, sources=50)
    draft = Request.objects.get()
    assert set(answers) == {(302, f"/layanan/{service.slug}/ajukan/{tracking_token(draft)}/")}


def test_fifty_sendings_are_one_request(server, service):
    draft = make_draft(service)
    token = tracking_token(draft)
    answers = fifty(server, f"/layanan/{service.slug}/ajukan/{token}/periksa/", {}, sources=50)
    request = Request.objects.get()
    assert (
        request.number == f"ULA-{clock.today().year}-000001" and request.timeline.filter(verb="submitted").count() == 1
    )
    assert set(answers) == {(302, f"/lacak/{token}/diterima/")}


def test_one_source_alone_makes_no_more_than_it_may(server, service):
    """Fifty forms from one source: after the first few a proof of work or a waiting time is required."""
    with ThreadPoolExecutor(10) as pool:
        path = f"/layanan/{service.slug}/ajukan/"
        statuses = list(pool.map(lambda n: post(server, path, {"idempotency_key": f"k{n}"})[0], range(50)))
    assert set(statuses) == {302, 422}
    assert proof_of_work.SOFT["draft"] <= Request.objects.count() < 20


def test_wrong_pairs_cannot_be_told_apart(server, service):
    request, other = make_request(service), make_request(service)
    pairs = [
        (request.number, "AAAAAAAA"),
        ("ULA-2026-999999", receipt_code(request)),
        ("ULA-2026-999999", "AAAAAAAA"),
        (request.number, receipt_code(other)),
    ]
    bodies = set()
    for n, (number, code) in enumerate(pairs):
        status, _target, body = post(server, "/lacak/", {"number": number, "code": code}, f"127.0.1.{n + 1}")
        assert status == 200 and "Nomor atau kode tidak cocok." in body
        body = body.replace(number, "NOMOR").replace(code, "KODE")
        bodies.add(re.sub(r'(csrfmiddlewaretoken" value=")[^"]+|(csrf[^"]*": ?")[^"]+', "", body))
    assert len(bodies) == 1
    right = post(server, "/lacak/", {"number": request.number, "code": receipt_code(request)}, "127.0.1.1")
    assert right[:2] == (302, f"/lacak/{tracking_token(request)}/")


def busy(name):
    """Let this machine have made more attempts than a person would."""
    for _try in range(proof_of_work.SOFT[name]):
        throttle.count(name, throttle.digest(HERE))


def test_a_busy_source_computes_by_itself(people, service):
    for name in ("draft", "submit", "code"):
        busy(name)
    page = people.stranger(**citizens.PHONE)
    citizens.begin(page, service)
    page.goto("/lanjutkan/")
    page.locator("[name=code]").fill(draft_code(Request.objects.get()))
    expect(page.get_by_text("Pemeriksaan selesai.")).to_be_visible()
    acts.press(page, "Buka draf")
    said = {"hubungan": "Diri sendiri", "nama_pemohon": "Rina Contoh", "jenis": "Rusak"}
    citizens.answer_until_documents(page, said)
    citizens.upload(page, "KTP")
    page.get_by_role("link", name="Periksa kembali").click()
    acts.press(page, "Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    assert people.complaints == []


def test_without_script_a_short_wait_leads_through(people, service):
    busy("submit")
    draft = make_draft(service, documents=False)
    page = people.stranger(**citizens.PHONE, javascript=False)
    page.goto(f"/layanan/{service.slug}/ajukan/{tracking_token(draft)}/periksa/")
    expect(page.get_by_text("Tunggu 20 detik sebelum menekan tombol.")).to_be_visible()
    page.get_by_label("Saya akan menyusulkan").check()
    acts.press(page, "Kirim permohonan")
    expect(page.get_by_text(re.compile(r"Tunggu \d+ detik lagi"))).to_be_visible()
    expect(page.get_by_label("Saya akan menyusulkan")).to_be_checked()
    _as_if_opened_a_moment_ago(page, "submit")
    acts.press(page, "Kirim permohonan")
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()

    busy("code")
    page.goto("/lanjutkan/")
    page.locator("[name=code]").fill("abcd efgh jkmn")
    acts.press(page, "Buka draf")
    expect(page.get_by_text(re.compile(r"Tunggu \d+ detik lagi"))).to_be_visible()
    expect(page.locator("[name=code]")).to_have_value("abcd efgh jkmn")
    page.locator("[name=code]").fill(draft_code(other := make_draft(service)))
    _as_if_opened_a_moment_ago(page, "code")
    acts.press(page, "Buka draf")
    expect(page).to_have_url(re.compile(tracking_token(other)))


def _as_if_opened_a_moment_ago(page, name):
    """Give the page the token of a page that was opened when the waiting time began."""
    with clock.at(clock.now() - datetime.timedelta(seconds=proof_of_work.WAIT)):
        token = proof_of_work.challenge_for(name, throttle.digest(HERE)).token
    page.locator("[name=proof_token]").evaluate("(each, token) => each.value = token", token)


def test_a_robot_that_fills_what_nobody_sees_begins_nothing(people, server, service):
    assert post(server, f"/layanan/{service.slug}/ajukan/", {"situs_web": "http://contoh"})[0] == 422
    assert not Request.objects.exists()
    page = people.stranger(**citizens.PHONE, javascript=False)
    page.goto(f"/layanan/{service.slug}/ajukan/")
    expect(page.locator("[name=situs_web]")).not_to_be_in_viewport()
