"""The desk's screen: choosing, the strip with the last number, and the services offered first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.services import make_service
from ula_portal.core import clock
from ula_portal.core.data.process_cache import clear_process_caches
from visitors.desk.forms import CheckInForm
from visitors.desk.queries.desk import services_to_choose
from visitors.models import Visit

PAGE = "/petugas/tamu/"


@pytest.fixture
def service(cast):
    return make_service(cast)


@pytest.fixture
def receive(cast, counter, service):
    def receive(**changes):
        given = {"purpose": "service", "service": service, "name": "Siti Contoh", "phone": "0812 3456 7890"}
        return make.check_in(cast.frontdesk, counter.location, **(given | changes))

    return receive


@pytest.fixture
def page(client, cast, counter):
    client.force_login(cast.frontdesk)
    return client


def test_choosing_somebody_keeps_what_was_typed(page, receive, service):
    known = receive().visit.visitor
    typed = {"do": "check_in", "key": "kunci-1", "purpose": "service", "service": service.pk, "head_count": "3"}
    typed |= {"name": "Sit", "note": "Membawa berkas asli"}
    chosen = page.post(PAGE, typed | {"pick": known.pk})
    html = chosen.content.decode()
    assert chosen.status_code == 200 and Visit.objects.count() == 1
    assert "Ganti tamu" in html and known.name in html and "Membawa berkas asli" in html
    assert f'<option value="{service.pk}" selected>' in html and 'value="3"' in html
    other = page.post(PAGE, typed | {"visitor": known.pk, "pick": ""}).content.decode()
    assert "Ganti tamu" not in other and 'value="Sit"' in other and "Membawa berkas asli" in other


def test_one_visitor_found_alone_is_marked_for_the_keyboard(page, receive):
    receive()
    assert "data-only" in page.post(PAGE, {"do": "search", "q": "Siti Con"}).content.decode()
    receive(name="Siti Contoh Dua", phone="")
    assert "data-only" not in page.post(PAGE, {"do": "search", "q": "Siti Con"}).content.decode()
    unknown = page.post(PAGE, {"do": "search", "q": "Budi Con"}).content.decode()
    assert 'data-new="name"' in unknown and 'data-typed="Budi Con"' in unknown


def test_the_strip_shows_the_last_number_of_whoever_looks(page, receive, client, cast):
    _first, second = receive(), receive(name="Budi Contoh", phone="")
    strip = page.get(PAGE).content.decode().partition('data-region="last"')[2].partition("</form>")[0]
    assert second.ticket.label in strip and "Budi Contoh" in strip and "1 di depan" in strip
    assert f'name="visit" value="{second.visit.pk}"' in strip
    page.post(reverse("visit_check_out", args=[second.visit.pk]))
    assert "is-undone" in page.get(PAGE).content.decode()
    with clock.at(clock.now() + timedelta(minutes=2)):
        later = page.get(PAGE + "?bagian=1").content.decode()
    assert f"{second.ticket.label}</strong>" in later and "nomor ini tidak berlaku lagi" in later
    assert "<html" not in later
    client.force_login(cast.counter)
    assert "last-ticket" not in client.get(PAGE).content.decode()


def test_services_chosen_often_come_first(receive, service, counter):
    place = make.location()
    calm = CheckInForm(place=place).quick
    assert [label for _pk, label in calm][:1] == [str(services_to_choose()[0])]
    rare, often = make.service("C", name="Layanan jarang"), make.service("D", name="Zakat contoh")
    make.counter(rare, often, name="Loket lain")
    with clock.at(clock.now() - timedelta(days=1)):
        for n, each in enumerate((often, often, rare)):
            receive(name=f"Tamu {n}", phone="", service=each)
    clear_process_caches()
    made = CheckInForm(place=place)
    assert made.quick == [(often.pk, str(often)), (rare.pk, str(rare))]
    groups = dict(made.fields["service"].choices[1:])
    assert groups["Pilihan cepat"] == made.quick and often.pk not in dict(groups["Layanan lain"])
