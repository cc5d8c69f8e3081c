"""The front desk by keyboard alone: visitors are checked in with few keys."""

from playwright.sync_api import expect

from tests.factories.world import PASSWORD
from ula_portal.core.journal.actors import staff
from visitors.checkin.actions import checkin
from visitors.models import Ticket
from visitors.places.queries.closures import locations

# Eight letters of the name, Enter; three letters of the service, Enter; Enter.
MOST_KEYS_KNOWN = 14
# Name and phone are typed once each.
MOST_KEYS_NEW = 44


class Keys:
    """Presses keys and counts them, including each typed letter."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.count += len(text)

    def press(self, key, until=None):
        """Press a key once, or until the element ``until`` has the focus."""
        for _n in range(40):
            self.page.keyboard.press(key)
            self.count += 1
            if until is None or until.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{key} never reaches it")


def test_a_known_and_a_new_visitor_are_received_by_keyboard_in_few_keys(people, office):
    place = locations()[0]
    checkin.check_in(
        place,
        by=staff(office["frontoffice"]),
        arrival=checkin.Arrival(name="Siti Contoh", phone="081234567890"),
        errand=checkin.Errand(purpose="consult"),
    )
    desk = people.staff(office["frontoffice"].email, PASSWORD)
    desk.goto("/petugas/tamu/")
    keys = Keys(desk)
    expect(desk.locator("#cari")).to_be_focused()
    keys.type("Siti Con")
    keys.press("Enter")
    # The only visitor found is chosen at once.
    expect(desk.locator(".desk-known")).to_contain_text("Siti Contoh")
    service = desk.get_by_role("combobox", name="Layanan", exact=True)
    expect(service).to_be_focused()
    keys.type("Leg")
    keys.press("Enter")
    keys.press("Enter")
    desk.wait_for_url("**/petugas/tamu/tiket/**")
    ticket = Ticket.objects.latest("pk")
    assert (ticket.visit.visitor.name, ticket.service.code) == ("Siti Contoh", "LEG-IJZ")
    assert keys.count <= MOST_KEYS_KNOWN

    desk.goto("/petugas/tamu/")
    # The browser gives the focus with the first picture, which may come after the page is loaded.
    expect(desk.locator("#cari")).to_be_focused()
    keys.count = 0
    keys.type("Bartolomeus Contoh Sinaga")
    keys.press("Enter")
    # What was typed is the name of the new visitor.
    expect(desk.locator("[name=phone]")).to_be_focused()
    expect(desk.locator("[name=name]")).to_have_value("Bartolomeus Contoh Sinaga")
    keys.type("081234567899")
    keys.press("Tab")
    expect(service).to_be_focused()
    keys.type("pin")
    expect(desk.locator(".combobox__list li")).to_have_count(1)
    keys.press("Enter")
    keys.press("Enter")
    desk.wait_for_url("**/petugas/tamu/tiket/**")
    ticket = Ticket.objects.latest("pk")
    assert (ticket.visit.visitor.name, ticket.service.code) == ("Bartolomeus Contoh Sinaga", "MUT-K")
    assert keys.count <= MOST_KEYS_NEW
