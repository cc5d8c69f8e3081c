"""The page at the printed address, and what a portal says before anybody has opened it."""

import pytest
from django.urls import reverse

from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Office, User
from ula_portal.core.office import queries
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.first_administrator import issue_setup_address

GIVEN = {
    "name": "Dinas Pendidikan",
    "regency": "Kabupaten Contoh",
    "full_name": "Rina Wulandari",
    "email": "Rina@Example.id",
    "password": "sandi-yang-panjang-1",
    "again": "sandi-yang-panjang-1",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    queries.office_cache.clear()
    return reverse("first_visit", args=[issue_setup_address(by=SYSTEM)])


def test_makes_the_administrator_logs_them_in_and_leads_on(client, address):
    page = client.get(address)
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store" and "noindex" in page["X-Robots-Tag"]
    answer = client.post(address, GIVEN, follow=True)
    assert answer.status_code == 200
    assert answer.wsgi_request.user.email == "rina@example.id"
    assert answer.wsgi_request.path == "/petugas/kantor/"
    assert "Akun administrator Anda sudah dibuat" in answer.content.decode()
    assert Office.objects.get().regency == "Kabupaten Contoh"


def test_whoever_comes_second_is_led_to_the_log_in(client, address):
    client.post(address, GIVEN)
    client.logout()
    for answer in (client.get(address), client.post(address, GIVEN | {"email": "b@example.id"})):
        assert answer.status_code == 410
        assert "sudah mempunyai administrator" in answer.content.decode()
        assert reverse("staff_home") in answer.content.decode()
    assert User.objects.count() == 1


def test_whoever_comes_second_during_the_same_moment_too(client, address, monkeypatch):
    """Both had the page open; the verb decides (``test_first_administrator``)."""
    row = queries.setup_address(address.split("/")[2])
    client.post(address, GIVEN)
    monkeypatch.setattr(queries, "setup_address", lambda token: row)
    answer = client.post(address, GIVEN | {"email": "b@example.id"})
    assert (answer.status_code, User.objects.count()) == (410, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Nama kantor"),
        ({"regency": ""}, "Kabupaten atau kota"),
        ({"full_name": ""}, "Nama lengkap Anda"),
        ({"email": "rina"}, "Alamat surel"),
        ({"again": "lain"}, "Kedua kata sandi tidak sama."),
        ({"password": "12345", "again": "12345"}, "10"),
        ({"password": "rina@example.id", "again": "rina@example.id"}, "mirip"),
        ({"email": "ada@example.id"}, "sudah dipakai petugas lain"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_the_address(client, address, wrong, words):
    people.create_staff_member(by=SYSTEM, email="ada@example.id", full_name="Ada")
    answer = client.post(address, GIVEN | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and 'aria-invalid="true"' in page
    assert "Kabupaten Contoh" in page or "regency" in wrong
    assert "sandi-yang-panjang-1" not in page
    assert not Office.objects.exists() and User.objects.count() == 1
    assert client.post(address, GIVEN).status_code == 302


def test_an_office_with_a_name_is_not_asked_for_it(client):
    office.set_up_office(by=SYSTEM, name="Dinas Lama", regency="Kota Lama")
    address = reverse("first_visit", args=[issue_setup_address(by=SYSTEM)])
    assert "Nama kantor" not in client.get(address).content.decode()
    assert client.post(address, GIVEN).status_code == 302
    assert Office.objects.get().name == "Dinas Lama"


def test_an_unknown_address_says_where_one_is_printed(client):
    answer = client.get(reverse("first_visit", args=["x" * 43]))
    assert answer.status_code == 410
    assert "manage.py start" in answer.content.decode()


@pytest.mark.parametrize("name", ["home", "account_login"])
def test_an_unopened_portal_says_so_until_it_has_an_administrator(client, address, name):
    page = client.get(reverse(name)).content.decode()
    assert "Portal ini belum disiapkan" in page and "manage.py start" in page
    assert 'type="password"' not in page
    client.post(address, GIVEN)
    client.logout()
    page = client.get(reverse(name)).content.decode()
    assert "belum disiapkan" not in page and "manage.py" not in page
