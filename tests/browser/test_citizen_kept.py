"""Input survives a lost connection and a change of language, and is deleted once the server has received it."""

import re

import pytest
from playwright.sync_api import expect

from services.applying.receipt import tracking_token
from services.models import Message, Request
from tests.factories.services import make_request, make_service
from tests.factories.sop import make_cast, make_office

from . import acts, citizens

KEPT = "() => Object.keys(sessionStorage)"
NOTE = "belum sampai kepada kami"


@pytest.fixture
def service(transactional_db):
    return make_service(make_cast(make_office()))


@pytest.fixture
def page(people):
    return people.stranger(**citizens.PHONE)


def send_without_connection(page, name):
    """Press a button while offline; the browser shows its own error page."""
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=name, exact=True).click(no_wait_after=True)
    expect(page).to_have_url(re.compile("^chrome-error:"))
    page.context.set_offline(False)


def test_a_part_of_the_form(people, page, service):
    citizens.begin(page, service)
    citizens.answer(page, {"hubungan": "Diri sendiri"})
    expect(page.locator("[name=nama_pemohon]")).to_be_visible()
    address = page.url
    page.locator("[name=nama_pemohon]").fill("Siti Contoh")
    if page.locator("[name=nik_pemohon]").count():
        page.locator("[name=nik_pemohon]").fill("3515140508680001")
    send_without_connection(page, "Lanjutkan pengisian")
    page.goto(address)
    expect(page.get_by_role("status").filter(has_text=NOTE)).to_be_visible()
    expect(page.locator("[name=nama_pemohon]")).to_have_value("Siti Contoh")
    assert "3515140508680001" not in str(page.evaluate("() => JSON.stringify(sessionStorage)"))
    acts.press(page, "Lanjutkan pengisian")
    expect(page.locator("[name=nama_pemohon]")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate(KEPT) == [] and Request.objects.get().applicant_name == "Siti Contoh"
    page.goto(address)
    expect(page.locator("[name=nama_pemohon]")).to_have_value("Siti Contoh")
    expect(page.get_by_text(NOTE)).to_have_count(0)


def test_a_message_is_sent_once_also_when_only_its_answer_was_lost(people, page, service):
    found = make_request(service)
    address = f"/lacak/{tracking_token(found)}/"
    page.goto(address)
    box = page.get_by_label("Pesan Anda")
    box.fill("Kapan selesai?")
    page.get_by_role("button", name="EN: switch to English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#pesan textarea")).to_have_value("Kapan selesai?")
    page.get_by_role("button", name="ID: ganti ke bahasa Indonesia").click()
    expect(box).to_have_value("Kapan selesai?")

    def lose_the_answer(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/pesan/", lose_the_answer)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Kirim pesan").click(no_wait_after=True)
    expect(page).to_have_url(re.compile("^chrome-error:"))
    page.unroute("**/pesan/")
    # The cookie with the message of the lost answer never arrived.
    page.context.clear_cookies(name="messages")
    page.goto(address)
    expect(box).to_have_value("Kapan selesai?")
    acts.press(page, "Kirim pesan")
    expect(page.get_by_text("Pesan Anda sudah kami terima.")).to_be_visible()
    expect(box).to_have_value("")
    assert Message.objects.count() == 1 and page.evaluate(KEPT) == []
