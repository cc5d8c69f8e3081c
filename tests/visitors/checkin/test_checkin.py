"""Checking visitors in: who, what for, and every wrong input."""

from datetime import timedelta

import pytest
from django.urls import reverse

from services.models import Request
from tests.factories import visitors as make
from tests.factories.cases import count_queries
from tests.factories.services import make_request, make_service
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import IdempotencyKey
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors.checkin.actions import checkin, correcting
from visitors.counter.actions import calling, serving, sessions
from visitors.desk.queries.desk import find_for_desk, request_for_desk
from visitors.hosting.actions import leaving
from visitors.models import QueueRule, Ticket, Visit, Visitor
from visitors.queue.actions import tickets
from visitors.queue.queries import ports

PAGE = "/petugas/tamu/"


@pytest.fixture
def desk(cast):
    return cast.frontdesk


@pytest.fixture
def service(cast):
    return make_service(cast)


@pytest.fixture
def receive(desk, counter, service):
    def receive(**changes):
        given = {"purpose": "service", "service": service, "name": "Siti Contoh", "phone": "0812 3456 7890"}
        return make.check_in(desk, counter.location, **(given | changes))

    return receive


@pytest.fixture
def page(client, desk, counter):
    client.force_login(desk)
    return client


def form(**changes):
    return {
        "do": "check_in",
        "key": "kunci-1",
        "name": "Siti Contoh",
        "purpose": "consult",
        "head_count": "1",
    } | changes


def test_a_new_visitor_gets_a_number_of_the_service(receive, service):
    made = receive()
    assert (made.ticket.letter, made.ticket.number, made.ticket.service) == (service.ticket_letter, 1, service)
    assert made.visit.visitor.phone == "+6281234567890"
    assert made.request is None


def test_same_name_and_phone_is_the_same_visitor_another_name_is_not(receive):
    first = receive().visit
    again = receive(name="siti  contoh", phone="+62 812-3456-7890").visit
    other = receive(name="Budi Contoh").visit
    assert again.visitor == first.visitor
    assert other.visitor != first.visitor


def test_a_known_visitor_is_taken_by_id(receive):
    known = receive().visit.visitor
    assert receive(visitor_id=known.pk, name="", phone="").visit.visitor == known
    with pytest.raises(Refused, match="tidak ditemukan"):
        receive(visitor_id=known.pk + 1000, name="", phone="")


def test_a_walk_in_request_is_opened_with_the_visit(receive):
    made = receive(open_request=True)
    assert (made.request.source, made.request.state) == ("walk-in", "submitted")
    assert made.request.applicant_name == "Siti Contoh"
    assert ports.visit_of(made.request) == made.visit


def test_the_desk_prints_the_receipt_of_a_request_just_opened(receive, page):
    made = receive(open_request=True)
    receipt = reverse("case_receipt", args=[made.request.number])
    assert f'href="{receipt}"' in page.get(PAGE).content.decode()
    assert page.get(receipt).status_code == 200


def test_nothing_is_kept_when_the_request_cannot_be_opened(receive, service):
    service.form_versions.update(is_current=False)
    with pytest.raises(Refused):
        receive(open_request=True)
    assert not Visitor.objects.exists() and not Visit.objects.exists() and not Ticket.objects.exists()


def test_a_visit_service_opens_no_request(receive):
    with pytest.raises(Refused) as refusal:
        receive(service=make.service("T"), open_request=True)
    assert refusal.value.field == "open_request"


def test_following_up_by_number(receive, service):
    request = make_request(service)
    made = receive(purpose="follow_up", service=None, request_number=request.number.lower())
    assert (made.visit.request, made.ticket.service) == (request, service)
    assert ports.visit_of(request) is None


def test_an_unknown_number_is_said_and_nothing_is_kept(receive):
    with pytest.raises(Refused, match="“ULA-2026-999999” tidak ditemukan") as refusal:
        receive(purpose="follow_up", service=None, request_number="ULA-2026-999999")
    assert refusal.value.field == "request_number"
    assert not Visit.objects.exists()


