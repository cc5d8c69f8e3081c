"""A visitor goes from the desk to the counter to the official's room, in five windows, with a restart of the server."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.factories import visitors as make
from tests.factories.world import PASSWORD
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role, Tenure
from visitors.counter.actions import calling, sessions
from visitors.models import Counter, Ticket
from visitors.queue.actions.tickets import ticket_token

from . import acts
from .conftest import People, open_office, serve

LISTEN = """() => {
    window.openedOnce = true;
    const heard = [], box = document.querySelector('[data-sound]');
    box.addEventListener('spoken', event => { heard.push(event.detail); box.dataset.heard = heard.join(' '); });
}"""


def test_from_desk_to_counter_to_room_over_a_restart(transactional_db, database_url, chromium):
    staff = open_office(("LEG-IJZ", "TAMU"))
    room = Counter.objects.filter(kind="room").select_related("position").first()
    official = Tenure.objects.filter(position=room.position).select_related("user").latest("pk").user
    with serve(database_url) as base:
        port = urlsplit(base).port
        windows = People(chromium, base)
        display = windows.stranger(width=1920, height=1080)
        phone = windows.stranger(width=360, height=740)
        desk = windows.staff(staff["frontoffice"].email, PASSWORD)
        counter = windows.staff(staff["loket"].email, PASSWORD)
        host = windows.known(official)
        display.goto("/layar/ula/")
        display.evaluate(LISTEN)
        expect(display.get_by_text("Suara mati")).to_be_visible()
        display.get_by_role("button", name="Mulai suara").click()
        expect(display.get_by_text("Suara mati")).to_be_hidden()

        first = _arrives(desk, "Rahayu Contoh")
        phone.goto(f"/antrean/tiket/{ticket_token(first)}/")
        expect(phone.get_by_text("Loket untuk nomor Anda belum dibuka.")).to_be_visible()
        _counter_calls(counter, display, phone, first)

    # The server is down, and a colleague at another desk continues with the same database.
    second = _called_elsewhere()
    with serve(database_url, port=port):
        expect(display.locator(".d-board")).to_contain_text(second.label)
        _goes_to_the_room(counter, phone, room)
        host.goto("/petugas/loket/")
        host.get_by_role("button", name=f"Buka {room.name}").click()
        acts.press(host, "Panggil berikutnya")
        expect(phone.get_by_text(f"Silakan menuju {room.name}.")).to_be_visible()
        expect(display.locator(".d-now")).to_contain_text(room.name)
        host.get_by_role("button", name="Mulai layani").click()
        host.get_by_role("button", name="Selesai", exact=True).click()
        expect(phone.get_by_text("Terima kasih atas kunjungan Anda.")).to_be_visible()

        _has_said(display, first, second, first)
        # The page has not been reloaded since the morning.
        assert display.evaluate("window.openedOnce") is True
        for context in windows.contexts:
            context.close()
    assert Ticket.objects.get(pk=first.pk).state == "finished"
    assert [c for c in windows.complaints if "ERR_CONNECTION" not in c and "ERR_INCOMPLETE" not in c] == []


def _arrives(desk, name):
    desk.goto("/petugas/tamu/")
    desk.get_by_label("Konsultasi").check()
    desk.locator("[name=name]").fill(name)
    acts.press(desk, "Catat dan cetak nomor")
    expect(desk.get_by_text("U-001").first).to_be_visible()
    return Ticket.objects.get()


def _counter_calls(counter, display, phone, ticket):
    counter.goto("/petugas/loket/")
    counter.get_by_role("button", name="Buka Loket 1").click()
    acts.press(counter, "Panggil berikutnya")
    expect(display.locator(".d-now .d-number")).to_have_text(ticket.label)
    expect(phone.get_by_text("Silakan menuju Loket 1.")).to_be_visible()
    _has_said(display, ticket)


def _has_said(display, *tickets):
    """Exactly these calls were spoken completely, in this order."""
    labels = " ".join(ticket.label for ticket in tickets)
    expect(display.locator("[data-sound]")).to_have_attribute("data-heard", labels, timeout=60_000)


def _called_elsewhere():
    clerk = make.person(Role.COUNTER, Role.FRONT_DESK)
    place = Counter.objects.get(name="Loket 2").location
    ticket = make.ticket(place, user=clerk)
    session = sessions.open_session(Counter.objects.get(name="Loket 2"), by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)) == ticket
    return ticket


def _goes_to_the_room(counter, phone, room):
    counter.get_by_label("Alihkan ke").select_option(label=room.name)
    counter.get_by_role("button", name="Alihkan").click()
    expect(counter.get_by_text("Waktu tunggunya tetap dihitung")).to_be_visible()
    expect(phone.get_by_text("Anda dipanggil begitu pejabat siap menerima.")).to_be_visible()
