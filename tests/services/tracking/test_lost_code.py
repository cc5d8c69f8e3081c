"""A lost tracking code: the same response for everybody, and a new code sent to the contact stored in the request."""

import datetime
import re

import pytest
from django.core import mail
from django.urls import reverse

from services.applying.actions.drafts import save_answers
from services.applying.actions.submitting import submit_request
from services.applying.receipt import draft_code, receipt_code, renewal_token, tracking_token
from services.models import Request, TimelineEntry
from services.tracking.actions import ask_for_new_code, renew_code
from services.tracking.queries.tracking import request_by_number_and_code
from tests.factories.cases import make_case, make_case_service, run_of
from tests.factories.core import named_cast
from tests.factories.services import answers_for, make_draft, make_request, make_service
from tests.factories.sop import make_cast, make_office
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant
from ula_portal.core.models import Notice
from ula_portal.core.notices import delivery
from ula_portal.core.verbs.errors import Outdated

ADDRESS, PHONE = "siti@example.id", "0812 3456 7890"


@pytest.fixture
def service(db):
    return make_service(make_cast(make_office()))


@pytest.fixture
def request_(service):
    return make_request(service, surel=ADDRESS, no_hp=PHONE)


def ask(client, number, contact, **extra):
    return client.post(reverse("code_lost"), {"number": number, "contact": contact}, **extra)


def link_from_mail(kind="code_wanted"):
    delivery.deliver(Notice.objects.filter(kind=kind).latest("pk"))
    return re.search(r"/lacak/kode-baru/[\w-]+/", mail.outbox[-1].body).group()


def text_of(answer):
    """Return the page without values that differ in every response."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("contact", [ADDRESS, ADDRESS.upper(), PHONE, "+62 812-3456-7890"])
def test_who_knows_the_contact_gets_a_link_and_makes_a_new_code(client, request_, contact):
    old_code, old_token = receipt_code(request_), tracking_token(request_)
    assert ask(client, request_.number, contact).status_code == 200
    assert request_by_number_and_code(request_.number, old_code) is not None
    link = link_from_mail()
    assert "Buat kode baru" in client.get(link).content.decode()
    assert Request.objects.get().nonce == request_.nonce, "looking at the link changes nothing"
    renewed = client.post(link)
    request = Request.objects.get()
    assert renewed.url == reverse("receipt", args=[tracking_token(request)])
    assert receipt_code(request) != old_code
    assert request_by_number_and_code(request.number, old_code) is None
    assert request_by_number_and_code(request.number, receipt_code(request)) == request
    assert client.get(reverse("track_detail", args=[old_token])).status_code == 404
    assert (
        "Kode pelacakan baru dibuat"
        in client.get(reverse("track_detail", args=[tracking_token(request)])).content.decode()
    )
    assert client.post(link).url == reverse("code_lost"), "a link works once"
    assert "tidak berlaku lagi" in client.get(link).content.decode()


def test_a_new_code_ends_all_that_opened_the_request_before(client, service):
    """Besides code and link: the draft's code, its address, and the key of the form that created it."""
    form = {"idempotency_key": "kunci-lama"}
    started = client.post(reverse("apply_start", args=[service.slug]), form)
    draft = Request.objects.get()
    code = draft_code(draft)
    draft = save_answers(draft, by=applicant(draft.pk), answers=answers_for(service, surel=ADDRESS))
    request = submit_request(draft, by=applicant(draft.pk))
    assert client.post(reverse("apply_resume"), {"code": code}).status_code == 302
    ask(client, request.number, ADDRESS)
    assert client.post(link_from_mail()).status_code == 302
    request.refresh_from_db()
    resumed = client.post(reverse("apply_resume"), {"code": code}, REMOTE_ADDR="198.51.100.9")
    assert resumed.status_code == 200 and "tidak cocok" in resumed.content.decode()
    assert client.get(started.url).status_code == 404
    again = client.post(reverse("apply_start", args=[service.slug]), form)
    assert tracking_token(request) not in again.url and Request.objects.count() == 2


