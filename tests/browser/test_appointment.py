"""An appointment, from booking on a phone without JavaScript to the ticket at the desk."""

import datetime

import pytest
from playwright.sync_api import expect

from ula_portal.core import clock
from visitors.models import Booking, Slot, Ticket

from . import acts
from .citizens import PHONE, SMALL

pytestmark = pytest.mark.usefixtures("office")


def let_it_be_now(booking):
    """Move a slot to the present moment, whatever time the tests run at."""
    now = clock.now()
    Slot.objects.filter(pk=booking.slot_id).update(starts_at=now, ends_at=now + datetime.timedelta(minutes=30))


def test_booking_moving_and_coming_without_javascript(people, office):
    viewport = {key: PHONE[key] for key in ("width", "height")}
    page = people.stranger(**viewport, javascript=False, has_touch=True, is_mobile=True)
    acts.find_service(page, "legalisir ijazah", "LEG-IJZ")
    page.get_by_role("link", name="Buat janji kedatangan").click()
    page.locator("a.day:not(.is-full)").last.click()
    assert page.evaluate(SMALL) == []
    page.locator("a.time").first.click()
    acts.press(page, "Buat janji")
    expect(page.locator("main")).to_contain_text("Tulis nama Anda.")
    page.get_by_label("Nama Anda").fill("Siti Contoh")
    page.get_by_label("Nomor HP (tidak wajib)").fill("0812 3456 7890")
    acts.press(page, "Buat janji")
    acts.said(page, "Janji Anda tercatat.")
    booking = Booking.objects.select_related("slot").get()
    expect(page.locator(".success-panel__code strong")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.get_by_role("link", name="Pindahkan janji").click()
    page.locator("label.time").last.click()
    acts.press(page, "Pindahkan janji")
    acts.said(page, "Janji Anda sudah dipindah.")
    moved = Booking.objects.get()
    assert moved.slot_id != booking.slot_id

    let_it_be_now(moved)
    desk = people.known(office["frontoffice"], javascript=False)
    desk.goto("/petugas/janji/")
    acts.press(desk, "Catat datang Siti Contoh")
    expect(desk.locator(".slip__number")).to_have_text("A-001")
    assert Ticket.objects.get().visit.booking == moved
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda sudah datang")
    # The browser's console reports the answer 422 of a form with errors.
    assert [each for each in people.complaints if "422" not in each] == []


def test_pages_of_appointments_are_sound(people, office, axe):
    page = people.stranger(width=360, height=740)
    page.goto("/janji-temu/buka/")
    found = axe(page)
    page.goto("/janji-temu/")
    found += axe(page)
    for press in (".row-item a", "a.time"):
        page.locator(press).first.click()
        found += axe(page)
    page.get_by_label("Nama Anda").fill("Siti Contoh")
    acts.press(page, "Buat janji")
    acts.said(page, "Janji Anda tercatat.")
    own = page.url
    for below in ("", "pindah/", "batal/", "cetak/"):
        page.goto(own + below)
        found += axe(page)
    day = clock.local(Booking.objects.get().slot.starts_at).date()
    desk = people.known(office["frontoffice"])
    for address in (f"/petugas/janji/?hari={day}", f"/petugas/janji/tutup/?hari={day}"):
        desk.goto(address)
        found += axe(desk)
    assert found == []
    assert people.complaints == []
