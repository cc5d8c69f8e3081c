"""The pages of appointments: booking, the visitor's own page, the desk's list, closing times."""

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from tests.factories.core import named_cast
from tests.factories.services import make_request, make_service
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from ula_portal.core.security import throttle
from visitors.appointments.actions import appointments, arriving, slots
from visitors.appointments.queries import appointments as queries
from visitors.models import Booking, Slot, Ticket, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
FRIDAY = datetime.date(2026, 11, 27)


@pytest.fixture
def plan():
    return make.plan(capacity=2)


@pytest.fixture
def slot(plan):
    return make.slot_at(plan, FRIDAY, 9)


@pytest.fixture
def booking(slot):
    return appointments.book(
        slot, by=actors.booking(""), contact=appointments.Contact(name="Siti Contoh", phone="081234567890")
    )


def own(booking, name="appointment"):
    return reverse(name, args=[queries.booking_token(booking)])


def form_of(slot, **said):
    return reverse("appointment_book", args=[slot.pk]), {"name": "Siti Contoh", "idempotency_key": "k"} | said


def test_from_the_service_to_a_time(client, plan, slot):
    link = f"/janji-temu/?layanan={plan.service.slug}"
    assert f'href="{link}"' in client.get("/janji-temu/").content.decode()
    html = client.get(f"{link}&hari={FRIDAY}").content.decode()
    assert f'href="/janji-temu/isi/{slot.pk}/"' in html
    # The first day with a free seat is open already; today's eleven o'clock has passed its notice.
    assert "10.30" not in re.findall(r"<strong>([\d.]+)</strong>", client.get(link).content.decode())[:1]
    assert "belum menerima janji" in client.get("/janji-temu/?layanan=tidak-ada").content.decode()


def test_the_service_page_leads_here_when_it_takes_appointments(client, plan):
    html = client.get(reverse("service_detail", args=[plan.service.slug])).content.decode()
    assert f"/janji-temu/?layanan={plan.service.slug}" in html and "Buat janji kedatangan" in html


def test_full_times_and_days_are_shown_as_full(client, plan, slot):
    for name in ("Siti Contoh", "Budi Contoh"):
        appointments.book(slot, by=actors.booking(""), contact=appointments.Contact(name=name))
    html = client.get(f"/janji-temu/?layanan={plan.service.slug}&hari={FRIDAY}").content.decode()
    assert f"/janji-temu/isi/{slot.pk}/" not in html and "penuh" in html
    Slot.objects.filter(starts_at__date=FRIDAY).update(capacity=2)
    for other in Slot.objects.filter(starts_at__date=FRIDAY).exclude(pk=slot.pk):
        for name in ("Siti Contoh", "Budi Contoh"):
            appointments.book(other, by=actors.booking(""), contact=appointments.Contact(name=name))
    html = client.get(f"/janji-temu/?layanan={plan.service.slug}&hari={FRIDAY}").content.decode()
    assert "Semua tempat pada tanggal ini sudah diambil" in html


def test_booking_leads_to_a_private_page_with_all_one_needs(client, plan, slot):
    address, data = form_of(slot, phone="0812 3456 7890", email="siti@contoh.example", wants_reminder="on")
    response = client.post(address, data)
    booking = Booking.objects.get()
    assert response["Location"] == own(booking)
    assert client.post(address, data)["Location"] == own(booking)
    assert Booking.objects.count() == 1
    page = client.get(own(booking))
    html = page.content.decode()
    assert page["Cache-Control"] == "private, no-store" and page["X-Robots-Tag"] == "noindex, nofollow"
    assert "Jumat, 27 November 2026, pukul 09.00–09.30 WIB" in html
    assert queries.booking_code(booking) in html and "data:image/svg+xml" in html
    # It shows nothing private.
    assert "81234567890" not in html and "siti@contoh" not in html
    assert queries.booking_code(booking) in client.get(own(booking, "appointment_paper")).content.decode()


