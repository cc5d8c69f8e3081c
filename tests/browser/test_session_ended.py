"""A user whose session ends while typing logs in and continues there, with or without JavaScript."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from services.models import Message
from tests.factories.cases import make_case, make_case_service, run_of
from tests.factories.core import named_cast
from tests.factories.world import PASSWORD

from . import acts

WORDS = "Rapor dan surat pindah sudah dicek, stempel kurang jelas."


@pytest.fixture
def cast(people):
    cast = named_cast()
    cast.official.password = make_password(PASSWORD)
    cast.official.save()
    return cast


@pytest.fixture
def case(cast):
    return make_case(make_case_service(cast))


def log_in(page, user):
    page.wait_for_url("**/akun/masuk/**")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")


def test_a_decision_without_javascript(people, cast, case):
    page = people.known(cast.official, width=360, height=740, javascript=False)
    page.goto(reverse("case_detail", args=[case.number]))
    page.locator("#langkah-form textarea").first.fill(WORDS)
    Session.objects.all().delete()
    page.locator(".case-step__bar button[value=no]").click()
    log_in(page, cast.official)
    page.wait_for_url(f"**/{case.number}/?ketikan=*")
    expect(page.locator("main")).to_contain_text("Isian Anda tidak hilang.")
    expect(page.locator("#langkah-form textarea").first).to_have_value(WORDS)
    assert run_of(case).finished_at is None
    page.locator(".case-step__bar button[value=no]").click()
    expect(page.locator("main")).to_contain_text("Langkah 2 selesai")
    assert people.complaints == []


def test_a_note_sent_by_htmx(people, cast, case):
    page = people.known(cast.official)
    page.goto(f"{reverse('case_detail', args=[case.number])}?tab=catatan")
    note = page.locator("#kanan textarea[name=text]")
    note.fill(WORDS)
    Session.objects.all().delete()
    # When a part of the page is requested, a line says where to log in, and the input is preserved.
    page.locator("#kanan a[href*='tab=']").first.click()
    expect(page.locator("#sesi")).to_contain_text("Waktu masuk Anda habis.")
    expect(note).to_have_value(WORDS)
    acts.press(page, "Simpan catatan")
    log_in(page, cast.official)
    page.wait_for_url("**ketikan=*")
    expect(note).to_have_value(WORDS)
    expect(page.locator("main")).to_contain_text("Isian Anda tidak hilang.")
    acts.press(page, "Simpan catatan")
    acts.said(page, "Catatan internal disimpan.")
    assert Message.objects.get().text == WORDS
    assert people.complaints == []
