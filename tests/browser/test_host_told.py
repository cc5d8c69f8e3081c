"""An official is notified of a visitor on whatever page is open."""

import re

from playwright.sync_api import expect

from ula_portal.core.journal.actors import staff
from visitors.checkin.actions import checkin
from visitors.places.queries import closures


def test_a_visitor_is_told_on_the_page_that_is_open(people, office, axe):
    official = office["layanan.dikdas"]
    page = people.known(official)
    page.goto("/petugas/kehadiran/")
    badge = page.locator(".rail nav a", has_text="Tamu Anda").locator(".count")
    expect(badge).to_have_count(0)
    news = page.locator("[data-rail-news]")
    visit = checkin.check_in(
        closures.locations()[0],
        by=staff(office["frontoffice"]),
        arrival=checkin.Arrival(name="Siti Contoh"),
        errand=checkin.Errand(purpose="meet", host_id=official.tenures.get().position_id),
    ).visit
    expect(news).to_contain_text("Ada tamu untuk Anda.")
    expect(news).not_to_contain_text("Siti Contoh")
    expect(badge).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert axe(page) == []
    news.get_by_role("link").click()
    page.get_by_role("button", name=re.compile("Silakan masuk")).first.click()
    expect(badge).to_have_count(0)
    visit.host_call.refresh_from_db()
    assert visit.host_call.answer
    assert people.complaints == []
