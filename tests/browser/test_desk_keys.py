"""The front desk by keyboard alone: a known visitor is checked in with few keys."""

from playwright.sync_api import expect

from tests.factories.world import PASSWORD
from ula_portal.core.journal.actors import staff
from visitors.checkin.actions import checkin
from visitors.models import Ticket
from visitors.places.queries.closures import locations

# Eight letters of the name, Enter; move to the visitor, Enter; move to the service, three letters; move on, Enter.
MOST_KEYS = 18


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


def test_a_known_visitor_is_received_by_keyboard_in_few_keys(people, office):
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
    found = desk.locator("#hasil-cari button").first
    expect(found).to_be_visible()
    keys.press("Tab", until=found)
    keys.press("Enter")
    expect(desk.get_by_role("heading", name="Siti Contoh").first).to_be_visible()
    expect(desk.get_by_label("Mengurus layanan")).to_be_focused()
    keys.press("Tab", until=desk.locator("[name=service]"))
    keys.type("Leg")
    # Enter would open a select; on the next field it submits the form.
    keys.press("Tab")
    keys.press("Enter")
    desk.wait_for_url("**/petugas/tamu/tiket/**")
    ticket = Ticket.objects.latest("pk")
    assert (ticket.visit.visitor.name, ticket.service.code) == ("Siti Contoh", "LEG-IJZ")
    assert keys.count <= MOST_KEYS
