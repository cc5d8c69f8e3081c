"""Language switches and back links on applicants' pages: none loses inputs or leads nowhere."""

import pytest
from django.urls import reverse

from services.applying.actions.drafts import create_draft, save_answers
from services.applying.receipt import tracking_token
from services.models import Request
from tests.factories.pages import draft_url
from tests.factories.services import make_draft, make_request, make_service
from tests.factories.sop import make_cast, make_office, make_person
from ula_portal.core.journal.actors import applicant
from ula_portal.core.models import Role


@pytest.fixture
def service(db):
    return make_service(make_cast(make_office()))


def test_switching_the_language_keeps_a_half_filled_part(client, service):
    draft = create_draft(service, by=applicant())
    here = draft_url("apply_part", draft, 2) + "?periksa=1"
    assert 'form="answers" type="submit" name="language" value="en"' in client.get(here).content.decode()
    switched = client.post(here, {"nama_pemohon": "Siti", "no_hp": "12", "language": "en"})
    assert switched.status_code == 302 and switched.url == here and switched.cookies["django_language"].value == "en"
    page = client.get(here).content.decode()
    assert '<html lang="en"' in page and 'value="Siti"' in page and 'value="12"' in page


def test_a_language_that_does_not_exist_changes_nothing(client, service):
    here = draft_url("apply_data", create_draft(service, by=applicant()))
    assert "django_language" not in client.post(here, {"language": "xx"}).cookies


@pytest.mark.parametrize("name", ["track_answer", "track_message", "track_letter"])
def test_the_address_of_a_form_leads_back_to_its_page(client, service, name):
    found = make_request(service)
    back = reverse("track_detail", args=[tracking_token(found)])
    assert client.get(reverse(name, args=[tracking_token(found)])).url == back
    assert client.put(reverse(name, args=[tracking_token(found)])).status_code == 405


def test_an_answer_to_a_form_offers_the_language_on_the_page_of_the_form(client, service):
    found = make_request(service)
    page = reverse("track_detail", args=[tracking_token(found)])
    target = reverse("track_message", args=[tracking_token(found)])
    wrong = client.post(target, {"text": ""}, headers={"referer": f"http://testserver{page}?a=1"})
    assert wrong.status_code == 422 and f'name="next" value="{page}?a=1"' in wrong.content.decode()
    foreign = client.post(target, {"text": ""}, headers={"referer": "https://example.org/x"})
    assert f'name="next" value="{target}"' in foreign.content.decode()


def test_an_address_that_only_takes_forms_answers_with_words(client, service):
    client.force_login(make_person(Role.FRONT_DESK))
    answer = client.get(reverse("ticket_report_back", args=[1]))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "tidak dapat dibuka langsung" in answer.content.decode()


def test_a_draft_is_continued_where_it_was_left(client, service):
    draft = create_draft(service, by=applicant())
    go_on = draft_url("apply_continue", draft)
    assert client.get(go_on).url == draft_url("apply_data", draft)
    save_answers(draft, by=applicant(draft.pk), answers={"hubungan": "Diri sendiri"}, only=["hubungan"])
    assert client.get(go_on).url == draft_url("apply_part", draft, 2)
    assert client.get(draft_url("apply_continue", make_draft(service, documents=False))).url.endswith("/berkas/")
    assert client.get(draft_url("apply_continue", make_draft(service))).url.endswith("/periksa/")
    assert Request.objects.filter(state="draft").count() == 3


def test_going_back_keeps_a_half_filled_part(client, service):
    draft = create_draft(service, by=applicant())
    client.post(draft_url("apply_data", draft), {"hubungan": "Diri sendiri"})
    back = client.post(draft_url("apply_part", draft, 2), {"no_hp": "12", "back": "1"})
    assert back.url == draft_url("apply_data", draft)
    assert 'value="12"' in client.get(draft_url("apply_part", draft, 2)).content.decode()
    assert client.post(back.url, {"back": "1"}).url == reverse("service_detail", args=[service.slug])
