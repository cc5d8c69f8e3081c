"""Sudden closures and appointments: what is affected, notified after five minutes, restored by reopening."""

import datetime
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.concurrently import concurrently
from tests.factories.visitors import counter, person, plan, slot_at
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.notices import delivery
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.appointments.actions import appointments as appointments_appointments
from visitors.appointments.actions import arriving, plans
from visitors.appointments.actions import arriving as appointments_arriving
from visitors.appointments.actions.slots import close_slots, reopen_slots
from visitors.appointments.queries import appointments
from visitors.closing.actions import close_suddenly, move_end, reopen
from visitors.models import Booking, Closure, Slot, SlotPlan
from visitors.places.queries import closures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def made():
    """From ten to three, half an hour each, two seats."""
    return plan(from_time=datetime.time(10), to_time=datetime.time(15), capacity=2)


def at(hour, minute=0, day=TODAY):
    return datetime.datetime.combine(day, datetime.time(hour, minute), clock.OFFICE_ZONE)


def book(slot, name="Siti Contoh", **more):
    return make.book(slot, name, **more)


def states(*bookings):
    for booking in bookings:
        booking.refresh_from_db()
    return [(booking.state, booking.seat) for booking in bookings]


def close(made, desk, until=None, reason="Listrik padam"):
    return close_suddenly(made.location, by=staff(desk), reason=reason, until=until)


def deliver(moment):
    """Subjects of the mails that the worker sends until a moment."""
    before = len(mail.outbox)
    with clock.at(moment):
        for notice in Notice.objects.filter(state="waiting", next_try_at__lte=moment).order_by("pk"):
            delivery.deliver(notice)
    return [each.subject for each in mail.outbox[before:]]


def test_only_what_lies_within_is_displaced_and_the_figures_are_those_of_the_closure(made, desk):
    counter(made.service, place=made.location)
    make.ticket(service=made.service, user=desk)
    within = [
        book(slot_at(made, TODAY, 11), email="siti@contoh.example"),
        book(slot_at(made, TODAY, 11), name="Budi Contoh"),
        book(slot_at(made, TODAY, 11, 30), name="Tini Contoh"),
    ]
    outside = [
        book(slot_at(made, TODAY, 13), name="Ani Contoh"),
        book(slot_at(made, TODAY + timedelta(days=1), 11), name="Edi Contoh"),
        book(slot_at(plan(made.service, make.location("lantai-2")), TODAY + timedelta(days=1), 10), name="Eni Contoh"),
    ]
    touched = closures.impact_of_closing(made.location, NOW, at(12))
    assert (touched.bookings, touched.unmailed, touched.tickets) == (3, 2, 1)
    # Tickets count only when the period contains the present.
    assert closures.impact_of_closing(made.location, at(13), at(15)).tickets == 0
    assert closures.impact_of_closing(made.location, at(9), NOW).tickets == 0
    closure = close(made, desk, at(12))
    assert states(*within) == [("displaced", None)] * 3
    assert states(*outside) == [("booked", 1)] * 3
    assert {booking.reason for booking in within} == {"Listrik padam"}
    displaced = closures.impact_of_closure(closure)
    assert (displaced.bookings, displaced.unmailed) == (3, 2)
    assert closures.impact_of_closing(made.location, NOW, at(12)).bookings == 0


def test_without_an_end_it_lasts_to_the_end_of_todays_service(made, desk):
    late, tomorrow = book(slot_at(made, TODAY, 14, 30)), book(slot_at(made, TODAY + timedelta(days=1), 10), name="Budi")
    assert close(made, desk).until == closures.end_of_service(NOW) == at(16)
    assert states(late, tomorrow) == [("displaced", None), ("booked", 1)]