def test_what_was_typed_is_kept_and_the_nearest_free_times_are_offered(client, plan, slot):
    for name in ("Budi Contoh", "Tini Contoh"):
        appointments.book(slot, by=actors.booking(""), contact=appointments.Contact(name=name))
    address, data = form_of(slot, phone="0812 3456 7890")
    response = client.post(address, data)
    html = response.content.decode()
    assert response.status_code == 409
    assert "baru saja diambil orang lain" in html
    assert 'value="Siti Contoh"' in html and 'value="0812 3456 7890"' in html and 'value="k"' in html
    other = make.slot_at(plan, FRIDAY, 9, 30)
    assert f'name="slot" id="waktu-{other.pk}" value="{other.pk}"' in html
    assert client.post(address, data | {"slot": other.pk}).status_code == 302
    assert Booking.objects.latest("pk").slot == other


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Tulis nama Anda."),
        ({"phone": "12"}, "Nomor HP tidak benar"),
        ({"email": "siti@"}, "email"),
        ({"wants_reminder": "on"}, "supaya kami dapat mengingatkan"),
        ({"request_number": "ULA-2026-000001"}, "Ketik kode pelacakan"),
        ({"request_code": "ABCDEFGH"}, "Tulis nomor permohonannya"),
        ({"request_number": "ULA-2026-000001", "request_code": "ABCDEFGH"}, "Nomor atau kode tidak cocok."),
    ],
)
def test_bad_input_is_said_and_kept(client, slot, said, words):
    address, data = form_of(slot, **said)
    response = client.post(address, data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert all(str(value) in response.content.decode() for value in said.values())
    assert not Booking.objects.exists()


def test_a_request_is_named_by_number_and_code_and_wrong_codes_are_counted(client, settings):
    from services.applying.receipt import receipt_code

    request = make_request(make_service(named_cast(), channels=["online", "appointment"]))
    slot = make.slot_at(make.plan(request.service), FRIDAY, 9)
    address, data = form_of(slot, request_number=request.number, request_code="AAAABBBB")
    settings.THROTTLES = {"code": (2, 300)}
    answers = {client.post(address, data).content.decode().count("Nomor atau kode tidak cocok.") > 0 for _n in range(2)}
    assert answers == {True}
    good = data | {"request_code": receipt_code(request)}
    assert "Terlalu banyak percobaan" in client.post(address, good).content.decode()
    settings.THROTTLES = {}
    assert client.post(address, good).status_code == 302
    assert Booking.objects.get().request == request


def test_a_name_is_kept_as_one_plain_line(client, slot):
    address, data = form_of(slot, name="Siti\u202e\r\nEND:VEVENT\u200b Contoh", phone="62812\u20113456\u20117890")
    assert client.post(address, data).status_code == 302
    visitor = Booking.objects.get().visitor
    assert (visitor.name, visitor.phone) == ("Siti END:VEVENT Contoh", "+6281234567890")


def test_robots_busy_sources_and_floods_are_held_off(client, slot, settings):
    address, data = form_of(slot)
    caught = client.post(address, data | {"situs_web": "http://contoh"})
    assert caught.status_code == 422 and "kosongkan kotak ini" in caught.content.decode()
    throttle.count("book", throttle.digest("127.0.0.1"))
    settings.PROOF_FROM = {"book": 1}
    assert "Sambungan ini sedang sibuk" in client.post(address, data).content.decode()
    settings.PROOF_FROM = {"book": 99}
    settings.THROTTLES = {"book": (1, 300)}
    stopped = client.post(address, data)
    assert stopped.status_code == 429 and data["name"] in stopped.content.decode()
    assert not Booking.objects.exists()


def test_the_code_opens_it_on_another_device_and_guessing_is_limited(client, booking, settings):
    settings.PROOF_FROM = {"code": 99}
    response = client.post("/janji-temu/buka/", {"code": queries.booking_code(booking).lower()})
    assert response["Location"] == own(booking)
    settings.THROTTLES = {"code": (1, 300)}
    assert "tidak cocok" in client.post("/janji-temu/buka/", {"code": "AAAA BBBB CCCC"}).content.decode()
    assert client.post("/janji-temu/buka/", {"code": queries.booking_code(booking)}).status_code == 429


def test_the_calendar_file_is_well_formed_and_follows_a_move(client, plan, booking):
    def lines():
        response = client.get(own(booking, "appointment_calendar"))
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
        return response.content.decode().replace("\r\n ", "").split("\r\n")

    booking.slot.location.address = "Jl. A; No, 5\nKota\\x"
    booking.slot.location.save()
    first = lines()
    assert f"LOCATION:{booking.slot.location.name}\\, Jl. A\\; No\\, 5\\nKota\\\\x" in first
    assert {"CLASS:PRIVATE", "TRIGGER:-PT16H", "ACTION:DISPLAY", "METHOD:PUBLISH"} <= set(first)
    assert first[0] == "BEGIN:VCALENDAR" and first[-2:] == ["END:VCALENDAR", ""]
    assert {"DTSTART:20261127T020000Z", "DTEND:20261127T023000Z", "SEQUENCE:0", "STATUS:CONFIRMED"} <= set(first)
    assert any(queries.booking_token(booking) in line for line in first)
    appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=make.slot_at(plan, FRIDAY, 10).pk)
    second = lines()
    assert {"DTSTART:20261127T030000Z", "SEQUENCE:2"} <= set(second)
    assert [line for line in first if line.startswith("UID")] == [line for line in second if line.startswith("UID")]
    appointments.cancel_booking(booking, by=actors.booking(booking.pk))
    assert "STATUS:CANCELLED" in lines() and "BEGIN:VALARM" not in lines()


