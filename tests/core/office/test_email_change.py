"""An account has one address: it is changed in one place, and the old address no longer opens anything."""

import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.factories.core import make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import EmailChange, JournalEntry, Notice, Role
from ula_portal.core.notices import delivery
from ula_portal.core.office.actions import people
from ula_portal.core.verbs.errors import Refused

from .test_admin import person_form

pytestmark = pytest.mark.django_db
OLD, NEW, PASSWORD = "lama@example.id", "baru@example.id", "kopi-susu-gula-aren"


@pytest.fixture
def official():
    user = make_user(Role.OFFICIAL, email=OLD)
    return people.set_password(user, by=SYSTEM, password=PASSWORD)


def log_in(address):
    """A browser after submitting the log-in form, and whether it opened the staff pages."""
    browser = Client()
    browser.post(reverse("account_login"), {"login": address, "password": PASSWORD})
    return browser, browser.get(reverse("staff_home")).status_code == 200


def ask_for_link(address):
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": address})
    found = re.search(r"/akun/sandi/lupa/[\w-]+/", mail.outbox[-1].body)
    return found and found.group()


def opens(link):
    """Whether a link for setting a new password still leads to its form."""
    return 'name="password1"' in Client().get(link, follow=True).content.decode()


def test_the_panel_changes_the_address_and_the_old_one_is_no_key_any_more(official):
    browser, inside = log_in(OLD)
    assert inside
    assert (link := ask_for_link(OLD)) and opens(link)
    admin = Client()
    admin.force_login(make_user(Role.ADMINISTRATOR))
    address = reverse("admin:core_user_change", args=[official.pk])
    assert admin.post(address, person_form(official, email=NEW.upper())).status_code == 302
    assert browser.get(reverse("staff_home")).status_code == 302, "the session has ended"
    assert not opens(link), "a link that was sent before has ended"
    assert not log_in(OLD)[1] and ask_for_link(OLD) is None
    assert log_in(NEW)[1] and opens(ask_for_link(NEW))
    assert not EmailAddress.objects.exists()


def test_both_addresses_are_told_and_neither_mail_names_the_other(official):
    people.change_email(official, by=SYSTEM, email=NEW)
    mail.outbox.clear()
    for notice in Notice.objects.filter(subject_kind="email_change").order_by("pk"):
        assert delivery.deliver(notice) == "sent"
    assert [each.to for each in mail.outbox] == [[OLD], [NEW]]
    left, taken = (each.body for each in mail.outbox)
    assert "tidak dapat lagi dipakai" in left and NEW not in left
    assert "masuklah dengan alamat ini" in taken and reverse("account_login") in taken and OLD not in taken
    entry = JournalEntry.objects.get(subject_kind="user", subject_id=str(official.pk), verb="change_email")
    assert OLD not in str(entry.data) and NEW not in str(entry.data)


def test_the_same_address_again_changes_nothing(official):
    browser, _inside = log_in(OLD)
    people.change_email(official, by=SYSTEM, email=f" {OLD.upper()} ")
    assert browser.get(reverse("staff_home")).status_code == 200
    assert not EmailChange.objects.exists() and not Notice.objects.exists()


@pytest.mark.parametrize("address", ["", "bukan surel", "SUDAH@example.id"])
def test_a_wrong_address_is_refused(official, address):
    make_user(email="sudah@example.id")
    with pytest.raises(Refused) as refused:
        people.change_email(official, by=SYSTEM, email=address)
    official.refresh_from_db()
    assert refused.value.field == "email" and official.email == OLD


def test_old_addresses_are_forgotten_after_their_notices(official):
    people.change_email(official, by=SYSTEM, email=NEW)
    assert people.delete_old_email_changes() == 0
    with clock.at(clock.now() + datetime.timedelta(days=31)):
        assert people.delete_old_email_changes() == 1


def test_the_database_refuses_a_second_address(official):
    with pytest.raises(IntegrityError), transaction.atomic():
        EmailAddress.objects.create(user=official, email="kedua@example.id")


def test_a_new_password_lets_in_who_was_shut_out_and_may_set_up_a_second_factor(official):
    browser = Client()
    for _n in range(5):
        browser.post(reverse("account_login"), {"login": OLD, "password": "salah"})
    assert not log_in(OLD)[1]
    link = ask_for_link(OLD)
    there = browser.get(link).url
    browser.post(there, {"password1": PASSWORD, "password2": PASSWORD})
    browser, inside = log_in(OLD)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert inside and browser.get(reverse("mfa_activate_totp")).status_code == 200
