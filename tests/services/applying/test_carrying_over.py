"""Applying for another person: answers about oneself are copied, answers about the last person and files are not."""

import pytest
from django.urls import reverse

from services.applying.receipt import tracking_token
from services.models import Request
from tests.factories.services import entry, make_request, make_service
from tests.factories.sop import make_cast, make_office

SCHOOL = {"name": "npsn_asal", "label": "NPSN sekolah", "type": "npsn", "required": False}
PUPIL = {"name": "nama_siswa", "label": "Nama siswa", "type": "text", "required": False}
SAID = {"no_hp": "0812 3456 7890", "npsn_asal": "10203040", "nama_siswa": "Ahmad Contoh"}


@pytest.fixture
def cast(db):
    return make_cast(make_office())


@pytest.fixture
def service(cast):
    fields = [*entry()["form_fields"], SCHOOL, PUPIL]
    return make_service(cast, form_fields=fields)


def begin_again(client, found, service=None, **data):
    page = reverse("apply_start", args=[(service or found.service).slug])
    return client.post(page, {"like": tracking_token(found), "idempotency_key": "lagi", **data})


def test_the_receipt_offers_it_and_carries_what_is_ones_own(client, service):
    found = make_request(service, **SAID)
    page = client.get(reverse("receipt", args=[tracking_token(found)])).content.decode()
    assert "Ajukan lagi untuk orang lain" in page and f'value="{tracking_token(found)}"' in page
    for _tap in range(2):
        assert begin_again(client, found).status_code == 302
    draft = Request.objects.get(state="draft")
    assert draft.answers == {
        "hubungan": "Diri sendiri",
        "nama_pemohon": "Siti Contoh",
        "no_hp": "+6281234567890",
        "npsn_asal": "10203040",
    }
    assert draft.applicant_phone == "+6281234567890" and not draft.documents.exists()
    assert tracking_token(draft) != tracking_token(found)


def test_for_whom_one_applied_does_not_come_along(client, service):
    found = make_request(service, **SAID, hubungan="Penerima kuasa", nama_pemberi_kuasa="Budi Contoh")
    begin_again(client, found)
    answers = Request.objects.get(state="draft").answers
    assert answers["hubungan"] == "Penerima kuasa" and "nama_pemberi_kuasa" not in answers


def test_nothing_comes_along_into_another_service_or_from_a_wrong_address(client, cast, service):
    found = make_request(service, **SAID)
    other = make_service(cast, code="LAIN", name="Layanan lain")
    begin_again(client, found, other)
    client.post(reverse("apply_start", args=[service.slug]), {"like": "x" * 43})
    assert [draft.answers for draft in Request.objects.filter(state="draft")] == [{}, {}]


def test_what_a_robot_or_a_busy_source_is_asked_keeps_the_way(client, service):
    found = make_request(service, **SAID)
    caught = begin_again(client, found, situs_web="http://spam")
    assert caught.status_code == 422 and f'name="like" value="{tracking_token(found)}"' in caught.content.decode()