def test_meeting_an_official_goes_to_the_room(receive, cast, counter):
    post = cast.positions["KABID-DIKDAS"]
    room = make.counter(kind="room", place=counter.location, position=post)
    made = receive(purpose="meet", service=None, host_id=post.pk)
    assert (made.ticket.letter, made.ticket.target, made.visit.host) == ("T", room, post)
    elsewhere = receive(purpose="meet", service=None, host_id=cast.positions["KADIS"].pk)
    assert elsewhere.ticket.target is None


def test_a_ground_opens_the_priority_lane(receive):
    ticket = receive(ground="elderly").ticket
    assert (ticket.lane, ticket.priority_ground) == ("priority", "elderly")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"phone": "12"}, "phone"),
        ({"purpose": "party"}, "purpose"),
        ({"service": None}, "service"),
        ({"purpose": "meet"}, "host"),
        ({"purpose": "collect", "request_number": " "}, "request_number"),
        ({"head_count": 0}, "head_count"),
        ({"head_count": 101}, "head_count"),
        ({"ground": "minister"}, "ground"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(receive, wrong, field):
    with pytest.raises(Refused) as refusal:
        receive(**wrong)
    assert refusal.value.field == field
    assert not Visit.objects.exists()


def test_the_same_key_makes_one_visit_one_number_one_request(receive):
    first, second = (receive(open_request=True, key="kunci") for _n in range(2))
    assert (first.visit, first.ticket, first.request) == (second.visit, second.ticket, second.request)
    assert (Visit.objects.count(), Ticket.objects.count(), Request.objects.count()) == (1, 1, 1)
    assert IdempotencyKey.objects.filter(result_kind="visit").count() == 1


@pytest.mark.parametrize("person", ["official", "section_head", "head", "admin"])
def test_others_do_not_check_in(receive, cast, person):
    with pytest.raises(NotAllowed):
        checkin.check_in(
            make.location(),
            by=staff(getattr(cast, person)),
            arrival=checkin.Arrival(name="Siti"),
            errand=checkin.Errand(purpose="consult"),
        )


def test_page_checks_in_and_prints(page):
    answer = page.post(PAGE, form(phone="081234567890"))
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"{reverse('ticket_print', args=[ticket.pk])}?cetak=1"
    slip = page.get(answer.headers["Location"]).content.decode()
    assert ticket.label in slip and "data-print-at-once" in slip and "data:image/svg+xml" in slip
    assert "Siti Contoh" not in slip
    assert "data-print-at-once" not in page.get(reverse("ticket_print", args=[ticket.pk])).content.decode()


def test_page_says_all_that_is_missing_and_keeps_what_was_typed(page):
    answer = page.post(PAGE, form(name="", purpose="meet", note="Membawa berkas asli"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Tulis nama tamu." in html and "Pilih pejabat yang akan ditemui." in html
    assert "Membawa berkas asli" in html


def test_page_says_that_a_number_is_unknown(page):
    answer = page.post(PAGE, form(purpose="follow_up", request_number="ULA-2026-999999"))
    assert "“ULA-2026-999999” tidak ditemukan" in answer.content.decode()
    answer = page.post(PAGE, {"do": "search", "q": "ULA-2026-999999"})
    assert "“ULA-2026-999999” tidak ditemukan" in answer.content.decode()


def test_search_shows_a_request_with_what_is_missing_and_fills_the_form(page, service):
    request = make_request(service)
    found = page.post(PAGE, {"do": "search", "q": request.number}, headers={"HX-Request": "true"})
    html = found.content.decode()
    assert request.number in html and "<html" not in html and "Berkas wajib sudah lengkap" in html
    filled = page.post(PAGE, {"do": "choose", "request_number": request.number}).content.decode()
    assert f'value="{request.number}"' in filled and f'value="{request.applicant_name}"' in filled


def test_search_names_missing_documents(page, desk, service):
    made = checkin.check_in(
        make.location(),
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti"),
        errand=checkin.Errand(purpose="service", service=service, open_request=True),
    )
    html = page.post(PAGE, {"do": "search", "q": made.request.number}).content.decode()
    assert "Berkas yang belum ada:" in html
    label = request_for_desk(desk, made.request.number).missing[0].label
    assert label in html


def test_search_by_name_phone_ticket_and_scanned_addresses(page, receive, desk, service):
    made = receive()
    place = made.visit.location
    for typed in ("siti cont", "0812-3456-7890"):
        assert find_for_desk(desk, place, typed).visitors == [made.visit.visitor]
    address = f"http://portal.example/antrean/tiket/{tickets.ticket_token(made.ticket)}/"
    for typed in (made.ticket.label, made.ticket.label.lower().replace("-", ""), address):
        assert find_for_desk(desk, place, typed).tickets == [made.ticket]
    from services.applying.receipt import tracking_token

    request = make_request(service)
    scanned = find_for_desk(desk, place, f"http://portal.example/lacak/{tracking_token(request)}/")
    assert [one.request for one in scanned.requests] == [request]


@pytest.mark.parametrize("typed", ["", "   ", "S", "%", "__", "\x00", "A-999", "x" * 500])
def test_odd_searches_find_nothing_and_break_nothing(page, receive, typed):
    receive()
    answer = page.post(PAGE, {"do": "search", "q": typed})
    assert answer.status_code == 200
    found = answer.content.decode().partition('id="hasil-cari"')[2].partition('id="tamu"')[0]
    assert 'name="pick"' not in found


def test_the_form_shows_only_the_end_of_a_phone(page, receive):
    receive()
    html = page.post(PAGE, {"do": "search", "q": "Siti"}).content.decode()
    assert "Nomor HP berakhiran 7890" in html and "81234567890" not in html


def test_who_is_inside_goes_home(page, receive):
    made = receive()
    assert "Siti Contoh" in page.get(PAGE).content.decode()
    page.post(reverse("visit_check_out", args=[made.visit.pk]))
    assert Visit.objects.get().left_at
    assert "Belum ada tamu" in page.get(PAGE).content.decode()


def test_the_desk_calls_a_missed_number_back(page, receive, cast, counter):
    ticket = receive().ticket
    session = sessions.open_session(counter, by=staff(cast.counter))
    make.missed(calling.call_next(session, by=staff(cast.counter)), cast.counter)
    QueueRule.objects.create(location=ticket.location, numbers_before_return=7)
    answer = page.post(reverse("ticket_report_back", args=[ticket.pk]), follow=True)
    assert "dipanggil lagi setelah 7 nomor berikutnya" in answer.content.decode()
    again = page.post(reverse("ticket_report_back", args=[ticket.pk]), follow=True)
    assert "sudah tidak menunggu tindakan ini" in again.content.decode()


def test_without_a_counter_the_page_says_what_to_do(client, desk):
    client.force_login(desk)
    assert "Belum ada loket." in client.get(PAGE).content.decode()


@pytest.mark.parametrize("person", ["official", "section_head", "head", "admin"])
def test_pages_of_the_desk_are_the_desks(client, cast, receive, person):
    made = receive()
    client.force_login(getattr(cast, person))
    assert client.get(PAGE).status_code == 403
    assert client.get(reverse("ticket_print", args=[made.ticket.pk])).status_code == 403
    assert client.post(reverse("visit_check_out", args=[made.visit.pk])).status_code == 403
    assert client.post(reverse("ticket_report_back", args=[made.ticket.pk])).status_code == 403
    client.logout()
    assert client.get(PAGE).headers["Location"].startswith("/akun/masuk/")


def test_acts_need_a_post(page, receive):
    made = receive()
    for name, pk in (("visit_check_out", made.visit.pk), ("ticket_report_back", made.ticket.pk)):
        assert page.get(reverse(name, args=[pk])).status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_visitors(page, receive):
    receive()
    page.get(PAGE)
    one = count_queries(lambda: page.get(PAGE))
    for n in range(5):
        receive(name=f"Tamu Contoh {n}", purpose="consult", phone="")
    assert count_queries(lambda: page.get(PAGE)) == one <= 10


def test_checking_in_stays_within_its_queries(receive):
    receive()
    assert count_queries(lambda: receive(name="Tamu Kedua", key="k")) <= 11


def test_a_wrong_errand_is_put_right_at_the_same_place_in_the_line(page, receive, cast):
    made = receive()
    shown = page.post(PAGE, {"do": "choose", "visit": made.visit.pk})
    assert 'value="correct"' in shown.content.decode()
    given = {"do": "correct", "key": "k-1", "visit": made.visit.pk, "visitor": made.visit.visitor_id}
    assert page.post(PAGE, given | {"purpose": "follow_up"}).status_code == 422
    assert Ticket.objects.get(pk=made.ticket.pk).state == "waiting"

    for _twice in range(2):
        assert page.post(PAGE, given | {"purpose": "complaint"}).status_code == 302

    old, new = Ticket.objects.order_by("pk")
    assert (old.state, new.state, new.letter) == ("cancelled", "waiting", "U")
    assert new.waiting_since == old.waiting_since
    visit = Visit.objects.get()
    assert (visit.purpose, visit.service_id) == ("complaint", None)
    with pytest.raises(NotAllowed):
        correcting.correct_visit(visit, by=staff(cast.official), errand=checkin.Errand(purpose="consult"))


def test_who_opened_a_request_or_is_served_or_has_left_keeps_their_errand(receive, desk, counter):
    opened = receive(open_request=True)
    with pytest.raises(Refused, match="membuka permohonan"):
        correcting.correct_visit(opened.visit, by=staff(desk), errand=checkin.Errand(purpose="consult"))
    session = sessions.open_session(counter, by=staff(desk))
    called = calling.call_next(session, by=staff(desk))
    Visit.objects.update(request=None)
    with pytest.raises(Refused, match="Alihkan dari loket"):
        correcting.correct_visit(called.visit, by=staff(desk), errand=checkin.Errand(purpose="consult"))
    serving.finish_serving(called, by=staff(desk))
    with pytest.raises(Refused, match="sudah dilayani"):
        correcting.correct_visit(called.visit, by=staff(desk), errand=checkin.Errand(purpose="consult"))


def test_a_visitor_sent_home_by_a_misclick_has_their_number_back(page, receive):
    made = receive()
    address = reverse("visit_check_out", args=[made.visit.pk])
    page.post(address)
    said = page.get(PAGE).content.decode()
    assert "Siti Contoh dicatat pulang." in said
    assert f"Nomor {made.ticket.label} dikembalikan." in said
    page.post(address, {"batal": "1"})
    assert Ticket.objects.get().state == "waiting"
    assert Visit.objects.get().left_at is None
    assert "dicatat pulang" not in page.get(PAGE).content.decode()
    with pytest.raises(Refused, match="tidak tercatat pulang"):
        leaving.take_back_leaving(made.visit, by=staff(made.visit.checked_in_by))


def test_who_left_more_than_a_minute_ago_stays_gone(receive, desk):
    made = receive(takes_number=False)
    leaving.check_out(made.visit, by=staff(desk))
    with clock.at(clock.now() + timedelta(seconds=61)), pytest.raises(Refused, match="1 menit"):
        leaving.take_back_leaving(made.visit, by=staff(desk))
    assert leaving.take_back_leaving(made.visit, by=staff(desk)).left_at is None


def test_the_desk_counts_people_and_not_errands(page, receive):
    receive(head_count=4)
    receive(purpose="consult")
    receive(name="Budi Contoh", phone="", purpose="complaint")
    assert 'data-region="count-inside">5<' in page.get(PAGE).content.decode()


def test_a_card_worn_in_the_office_tells_nobody_of_a_complaint(page, receive):
    made = receive(purpose="complaint", service=None)
    assert "Pengaduan" not in page.get(reverse("badge_print", args=[made.visit.pk])).content.decode()