def test_the_answer_tells_nothing(client, request_):
    typed = [(request_.number, ADDRESS), (request_.number, "lain@example.id"), ("ULA-2026-999999", ADDRESS), ("x", "y")]
    answers = {text_of(ask(client, *each, REMOTE_ADDR=f"198.51.100.{n}")) for n, each in enumerate(typed)}
    assert len(answers) == 1
    assert Notice.objects.filter(kind="code_wanted").count() == 1


def test_a_link_ends_after_a_day(client, request_):
    ask(client, request_.number, ADDRESS)
    link = link_from_mail()
    with clock.at(clock.now() + datetime.timedelta(hours=25)):
        assert client.post(link).url == reverse("code_lost")
    assert Request.objects.get().nonce == request_.nonce


def test_an_expired_link_is_refused_by_the_verb_itself(request_):
    ask_for_new_code(request_, by=applicant(request_.pk), contact=ADDRESS)
    request_.refresh_from_db()
    with clock.at(clock.now() + datetime.timedelta(hours=25)), pytest.raises(Outdated):
        renew_code(request_, by=applicant(request_.pk), token=renewal_token(request_))


def test_asking_again_ends_the_earlier_link(client, request_):
    ask(client, request_.number, ADDRESS)
    first = link_from_mail()
    with clock.at(clock.now() + datetime.timedelta(minutes=5)):
        ask(client, request_.number, ADDRESS, REMOTE_ADDR="198.51.100.7")
        assert client.post(first).url == reverse("code_lost")


def test_nobody_is_flooded_with_mail(client, request_):
    answers = {text_of(ask(client, request_.number, ADDRESS, REMOTE_ADDR=f"198.51.100.{n}")) for n in range(6)}
    assert len(answers) == 1
    assert Notice.objects.filter(kind="code_wanted").count() == 3


def test_a_source_that_asks_again_must_compute_or_wait(client, request_):
    assert ask(client, "ULA-2026-999999", ADDRESS).status_code == 200
    asked = ask(client, request_.number, ADDRESS)
    assert asked.status_code == 422 and ADDRESS in asked.content.decode()
    assert not Notice.objects.filter(kind="code_wanted").exists()


def test_with_a_phone_alone_an_official_is_told_and_sends_the_link(client, db):
    cast = named_cast()
    case = make_case(make_case_service(cast))
    Request.objects.filter(pk=case.pk).update(applicant_email="", applicant_phone="+6281234567890")
    run = run_of(case)
    run.assignee = cast.official
    run.save()
    ask(client, case.number, PHONE)
    notice = Notice.objects.get(kind="code_wanted_by_phone")
    assert notice.user == cast.official
    client.force_login(cast.official)
    page = client.get(reverse("case_detail", args=[case.number])).content.decode()
    assert "https://wa.me/6281234567890?text=" in page and "kode-baru" in page
    assert TimelineEntry.objects.filter(request=case, verb="code_wanted", audience="internal").exists()


def test_a_draft_has_no_code_to_lose(client, service):
    make_draft(service, surel=ADDRESS)
    ask(client, "", ADDRESS)
    assert not Notice.objects.filter(kind="code_wanted").exists()


def test_without_mail_nothing_promises_one(client, request_, settings):
    assert "ke surel Anda" in client.get(reverse("receipt", args=[tracking_token(request_)])).content.decode()
    settings.SENDS_MAIL = False
    for answer in (client.get(reverse("code_lost")), ask(client, request_.number, ADDRESS)):
        page = answer.content.decode()
        assert "Datang ke ruang layanan" in page
        assert "Kirim tautan" not in page
        assert "kami kirim" not in page.lower()
    assert not Notice.objects.filter(kind="code_wanted").exists()
    for name in ("receipt", "track_detail"):
        page = client.get(reverse(name, args=[tracking_token(request_)])).content.decode()
        assert "ke surel Anda" not in page
        assert "lewat surel" not in page
    # Notices that verbs still write are suppressed, not reported as sent.
    notice = Notice.objects.filter(kind="request_received").first() or Notice.objects.first()
    assert delivery.deliver(notice) == Notice.State.SUPPRESSED
    assert mail.outbox == []
