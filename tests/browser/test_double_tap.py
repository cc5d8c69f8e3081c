"""A second tap, a second tab and a second clerk change nothing twice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from services.models import Request, StepRun
from tests.factories.cases import run_of
from tests.factories.services import make_draft, make_request
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Location, Role
from ula_portal.core.office.actions import people as staff
from visitors.checkin.actions.checkin import Arrival, Errand, check_in
from visitors.models import Counter, Ticket

from . import acts


@pytest.fixture
def service(office):
    from services.models import Service

    return Service.objects.get(code="MUT-K")


def _draft(service):
    draft = make_draft(service, **acts.MUT_K, kelas="4")
    from services.applying.receipt import tracking_token

    return draft, f"/layanan/{service.slug}/ajukan/{tracking_token(draft)}/periksa/"


@pytest.mark.parametrize("javascript", [True, False])
def test_sending_twice_makes_one_request(people, service, javascript):
    _draft_row, address = _draft(service)
    page = people.stranger(width=360, height=740, javascript=javascript)
    page.goto(address)
    page.get_by_role("button", name="Kirim permohonan").dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    assert list(Request.objects.values_list("number", flat=True)) == [acts.number_and_code(page)[0]]
    assert StepRun.objects.filter(finished_at=None).count() == 1


def test_beginning_twice_makes_one_draft(people, service):
    page = people.stranger(javascript=False)
    page.goto(f"/layanan/{service.slug}/ajukan/")
    page.get_by_role("button", name="Mulai isi formulir").dblclick(no_wait_after=True)
    expect(page.locator("[name=hubungan]").first).to_be_visible()
    assert Request.objects.count() == 1


def test_two_tabs_send_the_same_draft(people, service):
    _draft_row, address = _draft(service)
    first = people.stranger()
    second = first.context.new_page()
    for page in (first, second):
        page.goto(address)
    for page in (first, second):
        acts.press(page, "Kirim permohonan")
        expect(page.get_by_role("heading", name="Permohonan Anda telah kami terima.")).to_be_visible()
    assert acts.number_and_code(first) == acts.number_and_code(second)
    assert Request.objects.count() == 1


def test_a_step_is_completed_once(people, service, office):
    request = make_request(service, **acts.MUT_K, kelas="4")
    request.documents.update(verdict="fits")
    first = people.known(office["layanan.dikdas"], javascript=False)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/petugas/kasus/{request.number}/")
    before = run_of(request)
    first.get_by_role("button", name="Lengkap", exact=True).dblclick(no_wait_after=True)
    expect(first.get_by_role("heading", name="Apakah perpindahan memenuhi ketentuan?")).to_be_visible()
    acts.press(second, "Tidak lengkap")
    expect(second.locator("main")).to_contain_text(re.compile("sudah diselesaikan|Tulis apa yang perlu dilengkapi"))
    assert request.runs.filter(ordinal__gt=before.ordinal).count() == 1
    assert request.runs.get(pk=before.pk).outcome == "yes"


def test_one_visitor_is_checked_in_once(people, office):
    page = people.known(office["frontoffice"], javascript=False)
    page.goto("/petugas/tamu/")
    page.locator("[name=name]").fill("Rahayu Contoh")
    page.get_by_label("Konsultasi").check()
    page.get_by_role("button", name="Catat dan cetak nomor").dblclick(no_wait_after=True)
    expect(page.locator(".slip__number")).to_be_visible()
    assert Ticket.objects.count() == 1


def test_two_clerks_call_at_the_same_moment(people, server, office):
    """Each clerk gets a different visitor and none is called twice; both forms are sent at the same time."""
    place = Location.objects.get(code="ula")
    for name in ("Satu Contoh", "Dua Contoh", "Tiga Contoh"):
        check_in(
            place, by=actors.staff(office["frontoffice"]), arrival=Arrival(name=name), errand=Errand(purpose="consult")
        )
    second = staff.create_staff_member(by=SYSTEM, email="loket2@example.id", full_name="Petugas Kedua Contoh")
    staff.assign_role(second, by=SYSTEM, role=Role.COUNTER)
    pages = [people.known(user) for user in (office["loket"], second)]
    for page, desk in zip(pages, Counter.objects.filter(kind="counter").order_by("number"), strict=False):
        page.goto("/petugas/loket/")
        page.get_by_role("button", name=f"Buka {desk.name}").click()
        expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    answers = _press_at_once(pages, server)
    assert answers == [302, 302]
    for page in pages:
        page.reload()
    called = [page.locator(".called").inner_text() for page in pages]
    assert sorted(called) == ["U-001", "U-002"]
    assert Ticket.objects.filter(state="called").count() == 2
    # The same clerk again: the first visitor is still being served.
    answers = _press_at_once([pages[0], pages[0]], server)
    assert Ticket.objects.filter(state="called").count() == 2


def _press_at_once(pages, server):
    """Send "call next" of each page in a separate thread, because Playwright's pages run one after the other."""
    import http.client
    from urllib.parse import urlencode, urlsplit

    sent = []
    for page in pages:
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        sent.append((cookies, token))

    def call(pair):
        cookies, token = pair
        connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": server,
        }
        connection.request(
            "POST", "/petugas/loket/", urlencode({"do": "call_next", "csrfmiddlewaretoken": token}), headers
        )
        return connection.getresponse().status

    with ThreadPoolExecutor(len(sent)) as pool:
        return list(pool.map(call, sent))