def test_moving_and_cancelling_by_the_link(client, plan, booking):
    move, other = own(booking, "appointment_move"), make.slot_at(plan, FRIDAY, 10)
    assert f'name="slot" value="{other.pk}"' in client.get(f"{move}?hari={FRIDAY}").content.decode()
    assert client.post(move, {"slot": "x"}).status_code == 422
    assert client.post(move, {"slot": other.pk})["Location"] == own(booking)
    for name in ("Budi Contoh", "Tini Contoh"):
        appointments.book(make.slot_at(plan, FRIDAY, 9), by=actors.booking(""), contact=appointments.Contact(name=name))
    gone = client.post(move, {"slot": make.slot_at(plan, FRIDAY, 9).pk})
    assert gone.status_code == 409 and "baru saja diambil" in gone.content.decode()
    cancel = own(booking, "appointment_cancel")
    assert "Batalkan janji ini?" in client.get(cancel).content.decode()
    for words in ("Terima kasih", "sudah dibatalkan"):
        assert words in client.post(cancel, follow=True).content.decode()
    booking.refresh_from_db()
    assert (booking.slot, booking.state) == (other, "cancelled")
    assert client.get(move)["Location"] == own(booking)


def test_after_a_closure_the_page_offers_another_time(client, plan, booking):
    desk = make.person(Role.FRONT_DESK)
    slots.close_slots(plan.location, by=staff(desk), day=FRIDAY, reason="Listrik padam")
    html = client.get(own(booking)).content.decode()
    assert "Mohon pilih waktu lain" in html and "Listrik padam" in html
    chosen = re.search(r'name="slot" id="waktu-\d+" value="(\d+)"', html)[1]
    assert client.post(own(booking, "appointment_move"), {"slot": chosen})["Location"] == own(booking)
    booking.refresh_from_db()
    assert booking.state == "booked"


# The desk


@pytest.fixture
def desk(plan):
    make.counter(plan.service, place=plan.location)
    return make.person(Role.FRONT_DESK)


def test_the_desk_checks_in_from_the_list_and_prints_the_ticket(client, plan, booking, desk):
    client.force_login(desk)
    with clock.at(NOW + datetime.timedelta(days=2, hours=22)):
        html = client.get("/petugas/janji/").content.decode()
        assert "Siti Contoh" in html and "Nomor HP berakhiran 7890" in html and "+6281234567890" not in html
        form = html.partition(reverse("booking_arrive", args=[booking.pk]))[2].partition("</form>")[0]
        assert "csrfmiddlewaretoken" in form
        response = client.post(reverse("booking_arrive", args=[booking.pk]), {"ground": ""})
        again = client.post(reverse("booking_arrive", args=[booking.pk]), {"ground": ""})
    ticket = Ticket.objects.get()
    assert response["Location"] == again["Location"] == reverse("ticket_print", args=[ticket.pk]) + "?cetak=1"
    assert Visit.objects.get().note == "Janji pukul 09.00 WIB"