def test_opening_within_five_minutes_gives_the_seats_back_and_tells_nobody(made, desk):
    mailed = book(slot_at(made, TODAY, 11), email="siti@contoh.example")
    unmailed = book(slot_at(made, TODAY, 11), name="Budi Contoh")
    deliver(NOW)
    closure = close(made, desk)
    assert deliver(NOW + 4 * MINUTE) == []
    with clock.at(NOW + 4 * MINUTE):
        opening = reopen(closure, by=staff(desk))
        with pytest.raises(Outdated):
            reopen(closure, by=staff(desk))
    assert opening.restored == [mailed, unmailed] and not opening.left
    assert states(mailed, unmailed) == [("booked", 1), ("booked", 2)]
    assert (mailed.reason, mailed.lost_seat) == ("", None)
    assert slot_at(made, TODAY, 11).state == "open" and slot_at(made, TODAY, 11).closure is None
    assert deliver(NOW + timedelta(hours=1)) == []
    assert Notice.objects.get(kind="booking_displaced").state == "suppressed"
    verbs = JournalEntry.objects.filter(subject_kind="booking", subject_id=mailed.pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["book", "displace_booking", "restore_booking"]


def test_opening_later_tells_that_the_appointment_stands_again_whoever_was_told_only(made, desk):
    mailed = book(slot_at(made, TODAY, 14), email="siti@contoh.example")
    deliver(NOW)
    closure = close(made, desk)
    assert deliver(NOW + 6 * MINUTE) == ["Mohon pilih waktu lain untuk janji Anda"]
    with clock.at(NOW + 10 * MINUTE):
        reopen(closure, by=staff(desk))
    assert states(mailed) == [("booked", 1)]
    assert deliver(NOW + 12 * MINUTE) == ["Janji Anda berlaku lagi: Selasa, 24 November 2026"]


def test_a_notice_that_is_being_sent_while_service_goes_on_is_followed_by_the_other_or_stopped(made, desk):
    book(slot_at(made, TODAY, 14), email="siti@contoh.example")
    deliver(NOW)
    closure = close(made, desk)
    notice = Notice.objects.get(kind="booking_displaced")
    later = NOW + 6 * MINUTE
    # The worker holds it and has not read the booking yet.
    Notice.objects.filter(pk=notice.pk).update(leased_until=later + 5 * MINUTE)
    with clock.at(later):
        reopen(closure, by=staff(desk))
    Notice.objects.filter(pk=notice.pk).update(leased_until=None)
    assert deliver(later) == []
    notice.refresh_from_db()
    assert notice.state == "suppressed"
    # Nobody was notified, so no second notice is needed.
    assert deliver(later + 2 * MINUTE) == []


def test_who_moved_cancelled_or_came_keeps_that(made, desk):
    counter(made.service, place=made.location)
    names = ("Siti Contoh", "Budi Contoh", "Tini Contoh", "Ani Contoh")
    moved, cancelled, came, waiting = (
        book(slot_at(made, TODAY, hour), name=name) for hour, name in zip((11, 11, 13, 13), names, strict=True)
    )
    closure = close(made, desk)
    appointments_appointments.move_booking(
        moved, by=actors.booking(moved.pk), slot_id=slot_at(made, TODAY + timedelta(days=1), 10).pk
    )
    appointments_appointments.cancel_booking(cancelled, by=actors.booking(cancelled.pk))
    arrived = appointments_arriving.arrive(came, by=staff(desk))
    assert arrived.ticket is not None and appointments_arriving.arrive(came, by=staff(desk)).visit == arrived.visit
    assert reopen(closure, by=staff(desk)).restored == [waiting]
    assert states(moved, cancelled, came, waiting) == [
        ("booked", 1),
        ("cancelled", None),
        ("arrived", None),
        ("booked", 2),
    ]
    assert arriving.mark_missed() == 0


def test_who_has_no_seat_any_more_stays_displaced_and_is_told(made, desk):
    first = book(slot_at(made, TODAY, 14), email="siti@contoh.example")
    second = book(slot_at(made, TODAY, 14), name="Budi Contoh", email="budi@contoh.example")
    third = book(slot_at(made, TODAY, 14, 30), name="Tini Contoh")
    deliver(NOW)
    closure = close(made, desk)
    # Meanwhile the office reduces the slot's capacity.
    Slot.objects.filter(pk=first.slot_id).update(capacity=1)
    opening = reopen(closure, by=staff(desk))
    assert (opening.restored, opening.left) == ([first, third], [second])
    assert states(first, second) == [("booked", 1), ("displaced", None)]
    assert deliver(NOW + 6 * MINUTE) == ["Mohon pilih waktu lain untuk janji Anda"]


def test_a_seat_beyond_the_room_is_exchanged_for_a_free_one(made, desk):
    first, second = book(slot_at(made, TODAY, 14)), book(slot_at(made, TODAY, 14), name="Budi Contoh")
    appointments_appointments.cancel_booking(first, by=actors.booking(first.pk))
    closure = close(made, desk)
    Slot.objects.filter(pk=second.slot_id).update(capacity=1)
    reopen(closure, by=staff(desk))
    assert states(second) == [("booked", 1)]


def test_a_time_that_no_plan_wants_any_more_keeps_its_promise_after_a_closure(made, desk):
    booking = book(slot_at(made, TODAY, 14))
    closure = close(made, desk)
    SlotPlan.objects.update(active=False)
    plans.follow_plans(made.service_id, made.location_id)
    # No slot can be booked, and none is offered.
    assert reopen(closure, by=staff(desk)).slots == 0
    assert states(booking) == [("booked", 1)] and slot_at(made, TODAY, 14).state == "dropped"


def test_a_time_that_has_begun_is_given_back_too(made, desk):
    booking = book(slot_at(made, TODAY, 11))
    with clock.at(at(11, 10)):
        closure = close(made, desk)
        assert states(booking) == [("displaced", None)]
    with clock.at(at(11, 11)):
        reopen(closure, by=staff(desk))
    assert states(booking) == [("booked", 1)]


def test_a_longer_closure_takes_more_and_a_shorter_one_gives_back(made, desk):
    early, late = book(slot_at(made, TODAY, 11)), book(slot_at(made, TODAY, 14), name="Budi Contoh")
    closure = close(made, desk, at(12))
    with pytest.raises(NotAllowed):
        move_end(closure, by=staff(person(Role.OFFICIAL)), until=at(15))
    with pytest.raises(Refused, match="sudah lewat"):
        move_end(closure, by=staff(desk), until=NOW)
    move_end(closure, by=staff(desk), until=at(14, 10))
    assert states(early, late) == [("displaced", None)] * 2
    assert move_end(closure, by=staff(desk), until=at(11, 20)).until == at(11, 20)
    assert states(early, late) == [("displaced", None), ("booked", 1)]
    assert (slot_at(made, TODAY, 11).state, slot_at(made, TODAY, 11, 30).state) == ("closed", "open")
    with clock.at(at(11, 20)), pytest.raises(Outdated):
        move_end(closure, by=staff(desk), until=at(12))


def test_a_second_closure_and_one_by_hand_keep_what_is_theirs(made, desk):
    eleven, two = book(slot_at(made, TODAY, 11)), book(slot_at(made, TODAY, 14), name="Budi Contoh")
    first = close(made, desk)
    assert close(made, desk, at(12), reason="Lagi") == first
    # The afternoon was closed by hand for a separate reason, so it stays closed when service continues.
    closing = {"by": staff(desk), "day": TODAY}
    close_slots(made.location, **closing, reason="Rapat", from_time=datetime.time(14))
    with clock.at(NOW + MINUTE):
        assert reopen(first, by=staff(desk)).restored == [eleven]
    assert states(eleven, two) == [("booked", 1), ("displaced", None)]
    with clock.at(NOW + 2 * MINUTE):
        second = close(made, desk, at(12))
        # Slots within a closure are not opened by hand while it lasts.
        assert reopen_slots(made.location, **closing).restored == [two]
        assert states(eleven, two) == [("displaced", None), ("booked", 1)]
        reopen(second, by=staff(desk))
    assert states(eleven, two) == [("booked", 1)] * 2
    assert not Slot.objects.filter(state="closed").exists()


def test_who_comes_all_the_same_is_received_from_the_booking_while_others_get_no_number(client, made, desk):
    counter(made.service, place=made.location)
    booking = book(slot_at(made, TODAY, 11), phone="081234567890")
    close(made, desk, at(12))
    with pytest.raises(Refused, match="Listrik padam"):
        make.ticket(service=made.service, user=desk)
    client.force_login(desk)
    arrive = reverse("booking_arrive", args=[booking.pk])
    for page in (
        client.post("/petugas/tamu/", {"do": "search", "q": "081234567890"}),
        client.post("/petugas/tamu/", {"do": "search", "q": f"/janji-temu/{appointments.booking_token(booking)}/"}),
        client.get("/petugas/janji/"),
    ):
        assert arrive in page.content.decode()
    assert "Lapor ke meja depan" in client.get(f"/janji-temu/{appointments.booking_token(booking)}/").content.decode()
    assert "/cetak/" in client.post(arrive)["Location"] or client.post(arrive).status_code == 302
    assert states(booking) == [("arrived", None)]


def test_the_page_names_what_is_touched_before_anything_happens(client, made, desk):
    counter(made.service, place=made.location)
    book(slot_at(made, TODAY, 14), email="siti@contoh.example")
    book(slot_at(made, TODAY, 14), name="Budi Contoh")
    make.ticket(service=made.service, user=desk)
    client.force_login(desk)
    page, said = reverse("service_closure"), {"do": "close", "reason": "Banjir", "until": "14:30"}
    assert client.post(page, said | {"until": "09:00"}).status_code == 422
    html = client.post(page, said).content.decode()
    assert "<strong>2 janji kedatangan</strong>" in html and "1 di antaranya tanpa surel" in html
    assert "<strong>1 nomor antrean</strong>" in html and "14.30 WIB" in html
    assert not Closure.objects.exists()
    html = client.post(page, said | {"confirmed": "1"}, follow=True).content.decode()
    closure = Closure.objects.get()
    assert "2 janji kedatangan perlu waktu lain" in html and "Surel dikirim mulai pukul 10.05 WIB" in html
    assert "surel dikirim pukul 10.05 WIB" in client.get("/petugas/janji/").content.decode()
    again = client.post(page, said | {"confirmed": "1"}, follow=True).content.decode()
    assert "sudah dihentikan sebelumnya" in again and Closure.objects.get() == closure
    end = {"do": "move_end", "closure": closure.pk}
    assert client.post(page, end | {"until": "09:00"}).status_code == 422
    assert "sudah diubah" in client.post(page, end | {"until": "15:00"}, follow=True).content.decode()
    html = client.post(page, {"do": "reopen", "closure": closure.pk}, follow=True).content.decode()
    assert "2 janji berlaku lagi. 1 di antaranya tanpa surel." in html


def test_closing_times_by_hand_asks_first_as_well(client, made, desk):
    book(slot_at(made, TODAY, 14))
    client.force_login(desk)
    said = {"day": str(TODAY), "from_time": "14.00", "to_time": "", "reason": "Rapat"}
    html = client.post(reverse("slots_close"), said).content.decode()
    assert "<strong>1 janji kedatangan</strong>" in html and "nomor antrean" not in html
    assert not Slot.objects.filter(state="closed").exists()
    wrong = client.post(reverse("slots_close"), said | {"to_time": "13.00"})
    assert wrong.status_code == 422 and "Jam akhir" in wrong.content.decode()
    client.post(reverse("slots_close"), said | {"confirmed": "1"})
    html = client.post(reverse("slots_reopen"), {"day": str(TODAY)}, follow=True).content.decode()
    assert "1 janji berlaku lagi" in html


def test_the_database_keeps_the_seat_that_was_lost(made, desk):
    booking, other = book(slot_at(made, TODAY, 14)), book(slot_at(made, TODAY, 11), name="Budi Contoh")
    closure = close(made, desk, at(14, 10))
    for model, pk, change, words in (
        (Booking, booking.pk, {"lost_seat": None}, "booking_holds_a_seat"),
        (Booking, booking.pk, {"state": "booked"}, "booking_holds_a_seat"),
        (Booking, booking.pk, {"state": "booked", "seat": 1, "lost_seat": None}, "is not open"),
        (Booking, other.pk, {"state": "cancelled"}, "booking_holds_a_seat"),
        (Slot, booking.slot_id, {"state": "dropped"}, "slot_of_a_closure_is_closed"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            model.objects.filter(pk=pk).update(**change)
    assert closure.slots.count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_close_at_once_and_two_open_at_once_while_a_visitor_moves():
    made, desk, other = plan(from_time=datetime.time(11), to_time=datetime.time(15)), person(Role.FRONT_DESK), person(
        Role.COUNTER
    )  # fmt: skip
    first, second = book(slot_at(made, TODAY, 11)), book(slot_at(made, TODAY, 14), name="Budi Contoh")

    def within(act):
        with clock.at(NOW + MINUTE):
            return act()

    done = concurrently(*(lambda user=user: within(lambda: close(made, user)) for user in (desk, other)))
    assert done[0] == done[1] == Closure.objects.get()
    assert states(first, second) == [("displaced", None)] * 2
    elsewhere = slot_at(made, TODAY + timedelta(days=1), 11)

    def later(act):
        with clock.at(NOW + 2 * MINUTE):
            return act()

    closure = Closure.objects.get()
    results = concurrently(
        lambda: later(lambda: reopen(closure, by=staff(desk))),
        lambda: later(lambda: reopen(closure, by=staff(other))),
        lambda: later(
            lambda: appointments_appointments.move_booking(second, by=actors.booking(second.pk), slot_id=elsewhere.pk)
        ),
        lambda: later(plans.follow_all_plans),
    )
    assert sorted(type(each).__name__ for each in results[:2]) == ["Outdated", "ReopeningResult"]
    assert isinstance(results[2], Booking) and results[2].slot == elsewhere
    assert states(first) == [("booked", 1)]