def test_a_scanned_code_or_a_name_finds_the_appointment_at_the_desk(client, plan, booking, desk):
    client.force_login(desk)
    with clock.at(NOW + datetime.timedelta(days=2, hours=22)):
        for typed in (f"https://contoh.example{own(booking)}", "Siti Con", "081234567890"):
            html = client.post("/petugas/tamu/", {"do": "search", "q": typed}).content.decode()
            form = html.partition(reverse("booking_arrive", args=[booking.pk]))[2].partition("</form>")[0]
            assert "csrfmiddlewaretoken" in form, typed
    html = client.post("/petugas/tamu/", {"do": "search", "q": own(booking)}).content.decode()
    assert reverse("booking_arrive", args=[booking.pk]) not in html and "27 Nov" in html


def test_whoever_receives_at_two_places_chooses_one(client, plan, booking, desk):
    client.force_login(desk)
    make.counter(place=make.location("lantai-2"))
    client.post("/petugas/janji/", {"location": "lantai-2"})
    assert "Siti Contoh" not in client.get(f"/petugas/janji/?hari={FRIDAY}").content.decode()
    client.post("/petugas/janji/", {"location": plan.location.code})
    assert "Siti Contoh" in client.get(f"/petugas/janji/?hari={FRIDAY}").content.decode()


def test_closing_a_day_and_opening_it_again(client, plan, booking, desk):
    client.force_login(desk)
    wrong = client.post("/petugas/janji/tutup/", {"day": str(FRIDAY), "reason": ""})
    assert wrong.status_code == 422 and "Tulis alasannya" in wrong.content.decode()
    data = {"day": str(FRIDAY), "from_time": "", "to_time": "09.30", "reason": "Listrik padam"}
    html = client.post("/petugas/janji/tutup/", data | {"confirmed": "1"}, follow=True).content.decode()
    assert "1 waktu ditutup" in html and "1 tamu perlu waktu lain" in html
    assert "https://wa.me/6281234567890?text=" in html and "Listrik padam" in html
    html = client.post("/petugas/janji/buka/", {"day": str(FRIDAY)}, follow=True).content.decode()
    assert "1 waktu dibuka lagi" in html


def test_a_day_is_listed_in_pages_with_as_many_queries_however_long(client, plan, desk):
    client.force_login(desk)
    address = f"/petugas/janji/?hari={FRIDAY}"
    appointments.book(
        make.slot_at(plan, FRIDAY, 9), by=actors.booking(""), contact=appointments.Contact(name="Siti Contoh")
    )
    client.get(address)
    one = count_queries(lambda: client.get(address))
    Slot.objects.update(capacity=50)
    for number in range(49):
        appointments.book(
            make.slot_at(plan, FRIDAY, 9),
            by=actors.booking(""),
            contact=appointments.Contact(name=f"Tamu Contoh {number}"),
        )
    last = appointments.book(
        make.slot_at(plan, FRIDAY, 10), by=actors.booking(""), contact=appointments.Contact(name="Yang Terakhir Contoh")
    )
    assert count_queries(lambda: client.get(address)) == one
    html = client.get(address).content.decode()
    assert last.visitor.name not in html
    following = re.search(r'rel="next" href="([^"]+)"', html)[1].replace("&amp;", "&")
    html = client.get(following).content.decode()
    assert last.visitor.name in html and "Siti Contoh" not in html and 'rel="prev"' in html


# The admin panel


def test_an_administrator_edits_plans_and_slots_follow(client, plan, booking):
    client.force_login(make.person(Role.ADMINISTRATOR))
    address = reverse("admin:visitors_slotplan_change", args=[plan.pk])
    data = {
        "weekdays": ["0", "4"],
        "from_time": "09:00",
        "to_time": "10:00",
        "minutes": "60",
        "capacity": "3",
        "active": "on",
    }
    assert client.post(address, data | {"to_time": "08:00"}).status_code == 200
    assert client.post(address, data | {"weekdays": []}).status_code == 200
    assert client.post(address, data).status_code == 302
    booking.slot.refresh_from_db()
    assert (booking.slot.capacity, clock.local(booking.slot.ends_at).hour, booking.slot.state) == (3, 10, "open")
    assert make.slot_at(plan, FRIDAY, 9, 30).state == "dropped"
    add = data | {"service": plan.service_id, "location": plan.location_id}
    response = client.post(reverse("admin:visitors_slotplan_add"), add)
    assert "Bertumpang tindih" in response.content.decode()
    assert client.post(reverse("admin:visitors_slotplan_delete", args=[plan.pk]), {"post": "yes"}).status_code == 302
    booking.slot.refresh_from_db()
    assert booking.slot.state == "dropped"


def test_the_desk_moves_an_appointment_and_tells_by_whatsapp(client, plan, slot, booking):
    client.force_login(make.person(Role.FRONT_DESK))
    page = reverse("booking", args=[booking.pk])
    assert page in client.get(f"/petugas/janji/?hari={FRIDAY}").content.decode()
    html = client.get(page).content.decode()
    assert "Siti Contoh" in html and "wa.me" not in html and "81234567890" not in html
    later = make.slot_at(plan, FRIDAY, 10)
    for _n in range(2):
        appointments.book(
            make.slot_at(plan, FRIDAY, 9, 30), by=actors.booking(""), contact=appointments.Contact(name="Budi Contoh")
        )
    full = client.post(page, {"slot": make.slot_at(plan, FRIDAY, 9, 30).pk, "seen": slot.pk})
    assert full.status_code == 409 and "baru saja diambil" in full.content.decode()
    assert client.post(page, {"seen": slot.pk}).status_code == 422
    html = client.post(page, {"slot": later.pk, "seen": slot.pk}, follow=True).content.decode()
    assert "Janji dipindah ke" in html and "kabari lewat WhatsApp" in html and "wa.me/6281234567890" in html
    stale = client.post(reverse("booking_cancel", args=[booking.pk]), {"seen": slot.pk}, follow=True)
    assert "baru saja dipindah" in stale.content.decode()
    html = client.post(reverse("booking_cancel", args=[booking.pk]), {"seen": later.pk}, follow=True).content.decode()
    assert "Janji dibatalkan" in html and "sudah%20dibatalkan" in html and "tidak dapat diubah lagi" in html
    assert client.get(reverse("booking", args=[0])).status_code == 404


def test_without_mail_no_page_promises_one(client, plan, slot, desk, settings):
    settings.SENDS_MAIL = False
    address, said = form_of(slot, email="siti@example.id", wants_reminder="on")
    assert "(perlu nomor HP)" in client.get(address).content.decode()
    refused = client.post(address, said)
    assert refused.status_code == 422 and "Tulis nomor HP, supaya" in refused.content.decode()
    booked = appointments.book(
        slot,
        by=actors.booking(""),
        contact=appointments.Contact(
            name="Siti Contoh", email="siti@example.id", phone="081234567890", wants_reminder=True
        ),
    )
    assert "lewat surel" not in client.get(own(booked)).content.decode()
    client.force_login(desk)
    page = reverse("booking", args=[booked.pk])
    assert "Dikabari lewat surel" not in client.get(page).content.decode()
    later = make.slot_at(plan, FRIDAY, 10)
    html = client.post(page, {"slot": later.pk, "seen": slot.pk}, follow=True).content.decode()
    assert "Kabari tamu sendiri" in html and "wa.me/6281234567890" in html and "dikabari lewat surel" not in html
    form = client.get("/petugas/janji/tutup/").content.decode()
    assert "perlu Anda kabari" in form
    data = {"day": str(FRIDAY), "from_time": "", "to_time": "", "reason": "Listrik padam"}
    asked = client.post("/petugas/janji/tutup/", data).content.decode()
    assert "Kabari mereka dari daftar" in asked and "surel dikirim" not in asked.lower()
    html = client.post("/petugas/janji/tutup/", data | {"confirmed": "1"}, follow=True).content.decode()
    assert "Hubungi mereka dari daftar" in html and "siti@example.id" in html and "lewat surel" not in html
    html = client.post("/petugas/janji/buka/", {"day": str(FRIDAY)}, follow=True).content.decode()
    assert "Kabari mereka bila tadi sudah dihubungi" in html
    with clock.at(NOW + datetime.timedelta(days=2)):
        assert arriving.remind_visitors() == 0
